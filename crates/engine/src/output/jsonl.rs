//! JSON lines.

use std::io::Write;

use arrow::array::RecordBatch;
use serde_json::{Map, Value};

use super::{RecordSink, cannot_write};
use crate::cell_to_json;
use concordat_record::Problem;

/// One object a line, every column named, nulls written.
pub(super) struct Jsonl<W>(W);

impl<W: Write> Jsonl<W> {
    pub(super) fn new(writer: W) -> Self {
        Self(writer)
    }
}

impl<W: Write> RecordSink for Jsonl<W> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), Problem> {
        let schema = batch.schema();
        for row in 0..batch.num_rows() {
            let members = schema.fields().iter().zip(batch.columns());
            let object: Map<String, Value> =
                members.map(|(field, column)| (field.name().clone(), cell_to_json(column, row))).collect();
            writeln!(self.0, "{}", Value::Object(object)).map_err(|error| cannot_write(&error))?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), Problem> {
        self.0.flush().map_err(|error| cannot_write(&error))
    }
}
