//! Sources that are asked at the moment of a question, with its parameters, instead of being read whole before.

use std::fmt;
use std::time::Duration;

use arrow::datatypes::SchemaRef;
use aws_lc_rs::digest::{SHA256, digest};
use concordat_record::{Problem, Problems};

use super::pages::{Pages, Seen};
use super::table::Table;
use crate::file::hexadecimal;
use crate::kinds::Location;
use crate::reader::{ReadBatch, ReadProgress, Reader};

/// One question to a source, and what its answer may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// Names and values of parameters; those that have a value in the source file may be left out.
    pub parameters: Vec<(String, String)>,
    /// How long the answer may take, if less than the source's own `timeout`.
    pub within: Option<Duration>,
    /// How many records it may have; an answer of more is none.
    pub most_records: u64,
}

/// An answer to one question has no more records than this, if nothing else is said.
const MAX_RECORDS: u64 = 10_000;

impl Asking {
    /// A question with some parameters, bounded only by the source's own `timeout` and a large number of records.
    pub fn with(parameters: impl Into<Vec<(String, String)>>) -> Self {
        Self { parameters: parameters.into(), within: None, most_records: MAX_RECORDS }
    }
}

/// A source that can be asked.
pub(crate) trait Live: fmt::Debug + Send + Sync {
    /// The parameters it can be asked with; those with a value in the source file may be left out.
    fn parameters(&self, at: &Location) -> Result<Vec<String>, Problem>;

    /// What is wrong with asking with values of these parameters and of no others. No server is asked; the field of each place is the parameter.
    fn check(&self, at: &Location, names: &[&str]) -> Problems;

    /// The columns that every answer has; none when each answer shows its own, or only the service could tell.
    fn columns(&self, at: &Location) -> Result<Option<SchemaRef>, Problem>;

    /// Asks it. The answer comes in time, whatever the server does.
    ///
    /// # Errors
    /// `service.unknown-parameter`, `service.no-parameter`, `service.resting`, `service.late`, `service.too-many`, and what the kind finds
    /// wrong.
    fn ask(&self, at: &Location, asking: &Asking) -> Result<ReadBatch, Problem>;
}

/// All pages as one answer. No further page is asked for once there are too many records.
pub(crate) fn answer(mut pages: impl Pages, mut table: Table, most: u64) -> Result<ReadBatch, Problem> {
    let mut seen = Seen::default();
    while table.given() <= most && pages.next_page(&mut table, &mut seen)? {}
    if table.given() > most {
        let sentence = format!("the answer has more than {most} records");
        return Err(Problem::new("service.too-many", sentence).advise("ask for something narrower"));
    }
    table.take()
}

/// An answer, read as a source of its own.
pub(crate) struct Answered {
    schema: SchemaRef,
    answer: Option<ReadBatch>,
    progress: ReadProgress,
}

impl Answered {
    pub fn new(answer: ReadBatch) -> Self {
        let rejected = answer.rejects.len() as u64;
        let records = answer.batch.num_rows() as u64 + rejected;
        let progress = ReadProgress { records, rejected, ..ReadProgress::default() };
        Self { schema: answer.batch.schema(), answer: Some(answer), progress }
    }
}

impl Reader for Answered {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn next(&mut self) -> Result<Option<ReadBatch>, Problem> {
        Ok(self.answer.take())
    }

    fn progress(&self) -> ReadProgress {
        self.progress
    }

    /// Of nothing: an answer to a question is not kept.
    fn digest(&mut self) -> Result<String, Problem> {
        Ok(hexadecimal(digest(&SHA256, &[]).as_ref()))
    }
}
