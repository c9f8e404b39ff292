//! A table for reading on a screen.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use concordat_record::Problem;

use super::{RecordSink, cannot_write};
use crate::cell_text;

/// Widest column, in characters; longer cells end in `…`.
const WIDEST: usize = 40;

/// Columns as wide as the first batch needs. Later batches keep these widths, so that nothing has to be held back.
pub(super) struct Table<W> {
    writer: W,
    headings: Vec<String>,
    widths: Vec<usize>,
}

impl<W: Write> Table<W> {
    pub(super) fn new(writer: W, schema: &SchemaRef) -> Self {
        let headings = schema.fields().iter().map(|field| field.name().clone()).collect();
        Self { writer, headings, widths: Vec::new() }
    }

    fn begin(&mut self, rows: &[Vec<String>]) -> Result<(), Problem> {
        let width = |column: usize, heading: &String| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            cells.chain([heading.chars().count()]).max().unwrap_or(0).min(WIDEST)
        };
        self.widths =
            self.headings.iter().enumerate().map(|(column, heading)| width(column, heading)).collect();
        let headings = self.headings.clone();
        self.line(&headings)?;
        let rule: Vec<String> = self.widths.iter().map(|width| "─".repeat(*width)).collect();
        self.line(&rule)
    }

    fn line(&mut self, cells: &[String]) -> Result<(), Problem> {
        let cells: Vec<String> =
            cells.iter().zip(&self.widths).map(|(cell, width)| fitted(cell, *width)).collect();
        writeln!(self.writer, "{}", cells.join("  ").trim_end()).map_err(|error| cannot_write(&error))
    }
}

impl<W: Write> RecordSink for Table<W> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), Problem> {
        let row = |row| batch.columns().iter().map(|column| shown(cell_text(column, row))).collect();
        let rows: Vec<Vec<String>> = (0..batch.num_rows()).map(row).collect();
        if self.widths.is_empty() {
            self.begin(&rows)?;
        }
        rows.iter().try_for_each(|row| self.line(row))
    }

    fn finish(mut self: Box<Self>) -> Result<(), Problem> {
        if self.widths.is_empty() {
            self.begin(&[])?;
        }
        self.writer.flush().map_err(|error| cannot_write(&error))
    }
}

/// Control characters in a record must not reach a terminal, which would obey them.
fn shown(cell: Option<String>) -> String {
    cell.unwrap_or_default().chars().map(|c| if c.is_control() { '·' } else { c }).collect()
}

fn fitted(cell: &str, width: usize) -> String {
    let length = cell.chars().count();
    if length <= width {
        return format!("{cell}{}", " ".repeat(width - length));
    }
    cell.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}
