//! The cells of a layout table.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use arrow::array::{Array, AsArray};
use concordat_record::Problem;

use crate::Source;
use crate::clues::quoted;
use crate::excel;
use crate::file::{cannot_open, cannot_read};

/// The cells of a table, row by row.
pub(super) type Rows = Vec<Vec<String>>;

/// No layout is longer.
const MOST_BYTES: u64 = 16 << 20;
const MOST_ROWS: usize = 50_000;
const MOST_CELLS: usize = 64;

/// A layout file as text: UTF-8, or else windows-1252.
pub(super) fn text(base: &Path, file: &str) -> Result<String, Problem> {
    let path = base.join(file);
    let opened = File::open(&path).map_err(|error| cannot_open(&path, file, &error))?;
    let mut bytes = Vec::new();
    opened.take(MOST_BYTES).read_to_end(&mut bytes).map_err(|error| cannot_read(file, &error))?;
    Ok(match std::str::from_utf8(&bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode(&bytes).0.into_owned(),
    })
}

/// A table of delimited text, read as any other such file.
pub(super) fn delimited(base: &Path, file: &str) -> Result<Rows, Problem> {
    let text = text(base, file)?;
    let is_utf8 = fs::read(base.join(file)).is_ok_and(|bytes| std::str::from_utf8(&bytes).is_ok());
    let beginning: String = text.lines().take(200).collect::<Vec<_>>().join("\n");
    let delimiter = [',', ';', '\t', '|'].into_iter().max_by_key(|mark| beginning.matches(*mark).count());
    let columns: Vec<String> = (1..=MOST_CELLS).map(|number| format!("\"c{number}\"")).collect();
    let source = format!(
        "kind = \"csv\"\npath = {}\n[csv]\ndelimiter = {}\nencoding = \"{}\"\nheader = false\nragged = \"pad\"\ntrim = true\nstray_quotes = \"keep\"\ncolumns = [{}]\n",
        quoted(file),
        quoted(&delimiter.unwrap_or(',').to_string()),
        if is_utf8 { "utf-8" } else { "windows-1252" },
        columns.join(", ")
    );
    let source = Source::parse(&source, file).map_err(|problems| {
        let none = || Problem::new("fixed-width.layout", "the layout cannot be read");
        problems.into_iter().next().unwrap_or_else(none)
    })?;
    let mut reader = source.open(base)?;
    let mut rows = Rows::new();
    while let Some(read) = reader.next()?
        && rows.len() < MOST_ROWS
    {
        let columns: Vec<_> =
            read.batch.columns().iter().filter_map(|column| column.as_string_opt::<i32>()).collect();
        let cell = |row: usize| {
            columns
                .iter()
                .map(move |column| if column.is_null(row) { "" } else { column.value(row) }.to_owned())
        };
        rows.extend((0..read.batch.num_rows()).map(|row| cell(row).collect()));
    }
    Ok(rows)
}

/// The sheets of a workbook, in their order.
pub(super) fn sheets(base: &Path, file: &str) -> Result<Vec<Rows>, Problem> {
    let path = base.join(file);
    let opened = File::open(&path).map_err(|error| cannot_open(&path, file, &error))?;
    excel::sheets_as_text(opened, file, (MOST_ROWS, MOST_CELLS as u32), MOST_BYTES as usize)
}
