//! Batches for people and for other programs: one list of formats.
//!
//! CSV is plain RFC 4180. Cells are written as they are: a text that a spreadsheet would take for a formula (`=…`) is
//! not altered, because other programs read these files too and must get the register's values.

mod csv;
mod ipc;
mod jsonl;
mod parquet;
mod table;

#[cfg(test)]
mod tests;

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use concordat_record::{Problem, nearest};

/// How records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputFormat {
    /// Columns for reading on a screen; wide cells are shortened.
    Table,
    /// One JSON object a line (RFC 8259, `application/jsonl`).
    Jsonl,
    /// Comma-separated values with a heading (RFC 4180); null is an empty cell, lists and groups are JSON.
    Csv,
    /// Apache Parquet, snappy.
    Parquet,
    /// An Arrow IPC file, not compressed.
    Arrow,
}

/// Where batches go, one after the other. Memory stays bounded: a sink holds a batch at most, Parquet a row group.
pub trait RecordSink {
    /// Writes the rows of a batch.
    ///
    /// # Errors
    /// When the writer fails, as `engine.cannot-write` or `engine.disk-full`.
    fn write(&mut self, batch: &RecordBatch) -> Result<(), Problem>;

    /// Writes what is still held. Without it the output is not complete.
    ///
    /// # Errors
    /// As [`RecordSink::write`].
    fn finish(self: Box<Self>) -> Result<(), Problem>;
}

impl OutputFormat {
    /// All of them, the default first.
    pub const ALL: [Self; 5] = [Self::Table, Self::Jsonl, Self::Csv, Self::Parquet, Self::Arrow];

    /// The word on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
        }
    }

    /// The format of this name.
    ///
    /// # Errors
    /// `engine.unknown-format`.
    pub fn from_name(name: &str) -> Result<Self, Problem> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| {
            let problem =
                Problem::new("engine.unknown-format", format!("there is no output format `{name}`"));
            let names = Self::ALL.map(Self::name);
            match nearest(name, names) {
                Some(near) => problem.advise(format!("did you mean `{near}`?")),
                None => problem.advise(format!("known are {}", names.join(", "))),
            }
        })
    }

    /// A sink that writes batches of a schema in this format.
    ///
    /// # Errors
    /// When the heading cannot be written.
    pub fn sink<'a, W: Write + Send + 'a>(
        self,
        writer: W,
        schema: &SchemaRef,
    ) -> Result<Box<dyn RecordSink + 'a>, Problem> {
        Ok(match self {
            Self::Table => Box::new(table::Table::new(writer, schema)),
            Self::Jsonl => Box::new(jsonl::Jsonl::new(writer)),
            Self::Csv => Box::new(csv::Csv::new(writer, schema)?),
            Self::Parquet => Box::new(parquet::Parquet::new(writer, schema)?),
            Self::Arrow => Box::new(ipc::Ipc::new(writer, schema)?),
        })
    }
}

/// A failure of the disk, or of whatever reads our output.
pub(crate) fn cannot_write(error: &std::io::Error) -> Problem {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return Problem::new("engine.disk-full", "there is no space left on the disk")
            .advise("make space and run it again; what was there before is untouched");
    }
    Problem::new("engine.cannot-write", format!("the output cannot be written: {error}"))
}
