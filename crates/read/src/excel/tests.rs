//! The cases of the folder, zipped to workbooks here; workbooks that are none, too large or damaged.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Cursor, Write};
use std::path::Path;

use proptest::prelude::*;
use tempfile::tempdir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::cases::{check, folders, outcome, read_all};
use crate::{Source, inspect};

pub(super) const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
pub(super) const DOCUMENT: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
pub(super) const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

/// An archive of parts.
pub(super) fn zipped(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A workbook of Excel with sheets, each the XML within `worksheet`. Styles: 1 a date, 2 a date and time, 3 a time, 4 percent.
/// A sheet whose name begins with `hidden` is hidden.
pub(super) fn xlsx(sheets: &[(String, String)], is_1904: bool) -> Vec<u8> {
    let (mut names, mut relations, mut types) = (String::new(), String::new(), String::new());
    let mut parts = Vec::new();
    for (index, (name, xml)) in sheets.iter().enumerate() {
        let number = index + 1;
        let state = if name.starts_with("hidden") { " state=\"hidden\"" } else { "" };
        let _ = write!(names, "<sheet name=\"{name}\" sheetId=\"{number}\"{state} r:id=\"r{number}\"/>");
        let _ = write!(
            relations,
            "<Relationship Id=\"r{number}\" Type=\"{DOCUMENT}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        );
        let _ = write!(
            types,
            "<Override PartName=\"/xl/worksheets/sheet{number}.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
        );
        parts.push((
            format!("xl/worksheets/sheet{number}.xml"),
            format!("<worksheet xmlns=\"{MAIN}\">{xml}</worksheet>").into_bytes(),
        ));
    }
    let date1904 = if is_1904 { "<workbookPr date1904=\"1\"/>" } else { "" };
    let formats = ["0", "14", "22", "21", "9"]
        .map(|id| format!("<xf numFmtId=\"{id}\" xfId=\"0\" applyNumberFormat=\"1\"/>"))
        .concat();
    let others = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>{types}</Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" Type=\"{DOCUMENT}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{DOCUMENT}\">{date1904}<sheets>{names}</sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\">{relations}<Relationship Id=\"s\" Type=\"{DOCUMENT}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            format!("<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"5\">{formats}</cellXfs></styleSheet>"),
        ),
    ];
    let others = others.map(|(name, text)| (name.to_owned(), text.into_bytes()));
    zipped(&others.into_iter().chain(parts).collect::<Vec<_>>())
}

/// A workbook of OpenDocument with what stands within `spreadsheet`.
pub(super) fn ods(tables: &str) -> Vec<u8> {
    let names = ["office", "table", "text"]
        .map(|name| format!(" xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\""))
        .concat();
    let content = format!(
        "<office:document-content{names}><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    let manifest =
        "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    zipped(&[
        ("mimetype".into(), b"application/vnd.oasis.opendocument.spreadsheet".to_vec()),
        ("content.xml".into(), content.into_bytes()),
        ("META-INF/manifest.xml".into(), manifest.into()),
    ])
}

/// The workbook of a case: sheets of Excel by name, or `content.xml` of OpenDocument.
fn workbook(folder: &Path) -> (&'static str, Vec<u8>) {
    let mut sheets = Vec::new();
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "xml")) {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let xml = fs::read_to_string(file).unwrap();
        if name == "content" {
            return ("book.ods", ods(&xml));
        }
        sheets.push((name, xml));
    }
    ("book.xlsx", xlsx(&sheets, folder.to_string_lossy().contains("1904")))
}

#[test]
fn every_case_reads_as_expected_and_what_is_proposed_for_it_reads() {
    for folder in folders("excel") {
        let base = tempdir().unwrap();
        let (name, bytes) = workbook(&folder);
        fs::write(base.path().join(name), bytes).unwrap();
        let source = fs::read_to_string(folder.join("source.toml")).unwrap();
        check(&folder, &outcome(&source, base.path()));
        let proposed = inspect(base.path(), Path::new(name), None);
        let Ok(inspection) = proposed else { continue };
        let source = Source::parse(&inspection.proposal.source, "a.toml").unwrap();
        read_all(source.open(base.path()).unwrap().as_mut()).unwrap();
    }
}

pub(super) fn cell(place: &str, text: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

#[test]
fn sheet_header_range_and_totals_are_proposed() {
    let mut rows = format!(
        "<row r=\"1\">{}</row><row r=\"3\">{}{}</row>",
        cell("B1", "Register of harbours"),
        cell("B3", "Name"),
        cell("C3", "Berths")
    );
    for row in 4..40 {
        let _ = write!(
            rows,
            "<row r=\"{row}\">{}<c r=\"C{row}\"><v>{row}</v></c></row>",
            cell(&format!("B{row}"), &format!("Harbour {row}"))
        );
    }
    let _ = write!(rows, "<row r=\"40\">{}<c r=\"C40\"><v>774</v></c></row>", cell("B40", "Total"));
    let notes = format!("<sheetData><row r=\"1\">{}</row></sheetData>", cell("A1", "Notes"));
    let base = tempdir().unwrap();
    let sheets = [("Notes".to_owned(), notes), ("Data".to_owned(), format!("<sheetData>{rows}</sheetData>"))];
    fs::write(base.path().join("harbours.xlsx"), xlsx(&sheets, false)).unwrap();
    let inspection = inspect(base.path(), Path::new("harbours.xlsx"), None).unwrap();
    let expected = "[excel]\nsheet = \"Data\"\nheader_row = 3\nrange = \"B3:C\"\nstop_at = [\"Total\"]\n";
    assert!(inspection.proposal.source.contains(expected), "{}", inspection.proposal.source);
    assert_eq!(
        (inspection.kind, inspection.confidence, inspection.records, inspection.rejected),
        ("excel", 1.0, 36, 0)
    );
    assert!(!inspection.to_string().contains("packed"), "a workbook is no archive of files: {inspection}");
}

#[test]
fn a_workbook_of_excel_97_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/excel-97");
    let source = "kind = \"excel\"\npath = \"harbours.xls\"\n[excel]\nmerged = \"fill\"\n";
    let found = outcome(source, &folder);
    check(&folder, &found);
}

/// What is no workbook, or one that must not be opened.
#[test]
fn what_cannot_be_opened_is_a_problem() {
    let base = tempdir().unwrap();
    // What tells a document from an archive of files.
    let first = || ("[Content_Types].xml".to_owned(), Vec::new());
    let many: Vec<(String, Vec<u8>)> =
        std::iter::once(first()).chain((0..10_001).map(|number| (format!("{number}"), Vec::new()))).collect();
    let cells = "<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"float\" office:value=\"1\"/></table:table-row>";
    for (bytes, expected) in [
        (b"<html></html>".to_vec(), "excel.not-a-workbook"),
        (Vec::new(), "excel.not-a-workbook"),
        (b"PK\x03\x04".to_vec(), "unpack.damaged"),
        (zipped(&[first(), ("a".into(), Vec::new())]), "excel.cannot-read"),
        (zipped(&many), "excel.cannot-read"),
        (ods(&format!("<table:table table:name=\"a\">{cells}</table:table>")), "excel.too-large"),
    ] {
        fs::write(base.path().join("a.xlsx"), bytes).unwrap();
        let found = outcome("kind = \"excel\"\npath = \"a.xlsx\"\n", base.path());
        assert!(found.starts_with(&format!("error[{expected}]")), "{expected}: {found}");
    }
}

#[test]
fn a_far_away_cell_costs_no_memory() {
    let base = tempdir().unwrap();
    let rows = format!(
        "<row r=\"1\">{}</row><row r=\"2\">{}</row><row r=\"1048576\">{}</row>",
        cell("A1", "a"),
        cell("A2", "1"),
        cell("XFD1048576", "far")
    );
    let sheets = [("Sheet1".to_owned(), format!("<sheetData>{rows}</sheetData>"))];
    fs::write(base.path().join("a.xlsx"), xlsx(&sheets, false)).unwrap();
    let found = outcome("kind = \"excel\"\npath = \"a.xlsx\"\n[excel]\nheader_row = 1\n", base.path());
    assert!(found.contains("{\"column_16384\":\"far\",\"_record_number\":1048576}"), "{found}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_workbooks_are_problems(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        xml in prop::collection::vec(prop::sample::select(vec!["<row r=\"1\">", "</row>", "<c r=\"A1\">", "<c r=\"ZZZZ9\" t=\"s\">", "<v>1</v>", "<v>99999999999</v>", "</c>", "<mergeCell ref=\"A1:XFD1048576\"/>", "<table:table-row>", "</table:table-row>", "<table:table-cell office:value-type=\"float\" office:value=\"1\">", "</table:table-cell>", "<text:s text:c=\"99\"/>", "<col min=\"0\" hidden=\"1\"/>", "<", "&x;"]), 0..20),
        in_archive in any::<bool>(),
    ) {
        let base = tempdir().unwrap();
        let damage = |bytes: &mut [u8]| {
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
        };
        let mut rows = format!("<sheetData><row r=\"1\">{}</row>{}</sheetData>", cell("A1", "a"), xml.concat()).into_bytes();
        if !in_archive {
            damage(&mut rows);
        }
        let rows = String::from_utf8_lossy(&rows).into_owned();
        let old = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/excel-97/harbours.xls")).unwrap();
        for (name, mut bytes) in [("a.xlsx", xlsx(&[("Sheet1".to_owned(), rows.clone())], false)), ("a.ods", ods(&rows)), ("a.xls", old)] {
            if in_archive || name == "a.xls" {
                damage(&mut bytes);
            }
            let mut file = File::create(base.path().join(name)).unwrap();
            file.write_all(&bytes).unwrap();
            outcome(&format!("kind = \"excel\"\npath = \"{name}\"\n[excel]\nmerged = \"fill\"\n"), base.path());
        }
    }
}
