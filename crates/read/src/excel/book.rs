//! An open workbook: its sheets, and the rows of one of them, one by one.

use std::fs::File;

use concordat_record::{Problem, nearest};

use super::cell::{Area, Value};
use super::fault::Result as Sound;
use super::layout::Layout;
use super::ods::Ods;
use super::package::{Format, cannot_read, examine, too_large};
use super::xls::Xls;
use super::xlsb::Xlsb;
use super::xlsx::Xlsx;

/// A workbook of any format.
enum Inner {
    Xls(Box<Xls>),
    Xlsx(Box<Xlsx>),
    Xlsb(Box<Xlsb>),
    Ods(Box<Ods>),
}

/// An open workbook.
pub(super) struct Book {
    inner: Inner,
    pub format: Format,
    shown: String,
}

/// A sheet with cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sheet {
    pub name: String,
    pub is_hidden: bool,
}

/// Which sheet is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// The first one that is not hidden.
    First,
    /// By its name, or when none is called so by its number from one.
    Named(String),
}

/// A row with its cells that hold something, from left to right; numbers from zero.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub number: u32,
    pub cells: Vec<(u32, Value)>,
}

impl Row {
    /// Bytes of its texts.
    pub fn bytes(&self) -> usize {
        self.cells.iter().map(|(_, value)| value.bytes()).sum()
    }

    pub fn get(&self, column: u32) -> Option<&Value> {
        let found = self.cells.binary_search_by_key(&column, |(known, _)| *known).ok()?;
        self.cells.get(found).map(|(_, value)| value)
    }
}

impl Book {
    pub fn open(file: File, shown: &str) -> Result<Self, Problem> {
        let format = examine(&file, shown)?;
        rewind(&file, shown)?;
        let opened = || -> Sound<Inner> {
            Ok(match format {
                Format::Xls => Inner::Xls(Box::new(Xls::open(file)?)),
                Format::BareXls => Inner::Xls(Box::new(Xls::open_bare(file)?)),
                Format::Xlsx => Inner::Xlsx(Box::new(Xlsx::open(file)?)),
                Format::Ods => Inner::Ods(Box::new(Ods::open(file)?)),
                Format::Xlsb => Inner::Xlsb(Box::new(Xlsb::open(file)?)),
            })
        };
        let inner = opened().map_err(|fault| fault.of(shown))?;
        Ok(Self { inner, format, shown: shown.into() })
    }

    /// The sheets with cells, in the order of the workbook.
    pub fn sheets(&self) -> Vec<Sheet> {
        match &self.inner {
            Inner::Xls(book) => book.sheets(),
            Inner::Xlsx(book) => book.sheets(),
            Inner::Xlsb(book) => book.sheets(),
            Inner::Ods(book) => book.sheets(),
        }
    }

    /// The name of the sheet that is meant.
    pub fn find(&self, which: &Which) -> Result<String, Problem> {
        let sheets = self.sheets();
        let none = |sentence: String| Problem::new("excel.no-such-sheet", sentence);
        let found = match which {
            Which::First => {
                let first = sheets.iter().find(|sheet| !sheet.is_hidden).or(sheets.first());
                return first
                    .map(|sheet| sheet.name.clone())
                    .ok_or_else(|| none("the workbook has no sheet".into()));
            }
            Which::Named(name) => {
                let by_number =
                    || name.parse::<usize>().ok()?.checked_sub(1).and_then(|index| sheets.get(index));
                sheets.iter().find(|sheet| sheet.name == *name).or_else(by_number)
            }
        };
        let Which::Named(name) = which else { return Err(none("the workbook has no sheet".into())) };
        found.map(|sheet| sheet.name.clone()).ok_or_else(|| {
            let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
            let problem = none(format!("the workbook has no sheet `{name}`"));
            match nearest(name, names.iter().copied()) {
                Some(near) => problem.advise(format!("did you mean `{near}`?")),
                None => problem.advise(format!("its sheets are {}", names.join(", "))),
            }
        })
    }

    /// Hidden rows and columns, as far as the format lets them be seen, and merged cells.
    pub fn layout(&mut self, sheet: &str) -> Result<Layout, Problem> {
        let layout = match &mut self.inner {
            Inner::Xls(book) => book.layout(sheet),
            Inner::Xlsx(book) => book.layout(sheet),
            Inner::Ods(book) => book.layout(sheet),
            Inner::Xlsb(_) => Ok(Layout::default()),
        };
        layout.map_err(|fault| fault.of(&self.shown))
    }

    /// Calls a function for each row of a part of a sheet that holds something, until it has seen enough.
    pub fn rows(
        &mut self,
        sheet: &str,
        area: Area,
        mut each: impl FnMut(Row) -> Result<bool, Problem>,
    ) -> Result<(), Problem> {
        let shown = self.shown.clone();
        let row = Row { number: 0, cells: Vec::new() };
        let mut rows = Rows { row, bytes: 0, area, shown: &shown };
        let mut is_enough = false;
        let mut cell = |place: (u32, u32), value: Option<Value>| -> Sound<bool> {
            is_enough = !rows.cell(place, value, &mut each)?;
            Ok(!is_enough)
        };
        let walked = match &mut self.inner {
            Inner::Xls(book) => book.cells(sheet, &mut cell),
            Inner::Xlsx(book) => book.cells(sheet, &mut cell),
            Inner::Ods(book) => book.cells(sheet, &mut cell),
            Inner::Xlsb(book) => book.cells(sheet, &mut cell),
        };
        walked.map_err(|fault| fault.of(&shown))?;
        if is_enough { Ok(()) } else { rows.finish(&mut each).map(|_| ()) }
    }
}

/// Gathers cells into rows.
struct Rows<'a> {
    row: Row,
    /// Of its texts.
    bytes: usize,
    area: Area,
    shown: &'a str,
}

/// The texts of a row, in bytes.
pub(super) const MOST_ROW: usize = 32 << 20;

impl Rows<'_> {
    /// Takes a cell; false when enough has been seen.
    fn cell(
        &mut self,
        (row, column): (u32, u32),
        value: Option<Value>,
        each: &mut impl FnMut(Row) -> Result<bool, Problem>,
    ) -> Result<bool, Problem> {
        if row < self.row.number {
            return Err(cannot_read(self.shown, "the rows of a sheet do not come in order"));
        }
        if row > self.area.rows.1 {
            self.finish(each)?;
            return Ok(false);
        }
        if row > self.row.number {
            if !self.finish(each)? {
                return Ok(false);
            }
            self.row.number = row;
        }
        if let Some(value) = value.filter(|_| self.area.has(row, column)) {
            self.put(column, value)?;
        }
        Ok(true)
    }

    /// Puts a cell where it belongs; of several in one place the last one counts.
    fn put(&mut self, column: u32, value: Value) -> Result<(), Problem> {
        self.bytes += value.bytes();
        if self.bytes > MOST_ROW {
            return Err(too_large(self.shown, "a row", MOST_ROW as u64));
        }
        let cells = &mut self.row.cells;
        match cells.binary_search_by_key(&column, |(known, _)| *known) {
            Ok(known) => cells.get_mut(known).into_iter().for_each(|cell| cell.1 = value.clone()),
            Err(place) => cells.insert(place, (column, value)),
        }
        Ok(())
    }

    fn finish(&mut self, each: &mut impl FnMut(Row) -> Result<bool, Problem>) -> Result<bool, Problem> {
        self.bytes = 0;
        let cells = std::mem::take(&mut self.row.cells);
        if cells.is_empty() {
            return Ok(true);
        }
        each(Row { number: self.row.number, cells })
    }
}

fn rewind(mut file: &File, shown: &str) -> Result<(), Problem> {
    use std::io::{Seek, SeekFrom};
    file.seek(SeekFrom::Start(0)).map(|_| ()).map_err(|error| cannot_read(shown, &error.to_string()))
}
