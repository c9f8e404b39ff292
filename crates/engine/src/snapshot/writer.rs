//! Writing a snapshot.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use concordat_record::Problem;
use parquet::arrow::ArrowWriter;
use parquet::file::metadata::KeyValue;

use super::{UNFINISHED, cannot_write_parquet, named, properties};
use crate::output::cannot_write;

/// A snapshot as it grows. Dropped before [`finish`](Self::finish), it leaves nothing behind.
#[derive(Debug)]
pub struct SnapshotWriter {
    writer: Option<ArrowWriter<BufWriter<File>>>,
    temporary: PathBuf,
    path: PathBuf,
    rows: u64,
    published: bool,
}

impl SnapshotWriter {
    /// Begins a snapshot that will stand at a path; its folder must be there.
    ///
    /// # Errors
    /// `engine.cannot-write`, `engine.disk-full`.
    pub fn create(path: &Path, schema: &SchemaRef) -> Result<Self, Problem> {
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(UNFINISHED);
        let temporary = PathBuf::from(temporary);
        let file = File::create(&temporary).map_err(|error| named(cannot_write(&error), &temporary))?;
        let writer = ArrowWriter::try_new(BufWriter::new(file), schema.clone(), Some(properties()))
            .map_err(|error| named(cannot_write_parquet(error), &temporary))?;
        Ok(Self { writer: Some(writer), temporary, path: path.into(), rows: 0, published: false })
    }

    /// Adds the rows of a batch.
    ///
    /// # Errors
    /// `engine.cannot-write`, `engine.disk-full`.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), Problem> {
        let Some(writer) = &mut self.writer else { return Err(closed()) };
        writer.write(batch).map_err(|error| named(cannot_write_parquet(error), &self.temporary))?;
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
    pub fn finish(mut self, metadata: impl IntoIterator<Item = (String, String)>) -> Result<(), Problem> {
        let Some(mut writer) = self.writer.take() else { return Err(closed()) };
        for (key, value) in metadata {
            writer.append_key_value_metadata(KeyValue::new(key, value));
        }
        let buffer =
            writer.into_inner().map_err(|error| named(cannot_write_parquet(error), &self.temporary))?;
        self.publish(buffer).map_err(|error| named(cannot_write(&error), &self.path))?;
        self.published = true;
        Ok(())
    }

    fn publish(&self, buffer: BufWriter<File>) -> io::Result<()> {
        buffer.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&self.temporary, &self.path)?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

impl Drop for SnapshotWriter {
    fn drop(&mut self) {
        if !self.published {
            // Nothing can be done if this fails as well; `remove_unfinished` finds it later.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

fn closed() -> Problem {
    Problem::new("engine.internal", "the snapshot is finished already")
}
