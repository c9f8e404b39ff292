//! Numbers records in the order of the file, after they were decoded in any order.

use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch, UInt64Array};
use arrow::datatypes::{SchemaRef, UInt64Type};
use concordat_record::{Problem, Problems, RECORD_NUMBER};

use super::fault::judge;
use crate::reader::{ReadBatch, ReadProgress, Reader, inconsistent};

/// A reader of pieces in which the numbers of records begin with one each time.
pub(crate) struct Numbered {
    inner: Box<dyn Reader>,
    /// The path as the source file has it.
    shown: String,
    /// Records before the next piece.
    before: u64,
}

impl Numbered {
    pub fn new(inner: Box<dyn Reader>, shown: String) -> Self {
        Self { inner, shown, before: 0 }
    }
}

/// Moves the numbers of records on.
pub(super) fn renumber(read: &mut ReadBatch, before: u64) -> Result<(), Problem> {
    for reject in &mut read.rejects {
        reject.record_number += before;
        reject.problem.place.record_number = Some(reject.record_number);
    }
    if before == 0 {
        return Ok(());
    }
    let schema = read.batch.schema();
    let index = schema.index_of(RECORD_NUMBER).map_err(|error| inconsistent(&error))?;
    let mut columns = read.batch.columns().to_vec();
    if let Some(column) = columns.get_mut(index) {
        let numbers = column.as_primitive::<UInt64Type>();
        let renumbered: UInt64Array = numbers.unary(|number| number + before);
        *column = Arc::new(renumbered);
    }
    read.batch = RecordBatch::try_new(schema, columns).map_err(|error| inconsistent(&error))?;
    Ok(())
}

impl Reader for Numbered {
    fn schema(&self) -> SchemaRef {
        self.inner.schema()
    }

    fn next(&mut self) -> Result<Option<ReadBatch>, Problem> {
        loop {
            let Some(mut read) = self.inner.next()? else { return Ok(None) };
            let records = read.batch.num_rows() + read.rejects.len();
            if records == 0 {
                continue;
            }
            renumber(&mut read, self.before)?;
            if self.before == 0 {
                judge(records, &read.rejects, &self.shown)?;
            }
            self.before += records as u64;
            return Ok(Some(read));
        }
    }

    fn skip(&mut self, records: u64) -> Result<bool, Problem> {
        self.before += records;
        self.inner.skip(records)
    }

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
        self.inner.closing()
    }
}
