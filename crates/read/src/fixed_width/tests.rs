//! The cases of the folder, and properties that hold for any bytes.

use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;

use proptest::prelude::*;
use tempfile::tempdir;

use super::layout::{Layout, Position, RecordType, Role};
use super::sheets::{Sheets, Sorting};
use crate::cases::{check, folders, outcome, read_all};
use crate::control::Board;
use crate::copybook::CodePage;
use crate::copybook::frames::{Divided, Frames, Framing, LineEnd, Lines, Window};
use crate::file::SourceFile;
use crate::kinds::Location;
use crate::pipeline::Cut;
use crate::{RawRecord, Source};

#[test]
fn every_case_reads_as_expected() {
    for folder in folders("fixed-width") {
        let text = fs::read_to_string(folder.join("source.toml")).unwrap();
        check(&folder, &outcome(&text, &folder));
    }
}

#[test]
fn a_rejected_record_can_be_read_again_by_a_mended_layout() {
    let source = |of: &str| {
        let text = format!(
            "kind = \"fixed-width\"\npath = \"a\"\n[fixed-width]\ncolumn = [{{ name = \"a\", length = 3, type = \"{of}\" }}]"
        );
        Source::parse(&text, "a.toml").unwrap()
    };
    let base = tempdir().unwrap();
    fs::write(base.path().join("a"), "001\n00x\n").unwrap();
    let batches = read_all(source("integer").open(base.path()).unwrap().as_mut()).unwrap();
    let reject = batches.into_iter().flat_map(|batch| batch.rejects).next().unwrap();
    let raw = RawRecord { record_number: 2, byte_offset: reject.byte_offset, bytes: reject.raw };
    let again = source("text").again(base.path(), &[raw]).unwrap().unwrap();
    assert_eq!((again[0].batch.num_rows(), again[0].rejects.len()), (1, 0));
}

/// Lines in pieces of another size than usual.
struct Small(Lines, usize);

impl Framing for Small {
    fn divide(&mut self, bytes: &[u8], last: bool) -> Divided {
        self.0.divide(bytes, last)
    }

    fn format(&self) -> &'static str {
        self.0.format()
    }

    fn wanted(&self) -> usize {
        self.1
    }
}

/// The rows that the cutter finds: their number, their place, and the header they stand under.
fn sorted(data: &str, piece: usize) -> Vec<(u64, u64, Option<Vec<u8>>)> {
    let base = tempdir().unwrap();
    fs::write(base.path().join("a"), data).unwrap();
    let of = |code: &str, role: Role| RecordType { codes: vec![code.into()], role, ..RecordType::default() };
    let types = vec![of("H", Role::Header), of("D", Role::Row), of("T", Role::Trailer)];
    let layout = Arc::new(Layout { record_type: Some(Position { start: 0, length: 1 }), types });
    let page = Arc::new(CodePage::named("utf-8").unwrap());
    let sorting = Sorting::new(layout, page, &[], false);
    let file = SourceFile::open(&Location::here(base.path(), "a")).unwrap();
    let framing = Small(Lines::new(false, LineEnd::Any), piece);
    let frames = Frames::new(file, Box::new(framing), Window::default());
    let mut sheets = Sheets::new(frames, sorting, "a", Board::default(), 1);
    let mut found = Vec::new();
    while let Some(sheet) = sheets.next().unwrap() {
        for row in &sheet.rows {
            let header = sheet.headings[row.under][0].as_deref().map(<[u8]>::to_vec);
            found.push((sheet.block.number_of(row.index), sheet.block.offset_of(row.index), header));
        }
        let unknown = sheet.unknown.iter();
        found.extend(
            unknown.map(|index| (sheet.block.number_of(*index), sheet.block.offset_of(*index), None)),
        );
    }
    found.sort();
    found
}

/// A row of the table below: a name, a whole number, hundredths, a date.
type Row = (String, Option<i64>, i64, (i32, u32, u32));

fn any_row() -> impl Strategy<Value = Row> {
    (
        "[A-Zäöü][a-zß ]{0,8}[a-z]",
        prop::option::of(-99_999i64..=999_999),
        -9_999_999i64..=99_999_999,
        (1i32..=9999, 1u32..=12, 1u32..=28),
    )
}

fn written(rows: &[Row], encoding: &str) -> Vec<u8> {
    let page = CodePage::named(encoding).unwrap();
    let mut out = Vec::new();
    for (name, count, cents, (year, month, day)) in rows {
        let count = count.map_or(String::new(), |count| count.to_string());
        let padding = " ".repeat(10 - name.chars().count());
        let text = format!("{name}{padding}{count:>6}{cents:>8}{year:04}{month:02}{day:02}");
        out.extend(page.encode(&text).unwrap());
        out.push(if encoding == "cp037" { 0x15 } else { b'\n' });
    }
    out
}

fn described(rows: &[Row]) -> String {
    let mut out = String::from("name: Utf8\ncount: Int64\namount: Decimal128(8, 2)\nday: Date32\n");
    for (name, count, cents, (year, month, day)) in rows {
        let count = count.map_or(String::new(), |count| format!("\"count\":{count},"));
        let sign = if *cents < 0 { "-" } else { "" };
        let amount = format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100);
        let day = format!("{year:04}-{month:02}-{day:02}");
        writeln!(out, "{{\"name\":\"{name}\",{count}\"amount\":{amount},\"day\":\"{day}\"").unwrap();
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_written_is_read(
        rows in prop::collection::vec(any_row(), 1..20),
        encoding in prop::sample::select(vec!["utf-8", "windows-1252", "cp850", "cp037"]),
    ) {
        let base = tempdir().unwrap();
        fs::write(base.path().join("a"), written(&rows, encoding)).unwrap();
        let source = format!(
            "kind = \"fixed-width\"\npath = \"a\"\n[fixed-width]\nencoding = \"{encoding}\"\ncolumn = [{{ name = \"name\", length = 10 }}, \
             {{ name = \"count\", length = 6, type = \"integer\" }}, {{ name = \"amount\", length = 8, decimals = 2 }}, \
             {{ name = \"day\", length = 8, type = \"date(YYYYMMDD)\" }}]"
        );
        let found = outcome(&source, base.path());
        let found: Vec<&str> = found.lines().map(|line| line.split(",\"_record").next().unwrap()).collect();
        prop_assert_eq!(found.join("\n") + "\n", described(&rows));
    }

    #[test]
    fn any_split_gives_the_same_records(lines in prop::collection::vec("[HDTX]?[a-z]{0,6}\r?", 0..60), piece in 1usize..60) {
        let data = lines.join("\n");
        prop_assert_eq!(sorted(&data, piece), sorted(&data, 1 << 20));
    }

    #[test]
    fn no_bytes_make_the_reader_panic_and_rejects_are_where_they_say(
        data in prop::collection::vec(prop::sample::select(b"0123 9aHDT\n\r\xc3\xb6\xff\x00{p-.\x40\xf1\x15".to_vec()), 0..300),
        options in prop::sample::select(vec!["", "encoding = \"cp037\"", "encoding = \"cp850\"\nrecord_length = 7", "record_length = 1000", "short_records = \"reject\"", "positions = \"bytes\"", "skip_lines = 2\nlong_records = \"reject\""]),
    ) {
        let base = tempdir().unwrap();
        fs::write(base.path().join("a"), &data).unwrap();
        let source = format!(
            "kind = \"fixed-width\"\npath = \"a\"\n[fixed-width]\nrecord_type = {{ start = 1, length = 1 }}\n{options}\n\
             [[fixed-width.record]]\nis = \"H\"\nrole = \"header\"\ncolumn = [{{ name = \"h\", start = 2, length = 3, type = \"integer\" }}]\n\
             [[fixed-width.record]]\nis = \"T\"\nrole = \"trailer\"\nrecords = {{ start = 2, length = 3 }}\nsums = {{ b = {{ start = 3, length = 9 }} }}\n\
             [[fixed-width.record]]\ncolumn = [{{ name = \"a\", length = 2 }}, {{ name = \"b\", length = 3, sign = \"overpunch\" }}, {{ name = \"c\", length = 4, type = \"date(YYMD)\" }}, {{ name = \"d\", length = 4, decimals = 1 }}]"
        );
        if let Ok(mut reader) = Source::parse(&source, "a.toml").unwrap().open(base.path()) {
            for batch in read_all(reader.as_mut()).unwrap() {
                for reject in batch.rejects {
                    let at = reject.byte_offset.unwrap() as usize;
                    prop_assert_eq!(&data[at..at + reject.raw.len()], reject.raw);
                }
            }
        }
    }
}
