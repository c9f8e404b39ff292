//! Workbooks of Excel since 2007 (ECMA-376, Part 1, SpreadsheetML): `workbook` reads what sheets share, `sheet` a sheet, cell by cell.

mod sheet;
mod workbook;

use std::fs::File;
use std::io::BufReader;

use zip::ZipArchive;

use super::book::Sheet;
use super::cell::Value;
use super::fault::{Fault, Result};
use super::layout::Layout;
use super::part::{Archive, Part};
use workbook::{Listed, Workbook};

/// An open workbook.
pub(super) struct Xlsx {
    archive: Archive,
    workbook: Workbook,
}

impl Xlsx {
    pub fn open(file: File) -> Result<Self> {
        let archive = ZipArchive::new(BufReader::new(file));
        let mut archive = archive.map_err(|error| Fault::Damaged(error.to_string().into()))?;
        let workbook = Workbook::read(&mut archive)?;
        Ok(Self { archive, workbook })
    }

    pub fn sheets(&self) -> Vec<Sheet> {
        let sheet = |sheet: &Listed| Sheet { name: sheet.name.clone(), is_hidden: sheet.is_hidden };
        self.workbook.sheets.iter().map(sheet).collect()
    }

    pub fn layout(&mut self, sheet: &str) -> Result<Layout> {
        let path = self.path(sheet)?;
        sheet::layout(&mut Part::open(&mut self.archive, &path)?)
    }

    /// Calls a function for each cell of a sheet until it has seen enough.
    pub fn cells(
        &mut self,
        sheet: &str,
        each: impl FnMut((u32, u32), Option<Value>) -> Result<bool>,
    ) -> Result<()> {
        let path = self.path(sheet)?;
        sheet::cells(&mut Part::open(&mut self.archive, &path)?, &self.workbook, each)
    }

    fn path(&self, sheet: &str) -> Result<String> {
        match self.workbook.sheets.iter().find(|listed| listed.name == sheet) {
            Some(listed) => Ok(listed.path.clone()),
            None => Fault::damaged("a sheet has no part of its own"),
        }
    }
}
