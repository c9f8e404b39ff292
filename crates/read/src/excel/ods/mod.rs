//! Workbooks of OpenDocument (Open Document Format 1.3, Part 3, section 9): `walk` goes through the sheets, row by row.
//!
//! What repeats is never written out before somebody takes it.

mod walk;

use std::fs::File;
use std::io::BufReader;

use zip::ZipArchive;

use super::book::Sheet;
use super::cell::{Area, LAST_COLUMN, LAST_ROW, Value};
use super::fault::{Fault, Result};
use super::layout::Layout;
use super::part::{Archive, Part, find};
use walk::{Row, Seen, walk};

const CONTENT: &str = "content.xml";
const MANIFEST: &str = "META-INF/manifest.xml";
/// Cells with values of all sheets, with all that repeats. They take no memory, but time.
const MOST_CELLS: u64 = if cfg!(test) { 100_000 } else { 400_000_000 };
const MOST_SHEETS: usize = 10_000;

/// An open workbook.
pub(super) struct Ods {
    archive: Archive,
    sheets: Vec<Sheet>,
}

impl Ods {
    pub fn open(file: File) -> Result<Self> {
        let archive = ZipArchive::new(BufReader::new(file));
        let mut archive = archive.map_err(|error| Fault::Damaged(error.to_string().into()))?;
        if is_encrypted(&mut archive)? {
            return Err(Fault::Encrypted);
        }
        let (mut sheets, mut cells) = (Vec::new(), 0u64);
        walk(&mut Part::open(&mut archive, CONTENT)?, |seen| {
            match seen {
                Seen::Sheet { name, is_hidden } => sheets.push(Sheet { name: name.to_owned(), is_hidden }),
                Seen::Row(row) => cells = cells.saturating_add(row.count()),
                Seen::Hidden { .. } => {}
            }
            if cells > MOST_CELLS || sheets.len() > MOST_SHEETS {
                return Err(Fault::TooLarge("the number of cells, with all that repeats,", MOST_CELLS));
            }
            Ok(true)
        })?;
        Ok(Self { archive, sheets })
    }

    pub fn sheets(&self) -> Vec<Sheet> {
        self.sheets.clone()
    }

    pub fn layout(&mut self, sheet: &str) -> Result<Layout> {
        let mut layout = Layout::default();
        self.walk(sheet, |seen| {
            match seen {
                Seen::Hidden { columns } => layout.hidden_columns.add(columns.0, columns.1)?,
                Seen::Row(row) => row.add_to(&mut layout)?,
                Seen::Sheet { .. } => {}
            }
            Ok(true)
        })?;
        Ok(layout)
    }

    /// Calls a function for each cell of a sheet until it has seen enough.
    pub fn cells(
        &mut self,
        sheet: &str,
        mut each: impl FnMut((u32, u32), Option<Value>) -> Result<bool>,
    ) -> Result<()> {
        self.walk(sheet, |seen| match seen {
            Seen::Row(row) => row.cells(&mut each),
            _ => Ok(true),
        })
    }

    /// Walks through one sheet only.
    fn walk(&mut self, sheet: &str, mut see: impl FnMut(Seen<'_>) -> Result<bool>) -> Result<()> {
        let mut is_it = false;
        walk(&mut Part::open(&mut self.archive, CONTENT)?, |seen| match seen {
            Seen::Sheet { .. } if is_it => Ok(false),
            Seen::Sheet { name, .. } => {
                is_it = name == sheet;
                Ok(true)
            }
            seen if is_it => see(seen),
            _ => Ok(true),
        })
    }
}

/// Section 4.8.6 of Part 2: an encrypted part has an entry that says how.
fn is_encrypted(archive: &mut Archive) -> Result<bool> {
    let mut found = false;
    if find(archive, MANIFEST).is_some() {
        Part::open(archive, MANIFEST)?.each_tag(|tag| {
            found = tag.local_name().as_ref() == "encryption-data";
            Ok(!found)
        })?;
    }
    Ok(found)
}

impl Row {
    /// What is hidden and merged here.
    fn add_to(&self, layout: &mut Layout) -> Result<()> {
        if self.is_hidden {
            layout.hidden_rows.add(self.number, self.number.saturating_add(self.repeats - 1))?;
        }
        for cell in self.cells.iter().filter(|cell| cell.spans != (1, 1)) {
            let rows = (self.number, self.number.saturating_add(cell.spans.0 - 1).min(LAST_ROW));
            let columns = (cell.column, cell.column.saturating_add(cell.spans.1 - 1).min(LAST_COLUMN));
            layout.merge(Area { rows, columns })?;
        }
        Ok(())
    }

    /// Cells with values, with all that repeats.
    fn count(&self) -> u64 {
        let filled = self.cells.iter().filter(|cell| cell.value.is_some());
        filled.map(|cell| u64::from(cell.repeats)).sum::<u64>() * u64::from(self.repeats)
    }

    fn cells(&self, each: &mut impl FnMut((u32, u32), Option<Value>) -> Result<bool>) -> Result<bool> {
        let filled = || self.cells.iter().filter(|cell| cell.value.is_some());
        if filled().next().is_none() {
            return Ok(true);
        }
        for row in (self.number..=LAST_ROW).take(self.repeats as usize) {
            for cell in filled() {
                for column in (cell.column..=LAST_COLUMN).take(cell.repeats as usize) {
                    if !each((row, column), cell.value.clone())? {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }
}
