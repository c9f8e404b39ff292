//! Workbooks written record by record: every kind of cell, the odd ones, and those that lie.

mod damage;
mod shared;
mod writer;

use std::fs;

use tempfile::tempdir;

use crate::cases::outcome;
use writer::{cell, compound, formats, label, number, part, plain, record, text, words, workbook};

const OLD: u16 = 0x0500;
const NEW: u16 = 0x0600;

/// Rows, without the number of the record.
fn read(bytes: &[u8], options: &str) -> String {
    let base = tempdir().unwrap();
    fs::write(base.path().join("a.xls"), bytes).unwrap();
    let source = format!("kind = \"excel\"\npath = \"a.xls\"\n[excel]\n{options}\n");
    let found = outcome(&source, base.path());
    let rows = found.lines().filter(|line| !line.contains(": ") || line.starts_with("error"));
    rows.map(|line| line.split(",\"_record_number\"").next().unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// One sheet, whose header is row 0.
fn check(what: &str, shared: &[Vec<u8>], records: &[Vec<u8>], options: &str, expected: &[&str]) {
    assert_eq!(read(&plain(shared, records), options), expected.join("\n"), "{what}");
}

/// A header of so many letters.
fn head(columns: u16) -> Vec<u8> {
    (0..columns).flat_map(|column| label(0, column, &char::from(b'a' + column as u8).to_string())).collect()
}

#[test]
fn every_kind_of_cell_is_read() {
    let formula = |column, value: [u8; 8]| cell(0x0006, 1, column, &[&value[..], &[0; 8]].concat());
    for (what, record_of_cell, expected) in [
        ("number", number(1, 0, 0, 0.5), "{\"a\":0.5"),
        ("whole number", number(1, 0, 0, 7.0), "{\"a\":7"),
        ("packed whole number", cell(0x027e, 1, 0, &((-3i32 << 2) | 2).to_le_bytes()), "{\"a\":-3"),
        ("packed hundredths", cell(0x027e, 1, 0, &((1234i32 << 2) | 3).to_le_bytes()), "{\"a\":12.34"),
        ("packed number", cell(0x027e, 1, 0, &((1.5f64.to_bits() >> 32) as u32).to_le_bytes()), "{\"a\":1.5"),
        ("text", label(1, 0, "Zoë"), "{\"a\":\"Zoë\""),
        ("text beyond the lower half", label(1, 0, "Łódź 𝄞"), "{\"a\":\"Łódź 𝄞\""),
        ("rich text", cell(0x00d6, 1, 0, &[text("rich"), words(&[1, 0, 0])].concat()), "{\"a\":\"rich\""),
        ("true", cell(0x0205, 1, 0, &[1, 0]), "{\"a\":true"),
        ("formula", formula(0, 2.5f64.to_le_bytes()), "{\"a\":2.5"),
        ("formula with a boolean", formula(0, [1, 0, 1, 0, 0, 0, 0xff, 0xff]), "{\"a\":true"),
        (
            "formula with a text, and what may come between",
            [
                formula(0, [0, 0, 0, 0, 0, 0, 0xff, 0xff]),
                record(0x04bc, &[0; 10]),
                record(0x0207, &text("given")),
            ]
            .concat(),
            "{\"a\":\"given\"",
        ),
        ("date", number(1, 0, 1, 45_443.0), "{\"a\":\"2024-05-31\""),
        ("moment", number(1, 0, 2, 45_443.520_833_333_336), "{\"a\":\"2024-05-31T12:30:00\""),
        ("time", number(1, 0, 3, 0.0), "{\"a\":\"00:00:00\""),
        ("own format", number(1, 0, 5, 45_443.0), "{\"a\":\"2024-05-31\""),
        ("percent", number(1, 0, 4, 0.25), "{\"a\":0.25"),
        ("before the day that never was", number(1, 0, 1, 59.0), "{\"a\":\"1900-02-28\""),
        ("behind it", number(1, 0, 1, 61.0), "{\"a\":\"1900-03-01\""),
    ] {
        let own = record(0x041e, &[words(&[164]), text("dd\\.mm\\.yyyy")].concat());
        let shared = [vec![own], formats(&[0, 14, 22, 21, 9, 164])].concat();
        check(what, &shared, &[head(1), record_of_cell], "header_row = 1", &[expected]);
    }
}

#[test]
fn many_packed_numbers_stand_side_by_side() {
    let packed = |value: i32| ((value << 2) | 2).to_le_bytes().to_vec();
    let cells = [words(&[1, 0, 1]), packed(45_443), words(&[0]), packed(2), words(&[1])].concat();
    let sheet = [head(2), record(0x00bd, &cells)];
    check("numbers", &formats(&[0, 14]), &sheet, "", &["{\"a\":\"2024-05-31\",\"b\":2"]);
}

#[test]
fn errors_in_cells_are_rejected_or_null() {
    let formula = [2, 0, 0x07, 0, 0, 0, 0xff, 0xff, 0, 0];
    let sheet = [
        head(2),
        label(1, 0, "x"),
        cell(0x0205, 1, 1, &[0x2a, 1]),
        label(2, 0, "y"),
        cell(6, 2, 1, &formula),
    ];
    let found = read(&plain(&[], &sheet), "");
    assert!(found.contains("the cell `Sheet1!B2` holds the error #N/A"), "{found}");
    assert!(found.contains("the cell `Sheet1!B3` holds the error #DIV/0!"), "{found}");
    check("null", &[], &sheet, "errors = \"null\"", &["{\"a\":\"x\"", "{\"a\":\"y\""]);
}

#[test]
fn days_may_be_counted_from_1904() {
    let shared = [vec![record(0x0022, &words(&[1]))], formats(&[0, 14])].concat();
    check(
        "1904",
        &shared,
        &[head(1), number(1, 0, 1, 0.0), number(2, 0, 1, 43_981.0)],
        "",
        &["{\"a\":\"1904-01-01\"", "{\"a\":\"2024-05-31\""],
    );
}

/// Three rows and three columns of texts; the row 2 and the columns B to C are hidden, and A2 to B3 are merged.
fn hidden_and_merged() -> Vec<Vec<u8>> {
    let row = |row: u16, flags: u16| record(0x0208, &words(&[row, 0, 3, 0xff, 0, 0, flags, 0]));
    vec![
        record(0x007d, &words(&[1, 2, 0x0900, 0, 1, 0])),
        row(0, 0),
        row(1, 0x20),
        row(2, 0),
        head(3),
        label(1, 0, "one"),
        label(1, 2, "two"),
        label(2, 2, "three"),
        record(0x00e5, &words(&[1, 1, 2, 0, 1])),
    ]
}

#[test]
fn hidden_rows_and_columns_are_skipped_when_asked_and_merged_cells_filled() {
    for (options, expected) in [
        ("", vec!["{\"a\":\"one\",\"c\":\"two\"", "{\"c\":\"three\""]),
        ("hidden = \"skip\"\nmerged = \"fill\"", vec!["{\"a\":\"one\""]),
        (
            "merged = \"fill\"",
            vec![
                "{\"a\":\"one\",\"b\":\"one\",\"c\":\"two\"",
                "{\"a\":\"one\",\"b\":\"one\",\"c\":\"three\"",
            ],
        ),
    ] {
        check(options, &[], &hidden_and_merged(), options, &expected);
    }
}

#[test]
fn cells_without_order_are_put_in_order_and_the_last_one_in_a_place_counts() {
    let sheet = [label(2, 0, "late"), head(2), label(1, 1, "old"), label(1, 0, "x"), label(1, 1, "new")];
    check("order", &[], &sheet, "header_row = 1", &["{\"a\":\"x\",\"b\":\"new\"", "{\"a\":\"late\""]);
}

#[test]
fn charts_within_a_sheet_are_passed_over() {
    let chart = part(NEW, 0x0020, &[label(9, 9, "of the chart"), part(NEW, 0x0020, &[])]);
    check("chart", &[], &[head(1), chart, label(1, 0, "x")], "", &["{\"a\":\"x\""]);
}

#[test]
fn a_workbook_of_excel_5_has_its_texts_in_a_code_page() {
    let short = |text: &[u8]| [&words(&[text.len() as u16])[..], text].concat();
    let shared = [
        vec![record(0x0042, &words(&[1251])), record(0x041e, &[&[164, 0, 10][..], b"yyyy-mm-dd"].concat())],
        formats(&[0, 164]),
    ]
    .concat();
    let sheet = vec![
        cell(0x0204, 0, 0, &short(b"name")),
        cell(0x0204, 0, 1, &short(b"day")),
        cell(0x0204, 1, 0, &short(b"\xcf\xf0\xe8")),
        number(1, 1, 1, 45_443.0),
    ];
    let stream = workbook(OLD, &shared, &[("Sheet1", sheet)]);
    for bytes in [compound(&[("Book", stream.clone())]), stream] {
        assert_eq!(read(&bytes, ""), "{\"name\":\"При\",\"day\":\"2024-05-31\"");
    }
}

#[test]
fn the_newer_of_two_streams_is_read_wherever_it_lies() {
    let of = |version, text: &str| workbook(version, &[], &[("Sheet1", vec![head(1), label(1, 0, text)])]);
    // One lies in small sectors, the other one is too large for them.
    let large = [of(NEW, "new"), vec![0; 5000]].concat();
    let bytes =
        compound(&[("Book", of(OLD, "old")), ("\u{5}SummaryInformation", vec![1; 70]), ("WORKBOOK", large)]);
    assert_eq!(read(&bytes, ""), "{\"a\":\"new\"");
}

#[test]
fn hidden_sheets_are_read_when_they_are_named() {
    let sheets =
        [("hidden one", vec![head(1), label(1, 0, "x")]), ("Shown", vec![head(1), label(1, 0, "y")])];
    let bytes = compound(&[("Workbook", workbook(NEW, &[], &sheets))]);
    assert_eq!(read(&bytes, ""), "{\"a\":\"y\"");
    assert_eq!(read(&bytes, "sheet = \"hidden one\""), "{\"a\":\"x\"");
}

#[test]
fn what_cannot_be_read_is_said() {
    let of = |shared: &[Vec<u8>], records: &[Vec<u8>]| plain(shared, records);
    let cut = |count: usize| {
        let stream = workbook(NEW, &[], &[("Sheet1", vec![head(1), label(1, 0, "x")])]);
        compound(&[("Workbook", stream[..stream.len() - count].to_vec())])
    };
    for (bytes, expected) in [
        (of(&[record(0x002f, &[0; 6])], &[]), "error[excel.encrypted]: `a.xls` is protected by a password"),
        (
            compound(&[("EncryptedPackage", vec![0; 100])]),
            "error[excel.encrypted]: `a.xls` is protected by a password",
        ),
        (
            compound(&[("WordDocument", vec![0; 100])]),
            "error[excel.cannot-read]: `a.xls` cannot be read as a workbook: it holds no workbook",
        ),
        (record(0x0009, &words(&[2, 16])), "error[excel.too-old]: `a.xls` was saved by Excel 4 or older"),
        (record(0x0409, &words(&[0, 16, 0])), "error[excel.too-old]: `a.xls` was saved by Excel 4 or older"),
        (
            compound(&[("Book", record(0x0209, &words(&[0, 16, 0])))]),
            "error[excel.too-old]: `a.xls` was saved by Excel 4 or older",
        ),
        (
            of(&[], &[cell(0x00fd, 1, 0, &[9, 0, 0, 0])]),
            "error[excel.cannot-read]: `a.xls` cannot be read as a workbook: a cell refers to a text that it does not have",
        ),
        (cut(4), "error[excel.cannot-read]: `a.xls` cannot be read as a workbook: it ends within a sheet"),
        (cut(6), "error[excel.cannot-read]: `a.xls` cannot be read as a workbook: it ends within a record"),
        (
            compound(&[("Book", workbook(OLD, &[record(0x0042, &words(&[1361]))], &[]))]),
            "error[excel.cannot-read]: `a.xls` cannot be read as a workbook: its texts are in the code page `cp1361`, which is unknown",
        ),
    ] {
        let found = read(&bytes, "");
        assert!(found.starts_with(expected), "{expected}: {found}");
    }
}
