//! Cuts a table into records by their marks, and fetches the memos they name.

use std::ops::Range;

use concordat_record::{Place, Problem};

use super::fault::Reason;
use super::geometry::{DELETED, END, Geometry, LIVE};
use super::memo::MemoFile;
use crate::file::SourceFile;
use crate::pipeline::Cut;
use crate::reader::{BATCH_RECORDS, RawRecord, Reject};

/// A piece takes no more than about this, and as much of memos.
const PIECE_BYTES: usize = 4 << 20;

/// Which records are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deleted {
    Skip,
    Keep,
    Only,
}

/// Where the memos of a column lie in the memos of a piece, by record; or why there is none.
pub(crate) type Memos = Vec<Result<Option<Range<usize>>, Reason>>;

/// Records that were read together.
#[derive(Default)]
pub(crate) struct Piece {
    pub bytes: Vec<u8>,
    /// Where each record that counts begins, with its mark.
    pub starts: Vec<usize>,
    /// The number of each.
    pub numbers: Vec<u64>,
    /// Where the piece begins in the file.
    pub byte_offset: u64,
    /// What is no record.
    pub rejects: Vec<Reject>,
    /// The memos of all columns, one behind the other.
    pub memo_bytes: Vec<u8>,
    /// For each memo column that is wanted.
    pub memos: Vec<Memos>,
}

/// What to walk by.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    pub geometry: Geometry,
    pub deleted: Deleted,
    /// How many records the header counts.
    pub counted: u64,
    /// Whether records beyond those are left out.
    pub only_counted: bool,
    /// Where the memo columns that are wanted lie in a record.
    pub memo_fields: Vec<Range<usize>>,
}

/// Reads a table piece by piece.
pub(crate) struct Records {
    file: SourceFile,
    walk: Walk,
    memo_file: Option<MemoFile>,
    /// Read, and not yet part of a record.
    carried: Vec<u8>,
    next_number: u64,
    is_over: bool,
    piece_bytes: usize,
}

/// What stands where a record would begin.
enum Step {
    Record,
    Reject(Problem),
    /// The records end; what is left may be a record that was cut off.
    End(Option<Problem>),
    /// More bytes are needed to say.
    More,
}

impl Records {
    /// `beginning` has been read from the file, the header first.
    pub fn new(file: SourceFile, mut beginning: Vec<u8>, walk: Walk, memo_file: Option<MemoFile>) -> Self {
        beginning.drain(..walk.geometry.first_record.min(beginning.len()));
        let piece_bytes = PIECE_BYTES;
        Self { file, walk, memo_file, carried: beginning, next_number: 1, is_over: false, piece_bytes }
    }

    /// Reads in smaller pieces than usual.
    #[cfg(test)]
    pub fn in_pieces_of(mut self, bytes: usize) -> Self {
        self.piece_bytes = bytes;
        self
    }

    pub fn shown(&self) -> &str {
        &self.file.shown
    }

    pub fn size(&self) -> u64 {
        self.file.size
    }

    fn step(&self, rest: &[u8], last: bool) -> Step {
        let length = self.walk.geometry.record_length;
        let is_counted = self.next_number <= self.walk.counted;
        let Some(mark) = rest.first() else { return if last { Step::End(None) } else { Step::More } };
        if !is_counted && self.walk.only_counted {
            return Step::End(None);
        }
        let is_whole = rest.len() >= length;
        let is_record = |mark: Option<&u8>| matches!(mark, Some(&(LIVE | DELETED)));
        match *mark {
            END if rest.len() <= length && !last => Step::More,
            // The end mark ends a table, unless the header counts more records and there is one behind it.
            END if is_counted && is_record(rest.get(length)) => Step::Reject(no_mark(*mark)),
            END => Step::End(None),
            LIVE | DELETED if is_whole => Step::Record,
            _ if !is_whole && !last => Step::More,
            LIVE | DELETED if is_counted => Step::End(Some(truncated(rest.len(), length))),
            _ if is_counted && is_whole => Step::Reject(no_mark(*mark)),
            _ => Step::End(None),
        }
    }

    fn is_wanted(&self, mark: u8) -> bool {
        match self.walk.deleted {
            Deleted::Skip => mark == LIVE,
            Deleted::Keep => true,
            Deleted::Only => mark == DELETED,
        }
    }

    fn reject(&self, piece: &Piece, at: usize, problem: Problem) -> Reject {
        let byte_offset = piece.byte_offset + at as u64;
        let rest = piece.bytes.get(at..).unwrap_or_default();
        let raw = rest.get(..self.walk.geometry.record_length).unwrap_or(rest).to_vec();
        let place = Place::file(&self.file.shown).record(self.next_number).byte(byte_offset);
        Reject {
            problem: problem.at(place),
            record_number: self.next_number,
            byte_offset: Some(byte_offset),
            raw,
        }
    }

    /// Fetches the memos of a record.
    fn fetch(&mut self, piece: &mut Piece, at: usize) {
        let Some(file) = &mut self.memo_file else { return };
        for (field, memos) in self.walk.memo_fields.iter().zip(&mut piece.memos) {
            let pointer = piece.bytes.get(at + field.start..at + field.end).unwrap_or_default();
            let begin = piece.memo_bytes.len();
            let memo = file.read(pointer, &mut piece.memo_bytes);
            let end = piece.memo_bytes.len();
            memos.push(memo.map(|is_there| is_there.then_some(begin..end)));
        }
    }

    /// A record by itself, as a reject has kept it.
    pub fn alone(&mut self, record: &RawRecord) -> Piece {
        let byte_offset = record.byte_offset.unwrap_or_default();
        let mut piece = self.piece(record.bytes.clone(), byte_offset);
        self.next_number = record.record_number;
        self.walk.counted = u64::MAX;
        match self.step(&record.bytes, true) {
            Step::Record => self.take(&mut piece, 0),
            Step::Reject(problem) | Step::End(Some(problem)) => {
                piece.rejects.push(self.reject(&piece, 0, problem));
            }
            Step::End(None) | Step::More => {
                let problem = truncated(record.bytes.len(), self.walk.geometry.record_length);
                piece.rejects.push(self.reject(&piece, 0, problem));
            }
        }
        piece
    }

    fn piece(&self, bytes: Vec<u8>, byte_offset: u64) -> Piece {
        let memos = self.walk.memo_fields.iter().map(|_| Memos::new()).collect();
        Piece { bytes, byte_offset, memos, ..Piece::default() }
    }

    /// Adds a record to a piece, if its mark says that it is wanted.
    fn take(&mut self, piece: &mut Piece, at: usize) {
        if piece.bytes.get(at).is_some_and(|mark| self.is_wanted(*mark)) {
            piece.starts.push(at);
            piece.numbers.push(self.next_number);
            self.fetch(piece, at);
        }
    }

    /// Takes records from the beginning of a piece; says where it stopped.
    fn walk(&mut self, piece: &mut Piece, last: bool) -> usize {
        let length = self.walk.geometry.record_length;
        let mut at = 0;
        while !self.is_over && piece.memo_bytes.len() < self.piece_bytes && piece.starts.len() < BATCH_RECORDS
        {
            let rest = piece.bytes.get(at..).unwrap_or_default();
            match self.step(rest, last) {
                Step::More => break,
                Step::Record => self.take(piece, at),
                Step::Reject(problem) => piece.rejects.push(self.reject(piece, at, problem)),
                Step::End(problem) => {
                    self.is_over = true;
                    let is_cut = problem.is_some();
                    if let Some(problem) = problem {
                        piece.rejects.push(self.reject(piece, at, problem));
                        self.next_number += 1;
                    }
                    self.count(piece, if is_cut { piece.bytes.len() } else { at });
                    break;
                }
            }
            self.next_number += 1;
            at += length;
        }
        at
    }

    /// At the end: whether all records are there that the header counts.
    fn count(&self, piece: &mut Piece, at: usize) {
        let found = self.next_number - 1;
        let Some(missing) = self.walk.counted.checked_sub(found).filter(|missing| *missing > 0) else {
            return;
        };
        let sentence = format!(
            "the header counts {} records, the file has {found}; {missing} are missing",
            self.walk.counted
        );
        let problem = Problem::new("dbase.missing-records", sentence).advise(
            "ask for the file to be sent again: it was cut off; some programs also leave a wrong count",
        );
        piece.rejects.push(self.reject(piece, at, problem));
    }
}

fn no_mark(mark: u8) -> Problem {
    let sentence = format!(
        "the record begins with {mark:02x}, which says neither that it counts nor that it was deleted"
    );
    Problem::new("dbase.no-mark", sentence).advise("the record is damaged, or those before it are shifted")
}

fn truncated(found: usize, length: usize) -> Problem {
    let sentence = format!("the file ends {found} bytes into a record of {length} bytes");
    Problem::new("read.truncated-record", sentence)
        .advise("ask for the file to be sent again: it was cut off")
}

impl Cut for Records {
    type Piece = Piece;

    fn next(&mut self) -> Result<Option<Piece>, Problem> {
        let length = self.walk.geometry.record_length;
        // One byte more than whole records: the mark behind an end mark has to be seen.
        let wanted = (self.piece_bytes / length).clamp(1, BATCH_RECORDS) * length + 1;
        while !self.is_over {
            let byte_offset = self.file.read - self.carried.len() as u64;
            let carried = std::mem::take(&mut self.carried);
            let mut piece = self.piece(carried, byte_offset);
            let missing = wanted.saturating_sub(piece.bytes.len());
            let last = missing > 0 && self.file.fill(&mut piece.bytes, missing)? < missing;
            let used = self.walk(&mut piece, last);
            self.carried.extend_from_slice(piece.bytes.get(used..).unwrap_or_default());
            if !piece.starts.is_empty() || !piece.rejects.is_empty() {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }

    fn bytes_read(&self) -> u64 {
        if self.is_over { self.file.size } else { self.file.read - self.carried.len() as u64 }
    }

    fn mark(&self) -> String {
        self.file.mark()
    }

    fn digest(&mut self) -> Result<String, Problem> {
        self.file.digest()
    }
}
