//! A walk through the content of a workbook: its sheets, their columns that are hidden, and their rows.

use std::collections::HashSet;

use quick_xml::events::{BytesStart, Event};

use super::super::cell::{LAST_COLUMN, LAST_ROW, Value, error_named, iso, iso_time};
use super::super::fault::{Fault, Result};
use super::super::part::{Part, attribute, attributes, push_text, value_of};

/// What a walk has come to.
pub(super) enum Seen<'a> {
    Sheet { name: &'a str, is_hidden: bool },
    Hidden { columns: (u32, u32) },
    Row(&'a Row),
}

/// A row, and how often it comes; numbers from zero.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub number: u32,
    pub repeats: u32,
    pub is_hidden: bool,
    pub cells: Vec<Cell>,
}

/// A cell with a value or with others merged into it, and how often it comes.
#[derive(Debug)]
pub(super) struct Cell {
    pub column: u32,
    pub repeats: u32,
    /// Rows and columns that it takes.
    pub spans: (u32, u32),
    pub value: Option<Value>,
}

/// Texts of a row, in bytes, and how long one text may become by the spaces in it.
const MOST_ROW: usize = 32 << 20;
/// Styles that hide sheets.
const MOST_STYLES: usize = 10_000;

/// Calls a function for all there is, until it has seen enough.
pub(super) fn walk(part: &mut Part<'_>, mut see: impl FnMut(Seen<'_>) -> Result<bool>) -> Result<()> {
    let mut styles = Styles::default();
    loop {
        match part.next()? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "style" => styles.begin(&tag),
                "table-properties" => styles.see(&tag),
                // What was deleted or comes from elsewhere is no sheet.
                "tracked-changes" | "dde-links" | "shapes" | "forms" => skip(part)?,
                "table" => {
                    let name = attribute(&tag, "name").unwrap_or_default();
                    let is_hidden = attribute(&tag, "style-name").is_some_and(|style| styles.hides(&style));
                    if !see(Seen::Sheet { name: &name, is_hidden })? || !sheet(part, &mut see)? {
                        return Ok(());
                    }
                }
                _ => {}
            },
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The styles of sheets that hide them.
#[derive(Default)]
struct Styles {
    current: Option<String>,
    hiding: HashSet<String>,
}

impl Styles {
    fn begin(&mut self, tag: &BytesStart<'_>) {
        self.current = attribute(tag, "name");
    }

    fn see(&mut self, tag: &BytesStart<'_>) {
        if attribute(tag, "display").as_deref() == Some("false") && self.hiding.len() < MOST_STYLES {
            self.hiding.extend(self.current.take());
        }
    }

    fn hides(&self, style: &str) -> bool {
        self.hiding.contains(style)
    }
}

/// Goes through a sheet that has begun, up to its end; false when enough was seen.
fn sheet(part: &mut Part<'_>, see: &mut impl FnMut(Seen<'_>) -> Result<bool>) -> Result<bool> {
    let (mut depth, mut column, mut row) = (1u32, 0u32, 0u32);
    loop {
        match part.next()? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "table-row" if row > LAST_ROW => skip(part)?,
                "table-row" => {
                    let repeats = repeated(&tag, "number-rows-repeated").min(LAST_ROW + 1 - row);
                    let mut found =
                        Row { number: row, repeats, is_hidden: is_hidden(&tag), cells: Vec::new() };
                    cells(part, &mut found.cells)?;
                    row += repeats;
                    if !see(Seen::Row(&found))? {
                        return Ok(false);
                    }
                }
                "table-column" => {
                    let last = column.saturating_add(repeated(&tag, "number-columns-repeated") - 1);
                    let hidden = (column <= LAST_COLUMN && is_hidden(&tag))
                        .then_some(Seen::Hidden { columns: (column, last.min(LAST_COLUMN)) });
                    column = last.saturating_add(1);
                    skip(part)?;
                    if let Some(hidden) = hidden
                        && !see(hidden)?
                    {
                        return Ok(false);
                    }
                }
                // Rows and columns that belong together, or repeat on each page.
                "table-row-group"
                | "table-header-rows"
                | "table-rows"
                | "table-column-group"
                | "table-header-columns"
                | "table-columns" => depth += 1,
                _ => skip(part)?,
            },
            Event::End(_) => {
                depth -= 1;
                if depth == 0 {
                    return Ok(true);
                }
            }
            Event::Eof => return Fault::damaged("a part ends too early"),
            _ => {}
        }
    }
}

/// The cells of a row that has begun, up to its end.
fn cells(part: &mut Part<'_>, cells: &mut Vec<Cell>) -> Result<()> {
    let (mut column, mut bytes) = (0u32, 0usize);
    loop {
        match part.next()? {
            Event::Start(tag) if matches!(tag.local_name().as_ref(), "table-cell" | "covered-table-cell") => {
                let begun = Begun::of(&tag);
                let repeats = repeated(&tag, "number-columns-repeated");
                let spans = (repeated(&tag, "number-rows-spanned"), repeated(&tag, "number-columns-spanned"));
                let value = begun.value(part)?;
                if let Some(Value::Text(text)) = &value {
                    bytes += text.len();
                }
                if bytes > MOST_ROW {
                    return Err(Fault::TooLarge("a row", MOST_ROW as u64));
                }
                if column <= LAST_COLUMN && (value.is_some() || spans != (1, 1)) {
                    let repeats = repeats.min(LAST_COLUMN + 1 - column);
                    cells.push(Cell { column, repeats, spans, value });
                }
                column = column.saturating_add(repeats);
            }
            Event::Start(_) => skip(part)?,
            Event::End(_) => return Ok(()),
            Event::Eof => return Fault::damaged("a part ends too early"),
            _ => {}
        }
    }
}

fn repeated(tag: &BytesStart<'_>, name: &str) -> u32 {
    let times = attribute(tag, name).and_then(|times| times.parse::<u32>().ok());
    times.unwrap_or(1).clamp(1, LAST_ROW + 1)
}

fn is_hidden(tag: &BytesStart<'_>) -> bool {
    matches!(attribute(tag, "visibility").as_deref(), Some("collapse" | "filter"))
}

/// Passes over an element that has begun.
fn skip(part: &mut Part<'_>) -> Result<()> {
    let mut depth = 1u32;
    while depth > 0 {
        match part.next()? {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Eof => return Fault::damaged("a part ends too early"),
            _ => {}
        }
    }
    Ok(())
}

/// What the tag of a cell says of its value (section 19.385 and following).
#[derive(Default)]
struct Begun {
    kind: String,
    /// Of whichever attribute holds it.
    value: Option<String>,
    is_error: bool,
}

impl Begun {
    fn of(tag: &BytesStart<'_>) -> Self {
        let mut begun = Self::default();
        for attribute in attributes(tag) {
            match attribute.key.as_ref() {
                "office:value-type" => begun.kind = value_of(&attribute).unwrap_or_default(),
                "calcext:value-type" => begun.is_error = &*attribute.value == "error",
                "office:value"
                | "office:date-value"
                | "office:time-value"
                | "office:boolean-value"
                | "office:string-value" => begun.value = value_of(&attribute),
                _ => {}
            }
        }
        begun
    }

    /// Reads on to the end of the cell.
    fn value(&self, part: &mut Part<'_>) -> Result<Option<Value>> {
        let text = text(part)?;
        if self.is_error {
            return Ok(Some(Value::Error(error_named(&text))));
        }
        let value = self.value.as_deref();
        Ok(match (self.kind.as_str(), value) {
            ("float" | "percentage" | "currency", Some(number)) => match number.trim().parse() {
                Ok(number) => Some(Value::number(number)),
                Err(_) => return Fault::damaged("a cell of numbers holds none"),
            },
            ("date", Some(date)) => Some(iso(date)),
            ("time", Some(time)) => iso_time(time).or_else(|| Value::text(time)),
            ("boolean", Some(value)) => Some(Value::Boolean(value.eq_ignore_ascii_case("true"))),
            ("string", value) => Value::text(value.filter(|value| !value.is_empty()).unwrap_or(&text)),
            _ => None,
        })
    }
}

/// The text of a cell that has begun, up to its end: its paragraphs, without notes and drawings.
fn text(part: &mut Part<'_>) -> Result<String> {
    let (mut depth, mut text, mut is_first) = (1u32, String::new(), true);
    loop {
        let event = part.next()?;
        match &event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "annotation" => skip(part)?,
                _ if tag.name().prefix().is_some_and(|prefix| prefix.as_ref() == "draw") => skip(part)?,
                name => {
                    depth += 1;
                    match name {
                        "p" if !std::mem::take(&mut is_first) => text.push('\n'),
                        "s" => spaces(&mut text, repeated(tag, "c"))?,
                        "tab" => text.push('\t'),
                        "line-break" => text.push('\n'),
                        _ => {}
                    }
                }
            },
            Event::End(_) => {
                depth -= 1;
                if depth == 0 {
                    return Ok(text);
                }
            }
            Event::Eof => return Fault::damaged("a part ends too early"),
            // Directly in a cell there is only white space.
            event if depth > 1 => push_text(event, &mut text)?,
            _ => {}
        }
    }
}

/// Section 6.1.3: several spaces, of which a file may claim as many as it likes.
fn spaces(text: &mut String, count: u32) -> Result<()> {
    if text.len() + count as usize > MOST_ROW {
        return Err(Fault::TooLarge("a text", MOST_ROW as u64));
    }
    text.extend(std::iter::repeat_n(' ', count as usize));
    Ok(())
}
