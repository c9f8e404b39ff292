//! Workbooks that claim more than they hold: a problem each, or what they do hold, and never the memory that they claim.

use std::fs;

use tempfile::tempdir;

use super::tests::{DOCUMENT, MAIN, PACKAGE, cell, ods, xlsx, zipped};
use crate::cases::outcome;

/// What reading a workbook gives.
fn read(bytes: &[u8]) -> String {
    let base = tempdir().unwrap();
    fs::write(base.path().join("a.xlsx"), bytes).unwrap();
    outcome("kind = \"excel\"\npath = \"a.xlsx\"\n[excel]\nmerged = \"fill\"\n", base.path())
}

fn part(name: &str, bytes: impl AsRef<[u8]>) -> (String, Vec<u8>) {
    (name.into(), bytes.as_ref().to_vec())
}

/// A workbook of one sheet, with texts that cells share, in a folder of any name.
fn sharing(folder: &str, sheet: &str, shared: &str) -> Vec<u8> {
    let relation = |kind: &str, target: &str| {
        format!("<Relationship Id=\"{kind}\" Type=\"{DOCUMENT}/{kind}\" Target=\"{target}\"/>")
    };
    let relations =
        |all: String| format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{all}</Relationships>");
    let related =
        [relation("worksheet", "worksheets/sheet1.xml"), relation("sharedStrings", "sharedStrings.xml")];
    let decoy = if folder == "xl" { "xl/theme.xml" } else { "xl/workbook.xml" };
    zipped(&[
        part("[Content_Types].xml", ""),
        part("_rels/.rels", relations(relation("officeDocument", &format!("/{folder}/workbook.xml")))),
        part(decoy, ""),
        part(
            &format!("{folder}/workbook.xml"),
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{DOCUMENT}\"><sheets><sheet name=\"a\" r:id=\"worksheet\"/></sheets></workbook>"
            ),
        ),
        part(&format!("{folder}/_rels/workbook.xml.rels"), relations(related.concat())),
        part(
            &format!("{folder}/worksheets/sheet1.xml"),
            format!("<worksheet xmlns=\"{MAIN}\">{sheet}</worksheet>"),
        ),
        part(&format!("{folder}/sharedStrings.xml"), format!("<sst xmlns=\"{MAIN}\" {shared}</sst>")),
    ])
}

/// A sheet whose header is the text 0, and whose one record is the text 1.
const SHARED: &str =
    "<sheetData><row><c t=\"s\"><v>0</v></c></row><row><c t=\"s\"><v>1</v></c></row></sheetData>";
const TEXTS: &str =
    "<si><t>a</t></si><si><r><t>x</t></r><r><t xml:space=\"preserve\"> y</t></r><rPh><t>no</t></rPh></si>";
const FOUND: &str = "a: Utf8\n{\"a\":\"x y\",\"_record_number\":2}\n";

#[test]
fn counts_and_sizes_that_lie_take_no_memory() {
    let rows = format!("<row r=\"1\">{}</row><row r=\"2\">{}</row>", cell("A1", "a"), cell("A2", "x y"));
    let sheet = |xml: &str| xlsx(&[("Sheet1".into(), xml.into())], false);
    for (what, bytes) in [
        (
            "count of texts",
            sharing("xl", SHARED, &format!("count=\"4294967295\" uniqueCount=\"4294967295\">{TEXTS}")),
        ),
        ("a larger one", sharing("xl", SHARED, &format!("uniqueCount=\"18446744073709551615\">{TEXTS}"))),
        ("another folder", sharing("evil", SHARED, &format!("uniqueCount=\"4294967295\">{TEXTS}"))),
        ("dimensions", sheet(&format!("<dimension ref=\"A1:XFD1048576\"/><sheetData>{rows}</sheetData>"))),
        (
            "dimensions beyond all",
            sheet(&format!("<dimension ref=\"A1:ZZZZZZ99999999999\"/><sheetData>{rows}</sheetData>")),
        ),
        (
            "shared formulas",
            sheet(&format!(
                "<sheetData>{rows}<row r=\"3\"><c r=\"A3\"><f t=\"shared\" ref=\"A1:XFD1048576\" si=\"4294967295\"/></c></row></sheetData>"
            )),
        ),
        (
            "hidden columns",
            sheet(&format!(
                "<cols><col min=\"1\" max=\"4294967295\" hidden=\"1\"/></cols><sheetData>{rows}</sheetData>"
            )),
        ),
        (
            "empty cells without end",
            ods(&format!(
                "<table:table table:name=\"a\"><table:table-column table:number-columns-repeated=\"4294967295\" table:visibility=\"collapse\"/>{}{}{}</table:table>",
                ods_row("", &ods_text("", "<text:p>a</text:p>")),
                ods_row(
                    "",
                    &ods_text(
                        "",
                        "<text:p>x<text:s/>y</text:p><office:annotation><text:p>no</text:p></office:annotation>"
                    )
                ),
                ods_row(
                    "table:number-rows-repeated=\"1048574\"",
                    "<table:table-cell table:number-columns-repeated=\"16384\"/>"
                ),
            )),
        ),
    ] {
        assert_eq!(read(&bytes), FOUND, "{what}");
    }
}

fn ods_row(repeats: &str, cells: &str) -> String {
    format!("<table:table-row {repeats}>{cells}</table:table-row>")
}

fn ods_text(repeats: &str, text: &str) -> String {
    format!("<table:table-cell office:value-type=\"string\" {repeats}>{text}</table:table-cell>")
}

#[test]
fn bombs_are_problems() {
    let sheet =
        |cell: &str| xlsx(&[("Sheet1".into(), format!("<sheetData><row>{cell}</row></sheetData>"))], false);
    let table = |row: &str| ods(&format!("<table:table table:name=\"a\">{row}</table:table>"));
    let long = "x".repeat(17 << 20);
    let same = format!("<c r=\"A1\" t=\"inlineStr\"><is><t>{}</t></is></c>", "x".repeat(1 << 20));
    for (what, bytes, expected) in [
        ("a long text", sheet(&format!("<c t=\"str\"><v>{long}</v></c>")), "excel.cannot-read"),
        ("a long name", sheet(&format!("<{long}/>")), "excel.cannot-read"),
        ("depth", sheet(&"<a>".repeat(300)), "excel.cannot-read"),
        ("a row of long texts", sheet(&same.repeat(33)), "excel.too-large"),
        ("an entity", sheet("<c><v>&x;</v></c>"), "excel.cannot-read"),
        (
            "shared texts",
            sharing("xl", SHARED, &format!("><si><t>{}</t></si>", "x".repeat(5 << 20))),
            "excel.too-large",
        ),
        ("a missing text", sharing("xl", SHARED, "><si><t>a</t></si>"), "excel.cannot-read"),
        (
            "cells in rows and columns",
            table(&ods_row(
                "table:number-rows-repeated=\"1048576\"",
                &ods_text("table:number-columns-repeated=\"16384\"", "<text:p>x</text:p>"),
            )),
            "excel.too-large",
        ),
        (
            "spaces",
            table(&ods_row(
                "",
                &ods_text("", &format!("<text:p>{}</text:p>", "<text:s text:c=\"1048576\"/>".repeat(40))),
            )),
            "excel.too-large",
        ),
        (
            "a long text in all columns",
            table(&ods_row(
                "",
                &ods_text(
                    "table:number-columns-repeated=\"16384\"",
                    &format!("<text:p>{}</text:p>", "x".repeat(1 << 16)),
                ),
            )),
            "excel.too-large",
        ),
        (
            "a document type",
            xlsx(&[("Sheet1".into(), "<!DOCTYPE a><sheetData/>".into())], false),
            "excel.cannot-read",
        ),
    ] {
        let found = read(&bytes);
        let shown: String = found.chars().take(300).collect();
        assert!(found.starts_with(&format!("error[{expected}]")), "{what}: {shown}");
    }
}

#[test]
fn a_workbook_that_ends_within_a_sheet_is_a_problem() {
    let content = "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\"><office:body><office:spreadsheet><table:table table:name=\"a\"><table:table-row>";
    let bytes = zipped(&[
        part("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        part("content.xml", content),
    ]);
    assert!(read(&bytes).starts_with("error[excel.cannot-read]"), "{}", read(&bytes));
}

#[test]
fn an_encrypted_document_is_told() {
    let manifest = "<m:manifest xmlns:m=\"m\"><m:file-entry m:full-path=\"content.xml\"><m:encryption-data/></m:file-entry></m:manifest>";
    let bytes = zipped(&[
        part("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        part("content.xml", "no XML"),
        part("META-INF/manifest.xml", manifest),
    ]);
    assert!(read(&bytes).starts_with("error[excel.encrypted]"), "{}", read(&bytes));
}

#[test]
fn records_of_a_binary_workbook_that_lie_are_problems() {
    let begin_of_texts = [&[0x9f, 0x01, 8][..], &[0xff; 8]].concat();
    let workbook = [0x83, 0x01, 0x00];
    for (what, name, bytes) in [
        ("count of texts", "xl/sharedStrings.bin", begin_of_texts),
        ("length of a record", "xl/sharedStrings.bin", vec![0x9f, 0x01, 0xff, 0xff, 0xff, 0x7f]),
        ("the same in a sheet", "xl/worksheets/sheet1.bin", vec![0x00, 0xff, 0xff, 0xff, 0x7f]),
        ("half a record", "xl/workbook2.bin", vec![0x81]),
    ] {
        let parts = [part("[Content_Types].xml", ""), part("xl/workbook.bin", workbook), part(name, bytes)];
        let found = read(&zipped(&parts));
        assert!(
            found.starts_with("error[excel.") || found.starts_with("error[read.damaged"),
            "{what}: {found}"
        );
    }
    let texts: Vec<u8> = [0x13, 5, 0, 0, 0, 0, 0].repeat(100_000);
    let many = [
        part("[Content_Types].xml", ""),
        part("xl/workbook.bin", workbook),
        part("xl/sharedStrings.bin", texts),
    ];
    assert!(read(&zipped(&many)).starts_with("error[excel.too-large]"), "{}", read(&zipped(&many)));
}
