//! Workbooks of Excel 5 to 2003: streams of records ([MS-XLS]) in compound files ([MS-CFB]).
//!
//! `compound` finds the stream, `records` cuts it, `globals` reads what the sheets share, `survey` looks over a sheet, `cells` takes its
//! cells out. Nothing that a file claims is believed before memory is taken for it: cells go by one by one, and only the texts that
//! they share are held. Left out: Excel 2 to 4, which is said; encrypted ones; what formulas are and how things look.

mod cells;
mod compound;
mod globals;
mod records;
mod survey;
#[cfg(test)]
pub(super) mod tests;
mod text;

use std::fs::File;
use std::io::BufReader;

use cells::{Cell, Cells};
use compound::{Compound, Stream};
use globals::{Globals, Listed};
use records::Records;
use survey::{Survey, walk};

use super::book::Sheet;
use super::cell::Value;
use super::fault::{Fault, Result};
use super::layout::Layout;

/// Bytes that are read at once.
const BUFFER: usize = 1 << 16;
/// Cells that are put in order when the sheet does not have them so.
const MOST_UNORDERED: usize = 4_000_000;

/// An open workbook.
pub(super) struct Xls {
    records: Records<BufReader<Stream>>,
    globals: Globals,
    /// What is known of the sheets, by their numbers.
    surveys: Vec<Option<Survey>>,
}

impl Xls {
    /// Opens a compound file.
    pub fn open(file: File) -> Result<Self> {
        let compound = Compound::open(file)?;
        if let Some(stream) = compound.stream(&["Workbook", "Book"])? {
            return Self::of(stream);
        }
        match compound.stream(&["EncryptedPackage"])? {
            Some(_) => Err(Fault::Encrypted),
            None => Fault::damaged("it holds no workbook"),
        }
    }

    /// Opens a file that is the stream itself.
    pub fn open_bare(file: File) -> Result<Self> {
        Self::of(Stream::whole(file)?)
    }

    fn of(stream: Stream) -> Result<Self> {
        let mut records = Records::new(BufReader::with_capacity(BUFFER, stream));
        let globals = Globals::read(&mut records)?;
        let surveys = globals.sheets.iter().map(|_| None).collect();
        Ok(Self { records, globals, surveys })
    }

    pub fn sheets(&self) -> Vec<Sheet> {
        let sheet = |sheet: &Listed| Sheet { name: sheet.name.clone(), is_hidden: sheet.is_hidden };
        self.globals.sheets.iter().map(sheet).collect()
    }

    pub fn layout(&mut self, sheet: &str) -> Result<Layout> {
        let (index, position) = self.find(sheet)?;
        Ok(self.survey(index, position)?.layout.clone())
    }

    /// Calls a function for each cell of a sheet, row by row, until it has seen enough.
    pub fn cells(
        &mut self,
        sheet: &str,
        mut each: impl FnMut((u32, u32), Option<Value>) -> Result<bool>,
    ) -> Result<()> {
        let (index, position) = self.find(sheet)?;
        let is_in_order = self.survey(index, position)?.is_in_order;
        let globals = &self.globals;
        let mut take = |cell: Cell| -> Result<bool> {
            each((cell.row.into(), cell.column.into()), cell.content.value(globals)?)
        };
        let mut cells = Cells::default();
        let (mut found, mut unordered) = (Vec::new(), Vec::new());
        walk(&mut self.records, position, |record, records| {
            cells.of(record, records, globals, &mut found)?;
            if !is_in_order {
                unordered.append(&mut found);
                let is_room = unordered.len() <= MOST_UNORDERED;
                let most = (MOST_UNORDERED * size_of::<Cell>()) as u64;
                return if is_room { Ok(true) } else { Err(Fault::TooLarge("a sheet without order", most)) };
            }
            for cell in found.drain(..) {
                if !take(cell)? {
                    return Ok(false);
                }
            }
            Ok(true)
        })?;
        unordered.sort_by_key(|cell| (cell.row, cell.column));
        for cell in unordered {
            if !take(cell)? {
                break;
            }
        }
        Ok(())
    }

    /// The number of a sheet, and where it begins.
    fn find(&self, sheet: &str) -> Result<(usize, u64)> {
        let found = self.globals.sheets.iter().enumerate().find(|(_, listed)| listed.name == sheet);
        match found {
            Some((index, listed)) => Ok((index, listed.position)),
            None => Fault::damaged("a sheet has no records of its own"),
        }
    }

    fn survey(&mut self, index: usize, position: u64) -> Result<Survey> {
        if let Some(known) = self.surveys.get(index).and_then(Option::as_ref) {
            return Ok(known.clone());
        }
        let survey = Survey::of(&mut self.records, position)?;
        if let Some(place) = self.surveys.get_mut(index) {
            *place = Some(survey.clone());
        }
        Ok(survey)
    }
}
