//! Control totals: what a trailer record says about the records before it, held against what was read.
//!
//! A kind of source finds its trailer records ([`Trailer`]) while it cuts the file and puts them up on a [`Board`]; [`Controlled`] counts
//! the records on their way, adds up columns, and compares once the last record was read. What does not agree is a problem of the
//! source as a whole ([`Reader::closing`]): it stops a refresh, and a preview goes on.
//!
//! Where there are several trailer records, their totals are added up. Left out on purpose: where in a trailer a total stands, which is a
//! matter of the kind of source.

mod exact;
mod tally;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::SchemaRef;
use concordat_record::{Place, Problem, Problems};

pub(crate) use exact::Exact;
use tally::Tally;

use crate::reader::{ReadBatch, ReadProgress, Reader};

/// What a total is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// How many records there are; and how many records besides those of the table the number counts, such as a header and the
    /// trailer itself.
    Records { besides: u64 },
    /// The sum of a column.
    Sum { column: String },
}

/// A total that trailer records state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Total {
    pub subject: Subject,
    /// The total; none when what stands there is no number.
    pub stated: Option<Exact>,
}

/// A trailer record that was found.
#[derive(Clone, Debug)]
pub(crate) struct Trailer {
    pub place: Place,
    pub totals: Vec<Total>,
}

/// Where trailer records are put up by whoever cuts the file, for whoever counts the records.
#[derive(Clone, Debug, Default)]
pub(crate) struct Board(Arc<Mutex<Vec<Trailer>>>);

impl Board {
    /// Puts up a trailer record.
    pub fn put(&self, trailer: Trailer) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(trailer);
    }

    fn trailers(&self) -> Vec<Trailer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A reader whose records are counted and added up, and compared with the trailer at the end.
pub(crate) struct Controlled {
    inner: Box<dyn Reader>,
    board: Board,
    /// The path as the source file has it.
    shown: String,
    tally: Tally,
    is_over: bool,
}

impl Controlled {
    /// `subjects` is what trailer records are expected to state. The columns of sums must be whole or decimal numbers, or text of such.
    ///
    /// # Errors
    /// `control.no-such-column`, `control.not-a-number` for the columns of sums.
    pub fn new(
        inner: Box<dyn Reader>,
        board: Board,
        subjects: &[Subject],
        shown: &str,
    ) -> Result<Self, Problem> {
        let tally = Tally::new(subjects, &inner.schema())?;
        Ok(Self { inner, board, shown: shown.into(), tally, is_over: false })
    }
}

impl Reader for Controlled {
    fn schema(&self) -> SchemaRef {
        self.inner.schema()
    }

    fn next(&mut self) -> Result<Option<ReadBatch>, Problem> {
        let read = self.inner.next()?;
        match &read {
            Some(read) => self.tally.add(read),
            None => self.is_over = true,
        }
        Ok(read)
    }

    /// What is passed over counts all the same, so [`Reader::skip`] decodes here.
    fn mark(&self) -> Option<String> {
        self.inner.mark()
    }

    fn progress(&self) -> ReadProgress {
        self.inner.progress()
    }

    fn digest(&mut self) -> Result<String, Problem> {
        self.inner.digest()
    }

    fn closing(&mut self) -> Problems {
        let mut problems = self.inner.closing();
        if self.is_over {
            problems.extend(self.tally.compare(&self.board.trailers(), &self.shown));
        }
        problems
    }
}
