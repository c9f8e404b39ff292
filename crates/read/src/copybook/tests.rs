//! The cases of the folder, what a copybook can get wrong, and properties that hold for any input.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::{TempDir, tempdir};

use super::{CodePage, Dialect, Layout, RecordWriter, Row, Value};
use crate::Source;
use crate::cases::{check, folders, outcome, read_all};

pub(super) fn bytes_of(hexadecimal: &str) -> Vec<u8> {
    let digits: Vec<u8> = hexadecimal.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(pair).collect()
}

#[test]
fn every_case_decodes_as_expected() {
    for folder in folders("copybook") {
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        check(&folder, &outcome(&read("source.toml"), laid_out(&folder).path()));
    }
}

/// A case's copybooks, with those in folders below it, and its records as files.
pub(crate) fn laid_out(folder: &Path) -> TempDir {
    let base = tempdir().unwrap();
    copy_files(folder, base.path());
    let records = fs::read_to_string(folder.join("records.hex")).unwrap();
    fs::write(base.path().join("records.dat"), bytes_of(&records)).unwrap();
    base
}

fn copy_files(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten().filter(|file| file.file_name() != "records.hex") {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_files(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn problems_of(copybook: &str) -> String {
    match Layout::parse(copybook, "a.cpy", Dialect::default()) {
        Ok(layout) => format!("{} bytes", layout.record_length),
        Err(problems) => problems
            .into_iter()
            .map(|p| {
                format!(
                    "{} {}{}",
                    p.place,
                    p.sentence,
                    p.advice.map(|a| format!(" ({a})")).unwrap_or_default()
                )
            })
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

#[test]
fn a_faulty_copybook_is_explained_with_line_column_and_word() {
    for (copybook, expected) in [
        (
            "",
            "a.cpy there is no data description in the copybook (it should begin with an entry such as `01  CUSTOMER-RECORD.`)",
        ),
        (
            "01 A.\n 05 B PIC X(3) USGAE COMP.",
            "a.cpy:2:16 found `USGAE` where a clause such as PIC, USAGE, OCCURS, REDEFINES, or a full stop was expected (did you mean `USAGE`?)",
        ),
        (
            "01 A.\n 05 B PIC Q(3).\n 05 C PIC X(.",
            "a.cpy:2:11 `Q` in `Q(3)` is not a picture symbol; a picture is made of X A 9 S V P Z N G U E * + - , . $ B 0 / CR DB\na.cpy:3:11 a repeat in `X(` is not a whole number in brackets, such as X(8)",
        ),
        (
            "01 A.\n 05 B PIC X(3).\n 05 C REDEFINES BB PIC 9(3).",
            "a.cpy:3:17 `BB` is not an earlier field of the same group, so it cannot be redefined (did you mean `B`?)",
        ),
        (
            "01 A.\n 05 B.\n 05 C PIC X.",
            "a.cpy:2:2 `B` has neither a picture nor parts below it (give it a PIC clause)",
        ),
        (
            "01 A.\n 05 B PIC X.\n  10 C PIC X.",
            "a.cpy:2:11 a group has no picture, but `X` stands here (remove the picture, or check the level numbers below)",
        ),
        (
            "01 A.\n 05 B PIC X COMP-3.",
            "a.cpy:2:13 only a numeric picture (9, S, V, P) can have this usage (check picture and usage of this entry)",
        ),
        (
            "01 A.\n 05 B OBJECT REFERENCE.",
            "a.cpy:2:7 the usage `OBJECT` is not read: a reference to an object means nothing outside of its program (describe its bytes as PIC X(n))",
        ),
        (
            "01 A.\n 05 B PIC X\n 05 C PIC X.",
            "a.cpy:2:2 this entry does not end with a full stop (end every entry with `.`)",
        ),
        (
            "01 A.\n 05 B PIC X.\n 88 C VALUE SPCES.\n 66 D RENAMES E.\n 05 F PIC X VALUE 'a.",
            "a.cpy:5:19 a literal begins here and does not end on its line (close it with the same quotation mark, or continue it with `-` in column 7 of the next line)\na.cpy:3:13 found `SPCES` where a literal, or a constant such as SPACES or ZEROS was expected (did you mean `SPACES`?)\na.cpy:5:13 the copybook ends where a value was expected\na.cpy:4:15 `E` is no field of the record above, so it cannot be renamed (did you mean `A`?)",
        ),
        (
            "01 A.\n 05 B PIC X.\n 66 D RENAMES BB.\n 66 E RENAMES B THRU A.",
            "a.cpy:3:15 `BB` is no field of the record above, so it cannot be renamed (did you mean `B`?)",
        ),
        (
            "01 A.\n 05 B PIC X OCCURS 1 TO UNBOUNDED DEPENDING ON C.",
            "a.cpy:2:25 a table without a greatest number of occurrences is not read (write the greatest number of occurrences that the file has)",
        ),
        ("01 A.\n 05 B OCCURS 0 TIMES PIC X.", "a.cpy:2:7 an entry cannot occur 0 to 0 times"),
        (
            "01 A.\n 05 B OCCURS MANY TIMES PIC X.",
            "a.cpy:2:14 found `MANY` where a number of occurrences was expected",
        ),
        (
            "01 A.\n COPY OTHER.\n 05 B PIC X.",
            "a.cpy:2:7 there is no copybook `OTHER` here (put the copied text in place of COPY)",
        ),
        (
            "01 A.\n 05 B PIC X",
            "a.cpy:2:2 this entry does not end with a full stop (end every entry with `.`)",
        ),
        (
            "01 A.\n 51 B PIC X.",
            "a.cpy:2:2 found `51` where a level number (01 to 49, 66, 77 or 88) was expected",
        ),
        ("88 A VALUE 'X'.", "a.cpy:1:1 a condition (level 88) has no field above it"),
        (
            "01 A.\n 05 B PIC X(16777216) OCCURS 1000.",
            "a.cpy a record would have 16777216000 bytes; 67108864 is the most",
        ),
        (
            "       DATA DIVISION.\n       FILE SECTION.\n       FD F.\n       01 A.\n           05 B PIC X.\n       PROCEDURE DIVISION.\n           STOP RUN.",
            "1 bytes",
        ),
    ] {
        assert_eq!(problems_of(copybook), expected, "{copybook}");
    }
}

/// A body's folder with a copybook, a data file and the source file that joins them.
fn read(copybook: &str, data: &[u8], options: &str) -> String {
    let base = tempdir().unwrap();
    fs::write(base.path().join("a.cpy"), copybook).unwrap();
    fs::write(base.path().join("a.dat"), data).unwrap();
    outcome(
        &format!("kind = \"copybook\"\npath = \"a.dat\"\n[copybook]\npath = \"a.cpy\"\n{options}"),
        base.path(),
    )
}

const CUSTOMER: &str = "01 C.\n 05 NAME PIC X(20).\n 05 AMOUNT PIC S9(5) COMP-3.\n 05 NO PIC 9(4).";

fn customers(page: &str, count: i64) -> Vec<u8> {
    let layout = Layout::parse(CUSTOMER, "a.cpy", Dialect::default()).unwrap();
    let writer = RecordWriter::new(&layout, CodePage::named(page).unwrap()).unwrap();
    let row = |number| Row::new().with("name", "ANNA EXAMPLE").with("amount", number * 7).with("no", number);
    (0..count).flat_map(|number| writer.encode(&row(number)).unwrap()).collect()
}

#[test]
fn a_truncated_extract_loses_only_its_last_record() {
    let mut data = customers("cp037", 3);
    data.truncate(2 * 27 + 5);
    let found = read(CUSTOMER, &data, "");
    assert!(found.contains("\"_record_number\":2,\"_byte_offset\":27"), "{found}");
    assert!(
        found.contains("error[read.truncated-record]: the file ends 5 bytes into a record of 27 bytes"),
        "{found}"
    );
    assert!(found.contains("at a.dat, record 3, byte 54"), "{found}");
}

#[test]
fn the_wrong_code_page_is_named_before_anything_is_read() {
    for (written, said, expected) in [
        ("ascii", "cp037", "the file looks like ASCII, but the source says code page cp037"),
        ("cp037", "latin-1", "the file looks like EBCDIC, but the source says code page latin-1"),
    ] {
        let found = read(CUSTOMER, &customers(written, 50), &format!("code_page = \"{said}\""));
        assert!(found.contains("error[read.wrong-code-page]"), "{found}");
        assert!(found.contains(expected), "{found}");
    }
}

#[test]
fn the_wrong_copybook_is_named_with_the_length_that_would_fit() {
    let mut data = Vec::new();
    for record in customers("cp037", 50).chunks(27) {
        data.extend_from_slice(record);
        data.extend_from_slice(&[0x40; 3]);
    }
    let found = read(CUSTOMER, &data, "");
    assert!(found.contains("error[read.wrong-layout]"), "{found}");
    assert!(
        found.contains("the file's size of 1500 bytes is not divisible by the record length of 27"),
        "{found}"
    );
    assert!(found.contains("try `record_length = 30`"), "{found}");
    assert!(!read(CUSTOMER, &data, "record_length = 30").contains("error"));
    data.splice(0..0, *b"HDR4");
    let found = read(CUSTOMER, &data, "file_header_bytes = 4");
    assert!(
        found.contains("try `record_length = 30`"),
        "what stands before the records does not count: {found}"
    );
}

/// Many records of many lengths, longer together than what is read at once; the number is in each.
fn long_file(mut add: impl FnMut(&mut Vec<u8>, &[u8])) -> Vec<u8> {
    let mut data = Vec::new();
    for number in 0..30_000usize {
        let mut record = format!("{number:05}").into_bytes();
        record.extend(std::iter::repeat_n(b'x', number % 97));
        add(&mut data, &record);
    }
    data
}

#[test]
fn records_of_any_length_are_found_across_all_that_is_read_at_once() {
    let word = |length: usize| [(length >> 8) as u8, length as u8, 0, 0];
    let variable = long_file(|data, record| {
        data.extend(word(record.len() + 4));
        data.extend(record);
    });
    let blocked = long_file(|data, record| {
        data.extend(word(record.len() + 8));
        data.extend(word(record.len() + 4));
        data.extend(record);
    });
    let lines = long_file(|data, record| {
        data.extend(record);
        data.push(b'\n');
    });
    for (format, data) in [("V", variable), ("VB", blocked), ("D", lines)] {
        let base = tempdir().unwrap();
        fs::write(base.path().join("a.cpy"), "01 R.\n 05 NO PIC 9(5).\n 05 REST PIC X(100).").unwrap();
        fs::write(base.path().join("a.dat"), &data).unwrap();
        let source = format!(
            "kind = \"copybook\"\npath = \"a.dat\"\n[copybook]\npath = \"a.cpy\"\ncode_page = \"ascii\"\nrecord_format = \"{format}\""
        );
        let mut reader = Source::parse(&source, "a.toml").unwrap().open(base.path()).unwrap();
        let mut expected = 0;
        for batch in read_all(reader.as_mut()).unwrap() {
            assert!(batch.rejects.is_empty(), "{format}");
            for row in Row::from_batch(&batch.batch) {
                assert_eq!(row.0["no"], Value::Number { unscaled: expected, scale: 0 }, "{format}");
                let rest = match expected as usize % 97 {
                    0 => Value::Null,
                    length => Value::Text("x".repeat(length)),
                };
                assert_eq!(row.0["rest"], rest, "{format}");
                expected += 1;
            }
        }
        assert_eq!(expected, 30_000, "{format}");
    }
}

#[test]
fn records_behind_their_length_are_recognised_where_fixed_ones_do_not_fit() {
    for (format, is_blocked) in [("V", false), ("VB", true)] {
        let mut data = Vec::new();
        for record in customers("cp037", 30).chunks(27) {
            if is_blocked {
                data.extend([0, 35, 0, 0]);
            }
            data.extend([0, 31, 0, 0]);
            data.extend(record);
        }
        let found = read(CUSTOMER, &data, "");
        assert!(found.contains(&format!("try `record_format = \"{format}\"`")), "{found}");
        let other = if is_blocked { "V" } else { "VB" };
        let found = read(CUSTOMER, &data, &format!("record_format = \"{other}\""));
        assert!(found.contains("error"), "{found}");
        let found = read(CUSTOMER, &data, &format!("record_format = \"{format}\""));
        assert!(!found.contains("error") && found.contains("\"_record_number\":30"), "{found}");
    }
}

#[test]
fn no_adjustment_of_a_length_makes_the_reader_panic() {
    for adjustment in [i64::MAX, i64::MIN, -5, 1 << 40] {
        let options = format!(
            "record_format = \"VB\"\nblock_word = {{ adjustment = {adjustment} }}\nrecord_word = {{ adjustment = {adjustment} }}"
        );
        let found = read(CUSTOMER, &[0, 31, 0, 0, 0, 31, 0, 0, 0x40], &options);
        assert!(found.contains("error[read."), "{found}");
    }
}

#[test]
fn a_missing_file_or_copybook_is_explained() {
    let base = tempdir().unwrap();
    fs::write(base.path().join("customer.dat"), b"x").unwrap();
    fs::write(base.path().join("customer.cpy"), b"01 A PIC X.").unwrap();
    let source = |path: &str, copybook: &str| {
        outcome(
            &format!("kind = \"copybook\"\npath = \"{path}\"\n[copybook]\npath = \"{copybook}\""),
            base.path(),
        )
    };
    assert!(
        source("custmer.dat", "customer.cpy").contains("did you mean `customer.dat` in the same folder?")
    );
    assert!(source("customer.dat", "customer.cbl").contains("there is no file `customer.cbl`"));
    assert!(source(".", "customer.cpy").contains("is a folder"));
}

#[test]
fn the_digest_is_of_the_whole_file_even_when_it_was_not_read_to_its_end() {
    let base = tempdir().unwrap();
    let data = customers("cp037", 9000);
    fs::write(base.path().join("a.cpy"), CUSTOMER).unwrap();
    fs::write(base.path().join("a.dat"), &data).unwrap();
    let source =
        Source::parse("kind = \"copybook\"\npath = \"a.dat\"\n[copybook]\npath = \"a.cpy\"", "a.toml")
            .unwrap();
    let digest = |batches: usize| {
        let mut reader = source.open(base.path()).unwrap();
        (0..batches).for_each(|_| drop(reader.next().unwrap()));
        (reader.digest().unwrap(), reader.progress())
    };
    let whole = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &data);
    let whole = crate::file::hexadecimal(whole.as_ref());
    assert_eq!(digest(1).0, whole);
    assert_eq!(digest(3).0, whole);
    let progress = digest(3).1;
    assert_eq!((progress.records, progress.bytes_read, progress.rejected), (9000, data.len() as u64, 0));
    assert_eq!((progress.total_bytes, progress.total_records), (Some(data.len() as u64), Some(9000)));
}

/// Encodes a value, decodes the record, and gives what came back.
fn round_trip(picture: &str, page: &str, value: Value) -> (Value, Value) {
    let copybook = format!("01 R.\n 05 A {picture}.");
    let base = tempdir().unwrap();
    let layout = Layout::parse(&copybook, "a.cpy", Dialect::default()).unwrap();
    let writer = RecordWriter::new(&layout, CodePage::named(page).unwrap()).unwrap();
    let row = Row::new().with("a", value.clone());
    let record = writer.encode(&row).unwrap_or_else(|problem| panic!("{picture} {value:?}: {problem}"));
    fs::write(base.path().join("a.cpy"), &copybook).unwrap();
    fs::write(base.path().join("a.dat"), &record).unwrap();
    let text = format!(
        "kind = \"copybook\"\npath = \"a.dat\"\n[copybook]\npath = \"a.cpy\"\ncode_page = \"{page}\""
    );
    let mut reader = Source::parse(&text, "a.toml").unwrap().open(base.path()).unwrap();
    let batches = read_all(reader.as_mut()).unwrap();
    assert!(batches[0].rejects.is_empty(), "{picture} {value:?}: {:?}", batches[0].rejects);
    let back = Row::from_batch(&batches[0].batch).next().unwrap();
    assert_eq!(writer.encode(&back).unwrap(), record, "{picture}: written back");
    (value, back.0["a"].clone())
}

const SIGNED: [&str; 4] = ["", "SIGN LEADING", "SIGN TRAILING SEPARATE", "SIGN LEADING SEPARATE"];
const USAGES: [&str; 3] = ["COMP-3", "COMP", "COMP-5"];

fn numeric_picture() -> impl Strategy<Value = (String, u32, i8, bool)> {
    let clauses = prop::sample::select([&SIGNED[..], &USAGES[..]].concat());
    (1u32..=31, 0i8..=6, any::<bool>(), clauses).prop_map(|(digits, places, signed, clause)| {
        let places = places.min(digits as i8);
        let whole = digits - places as u32;
        let sign = if signed { "S" } else { "" };
        let whole = if whole > 0 { format!("9({whole})") } else { String::new() };
        let fraction = if places > 0 { format!("V9({places})") } else { String::new() };
        let picture = format!("PIC {sign}{whole}{fraction}");
        let clause = if signed || !clause.starts_with("SIGN") { clause } else { "" };
        (format!("{picture} {clause}"), digits, places, signed)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_encoded_decodes_to_the_same_number(
        (picture, digits, scale, signed) in numeric_picture(),
        seed in any::<i128>(),
        page in prop::sample::select(vec!["cp037", "cp273", "cp1047", "ascii", "latin-1"]),
    ) {
        let limit = 10i128.pow(digits);
        let unscaled = if signed { seed % limit } else { (seed % limit).abs() };
        let (given, back) = round_trip(&picture, page, Value::Number { unscaled, scale });
        prop_assert_eq!(given, back, "{} in {}", picture, page);
    }

    #[test]
    fn what_is_encoded_decodes_to_the_same_text(
        text in "[A-Za-z0-9ÄÖÜäöüßéè][ -~ÄÖÜäöüßéè]{0,18}[A-Za-z0-9]",
        page in prop::sample::select(vec!["cp037", "cp273", "cp500", "cp1047", "cp1140", "latin-1", "windows-1252"]),
    ) {
        let (given, back) = round_trip("PIC X(20)", page, Value::Text(text));
        prop_assert_eq!(given, back);
    }

    #[test]
    fn what_is_encoded_decodes_to_the_same_floating_point_number(number in -1e60f64..1e60, page in prop::sample::select(vec!["cp037", "ascii"])) {
        let (_, back) = round_trip("COMP-2", page, Value::Float(number));
        let Value::Float(back) = back else { panic!("{back:?}") };
        prop_assert!((back - number).abs() <= number.abs() * 1e-15, "{} {}", number, back);
    }

    #[test]
    fn no_text_makes_the_copybook_parser_panic(text in "\\PC{0,200}") {
        let _ = Layout::parse(&text, "a.cpy", Dialect::default());
    }

    #[test]
    fn no_heap_of_cobol_words_makes_the_copybook_parser_panic(words in prop::collection::vec(prop::sample::select(vec![
        "01", "05", "10", "49", "66", "77", "88", "A", "B", "FILLER", "PIC", "X(3)", "S9(4)V99", "9(", "COMP", "COMP-3", "COMP-1", "OCCURS", "3", "0",
        "TIMES", "TO", "DEPENDING", "ON", "REDEFINES", "SIGN", "LEADING", "SEPARATE", "VALUE", "'X'", "THRU", ".", "\n", "SYNC", "COPY", "'", "\"", "      -",
    ]), 0..60)) {
        let text = words.join(" ");
        if let Ok(layout) = Layout::parse(&text, "a.cpy", Dialect::default()) {
            let _ = layout.to_string();
            let _ = RecordWriter::new(&layout, CodePage::named("cp037").unwrap());
        }
    }

    #[test]
    fn no_bytes_make_the_decoder_panic_or_lose_a_record(data in prop::collection::vec(any::<u8>(), 0..2000), case in 0usize..100) {
        let folders = folders("copybook");
        let folder = &folders[case % folders.len()];
        let base = tempdir().unwrap();
        copy_files(folder, base.path());
        fs::write(base.path().join("records.dat"), &data).unwrap();
        let text = fs::read_to_string(folder.join("source.toml")).unwrap();
        lossless(&text, base.path(), data.len());
    }
}

/// Every byte of the file is in a record or a reject, unless reading stopped with a problem.
fn lossless(source: &str, base: &Path, size: usize) {
    let Ok(source) = Source::parse(source, "a.toml") else { return };
    let Ok(mut reader) = source.open(base) else { return };
    let Ok(batches) = read_all(reader.as_mut()) else { return };
    let total = reader.progress();
    assert_eq!(total.bytes_read as usize, size);
    let numbers: usize = batches.iter().map(|batch| batch.batch.num_rows() + batch.rejects.len()).sum();
    assert_eq!(numbers as u64, total.records);
}

/// A reading that goes on where another ended gives what was left, and the mark tells that the file is the same.
#[test]
fn reading_goes_on_behind_records_that_were_read_before() {
    let base = tempdir().unwrap();
    fs::write(base.path().join("a.cpy"), "01 R.\n   05 A PIC X(6).\n").unwrap();
    let records = (0..40_000).fold(String::new(), |records, number| records + &format!("{number:06}"));
    fs::write(base.path().join("a.dat"), &records).unwrap();
    let text = "kind = \"copybook\"\npath = \"a.dat\"\n[copybook]\npath = \"a.cpy\"\ncode_page = \"ascii\"\n";
    let source = Source::parse(text, "a.toml").unwrap();
    let mut whole = source.open(base.path()).unwrap();
    let mut batches = Vec::new();
    let mut marks = Vec::new();
    while let Some(read) = whole.next().unwrap() {
        batches.push(read.batch);
        marks.push((whole.progress().records, whole.mark().unwrap()));
    }
    assert!(batches.len() > 3);
    let (records, mark) = marks[1].clone();
    let mut rest = source.open(base.path()).unwrap();
    assert!(rest.skip(records).unwrap());
    assert_eq!(rest.mark().unwrap(), mark);
    let rest_batches = read_all(rest.as_mut()).unwrap();
    assert_eq!(rest_batches.iter().map(|read| read.batch.clone()).collect::<Vec<_>>(), batches[2..]);
    assert_eq!(rest.digest().unwrap(), whole.digest().unwrap());
    assert_eq!(rest.progress(), whole.progress());
    let mut odd = source.open(base.path()).unwrap();
    assert!(!odd.skip(records + 1).unwrap(), "no batch ends there");
}

/// Reads a source and writes its rows back; none when it cannot be read, or is not written back.
fn written_back(text: &str, base: &Path, wanted: &crate::Wanted) -> Option<Vec<u8>> {
    let source = Source::parse(text, "a.toml").ok()?;
    let batches = read_all(source.open_wanted(base, wanted).ok()?.as_mut()).ok()?;
    let mut rewrite = source.rewrite(base).ok()?;
    let mut out = Vec::new();
    for read in &batches {
        rewrite.write(read, &mut out).unwrap();
    }
    rewrite.finish(&mut out).unwrap();
    Some(out)
}

#[test]
fn rows_that_nobody_changed_are_written_back_as_the_same_file() {
    let mut files = 0;
    for folder in folders("copybook") {
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        let base = tempdir().unwrap();
        let data = bytes_of(&read("records.hex"));
        fs::write(base.path().join("layout.cpy"), read("layout.cpy")).unwrap();
        fs::write(base.path().join("records.dat"), &data).unwrap();
        let text = read("source.toml");
        let passes_over = text.contains("only =") || text.contains("\"skip\"");
        if let Some(back) =
            written_back(&text, base.path(), &crate::Wanted::default()).filter(|_| !passes_over)
        {
            assert_eq!(
                crate::file::hexadecimal(&back),
                crate::file::hexadecimal(&data),
                "{}",
                folder.display()
            );
            files += 1;
        }
    }
    assert!(files > 30, "only {files}");
}

type Frame<'a> = &'a dyn Fn(&[u8]) -> Vec<u8>;

#[test]
fn a_part_of_a_file_is_written_back_where_records_stand_alone() {
    let records: Vec<Vec<u8>> = customers("cp037", 20).chunks(27).map(<[u8]>::to_vec).collect();
    let word = |length: usize| vec![0, length as u8, 0, 0];
    let variable: Frame<'_> = &|record| [word(31), record.to_vec()].concat();
    let blocked: Frame<'_> = &|record| [word(35), word(31), record.to_vec()].concat();
    let line: Frame<'_> = &|record| [record, &[0x15]].concat();
    for (format, frame, works) in [
        ("F", &(|record: &[u8]| record.to_vec()) as Frame<'_>, true),
        ("V", variable, true),
        ("D", line, true),
        ("VB", blocked, false),
    ] {
        let base = tempdir().unwrap();
        fs::write(base.path().join("a.cpy"), CUSTOMER).unwrap();
        fs::write(
            base.path().join("a.dat"),
            records.iter().flat_map(|record| frame(record)).collect::<Vec<u8>>(),
        )
        .unwrap();
        let text = format!(
            "kind = \"copybook\"\npath = \"a.dat\"\n[copybook]\npath = \"a.cpy\"\nrecord_format = \"{format}\""
        );
        let conditions = vec![crate::Condition::parse("no >= 15").unwrap()];
        let wanted = crate::Wanted { conditions, ..crate::Wanted::default() };
        let source = Source::parse(&text, "a.toml").unwrap();
        let batches = read_all(source.open_wanted(base.path(), &wanted).unwrap().as_mut()).unwrap();
        let (mut rewrite, mut out) = (source.rewrite(base.path()).unwrap(), Vec::new());
        let written = batches
            .iter()
            .try_for_each(|read| rewrite.write(read, &mut out))
            .and_then(|()| rewrite.finish(&mut out));
        if works {
            written.unwrap();
            assert_eq!(
                out,
                records[15..].iter().flat_map(|record| frame(record)).collect::<Vec<u8>>(),
                "{format}"
            );
        } else {
            assert_eq!(written.unwrap_err().code, "encode.part-of-a-file", "{format}");
        }
    }
}

#[test]
fn only_what_has_changed_is_written_over() {
    let layout = Layout::parse(
        "01 R.\n 05 A PIC S9(3) COMP-3.\n 05 FILLER PIC X(2).\n 05 B PIC S9(3).\n 05 C PIC X(4).\n 05 D PIC X OCCURS 0 TO 3 DEPENDING ON B.",
        "a.cpy",
        Dialect::default(),
    )
    .unwrap();
    let machine = super::values::Machine::of(CodePage::named("cp037").unwrap());
    let plan = super::plan::Plan::new(&layout, &super::plan::PlanOptions::default()).unwrap();
    let writer = RecordWriter::over(plan, machine, layout.record_length);
    // A sign of F, FILLER of zeros, a sign of F, low-values behind the text, occurrences beyond the counter.
    let original = bytes_of("123f 0000 f0f0f1 c1c20000 d1d2d3");
    let row = |c: &str, a: i64| {
        let mut row = Row::new().with("a", a).with("b", 1).with("c", c);
        row.0.insert("d".into(), Value::List(vec![Value::Text("J".into())]));
        row
    };
    for (row, expected) in [
        (row("AB", 123), "123f 0000 f0f0f1 c1c20000 d1d2d3"),
        (row("ABC", 123), "123f 0000 f0f0f1 c1c2c340 d1d2d3"),
        (row("AB", -7), "007d 0000 f0f0f1 c1c20000 d1d2d3"),
    ] {
        let mut record = original.clone();
        writer.encode_onto(&row, &mut record).unwrap();
        assert_eq!(record, bytes_of(expected));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_bytes_they_are_written_back_as_they_were(
        case in 0usize..1000,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let folders = folders("copybook");
        let folder = &folders[case % folders.len()];
        let text = fs::read_to_string(folder.join("source.toml")).unwrap();
        if text.contains("only =") || text.contains("\"skip\"") {
            return Ok(());
        }
        let base = tempdir().unwrap();
        let mut data = bytes_of(&fs::read_to_string(folder.join("records.hex")).unwrap());
        for (index, byte) in changes.iter().filter(|_| !data.is_empty()).copied().collect::<Vec<_>>() {
            let place = index.index(data.len());
            data[place] = byte;
        }
        fs::write(base.path().join("layout.cpy"), fs::read(folder.join("layout.cpy")).unwrap()).unwrap();
        fs::write(base.path().join("records.dat"), &data).unwrap();
        if let Some(back) = written_back(&text, base.path(), &crate::Wanted::default()) {
            prop_assert_eq!(back, data, "{}", folder.display());
        }
    }
}
