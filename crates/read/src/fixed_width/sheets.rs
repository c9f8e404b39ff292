//! Sorts the records of a file by their kind while it is cut: rows, headers whose values are carried down, trailers with totals.
//!
//! This goes on in the order of the file, so it only looks at the place of the record type.

use std::sync::Arc;

use concordat_record::{Place, Problem};

use super::layout::{Layout, Position, Role, TotalAt};
use crate::control::{Board, Exact, Total, Trailer};
use crate::copybook::CodePage;
use crate::copybook::frames::{Block, Frames};
use crate::pipeline::Cut;
use crate::trim::trim;

/// Records that were read together, sorted.
pub(crate) struct Sheet {
    pub block: Block,
    /// The records that are rows, by their index in the block.
    pub rows: Vec<Row>,
    /// The headers that rows of this sheet stand under.
    pub headings: Vec<Heading>,
    /// The records whose kind nobody described.
    pub unknown: Vec<usize>,
}

impl Sheet {
    /// Records by themselves, under no header.
    pub fn alone(block: Block, sorting: &Sorting) -> Self {
        let headings = vec![vec![None; sorting.layout.types.len()]];
        let mut sheet = Self { block, rows: Vec::new(), headings, unknown: Vec::new() };
        for index in 0..sheet.block.starts.len() {
            match sorting.kind_of(sheet.block.record(index, 0)) {
                Some(of) if sorting.is_wanted(of) => sheet.rows.push(Row { index, of, under: 0 }),
                Some(_) => {}
                None => sheet.unknown.push(index),
            }
        }
        sheet
    }
}

/// A record that is a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub index: usize,
    /// Which of the layout's kinds of record it is.
    pub of: usize,
    /// Which heading it stands under.
    pub under: usize,
}

/// The header of each kind, by the kinds' place in the layout.
pub(crate) type Heading = Vec<Option<Arc<[u8]>>>;

/// What the sorting goes by.
#[derive(Clone, Debug)]
pub(crate) struct Sorting {
    pub layout: Arc<Layout>,
    pub page: Arc<CodePage>,
    /// The codes of each kind as they stand in the file; none for the kind that takes all others.
    codes: Vec<(Vec<u8>, usize)>,
    otherwise: Option<usize>,
    /// Kinds that become rows, by their place in the layout.
    wanted: Vec<bool>,
    pub skip_unknown: bool,
}

impl Sorting {
    /// `only` has the codes of the kinds that become rows; all when empty.
    pub fn new(layout: Arc<Layout>, page: Arc<CodePage>, only: &[String], skip_unknown: bool) -> Self {
        let mut codes = Vec::new();
        let mut otherwise = None;
        for (index, of) in layout.types.iter().enumerate() {
            if of.codes.is_empty() {
                otherwise = Some(index);
            }
            let written = of.codes.iter().filter_map(|code| page.encode(code.trim()).ok());
            codes.extend(written.map(|code| (code, index)));
        }
        let is_wanted = |codes: &[String]| only.is_empty() || codes.iter().any(|code| only.contains(code));
        let wanted = layout.types.iter().map(|of| of.role == Role::Row && is_wanted(&of.codes)).collect();
        Self { layout, page, codes, otherwise, wanted, skip_unknown }
    }

    /// Which kind a record is.
    #[inline]
    pub fn kind_of(&self, record: &[u8]) -> Option<usize> {
        let Some(Position { start, length }) = self.layout.record_type else { return self.otherwise };
        let end = (start + length).min(record.len());
        let code = trim(record.get(start..end).unwrap_or_default(), self.page.space());
        self.codes.iter().find(|(known, _)| known == code).map(|(_, kind)| *kind).or(self.otherwise)
    }

    /// Whether a kind becomes rows.
    pub fn is_wanted(&self, kind: usize) -> bool {
        self.wanted.get(kind).copied().unwrap_or_default()
    }
}

/// Cuts a file into sheets.
pub(crate) struct Sheets {
    frames: Frames,
    sorting: Sorting,
    shown: String,
    board: Board,
    /// What the next record stands under.
    heading: Heading,
    /// Lines that are passed over at the beginning.
    to_skip: u64,
    is_first: bool,
}

/// A byte order mark in UTF-8, which is no part of the first record.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl Sheets {
    pub fn new(frames: Frames, sorting: Sorting, shown: &str, board: Board, to_skip: u64) -> Self {
        let heading = vec![None; sorting.layout.types.len()];
        Self { frames, sorting, shown: shown.into(), board, heading, to_skip, is_first: true }
    }

    fn sort(&mut self, mut block: Block) -> Sheet {
        if std::mem::take(&mut self.is_first)
            && block.bytes.starts_with(BYTE_ORDER_MARK)
            && let Some(start) = block.starts.first_mut()
        {
            *start = BYTE_ORDER_MARK.len();
        }
        let rows = Vec::with_capacity(block.starts.len());
        let mut sheet = Sheet { block, rows, headings: vec![self.heading.clone()], unknown: Vec::new() };
        let length = self.frames.division().fixed_length.unwrap_or_default();
        for index in 0..sheet.block.starts.len() {
            if self.to_skip > 0 {
                self.to_skip -= 1;
                continue;
            }
            let record = sheet.block.record(index, length);
            match self.sorting.kind_of(record) {
                None if self.sorting.skip_unknown => {}
                None => sheet.unknown.push(index),
                Some(kind) => self.take(&mut sheet, index, kind, length),
            }
        }
        sheet
    }

    fn take(&mut self, sheet: &mut Sheet, index: usize, kind: usize, length: usize) {
        let record = sheet.block.record(index, length);
        let of = self.sorting.layout.types.get(kind);
        match of.map_or(Role::Skip, |of| of.role) {
            Role::Row if self.sorting.is_wanted(kind) => {
                sheet.rows.push(Row { index, of: kind, under: sheet.headings.len() - 1 });
            }
            Role::Row | Role::Skip => {}
            Role::Header => {
                // Headers that are described behind this one belong to the one before it.
                for slot in self.heading.iter_mut().skip(kind) {
                    *slot = None;
                }
                if let Some(slot) = self.heading.get_mut(kind) {
                    *slot = Some(record.into());
                }
                sheet.headings.push(self.heading.clone());
            }
            Role::Trailer => {
                let place = Place::file(&self.shown)
                    .record(sheet.block.number_of(index))
                    .byte(sheet.block.offset_of(index));
                let totals = of.map(|of| of.totals.as_slice()).unwrap_or_default();
                let totals = totals.iter().map(|total| self.total(total, record)).collect();
                self.board.put(Trailer { place, totals });
            }
        }
    }

    fn total(&self, total: &TotalAt, record: &[u8]) -> Total {
        let end = (total.start + total.length).min(record.len());
        let mut text = Vec::new();
        self.sorting.page.decode_into(record.get(total.start..end).unwrap_or_default(), &mut text);
        let text = String::from_utf8_lossy(&text);
        let stated = Exact::parse(&text, '.', None);
        let is_written = text.contains('.');
        let places = if is_written { 0 } else { total.implied_places };
        Total {
            subject: total.subject.clone(),
            stated: stated.map(|stated| stated.with_implied_places(places)),
        }
    }
}

impl Cut for Sheets {
    type Piece = Sheet;

    fn next(&mut self) -> Result<Option<Sheet>, Problem> {
        while let Some(block) = self.frames.next()? {
            let sheet = self.sort(block);
            if !sheet.rows.is_empty() || !sheet.unknown.is_empty() || !sheet.block.gaps.is_empty() {
                return Ok(Some(sheet));
            }
        }
        Ok(None)
    }

    fn bytes_read(&self) -> u64 {
        self.frames.bytes_read()
    }

    fn mark(&self) -> String {
        self.frames.mark()
    }

    fn digest(&mut self) -> Result<String, Problem> {
        self.frames.digest()
    }
}
