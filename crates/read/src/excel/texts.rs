//! Small workbooks as plain text, for whoever looks for something in them.

use std::fs::File;

use concordat_record::Problem;

use super::book::{Book, Row};
use super::cell::{Area, LAST_ROW, Value};
use crate::ahead::apart;

/// The cells of a sheet, row by row, without the rows that are blank.
pub(crate) type Texts = Vec<Vec<String>>;

/// The sheets of a workbook in their order, of each so many rows and columns, and of all of them so many bytes.
pub(crate) fn sheets_as_text(
    file: File,
    shown: &str,
    (rows, columns): (usize, u32),
    mut bytes: usize,
) -> Result<Vec<Texts>, Problem> {
    let name = shown.to_owned();
    apart(shown, move || {
        let mut book = Book::open(file, &name)?;
        let area = Area { rows: (0, LAST_ROW), columns: (0, columns.saturating_sub(1)) };
        let mut sheets = Vec::new();
        for sheet in book.sheets() {
            let mut texts = Texts::new();
            book.rows(&sheet.name, area, |row| {
                let row = written(&row);
                bytes = bytes.saturating_sub(row.iter().map(String::len).sum());
                texts.push(row);
                Ok(texts.len() < rows && bytes > 0)
            })?;
            sheets.push(texts);
        }
        Ok(sheets)
    })
}

fn written(row: &Row) -> Vec<String> {
    let columns = row.cells.last().map_or(0, |(column, _)| column + 1);
    let mut texts = vec![String::new(); columns as usize];
    for (column, value) in &row.cells {
        if let (Some(text), false) = (texts.get_mut(*column as usize), matches!(value, Value::Error(_))) {
            value.written().trim().clone_into(text);
        }
    }
    texts
}
