//! Writing a snapshot.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use concordat_record::Problem;
use parquet::arrow::ArrowWriter;
use parquet::file::metadata::KeyValue;

use super::unfinished::Unfinished;
use super::{cannot_write_parquet, named, properties};

/// A snapshot as it grows. Dropped before [`finish`](Self::finish), it leaves nothing behind.
#[derive(Debug)]
pub struct SnapshotWriter {
    writer: Option<ArrowWriter<BufWriter<File>>>,
    unfinished: Unfinished,
    rows: u64,
}

impl SnapshotWriter {
    /// Begins a snapshot that will stand at a path; its folder must be there.
    ///
    /// # Errors
    /// `engine.cannot-write`, `engine.disk-full`.
    pub fn create(path: &Path, schema: &SchemaRef) -> Result<Self, Problem> {
        let (unfinished, buffer) = Unfinished::create(path)?;
        let writer = ArrowWriter::try_new(buffer, schema.clone(), Some(properties()))
            .map_err(|error| named(cannot_write_parquet(error), &unfinished.temporary))?;
        Ok(Self { writer: Some(writer), unfinished, rows: 0 })
    }

    /// Adds the rows of a batch.
    ///
    /// # Errors
    /// `engine.cannot-write`, `engine.disk-full`.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), Problem> {
        let Some(writer) = &mut self.writer else { return Err(closed()) };
        writer
            .write(batch)
            .map_err(|error| named(cannot_write_parquet(error), &self.unfinished.temporary))?;
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    /// Rows written so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Puts the snapshot in its place, durable, with what should be known about it (the origin's digest, counts).
    ///
    /// # Errors
    /// `engine.cannot-write`, `engine.disk-full`; the path then still shows what it showed before.
    pub fn finish(self, metadata: impl IntoIterator<Item = (String, String)>) -> Result<(), Problem> {
        let path = self.unfinished.path.clone();
        self.finish_as(&path, metadata)
    }

    /// The same at another path in the same folder than the one it was begun for.
    ///
    /// # Errors
    /// As [`finish`](Self::finish).
    pub fn finish_as(
        mut self,
        path: &Path,
        metadata: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(), Problem> {
        let Some(mut writer) = self.writer.take() else { return Err(closed()) };
        for (key, value) in metadata {
            writer.append_key_value_metadata(KeyValue::new(key, value));
        }
        let buffer = writer
            .into_inner()
            .map_err(|error| named(cannot_write_parquet(error), &self.unfinished.temporary))?;
        self.unfinished.path = path.into();
        self.unfinished.publish(buffer)
    }
}

fn closed() -> Problem {
    Problem::new("engine.internal", "the snapshot is finished already")
}
