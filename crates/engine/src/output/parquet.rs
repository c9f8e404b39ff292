//! Parquet as an output, without the ceremony of a snapshot.

use std::io::Write;

use ::parquet::arrow::ArrowWriter;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use concordat_record::Problem;

use super::RecordSink;
use crate::snapshot::{cannot_write_parquet, properties};

/// A Parquet file as it grows.
pub(super) struct Parquet<W: Write + Send>(ArrowWriter<W>);

impl<W: Write + Send> Parquet<W> {
    pub(super) fn new(writer: W, schema: &SchemaRef) -> Result<Self, Problem> {
        ArrowWriter::try_new(writer, schema.clone(), Some(properties()))
            .map(Self)
            .map_err(cannot_write_parquet)
    }
}

impl<W: Write + Send> RecordSink for Parquet<W> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), Problem> {
        self.0.write(batch).map_err(cannot_write_parquet)
    }

    fn finish(self: Box<Self>) -> Result<(), Problem> {
        let mut writer = self.0.into_inner().map_err(cannot_write_parquet)?;
        writer.flush().map_err(|error| super::cannot_write(&error))
    }
}
