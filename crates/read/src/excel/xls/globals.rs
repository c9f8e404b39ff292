//! What the sheets of an old workbook have in common ([MS-XLS], section 2.1.7.20.1).

use std::collections::HashMap;
use std::io::{Read, Seek};

use super::super::fault::{Fault, Result};
use super::super::number_format::Shows;
use super::super::shared::SharedTexts;
use super::records::{Records, kind};
use super::text::{Length, Letters, shared_texts};

/// The version in the record that begins a stream (section 2.4.21).
const EXCEL_97: u16 = 0x0600;
/// The same record: what begins is a workbook.
const WORKBOOK: u16 = 0x0005;

/// A sheet as the workbook lists it.
#[derive(Debug)]
pub(super) struct Listed {
    pub name: String,
    pub is_hidden: bool,
    /// Where it begins in the stream.
    pub position: u64,
}

/// What holds for all sheets.
#[derive(Debug)]
pub(super) struct Globals {
    /// Those with cells.
    pub sheets: Vec<Listed>,
    /// What numbers in cells of each format show.
    pub shows: Vec<Shows>,
    pub texts: SharedTexts,
    pub letters: Letters,
    pub is_1904: bool,
}

/// What was found so far.
#[derive(Default)]
struct Found {
    code_page: Option<u16>,
    is_1904: bool,
    /// Number formats that the workbook defines.
    formats: HashMap<u16, Shows>,
    /// The number format of each format of cells.
    cells: Vec<u16>,
    sheets: Vec<Listed>,
    texts: SharedTexts,
}

impl Globals {
    pub fn read<R: Read + Seek>(records: &mut Records<R>) -> Result<Self> {
        let begin = records.next()?;
        if begin.is_some_and(|begin| kind::OLD_BEGINS.contains(&begin)) {
            return Err(Fault::TooOld);
        }
        if begin != Some(kind::BEGIN) || records.u16(2) != WORKBOOK {
            return Fault::damaged("its stream does not begin as a workbook does");
        }
        let is_unicode = records.u16(0) >= EXCEL_97;
        let mut found = Found::default();
        loop {
            let letters = if is_unicode { Letters::Unicode } else { Letters::of_code_page(found.code_page)? };
            match records.next()? {
                Some(kind::EOF) => return Ok(found.globals(letters)),
                Some(kind) => found.see(kind, &letters, records)?,
                None => return Fault::damaged("it ends before its first sheet"),
            }
        }
    }

    /// What a number in a cell shows, by the number of the cell's format.
    pub fn shows(&self, format: u16) -> Shows {
        self.shows.get(usize::from(format)).copied().unwrap_or(Shows::Number)
    }
}

impl Found {
    fn see<R: Read + Seek>(&mut self, kind: u16, letters: &Letters, records: &mut Records<R>) -> Result<()> {
        match kind {
            kind::FILE_PASS => return Err(Fault::Encrypted),
            kind::CODE_PAGE => self.code_page = Some(records.u16(0)),
            kind::DATE_1904 => self.is_1904 = records.u16(0) != 0,
            kind::FORMAT => {
                let number = records.u16(0);
                let length = if matches!(letters, Letters::Unicode) { Length::Word } else { Length::Byte };
                let code = letters.read(&mut records.pieces(2), length)?;
                self.formats.insert(number, Shows::of_code(&code));
            }
            kind::CELL_FORMAT => self.cells.push(records.u16(2)),
            kind::BOUND_SHEET => self.sheet(letters, records)?,
            kind::SHARED_STRINGS => self.texts = shared_texts(&mut records.pieces(0))?,
            _ => {}
        }
        Ok(())
    }

    /// Section 2.4.28.
    fn sheet<R: Read + Seek>(&mut self, letters: &Letters, records: &mut Records<R>) -> Result<()> {
        const WORKSHEET: u16 = 0;
        let (position, state, sort) = (records.u32(0), records.u16(4) & 3, records.u16(4) >> 8);
        if sort == WORKSHEET {
            let name = letters.read(&mut records.pieces(6), Length::Byte)?;
            self.sheets.push(Listed { name, is_hidden: state != 0, position: position.into() });
        }
        Ok(())
    }

    fn globals(self, letters: Letters) -> Globals {
        let shows = |number: &u16| self.formats.get(number).copied().unwrap_or(Shows::of_number(*number));
        Globals {
            shows: self.cells.iter().map(shows).collect(),
            sheets: self.sheets,
            texts: self.texts,
            letters,
            is_1904: self.is_1904,
        }
    }
}
