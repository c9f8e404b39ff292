//! How an unknown workbook would be read.

use std::fmt::Write as _;

use concordat_record::Problem;

use super::book::{Book, Which};
use super::cell::{Area, letters};
use super::package::{COMPOUND, ZIP, is_bare};
use super::table::{Settings, Table};
use crate::ahead::apart;
use crate::clues::{Candidate, Clue, Sample, Seen, quoted};
use crate::file::cannot_open;

/// Words that rows of totals begin with.
const TOTALS: [&str; 10] =
    ["Total", "TOTAL", "Grand total", "Sum", "Summe", "Gesamt", "Totaal", "Totale", "Suma", "Somme"];
/// Rows of each sheet that are looked at.
const ROWS: u64 = 5000;

/// A zip archive with the parts of a workbook, or a compound file with a workbook's name or ending.
pub(super) fn recognise(sample: &Sample) -> Option<Clue> {
    let has = |text: &str| sample.bytes.windows(text.len()).any(|part| part == text.as_bytes());
    let certain = |seen: &str| Some(Clue { confidence: 1.0, evidence: vec![seen.into()] });
    let name = sample.name.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if sample.bytes.starts_with(ZIP) {
        if has("application/vnd.oasis.opendocument.spreadsheet") {
            return certain("the archive is a spreadsheet of OpenDocument");
        }
        let is_named = ends(&[".xlsx", ".xlsm", ".xlsb", ".xltx"]);
        if has("xl/workbook") || has("xl/worksheets") || has("xl/_rels") || is_named {
            return certain("the archive holds a workbook of Excel");
        }
        return None;
    }
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let has_wide = |text: &str| sample.bytes.windows(2 * text.len()).any(|part| part == wide(text));
    if sample.bytes.starts_with(COMPOUND) && (ends(&[".xls", ".xlsx"]) || has_wide("Workbook")) {
        return certain("the file begins as workbooks of Excel 97 to 2003 do");
    }
    if ends(&[".xls"]) && is_bare(&sample.bytes) {
        return certain("the file begins as the records of an old workbook do");
    }
    None
}

/// The sheet that holds most, with its header; and the same with errors as nulls.
pub(super) fn propose(seen: &Seen<'_>) -> Result<Vec<Candidate>, Problem> {
    let disk = seen.at.on_disk()?;
    let file = disk.open().map_err(|error| cannot_open(disk.path(), &seen.at.path, &error))?;
    let shown = seen.at.path.clone();
    let (sheets, tables) = apart(&seen.at.path, move || tables(&mut Book::open(file, &shown)?))?;
    let best = tables.into_iter().max_by_key(|found| found.table.count * found.table.columns.len() as u64);
    let Some(Found { table, total, merged }) = best.filter(|found| !found.table.columns.is_empty()) else {
        return Err(Problem::new("excel.empty", "no sheet of the workbook holds a table"));
    };
    let mut options = format!("[excel]\nsheet = {}\n", quoted(&table.sheet));
    let mut evidence = vec![format!("its sheets are {}", sheets.join(", "))];
    let first = table.columns.first().map_or(0, |column| column.place);
    let last = table.columns.last().map_or(0, |column| column.place);
    if let Some((row, _)) = table.header {
        let _ = writeln!(options, "header_row = {}", row + 1);
        evidence
            .push(format!("row {} is as wide as the table and holds different texts: the header", row + 1));
    } else {
        options.push_str("header_rows = 0\n");
        evidence.push("no row looks like names of columns, so there is no header".into());
    }
    let begin = table.header.map_or(table.rows.0, |(row, _)| row) + 1;
    if first > 0 {
        let _ = writeln!(options, "range = \"{}{begin}:{}\"", letters(first), letters(last));
    }
    evidence.push(format!("the table takes the columns {} to {}", letters(first), letters(last)));
    if let Some(total) = total {
        let _ = writeln!(options, "stop_at = [{}]", quoted(&total));
        evidence.push(format!("a row that begins with `{total}` ends it"));
    }
    if merged > 0 {
        evidence.push(format!(
            "{merged} merged cells among the records have their value in the first cell only; `merged = \"fill\"` repeats it"
        ));
    }
    let candidate = |options: String, evidence: Vec<String>| Candidate {
        options,
        encoding: "as the workbook has it".into(),
        evidence,
        layout: None,
    };
    let lenient = format!("{options}errors = \"null\"\n");
    let note = vec!["cells with errors are null: formulas have failed".into()];
    Ok(vec![candidate(options, evidence), candidate(lenient, note)])
}

/// A table, the word its row of totals begins with, and how many cells among its records are merged.
struct Found {
    table: Table,
    total: Option<String>,
    merged: usize,
}

/// The sheets, and the table of each that is not hidden, with the word its row of totals begins with.
fn tables(book: &mut Book) -> Result<(Vec<String>, Vec<Found>), Problem> {
    let sheets = book.sheets();
    let mut found = Vec::new();
    for sheet in sheets.iter().filter(|sheet| !sheet.is_hidden).take(50) {
        let mut settings = usual(&sheet.name);
        let plain = Table::find(book, &settings, ROWS)?;
        settings.stop_at = TOTALS.iter().map(|&word| word.to_owned()).collect();
        let stopped = Table::find(book, &settings, ROWS)?;
        // Only what ends the table near its end is a total.
        let is_end = stopped.count < plain.count && stopped.count + 5 >= plain.count && stopped.count > 0;
        let total = if is_end { word(book, &settings, &stopped)? } else { None };
        let table = if total.is_some() { stopped } else { plain };
        let merged = book.layout(&sheet.name)?.merged;
        let is_inside = |area: &&Area| (table.rows.0..=table.rows.1).contains(&area.rows.0);
        let merged = merged.iter().filter(is_inside).count();
        found.push(Found { table, total, merged });
    }
    let names = sheets.iter().map(|sheet| {
        if sheet.is_hidden { format!("`{}` (hidden)", sheet.name) } else { format!("`{}`", sheet.name) }
    });
    Ok((names.collect(), found))
}

/// The word that the row behind a table begins with.
fn word(book: &mut Book, settings: &Settings, table: &Table) -> Result<Option<String>, Problem> {
    let mut found = None;
    book.rows(&table.sheet, Area::ALL, |row| {
        if row.number > table.rows.1 {
            let first = row.cells.first().map(|(_, value)| value.written()).unwrap_or_default();
            found = settings.stop_at.iter().find(|word| first.starts_with(word.as_str())).cloned();
        }
        Ok(row.number <= table.rows.1)
    })?;
    Ok(found)
}

fn usual(sheet: &str) -> Settings {
    Settings {
        sheet: Which::Named(sheet.into()),
        area: Area::ALL,
        header_row: None,
        header_rows: 1,
        columns: None,
        fills_merged: false,
        skips_hidden: false,
        stops_at_blank: false,
        stop_at: Vec::new(),
        footer_rows: 0,
        nulls: Vec::new(),
        trim: true,
    }
}
