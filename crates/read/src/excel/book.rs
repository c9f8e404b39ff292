//! An open workbook: its sheets, and the rows of one of them, one by one.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;

use calamine::{Dimensions, Ods, Reader, SheetType, SheetVisible, Xls, Xlsb, Xlsx};
use concordat_record::{Problem, nearest};
use zip::ZipArchive;

use super::cell::{Area, Value, value, value_ref};
use super::layout::{Layout, of_ods, of_xlsx};
use super::package::{Format, cannot_read, encrypted, examine};

type Input = BufReader<File>;

/// A workbook of any format.
enum Inner {
    Xls(Box<Xls<Input>>),
    Xlsx(Box<Xlsx<Input>>),
    Xlsb(Box<Xlsb<Input>>),
    Ods(Box<Ods<Input>>),
}

/// An open workbook.
pub(super) struct Book {
    inner: Inner,
    pub format: Format,
    file: File,
    shown: String,
    /// Of OpenDocument: the layouts of all sheets, which had to be looked at anyway.
    layouts: HashMap<String, Layout>,
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
    pub fn get(&self, column: u32) -> Option<&Value> {
        self.cells.iter().find(|(known, _)| *known == column).map(|(_, value)| value)
    }
}

impl Book {
    pub fn open(file: File, shown: &str) -> Result<Self, Problem> {
        let format = examine(&file, shown)?;
        let clone = || file.try_clone().map_err(|error| cannot_read(shown, &error.to_string()));
        let layouts = if format == Format::Ods {
            of_ods(&mut archive(clone()?, shown)?, shown)?
        } else {
            HashMap::new()
        };
        rewind(&file, shown)?;
        let input = BufReader::new(clone()?);
        let failed = |error: &dyn std::fmt::Display| {
            let why = error.to_string();
            if why.contains("password protected") { encrypted(shown) } else { cannot_read(shown, &why) }
        };
        let inner = match format {
            Format::Xls => Inner::Xls(Box::new(Xls::new(input).map_err(|error| failed(&error))?)),
            Format::Xlsx => Inner::Xlsx(Box::new(Xlsx::new(input).map_err(|error| failed(&error))?)),
            Format::Xlsb => Inner::Xlsb(Box::new(Xlsb::new(input).map_err(|error| failed(&error))?)),
            Format::Ods => Inner::Ods(Box::new(Ods::new(input).map_err(|error| failed(&error))?)),
        };
        Ok(Self { inner, format, file, shown: shown.into(), layouts })
    }

    /// The sheets with cells, in the order of the workbook.
    pub fn sheets(&self) -> Vec<Sheet> {
        let all = match &self.inner {
            Inner::Xls(book) => book.sheets_metadata(),
            Inner::Xlsx(book) => book.sheets_metadata(),
            Inner::Xlsb(book) => book.sheets_metadata(),
            Inner::Ods(book) => book.sheets_metadata(),
        };
        all.iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet)
            .map(|sheet| Sheet {
                name: sheet.name.clone(),
                is_hidden: sheet.visible != SheetVisible::Visible,
            })
            .collect()
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
        let shown = self.shown.clone();
        let failed = |error: &dyn std::fmt::Display| cannot_read(&shown, &error.to_string());
        match &mut self.inner {
            Inner::Xlsx(_) => {
                let file = self.file.try_clone().map_err(|error| failed(&error))?;
                of_xlsx(&mut archive(file, &shown)?, sheet, &shown)
            }
            Inner::Ods(_) => Ok(self.layouts.get(sheet).cloned().unwrap_or_default()),
            Inner::Xls(book) => {
                let merged: Vec<Dimensions> =
                    book.merge_cells_by_sheet_name(sheet).map_err(|error| failed(&error))?;
                Ok(Layout { merged, ..Layout::default() })
            }
            Inner::Xlsb(_) => Ok(Layout::default()),
        }
    }

    /// Calls a function for each row of a part of a sheet that holds something, until it has seen enough.
    pub fn rows(
        &mut self,
        sheet: &str,
        area: Area,
        mut each: impl FnMut(Row) -> Result<bool, Problem>,
    ) -> Result<(), Problem> {
        let shown = self.shown.clone();
        let failed =
            |error: &dyn std::fmt::Display| cannot_read(&shown, &format!("sheet `{sheet}`: {error}"));
        let mut rows = Rows { row: Row { number: 0, cells: Vec::new() }, area, shown: &shown };
        match &mut self.inner {
            Inner::Xlsx(book) => {
                let mut cells = book.worksheet_cells_reader(sheet).map_err(|error| failed(&error))?;
                while let Some(cell) = cells.next_cell().map_err(|error| failed(&error))? {
                    if !rows.cell(cell.get_position(), value_ref(cell.get_value()), &mut each)? {
                        return Ok(());
                    }
                }
            }
            Inner::Xlsb(book) => {
                let mut cells = book.worksheet_cells_reader(sheet).map_err(|error| failed(&error))?;
                while let Some(cell) = cells.next_cell().map_err(|error| failed(&error))? {
                    if !rows.cell(cell.get_position(), value_ref(cell.get_value()), &mut each)? {
                        return Ok(());
                    }
                }
            }
            Inner::Xls(_) | Inner::Ods(_) => {
                let range = match &mut self.inner {
                    Inner::Xls(book) => book.worksheet_range(sheet).map_err(|error| failed(&error))?,
                    Inner::Ods(book) => book.worksheet_range(sheet).map_err(|error| failed(&error))?,
                    _ => return Ok(()),
                };
                let (first_row, first_column) = range.start().unwrap_or_default();
                for (row, column, data) in range.used_cells() {
                    let place = (first_row + row as u32, first_column + column as u32);
                    if !rows.cell(place, value(data), &mut each)? {
                        return Ok(());
                    }
                }
            }
        }
        rows.finish(&mut each).map(|_| ())
    }
}

/// Gathers cells into rows.
struct Rows<'a> {
    row: Row,
    area: Area,
    shown: &'a str,
}

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
            self.row.cells.push((column, value));
        }
        Ok(true)
    }

    fn finish(&mut self, each: &mut impl FnMut(Row) -> Result<bool, Problem>) -> Result<bool, Problem> {
        let mut cells = std::mem::take(&mut self.row.cells);
        if cells.is_empty() {
            return Ok(true);
        }
        cells.sort_by_key(|(column, _)| *column);
        each(Row { number: self.row.number, cells })
    }
}

fn archive(file: File, shown: &str) -> Result<ZipArchive<Input>, Problem> {
    ZipArchive::new(BufReader::new(file)).map_err(|error| cannot_read(shown, &error.to_string()))
}

fn rewind(mut file: &File, shown: &str) -> Result<(), Problem> {
    use std::io::{Seek, SeekFrom};
    file.seek(SeekFrom::Start(0)).map(|_| ()).map_err(|error| cannot_read(shown, &error.to_string()))
}
