//! Reads a source that comes in pages: one request or one screen after the other, never more than one ahead.

use arrow::datatypes::SchemaRef;
use aws_lc_rs::digest::{Context, SHA256};
use concordat_record::Problem;

use super::table::Table;
use crate::file::hexadecimal;
use crate::reader::{BATCH_RECORDS, ReadBatch, ReadProgress, Reader};
use crate::wanted::Wanted;

/// What gives the pages of one source.
pub(crate) trait Pages: Send {
    /// Adds the rows of the next page to the table, and the page as it came to the digest; false after the last one.
    fn next_page(&mut self, table: &mut Table, seen: &mut Seen) -> Result<bool, Problem>;
}

/// What of a source went by: its digest and size.
pub(crate) struct Seen {
    hash: Context,
    bytes: u64,
}

impl Default for Seen {
    fn default() -> Self {
        Self { hash: Context::new(&SHA256), bytes: 0 }
    }
}

impl Seen {
    pub fn add(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
    }
}

/// A reader of pages.
pub(crate) struct PageReader<P> {
    pages: P,
    table: Table,
    seen: Seen,
    ended: bool,
    /// Rows that are enough for a batch.
    enough: usize,
    progress: ReadProgress,
}

impl<P: Pages> PageReader<P> {
    /// Whoever wants a few rows only does not wait for a whole batch of them.
    pub fn new(pages: P, table: Table, wanted: &Wanted) -> Self {
        let limit = wanted.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(BATCH_RECORDS);
        let enough = limit.clamp(1, BATCH_RECORDS);
        Self { pages, table, seen: Seen::default(), ended: false, enough, progress: ReadProgress::default() }
    }
}

impl<P: Pages> Reader for PageReader<P> {
    fn schema(&self) -> SchemaRef {
        self.table.schema()
    }

    fn next(&mut self) -> Result<Option<ReadBatch>, Problem> {
        while !self.ended && self.table.waiting() < self.enough {
            match self.pages.next_page(&mut self.table, &mut self.seen) {
                Ok(more) => self.ended = !more,
                Err(problem) => {
                    self.ended = true;
                    return Err(problem);
                }
            }
        }
        if self.table.waiting() == 0 {
            return Ok(None);
        }
        let batch = self.table.take()?;
        self.progress.bytes_read = self.seen.bytes;
        self.progress.records = self.table.given();
        self.progress.rejected += batch.rejects.len() as u64;
        Ok(Some(batch))
    }

    fn progress(&self) -> ReadProgress {
        self.progress
    }

    /// Of all pages as they came, one after the other.
    fn digest(&mut self) -> Result<String, Problem> {
        while self.next()?.is_some() {}
        Ok(hexadecimal(self.seen.hash.clone().finish().as_ref()))
    }
}
