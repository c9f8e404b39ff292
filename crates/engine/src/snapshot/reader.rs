//! Reading a snapshot.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::{RecordBatch, RecordBatchReader};
use arrow::datatypes::SchemaRef;
use concordat_record::Problem;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::{broken, missing, named};

/// Rows of a batch that a reader gives.
const BATCH_ROWS: usize = 8_192;

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
        let file = File::open(path).map_err(|error| missing(&error, path))?;
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
        self.reader.schema()
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
