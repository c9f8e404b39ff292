//! A register's records at one refresh: one immutable Parquet file.
//!
//! A snapshot appears under its name whole or not at all. It grows under a temporary name in the same folder; then the
//! file is flushed to the disk, renamed (POSIX `rename` replaces in one step), and the folder is flushed, because a name
//! is durable only then (Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014). What a killed program
//! leaves behind is removed by [`remove_unfinished`].

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use concordat_record::{Place, Problem};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use crate::output::cannot_write;

#[cfg(test)]
mod tests;

/// Rows of a row group: what a writer holds in memory and a reader reads at once.
const ROW_GROUP_ROWS: usize = 65_536;

/// Rows of a batch that a reader gives.
const BATCH_ROWS: usize = 8_192;

/// The ending of names that are not snapshots yet.
const UNFINISHED: &str = ".unfinished";

/// A snapshot as it grows. Dropped before [`finish`](Self::finish), it leaves nothing behind.
#[derive(Debug)]
pub struct SnapshotWriter {
    writer: Option<ArrowWriter<BufWriter<File>>>,
    temporary: PathBuf,
    path: PathBuf,
    rows: u64,
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
        Ok(Self { writer: Some(writer), temporary, path: path.into(), rows: 0 })
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
        self.publish(buffer).map_err(|error| named(cannot_write(&error), &self.path))
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
        // After a finished snapshot the temporary name is gone; then there is nothing to remove.
        let _ = fs::remove_file(&self.temporary);
    }
}

/// Removes what killed writers left in a folder, and says how much it was. Only while no writer works there.
///
/// # Errors
/// When the folder cannot be read or changed.
pub fn remove_unfinished(folder: &Path) -> io::Result<usize> {
    let mut removed = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.as_os_str().as_encoded_bytes().ends_with(UNFINISHED.as_bytes()) {
            fs::remove_file(path)?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Reads a snapshot, batch by batch.
#[derive(Debug)]
pub struct SnapshotReader {
    reader: ParquetRecordBatchReader,
    metadata: Vec<(String, String)>,
    rows: u64,
    path: PathBuf,
}

impl SnapshotReader {
    /// Opens a snapshot, for all its columns or some of them (in the order of the file).
    ///
    /// # Errors
    /// `engine.missing-snapshot`, `engine.broken-snapshot`, or `engine.unknown-field` for a column it does not have.
    pub fn open(path: &Path, columns: Option<&[&str]>) -> Result<Self, Problem> {
        let file = File::open(path).map_err(|error| {
            let problem =
                Problem::new("engine.missing-snapshot", format!("the snapshot cannot be opened: {error}"));
            named(problem.advise("refresh the register"), path)
        })?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| broken(&error, path))?;
        let footer = builder.metadata().file_metadata();
        let rows = footer.num_rows().unsigned_abs();
        let metadata = footer.key_value_metadata().into_iter().flatten();
        let metadata = metadata
            .filter(|pair| pair.key != "ARROW:schema")
            .map(|pair| (pair.key.clone(), pair.value.clone().unwrap_or_default()))
            .collect();
        let builder = match columns {
            Some(columns) => {
                let indices = indices(builder.schema(), columns).map_err(|problem| named(problem, path))?;
                let mask = ProjectionMask::roots(builder.parquet_schema(), indices);
                builder.with_projection(mask)
            }
            None => builder,
        };
        let reader = builder.with_batch_size(BATCH_ROWS).build().map_err(|error| broken(&error, path))?;
        Ok(Self { reader, metadata, rows, path: path.into() })
    }

    /// The columns that come.
    pub fn schema(&self) -> SchemaRef {
        arrow::array::RecordBatchReader::schema(&self.reader)
    }

    /// How many rows the snapshot has.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// What was noted when it was written.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }
}

impl Iterator for SnapshotReader {
    type Item = Result<RecordBatch, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.reader.next()?;
        Some(batch.map_err(|error| broken(&error, &self.path)))
    }
}

fn indices(schema: &SchemaRef, columns: &[&str]) -> Result<Vec<usize>, Problem> {
    let index = |column: &&str| {
        schema.index_of(column).map_err(|_| {
            Problem::new("engine.unknown-field", format!("the snapshot has no column `{column}`"))
                .advise("refresh the register")
        })
    };
    columns.iter().map(index).collect()
}

/// How all our Parquet files are written.
pub(crate) fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_created_by("concordat".into())
        .build()
}

pub(crate) fn cannot_write_parquet(error: ParquetError) -> Problem {
    match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(error) => cannot_write(&error),
            Err(cause) => cannot_write(&io::Error::other(cause)),
        },
        // Some writers of the parquet crate keep only the words of the cause.
        other
            if other.to_string().to_lowercase().contains("no space left")
                || other.to_string().contains("no storage space") =>
        {
            cannot_write(&io::ErrorKind::StorageFull.into())
        }
        other => cannot_write(&io::Error::other(other)),
    }
}

fn broken(error: &dyn std::error::Error, path: &Path) -> Problem {
    let problem = Problem::new("engine.broken-snapshot", format!("the snapshot cannot be read: {error}"));
    named(problem.advise("refresh the register; snapshots can always be made again"), path)
}

fn closed() -> Problem {
    Problem::new("engine.internal", "the snapshot is finished already")
}

fn named(problem: Problem, path: &Path) -> Problem {
    problem.at(Place::file(path.display().to_string()))
}
