//! The table in a sheet: which rows belong to it, what its columns are called, and of which types they are.

use std::collections::{BTreeMap, HashSet, VecDeque};

use concordat_record::Problem;

use super::book::{Book, Row, Which};
use super::cell::{Area, letters};
use super::header::{find_header, header_names};
use super::kinds::Kinds;
use super::layout::Layout;
use super::sieve::Sieve;
use crate::names::unique_names;
use crate::types::Type;

/// How a table lies in its sheet.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(super) struct Settings {
    pub sheet: Which,
    pub area: Area,
    /// The row of the header, or of its first row; found when not told. From zero.
    pub header_row: Option<u32>,
    /// How many rows the header has.
    pub header_rows: u32,
    pub columns: Option<Vec<String>>,
    pub fills_merged: bool,
    pub skips_hidden: bool,
    pub stops_at_blank: bool,
    /// Texts that rows of totals begin with: the table ends before the first one.
    pub stop_at: Vec<String>,
    /// Rows at the end that belong to no table.
    pub footer_rows: u64,
    pub nulls: Vec<String>,
    pub trim: bool,
}

/// A table that was found.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub sheet: String,
    /// Of the header, if there is one; from zero.
    pub header: Option<(u32, u32)>,
    /// The first row and the last one that can hold records; from zero.
    pub rows: (u32, u32),
    /// Rows that hold records.
    pub count: u64,
    pub columns: Vec<Column>,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// Its place in the sheet, from zero.
    pub place: u32,
    pub name: String,
    pub of: Type,
}

/// Rows that are looked at for a header.
const HEAD_ROWS: usize = 100;
const HEAD_BYTES: usize = 16 << 20;

impl Table {
    /// Finds the table of a sheet, by a walk through all of it. With a limit only so many rows are looked at.
    pub fn find(book: &mut Book, settings: &Settings, limit: u64) -> Result<Self, Problem> {
        let sheet = book.find(&settings.sheet)?;
        let layout = if settings.fills_merged || settings.skips_hidden {
            book.layout(&sheet)?
        } else {
            Layout::default()
        };
        let mut sieve = Sieve::new(settings, layout);
        let mut survey = Survey { settings, head: Vec::new(), head_bytes: 0, body: None, seen: 0 };
        book.rows(&sheet, settings.area, |row| {
            let Some(row) = sieve.row(row)? else { return Ok(true) };
            Ok(survey.add(row, &mut sieve)? && survey.seen < limit)
        })?;
        survey.settle(&mut sieve)?;
        survey.finish(sheet)
    }
}

/// A walk through a sheet.
struct Survey<'a> {
    settings: &'a Settings,
    /// The first rows, while the header is not settled.
    head: Vec<Row>,
    head_bytes: usize,
    body: Option<Body>,
    seen: u64,
}

/// What was seen behind the header.
#[derive(Default)]
struct Body {
    header: Option<(u32, u32)>,
    names: BTreeMap<u32, Vec<String>>,
    kinds: BTreeMap<u32, Kinds>,
    first: Option<u32>,
    /// The rows at the end that may be a footer; and the last row before them.
    waiting: VecDeque<Row>,
    last: Option<u32>,
    count: u64,
    is_over: bool,
}

impl Survey<'_> {
    /// Takes a row; false when the table has ended.
    fn add(&mut self, row: Row, sieve: &mut Sieve<'_>) -> Result<bool, Problem> {
        self.seen += 1;
        if self.body.is_none() {
            self.head_bytes += row.bytes();
            self.head.push(row);
            if self.head.len() >= HEAD_ROWS || self.head_bytes > HEAD_BYTES {
                self.settle(sieve)?;
            }
        } else if let Some(body) = &mut self.body {
            body.add(&row, self.settings, sieve);
        }
        Ok(self.body.as_ref().is_none_or(|body| !body.is_over))
    }

    /// Decides which of the first rows is the header, and goes on with those behind it.
    fn settle(&mut self, sieve: &mut Sieve<'_>) -> Result<(), Problem> {
        if self.body.is_some() {
            return Ok(());
        }
        let mut body = Body::default();
        let head = std::mem::take(&mut self.head);
        let found = match (self.settings.header_rows, self.settings.header_row) {
            (0, _) => None,
            (_, Some(row)) => Some(row),
            (_, None) => find_header(&head),
        };
        if let Some(first) = found {
            let last = first + self.settings.header_rows - 1;
            body.header = Some((first, last));
            body.names = header_names(&head, first, last);
            if body.names.is_empty() && self.settings.columns.is_none() {
                let sentence = format!("row {} of the sheet is empty, so it is no header", first + 1);
                return Err(Problem::new("excel.no-header", sentence).advise(
                    "set `header_row` to the row with the names, or `header_rows = 0` when there is none",
                ));
            }
        }
        let behind = body.header.map(|(_, last)| last);
        for row in head.iter().filter(|row| behind.is_none_or(|last| row.number > last)) {
            body.add(row, self.settings, sieve);
        }
        self.body = Some(body);
        Ok(())
    }

    fn finish(self, sheet: String) -> Result<Table, Problem> {
        let body = self.body.unwrap_or_default();
        let places: Vec<u32> =
            body.names.keys().chain(body.kinds.keys()).copied().collect::<HashSet<_>>().into_iter().collect();
        let mut places = places;
        places.sort_unstable();
        let first_place = places.first().copied().unwrap_or_default();
        let name = |place: &u32| match body.names.get(place) {
            Some(names) => names.join(" "),
            None => format!("column_{}", place - first_place + 1),
        };
        let mut names: Vec<String> = places.iter().map(name).collect();
        if let Some(given) = &self.settings.columns {
            if given.len() < names.len() {
                let sentence =
                    format!("`columns` has {} names, but the table has {} columns", given.len(), names.len());
                return Err(Problem::new("excel.wrong-columns", sentence).advise(format!(
                    "its columns are those of {}",
                    places.iter().map(|place| letters(*place)).collect::<Vec<_>>().join(", ")
                )));
            }
            names.clone_from(given);
            let next = places.last().map_or(0, |last| last + 1);
            places.extend(next..next + (given.len() - places.len()) as u32);
        }
        let chains: Vec<Vec<&str>> = names.iter().map(|name| vec![name.as_str()]).collect();
        let of = |place: &u32| body.kinds.get(place).copied().unwrap_or_default().settle();
        let columns = unique_names(&chains).into_iter().zip(&places);
        let columns = columns.map(|(name, place)| Column { place: *place, name, of: of(place) }).collect();
        let first = body.first.unwrap_or_default();
        let rows = (first, body.last.unwrap_or_default());
        let count = if body.last.is_some() { body.count } else { 0 };
        Ok(Table { sheet, header: body.header, rows, count, columns })
    }
}

impl Body {
    fn add(&mut self, row: &Row, settings: &Settings, sieve: &mut Sieve<'_>) {
        if self.is_over || sieve.is_behind_end(row) {
            self.is_over = true;
            return;
        }
        self.first.get_or_insert(row.number);
        self.waiting.push_back(row.clone());
        let is_full = self.waiting.len() as u64 > settings.footer_rows;
        if let Some(row) = self.waiting.pop_front_if(|_| is_full) {
            self.last = Some(row.number);
            self.count += 1;
            for (column, value) in &row.cells {
                self.kinds.entry(*column).or_default().add(value);
            }
        }
    }
}
