//! The cells in the records of a sheet ([MS-XLS], section 2.4).

use std::io::{Read, Seek};

use super::super::cell::Value;
use super::super::fault::{Fault, Result};
use super::globals::Globals;
use super::records::{Records, chunk, kind, u16_at, u32_at};
use super::text::Length;

/// A cell that holds something.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    pub row: u16,
    pub column: u16,
    pub content: Content,
}

/// What a cell holds, no larger than it was in the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Content {
    /// With the number of the cell's format.
    Number(f64, u16),
    /// The number of a text that cells share.
    Shared(u32),
    Text(Box<str>),
    Boolean(bool),
    Error(u8),
}

/// The records that hold cells, but for texts of formulas.
pub(super) fn holds_cells(record: u16) -> bool {
    matches!(
        record,
        kind::NUMBER
            | kind::RK
            | kind::MANY_RK
            | kind::LABEL_SHARED
            | kind::LABEL
            | kind::RICH_STRING
            | kind::BOOLEAN_OR_ERROR
            | kind::FORMULA
    )
}

/// Takes the cells out of records.
#[derive(Default)]
pub(super) struct Cells {
    /// The formula whose text is in a record that follows.
    waiting: Option<(u16, u16)>,
}

impl Cells {
    /// The cells of the record at hand.
    pub fn of<R: Read + Seek>(
        &mut self,
        record: u16,
        records: &mut Records<R>,
        globals: &Globals,
        found: &mut Vec<Cell>,
    ) -> Result<()> {
        if record == kind::STRING {
            let Some((row, column)) = self.waiting.take() else { return Ok(()) };
            let text = globals.letters.read(&mut records.pieces(0), Length::Word)?;
            found.push(Cell { row, column, content: Content::Text(text.into()) });
            return Ok(());
        }
        if !holds_cells(record) {
            return Ok(());
        }
        self.waiting = None;
        let (row, column, format) = (records.u16(0), records.u16(2), records.u16(4));
        let content = match record {
            kind::NUMBER => Content::Number(number(records.data(), 6)?, format),
            kind::RK => Content::Number(rk(records.u32(6)), format),
            kind::LABEL_SHARED => Content::Shared(records.u32(6)),
            kind::LABEL | kind::RICH_STRING => {
                Content::Text(globals.letters.read(&mut records.pieces(6), Length::Word)?.into())
            }
            kind::BOOLEAN_OR_ERROR => match *records.data() {
                [.., value, 0] => Content::Boolean(value != 0),
                [.., error, _] => Content::Error(error),
                _ => return Ok(()),
            },
            kind::MANY_RK => {
                let cells = many_rk(row, column, records.data());
                found.extend(cells);
                return Ok(());
            }
            _ => match formula(records.data(), format)? {
                Formula::Value(content) => content,
                Formula::Empty => return Ok(()),
                Formula::TextFollows => {
                    self.waiting = Some((row, column));
                    return Ok(());
                }
            },
        };
        found.push(Cell { row, column, content });
        Ok(())
    }
}

fn number(data: &[u8], at: usize) -> Result<f64> {
    match chunk(data, at) {
        Some(bytes) => Ok(f64::from_le_bytes(bytes)),
        None => Fault::damaged("a cell ends too early"),
    }
}

/// Section 2.5.217: the upper thirty bits of a number, or a whole one, maybe in hundredths.
fn rk(packed: u32) -> f64 {
    let number = if packed & 2 != 0 {
        f64::from(packed.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(packed & !3) << 32)
    };
    if packed & 1 != 0 { number / 100.0 } else { number }
}

/// Section 2.4.175: cells side by side, and the column of the last one.
fn many_rk(row: u16, first: u16, data: &[u8]) -> impl Iterator<Item = Cell> {
    let packed = data.get(4..data.len().saturating_sub(2)).unwrap_or_default();
    packed.chunks_exact(6).zip(first..).map(move |(cell, column)| Cell {
        row,
        column,
        content: Content::Number(rk(u32_at(cell, 2)), u16_at(cell, 0)),
    })
}

enum Formula {
    Value(Content),
    Empty,
    TextFollows,
}

/// What a formula gave when it was saved (section 2.5.133).
fn formula(data: &[u8], format: u16) -> Result<Formula> {
    let value = number(data, 6)?;
    Ok(match value.to_le_bytes() {
        [0, _, _, _, _, _, 0xff, 0xff] => Formula::TextFollows,
        [1, _, value, _, _, _, 0xff, 0xff] => Formula::Value(Content::Boolean(value != 0)),
        [2, _, error, _, _, _, 0xff, 0xff] => Formula::Value(Content::Error(error)),
        [_, _, _, _, _, _, 0xff, 0xff] => Formula::Empty,
        _ => Formula::Value(Content::Number(value, format)),
    })
}

impl Content {
    /// What the cell shows.
    pub fn value(self, globals: &Globals) -> Result<Option<Value>> {
        Ok(Some(match self {
            Self::Number(number, format) => Value::shown(number, globals.shows(format), globals.is_1904),
            Self::Text(text) => return Ok(Value::text(&text)),
            Self::Shared(index) => match globals.texts.get(index) {
                Some(text) => return Ok(Value::text(text)),
                None => return Fault::damaged("a cell refers to a text that it does not have"),
            },
            Self::Boolean(value) => Value::Boolean(value),
            Self::Error(error) => Value::Error(error_name(error)),
        }))
    }
}

/// Section 2.5.10.
fn error_name(error: u8) -> &'static str {
    match error {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        0x2b => "#DATA!",
        _ => "#N/A",
    }
}
