//! What calamine does not tell of a sheet: hidden rows and columns, and in OpenDocument merged cells and how many cells there are.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Seek};

use calamine::Dimensions;
use concordat_record::Problem;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use zip::ZipArchive;

use super::cell::{Area, LAST_COLUMN, LAST_ROW};
use super::package::{cannot_read, too_large};

/// Rows and columns from zero, both ends included.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    pub hidden_rows: Vec<(u32, u32)>,
    pub hidden_columns: Vec<(u32, u32)>,
    pub merged: Vec<Dimensions>,
}

/// Cells of all sheets of an OpenDocument workbook, which calamine holds in memory with all that repeats written out.
const MOST_CELLS: u64 = if cfg!(test) { 100_000 } else { 8_000_000 };
/// More merged cells and hidden ranges than this are not looked at.
const MOST_RANGES: usize = 100_000;

/// Reads the layout of a sheet of an `xlsx` workbook.
pub(super) fn of_xlsx<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    sheet: &str,
    shown: &str,
) -> Result<Layout, Problem> {
    let path = sheet_path(archive, sheet, shown)?;
    let mut layout = Layout::default();
    let mut row = 0;
    each_tag(archive, &path, shown, |tag| {
        let number = |key| attribute(tag, key).and_then(|value| value.parse::<u32>().ok()?.checked_sub(1));
        let is_hidden =
            attribute(tag, "hidden").is_some_and(|hidden| matches!(hidden.as_str(), "1" | "true"));
        match tag.local_name().as_ref() {
            "col" if is_hidden => layout.hidden_columns.extend(number("min").zip(number("max"))),
            "row" => {
                row = number("r").unwrap_or(row);
                if is_hidden {
                    layout.hidden_rows.push((row, row));
                }
                row += 1;
            }
            "mergeCell" => {
                let area = attribute(tag, "ref").and_then(|area| Area::parse(&area));
                layout.merged.extend(area.map(|area| Dimensions {
                    start: (area.rows.0, area.columns.0),
                    end: (area.rows.1, area.columns.1),
                }));
            }
            _ => {}
        }
        layout.merged.len().max(layout.hidden_rows.len()) < MOST_RANGES
    })?;
    Ok(layout)
}

/// The part that holds a sheet (ECMA-376, Part 1, section 18.2.19): its name leads to a relationship, and that to the part.
fn sheet_path<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    sheet: &str,
    shown: &str,
) -> Result<String, Problem> {
    let mut relationship = None;
    each_tag(archive, "xl/workbook.xml", shown, |tag| {
        if tag.local_name().as_ref() == "sheet" && attribute(tag, "name").as_deref() == Some(sheet) {
            relationship = attribute(tag, "id");
        }
        true
    })?;
    let mut targets = HashMap::new();
    each_tag(archive, "xl/_rels/workbook.xml.rels", shown, |tag| {
        targets.extend(attribute(tag, "Id").zip(attribute(tag, "Target")));
        true
    })?;
    let target = relationship.and_then(|relationship| targets.remove(&relationship));
    let target = target.ok_or_else(|| cannot_read(shown, "a sheet has no part of its own"))?;
    Ok(target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned))
}

/// Reads the layouts of all sheets of an OpenDocument workbook (Open Document Format 1.3, Part 3, section 9).
pub(super) fn of_ods<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    shown: &str,
) -> Result<HashMap<String, Layout>, Problem> {
    let mut sheets: HashMap<String, Layout> = HashMap::new();
    let mut walk = Walk::default();
    each_tag(archive, "content.xml", shown, |tag| walk.see(tag, &mut sheets))?;
    walk.end_row(&mut sheets);
    if walk.cells > MOST_CELLS {
        return Err(too_large(shown, "the number of cells, with all that repeats,", MOST_CELLS));
    }
    Ok(sheets)
}

/// Where a walk through an OpenDocument workbook is.
#[derive(Default)]
struct Walk {
    sheet: String,
    row: u32,
    column: u32,
    /// How often the row repeats, and how many cells it has up to the last one with a value.
    repeats: u32,
    filled: u64,
    cells: u64,
    columns: u32,
}

impl Walk {
    fn see(&mut self, tag: &BytesStart<'_>, sheets: &mut HashMap<String, Layout>) -> bool {
        let repeated = |key| {
            let times = attribute(tag, key).and_then(|times| times.parse::<u32>().ok());
            times.unwrap_or(1).clamp(1, LAST_ROW + 1)
        };
        let is_hidden = matches!(attribute(tag, "visibility").as_deref(), Some("collapse" | "filter"));
        match tag.local_name().as_ref() {
            "table" => {
                self.end_row(sheets);
                let sheet = attribute(tag, "name").unwrap_or_default();
                *self = Self { sheet, cells: self.cells, ..Self::default() };
            }
            "table-column" => {
                let times = repeated("number-columns-repeated");
                if is_hidden {
                    let range = (self.columns, (self.columns + times - 1).min(LAST_COLUMN));
                    sheets.entry(self.sheet.clone()).or_default().hidden_columns.push(range);
                }
                self.columns = self.columns.saturating_add(times).min(LAST_COLUMN);
            }
            "table-row" => {
                self.end_row(sheets);
                self.repeats = repeated("number-rows-repeated");
                if is_hidden {
                    let range = (self.row, self.row.saturating_add(self.repeats - 1));
                    sheets.entry(self.sheet.clone()).or_default().hidden_rows.push(range);
                }
            }
            "table-cell" | "covered-table-cell" => {
                let times = repeated("number-columns-repeated");
                let (rows, columns) = (repeated("number-rows-spanned"), repeated("number-columns-spanned"));
                if rows > 1 || columns > 1 {
                    let end = (self.row.saturating_add(rows - 1), self.column.saturating_add(columns - 1));
                    let merged = &mut sheets.entry(self.sheet.clone()).or_default().merged;
                    if merged.len() < MOST_RANGES {
                        merged.push(Dimensions { start: (self.row, self.column), end });
                    }
                }
                self.column = self.column.saturating_add(times).min(LAST_COLUMN + 1);
                if attribute(tag, "value-type").is_some() {
                    self.filled = u64::from(self.column);
                }
            }
            _ => {}
        }
        self.cells <= MOST_CELLS
    }

    fn end_row(&mut self, _: &mut HashMap<String, Layout>) {
        // Empty rows at the end of a sheet repeat a million times, and cost nothing.
        self.cells = self.cells.saturating_add(self.filled * u64::from(self.repeats));
        self.row = self.row.saturating_add(self.repeats).min(LAST_ROW + 1);
        (self.column, self.filled, self.repeats) = (0, 0, 0);
    }
}

/// Calls a function for each start tag of a part, until it has seen enough.
fn each_tag<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    path: &str,
    shown: &str,
    mut see: impl FnMut(&BytesStart<'_>) -> bool,
) -> Result<(), Problem> {
    let mut names = archive.file_names().flatten().map(std::borrow::Cow::into_owned);
    let name = names.find(|name| name.eq_ignore_ascii_case(path));
    drop(names);
    let name = name.ok_or_else(|| cannot_read(shown, &format!("it has no part `{path}`")))?;
    let part = archive.by_name(&name).map_err(|error| cannot_read(shown, &error.to_string()))?;
    let mut reader = Reader::from_reader(BufReader::new(part));
    each_tag_of(&mut reader, &mut see).map_err(|why| cannot_read(shown, &format!("`{path}`: {why}")))
}

fn each_tag_of<B: BufRead>(
    reader: &mut Reader<B>,
    see: &mut impl FnMut(&BytesStart<'_>) -> bool,
) -> Result<(), String> {
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|error| error.to_string())? {
            Event::Start(tag) | Event::Empty(tag) if !see(&tag) => return Ok(()),
            Event::DocType(_) => return Err("a document type is declared".into()),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The value of an attribute by its local name.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut found =
        tag.attributes().flatten().filter(|attribute| attribute.key.local_name().as_ref() == name);
    let value = found.next()?.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?;
    Some(value.into_owned())
}
