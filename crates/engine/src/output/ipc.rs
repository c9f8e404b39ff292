//! The Arrow IPC file format (Apache Arrow, *Columnar Format*, "IPC File Format"), which data tools map into memory as it is.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ipc::writer::FileWriter;
use concordat_record::Problem;

use super::{RecordSink, cannot_write};

/// An Arrow file as it grows.
pub(super) struct Ipc<W: Write>(FileWriter<W>);

impl<W: Write> Ipc<W> {
    pub(super) fn new(writer: W, schema: &SchemaRef) -> Result<Self, Problem> {
        FileWriter::try_new(writer, schema).map(Self).map_err(refused)
    }
}

impl<W: Write> RecordSink for Ipc<W> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), Problem> {
        self.0.write(batch).map_err(refused)
    }

    fn finish(mut self: Box<Self>) -> Result<(), Problem> {
        self.0.finish().map_err(refused)?;
        self.0.get_mut().flush().map_err(|error| cannot_write(&error))
    }
}

fn refused(error: ArrowError) -> Problem {
    match error {
        ArrowError::IoError(_, error) => cannot_write(&error),
        other => Problem::new("engine.cannot-write", format!("the output cannot be written: {other}")),
    }
}
