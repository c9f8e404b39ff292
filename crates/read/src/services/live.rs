//! Sources that are asked at the moment of a question, with its parameters, instead of being read whole before.

use std::fmt;

use arrow::datatypes::SchemaRef;
use aws_lc_rs::digest::{SHA256, digest};
use concordat_record::Problem;

use super::pages::{Pages, Seen};
use super::table::Table;
use crate::file::hexadecimal;
use crate::kinds::Location;
use crate::reader::{ReadBatch, ReadProgress, Reader};

/// A source that can be asked.
pub(crate) trait Live: fmt::Debug + Send + Sync {
    /// The parameters it can be asked with; those with a value in the source file may be left out.
    fn parameters(&self, at: &Location) -> Result<Vec<String>, Problem>;

    /// Asks it. The answer comes within the source's `timeout`, whatever the server does.
    ///
    /// # Errors
    /// `service.unknown-parameter`, `service.no-parameter`, `service.resting`, `service.too-many`, and what the kind finds wrong.
    fn ask(&self, at: &Location, given: &[(String, String)]) -> Result<ReadBatch, Problem>;
}

/// An answer to one question has no more records than this.
const MAX_RECORDS: u64 = 10_000;

/// All pages as one answer.
pub(crate) fn answer(mut pages: impl Pages, mut table: Table) -> Result<ReadBatch, Problem> {
    let mut seen = Seen::default();
    while pages.next_page(&mut table, &mut seen)? {
        if table.given() > MAX_RECORDS {
            break;
        }
    }
    if table.given() > MAX_RECORDS {
        let sentence = format!("the answer has more than {MAX_RECORDS} records");
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
