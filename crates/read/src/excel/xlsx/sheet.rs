//! A sheet (ECMA-376, Part 1, section 18.3.1), one cell at a time.

use quick_xml::events::{BytesStart, Event};

use super::super::cell::{Area, LAST_COLUMN, LAST_ROW, Value, error_named, iso};
use super::super::fault::{Fault, Result};
use super::super::layout::Layout;
use super::super::part::{Part, attribute, attributes, push_text, value_of};
use super::workbook::{Workbook, is_set, read_text, unescaped};

/// Hidden rows and columns, and merged cells.
pub(super) fn layout(part: &mut Part<'_>) -> Result<Layout> {
    let mut layout = Layout::default();
    let mut row = 0;
    part.each_tag(|tag| {
        let number = |key| attribute(tag, key).and_then(|value| value.parse::<u32>().ok()?.checked_sub(1));
        match tag.local_name().as_ref() {
            "col" if is_set(tag, "hidden") => {
                if let Some((first, last)) = number("min").zip(number("max")) {
                    layout.hidden_columns.add(first, last)?;
                }
            }
            "row" => {
                row = number("r").unwrap_or(row);
                if is_set(tag, "hidden") {
                    layout.hidden_rows.add(row, row)?;
                }
                row = row.saturating_add(1);
            }
            "mergeCell" => {
                if let Some(area) = attribute(tag, "ref").and_then(|area| Area::parse(&area)) {
                    layout.merge(area)?;
                }
            }
            _ => {}
        }
        Ok(true)
    })?;
    Ok(layout)
}

/// A cell under reading: where it is, its type, and the number of its format.
#[derive(Default)]
struct Cell {
    place: (u32, u32),
    kind: String,
    format: usize,
}

/// Calls a function for each cell until it has seen enough. A row or a cell that does not say where it is follows the one before.
pub(super) fn cells(
    part: &mut Part<'_>,
    workbook: &Workbook,
    mut each: impl FnMut((u32, u32), Option<Value>) -> Result<bool>,
) -> Result<()> {
    let (mut row, mut column) = (0u32, 0u32);
    let (mut cell, mut text) = (Cell::default(), String::new());
    loop {
        match part.next()? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "row" => {
                    row = row_of(&tag).unwrap_or(row);
                    column = 0;
                }
                "c" => {
                    cell.begin(&tag, (row, column))?;
                    let value = cell.value(part, workbook, &mut text)?;
                    column = cell.place.1.saturating_add(1);
                    if !each(cell.place, value)? {
                        return Ok(());
                    }
                }
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "row" => row = row.saturating_add(1),
                "sheetData" => return Ok(()),
                _ => {}
            },
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn row_of(tag: &BytesStart<'_>) -> Option<u32> {
    attribute(tag, "r")?.parse::<u32>().ok()?.checked_sub(1)
}

impl Cell {
    fn begin(&mut self, tag: &BytesStart<'_>, place: (u32, u32)) -> Result<()> {
        self.kind.clear();
        (self.place, self.format) = (place, 0);
        for attribute in attributes(tag) {
            let value = &*attribute.value;
            match attribute.key.as_ref() {
                "r" => match place_of(value) {
                    Some(place) => self.place = place,
                    None => return Fault::damaged("a cell is at no place of a sheet"),
                },
                "s" => self.format = value.parse().unwrap_or_default(),
                "t" => self.kind = value_of(&attribute).unwrap_or_default(),
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads on to the end of the cell.
    fn value(&self, part: &mut Part<'_>, workbook: &Workbook, text: &mut String) -> Result<Option<Value>> {
        let (mut depth, mut is_value) = (1u32, false);
        let mut inline = None;
        text.clear();
        loop {
            let event = part.next()?;
            match &event {
                Event::Start(tag) if depth == 1 && tag.local_name().as_ref() == "is" => {
                    let mut own = String::new();
                    read_text(part, &mut own)?;
                    inline = Some(own);
                }
                Event::Start(tag) => {
                    is_value = depth == 1 && tag.local_name().as_ref() == "v";
                    depth += 1;
                }
                Event::End(_) => {
                    is_value = false;
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                Event::Eof => return Fault::damaged("a part ends too early"),
                event if is_value => push_text(event, text)?,
                _ => {}
            }
        }
        if let Some(inline) = inline {
            return Ok(Value::text(&inline));
        }
        if text.is_empty() || self.kind == "inlineStr" { Ok(None) } else { self.decode(text, workbook) }
    }

    /// Section 18.18.11.
    fn decode(&self, text: &str, workbook: &Workbook) -> Result<Option<Value>> {
        let trimmed = text.trim();
        Ok(match self.kind.as_str() {
            "s" => match trimmed.parse().ok().and_then(|index| workbook.texts.get(index)) {
                Some(text) => Value::text(text),
                None => return Fault::damaged("a cell refers to a text that it does not have"),
            },
            "b" => Some(Value::Boolean(matches!(trimmed, "1" | "true"))),
            "e" => Some(Value::Error(error_named(trimmed))),
            "d" => Some(iso(trimmed)),
            "str" => Value::text(&unescaped(text)),
            "" | "n" => match trimmed.parse() {
                Ok(number) => Some(Value::shown(number, workbook.shows(self.format), workbook.is_1904)),
                Err(_) if self.kind.is_empty() => Value::text(text),
                Err(_) => return Fault::damaged("a cell of numbers holds none"),
            },
            _ => return Fault::damaged("a cell is of an unknown type"),
        })
    }
}

/// Column and row of a cell such as `B7`.
fn place_of(name: &str) -> Option<(u32, u32)> {
    let (mut column, mut row) = (0u32, 0u32);
    for letter in name.bytes() {
        match letter {
            b'A'..=b'Z' | b'a'..=b'z' if row == 0 => {
                let digit = u32::from(letter.to_ascii_uppercase() - b'A') + 1;
                column = column.checked_mul(26)?.checked_add(digit)?;
            }
            b'0'..=b'9' => row = row.checked_mul(10)?.checked_add(u32::from(letter - b'0'))?,
            _ => return None,
        }
    }
    let (row, column) = (row.checked_sub(1)?, column.checked_sub(1)?);
    (row <= LAST_ROW && column <= LAST_COLUMN).then_some((row, column))
}

#[cfg(test)]
mod tests {
    use super::place_of;

    #[test]
    fn places_of_cells_are_read() {
        for (name, expected) in [
            ("A1", Some((0, 0))),
            ("xfd1048576", Some((1_048_575, 16_383))),
            ("AA10", Some((9, 26))),
            ("XFE1", None),
            ("A1048577", None),
            ("A0", None),
            ("A", None),
            ("7", None),
            ("A1A", None),
            ("ZZZZZZZZZ1", None),
            ("A99999999999", None),
            ("", None),
        ] {
            assert_eq!(place_of(name), expected, "{name}");
        }
    }
}
