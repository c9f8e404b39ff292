//! Values as a driver hands them over, into columns.

use super::types::Mapped;
use crate::databases::text::{Infinity, push};
use crate::databases::values::{Column, Misfit};
use crate::file::hexadecimal;

/// A value of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell<'a> {
    Null,
    /// UTF-16.
    Text(&'a [u16]),
    Bytes(&'a [u8]),
    Double(f64),
}

/// Fills the columns, each once. Gives how many bytes there were.
pub(crate) fn fill(
    columns: &mut [Column],
    mapped: &[Mapped],
    cells: &[Cell<'_>],
    scratch: &mut String,
) -> Result<usize, (usize, Misfit)> {
    if columns.len() != cells.len() {
        return Err((0, Misfit::Form));
    }
    let mut bytes = 0;
    for (place, ((column, mapped), cell)) in columns.iter_mut().zip(mapped).zip(cells).enumerate() {
        bytes += add(column, mapped, *cell, scratch).map_err(|misfit| (place, misfit))?;
    }
    Ok(bytes)
}

fn add(column: &mut Column, mapped: &Mapped, cell: Cell<'_>, scratch: &mut String) -> Result<usize, Misfit> {
    match (column, cell) {
        (column, Cell::Null) => {
            column.push_null();
            Ok(0)
        }
        (Column::Double(values), Cell::Double(number)) => {
            values.push(Some(number));
            Ok(8)
        }
        (Column::Float(values), Cell::Double(number)) => {
            values.push(Some(number as f32));
            Ok(4)
        }
        (Column::Binary(values), Cell::Bytes(bytes)) => {
            values.push(bytes);
            Ok(bytes.len())
        }
        (column, Cell::Text(units)) => {
            scratch.clear();
            for letter in char::decode_utf16(units.iter().copied()) {
                scratch.push(letter.map_err(|_| Misfit::Encoding)?);
            }
            let text = if mapped.padded { scratch.trim_end_matches(' ') } else { scratch };
            // Some drivers write `.5`, and numbers behind spaces.
            let text = if matches!(column, Column::Text(_)) { text } else { text.trim() };
            push(column, text.as_bytes(), Infinity::Reject)?;
            Ok(text.len())
        }
        _ => Err(Misfit::Form),
    }
}

/// A row for quarantine: one line for each column.
pub(crate) fn raw(names: &[String], cells: &[Cell<'_>]) -> Vec<u8> {
    let mut raw = Vec::new();
    for (name, cell) in names.iter().zip(cells) {
        raw.extend_from_slice(name.as_bytes());
        raw.extend_from_slice(b" = ");
        match cell {
            Cell::Null => raw.extend_from_slice(b"NULL"),
            Cell::Text(units) => raw.extend_from_slice(String::from_utf16_lossy(units).as_bytes()),
            Cell::Bytes(bytes) => raw.extend_from_slice(format!("x'{}'", hexadecimal(bytes)).as_bytes()),
            Cell::Double(number) => raw.extend_from_slice(number.to_string().as_bytes()),
        }
        raw.push(b'\n');
    }
    raw
}
