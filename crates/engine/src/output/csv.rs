//! Comma-separated values, RFC 4180.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use concordat_record::Problem;

use super::{RecordSink, cannot_write};
use crate::cell_text;

/// A heading, then a line for each row; lines end as RFC 4180 §2.1 says, with CR LF.
pub(super) struct Csv<W: Write>(csv::Writer<W>);

impl<W: Write> Csv<W> {
    pub(super) fn new(writer: W, schema: &SchemaRef) -> Result<Self, Problem> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(writer);
        writer.write_record(schema.fields().iter().map(|field| field.name())).map_err(failed)?;
        Ok(Self(writer))
    }
}

impl<W: Write> RecordSink for Csv<W> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), Problem> {
        for row in 0..batch.num_rows() {
            let cells = batch.columns().iter().map(|column| cell_text(column, row).unwrap_or_default());
            self.0.write_record(cells).map_err(failed)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), Problem> {
        self.0.flush().map_err(|error| cannot_write(&error))
    }
}

fn failed(error: csv::Error) -> Problem {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => cannot_write(&error),
        other => Problem::new("engine.cannot-write", format!("the output cannot be written: {other:?}")),
    }
}
