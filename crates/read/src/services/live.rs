//! Sources that are asked at the moment of a question, with its parameters, instead of being read whole before.

use std::fmt;

use concordat_record::Problem;

use super::pages::{Pages, Seen};
use super::table::Table;
use crate::kinds::Location;
use crate::reader::ReadBatch;

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
