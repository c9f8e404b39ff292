//! The cases of the folder, and properties that hold for any bytes.

use std::fmt::Write as _;
use std::fs;

use arrow::util::display::array_value_to_string;
use concordat_record::RECORD_NUMBER;
use proptest::prelude::*;
use tempfile::tempdir;
use toml::de::DeTable;

use super::detect::detect;
use super::kind::settings;
use super::marks::{LineEnd, Marks};
use super::reader::open;
use super::settings::Settings;
use crate::cases::{check, folders, outcome, read_all};
use crate::clues::Sample;
use crate::file::SourceFile;
use crate::kinds::Location;
use crate::section::Section;
use crate::wanted::Wanted;
use crate::{RawRecord, Source};

#[test]
fn every_case_reads_as_expected() {
    for folder in folders("csv") {
        let text = fs::read_to_string(folder.join("source.toml")).unwrap();
        check(&folder, &outcome(&text, &folder));
    }
}

/// The rows and rejects of a file, each with its number, offset and bytes.
fn records(data: &[u8], options: &str) -> Vec<(u64, u64)> {
    let base = tempdir().unwrap();
    fs::write(base.path().join("a.csv"), data).unwrap();
    let source =
        Source::parse(&format!("kind = \"csv\"\npath = \"a.csv\"\n[csv]\n{options}"), "a.toml").unwrap();
    let Ok(mut reader) = source.open(base.path()) else { return Vec::new() };
    let Ok(batches) = read_all(reader.as_mut()) else { return Vec::new() };
    let mut all = Vec::new();
    for batch in batches {
        let columns = batch.batch.num_columns();
        let numbers = |index: usize| {
            let column = batch.batch.column(columns - index);
            column.as_any().downcast_ref::<arrow::array::UInt64Array>().unwrap().values().to_vec()
        };
        all.extend(numbers(2).into_iter().zip(numbers(1)));
        all.extend(batch.rejects.iter().map(|reject| (reject.record_number, reject.byte_offset.unwrap())));
        for reject in &batch.rejects {
            let at = reject.byte_offset.unwrap() as usize;
            if !options.contains("utf-16") {
                assert_eq!(&data[at..at + reject.raw.len()], reject.raw, "a reject is where it says");
            }
        }
    }
    all.sort_unstable();
    all
}

#[test]
fn an_open_quotation_mark_does_not_swallow_the_file() {
    let mut data = b"id,name\n".to_vec();
    for number in 0..20_000 {
        data.extend_from_slice(format!("{number},name {number}\n").as_bytes());
    }
    data.extend_from_slice(b"20000,\"open\n");
    for number in 20_001..60_000 {
        data.extend_from_slice(format!("{number},name {number}\n").as_bytes());
    }
    let all = records(&data, "max_record_bytes = 1000");
    assert_eq!(all.len(), 60_000);
    assert!(all.iter().enumerate().all(|(index, (number, _))| index as u64 + 1 == *number));
}

/// What reading a text gives when so many bytes are read at once: rows with number and place, then rejects, as text.
fn rows_in_chunks(data: &[u8], options: &str, chunk: usize) -> String {
    let base = tempdir().unwrap();
    fs::write(base.path().join("a.csv"), data).unwrap();
    let (table, _) = DeTable::parse_recoverable(options);
    let mut section = Section::root(options, "a.toml", table.get_ref());
    let settings = Settings { chunk, ..settings(&mut section).unwrap() };
    let at = Location::here(base.path(), "a.csv");
    let file = SourceFile::open(&at).unwrap();
    let mut reader = match open(file, &settings, &Wanted::default()) {
        Ok(reader) => reader,
        Err(problem) => return problem.to_string(),
    };
    let mut out = String::new();
    let mut rejects = String::new();
    loop {
        let read = match reader.next() {
            Ok(Some(read)) => read,
            Ok(None) => break,
            // How much is judged at once depends on how much was read at once.
            Err(problem) => return problem.code.into(),
        };
        for row in 0..read.batch.num_rows() {
            for column in read.batch.columns() {
                out.push_str(&array_value_to_string(column, row).unwrap());
                out.push('|');
            }
            out.push('\n');
        }
        for reject in read.rejects {
            writeln!(rejects, "{} {:?} {:?}", reject.problem, reject.byte_offset, reject.raw).unwrap();
        }
    }
    out + &rejects
}

/// A table as text, with quotation marks where they are needed or everywhere.
fn written(rows: &[Vec<String>], marks: &Marks, everywhere: bool) -> String {
    let quote = char::from(marks.quote.unwrap());
    let delimiter = String::from_utf8(marks.delimiter.clone()).unwrap();
    let line_end = match &marks.line_end {
        LineEnd::Lf | LineEnd::Any => "\r\n",
        LineEnd::Cr => "\r",
        LineEnd::Mark(mark) => std::str::from_utf8(mark).unwrap(),
    };
    let cell = |text: &String| {
        let escape = marks.escape.map_or(quote, char::from);
        let is_special = |letter: char| letter == quote || letter == escape || "\r\n \t".contains(letter);
        if !everywhere
            && !text.contains(is_special)
            && !text.contains(|letter| delimiter.contains(letter))
            && !text.contains(line_end)
        {
            return text.clone();
        }
        let escaped: String = text
            .chars()
            .flat_map(|letter| {
                (letter == quote || letter == escape).then_some(escape).into_iter().chain([letter])
            })
            .collect();
        format!("{quote}{escaped}{quote}")
    };
    let line = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>().join(&delimiter) + line_end;
    rows.iter().map(line).collect()
}

/// The cells of all rows, each with a bar behind it.
fn read_cells(data: &[u8], options: &str) -> Vec<String> {
    let base = tempdir().unwrap();
    fs::write(base.path().join("a.csv"), data).unwrap();
    let text = format!("kind = \"csv\"\npath = \"a.csv\"\n[csv]\n{options}");
    let mut reader = Source::parse(&text, "a.toml").unwrap().open(base.path()).unwrap();
    let mut cells = Vec::new();
    for read in read_all(reader.as_mut()).unwrap() {
        for row in 0..read.batch.num_rows() {
            for column in read.batch.columns().iter().take(3) {
                cells.push(array_value_to_string(column, row).unwrap() + "|");
            }
        }
    }
    cells
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_reader_panic_and_every_record_has_its_number_and_place(
        words in prop::collection::vec(prop::sample::select(vec!["a", "\"", "\"\"", ",", ";", "\n", "\r\n", "\r", "\u{fc}", "\0", "1.5", " "]), 0..200),
        noise in prop::collection::vec(any::<u8>(), 0..40),
        options in prop::sample::select(vec!["", "header = false", "delimiter = \";\"", "quote = \"\"", "encoding = \"utf-16le\"", "encoding = \"windows-1252\"\ntrim = true", "max_record_bytes = 10"]),
    ) {
        let data = [words.concat().into_bytes(), noise].concat();
        let all = records(&data, options);
        for (index, pair) in all.windows(2).enumerate() {
            prop_assert_eq!(pair[0].0, index as u64 + 1);
            prop_assert!(pair[0].1 < pair[1].1);
        }
    }

    #[test]
    fn however_a_file_is_split_into_reads_the_records_are_the_same(
        words in prop::collection::vec(prop::sample::select(vec!["a", "\"", "\"\"", ",", ",b\n", "\n", "\r\n", "\r", "\u{fc}", "#", "\\", "||", "1.5", " ", "T"]), 0..60),
        options in prop::sample::select(vec!["", "header = false", "quote = \"\"", "encoding = \"utf-16be\"", "encoding = \"windows-1252\"\ntrim = true", "line_end = \"any\"",
            "line_end = \"cr\"", "escape = \"\\\\\"", "delimiter = \"||\"", "comment = \"#\"", "footer_lines = 2", "footer = [\"T*\"]", "stray_quotes = \"keep\"\nragged = \"pad\"",
            "line_end = \"||\"", "merge_delimiters = true", "table = 2", "skip_lines = 2", "header = 2\nragged = \"join\""]),
        chunk in 1usize..40,
    ) {
        let data = words.concat().into_bytes();
        let whole = rows_in_chunks(&data, options, 1 << 20);
        let split = rows_in_chunks(&data, options, chunk);
        prop_assume!(whole != "csv.wrong-dialect" && split != "csv.wrong-dialect");
        prop_assert_eq!(whole, split);
    }

    #[test]
    fn what_is_written_is_read_again(
        rows in prop::collection::vec(prop::collection::vec("[a-c,;\"'\\\\|\n\r\t ü0-9]{0,6}", 3), 1..12),
        delimiter in prop::sample::select(vec![",", ";", "\t", "|", "||", "~|~"]),
        quote in prop::sample::select(vec![b'"', b'\'']),
        escape in prop::sample::select(vec![None, Some(b'\\')]),
        line_end in prop::sample::select(vec!["lf", "cr", "any", "\u{1e}"]),
        everywhere in any::<bool>(),
        chunk in 1usize..200,
    ) {
        let end = match line_end { "lf" => LineEnd::Lf, "cr" => LineEnd::Cr, "any" => LineEnd::Any, mark => LineEnd::Mark(mark.into()) };
        let marks = Marks { delimiter: delimiter.into(), quote: Some(quote), escape, line_end: end, ..Marks::default() };
        let text = written(&rows, &marks, everywhere);
        let text_of = |text: &str| toml::Value::String(text.into()).to_string();
        let escape = escape.map_or(String::new(), |escape| format!("escape = {}", text_of(&char::from(escape).to_string())));
        let options = format!("header = false\ncolumns = [\"a\", \"b\", \"c\"]\ndelimiter = {}\nquote = {}\nline_end = {}\n{escape}",
            text_of(delimiter), text_of(&char::from(quote).to_string()), text_of(line_end));
        let read = rows_in_chunks(text.as_bytes(), &options, chunk);
        let mut expected = String::new();
        for row in &rows {
            expected.push_str(&row.join("|"));
            expected.push('|');
        }
        let without_origin: String = read_cells(text.as_bytes(), &options).concat();
        prop_assert!(!read.contains("error["), "{}", read);
        prop_assert_eq!(without_origin, expected);
    }

    #[test]
    fn nothing_makes_detection_panic(
        words in prop::collection::vec(prop::sample::select(vec!["a", "\"", "'", ",", ";", "\n", "\r", "||", "\\", "# ", "1.5", "2020-01-01", " ", "ü", "\u{1f}"]), 0..120),
        noise in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let bytes = [words.concat().into_bytes(), noise].concat();
        let size = bytes.len() as u64;
        for size in [size, size + 1] {
            let _ = detect(&Sample { name: "a.csv".into(), bytes: bytes.clone(), size });
        }
    }
}

/// What the reader rejects can be decoded by itself, as soon as the source file allows it.
#[test]
fn a_record_that_was_rejected_is_decoded_again_by_a_mended_source() {
    let base = tempdir().unwrap();
    fs::write(base.path().join("a.csv"), "id,amount\n1,10\n2,1 000\n3,x\n").unwrap();
    let source = |more: &str| {
        let text =
            format!("kind = \"csv\"\npath = \"a.csv\"\n[csv]\n{more}[csv.types]\namount = \"integer\"\n");
        Source::parse(&text, "a.toml").unwrap()
    };
    let strict = source("");
    let batches = read_all(strict.open(base.path()).unwrap().as_mut()).unwrap();
    let rejects = batches.iter().flat_map(|read| &read.rejects);
    let raw: Vec<RawRecord> = rejects
        .map(|reject| RawRecord {
            record_number: reject.record_number,
            byte_offset: reject.byte_offset,
            bytes: reject.raw.clone(),
        })
        .collect();
    assert_eq!(raw.iter().map(|record| record.record_number).collect::<Vec<_>>(), [2, 3]);
    let again = source("thousands = \" \"\n").again(base.path(), &raw).unwrap().unwrap();
    let rows: Vec<usize> = again.iter().map(|read| read.batch.num_rows()).collect();
    assert_eq!(rows, [1, 0]);
    let number = again[0].batch.column_by_name(RECORD_NUMBER).unwrap();
    assert_eq!(array_value_to_string(number, 0).unwrap(), "2");
    assert_eq!((again[1].rejects[0].record_number, &again[1].rejects[0].raw), (3, &raw[1].bytes));
}
