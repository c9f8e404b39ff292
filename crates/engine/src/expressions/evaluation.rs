//! Running expressions, batch by batch, so that one bad record does not stop its neighbours.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions, new_empty_array, new_null_array,
};
use arrow::compute::{concat, filter_record_batch};
use arrow::datatypes::DataType;
use concordat_record::Problem;
use datafusion_physical_expr::PhysicalExpr;

use super::{Expressions, wording};

/// What a batch gave.
#[derive(Clone, Debug)]
pub struct Evaluated {
    /// One column for each expression; only the rows for which all of them could be computed, in their order.
    pub batch: RecordBatch,
    /// The rows that are missing, sorted by row, then by output; a row may fail in several.
    pub failures: Vec<Failure>,
    /// For each row of the input, whether it is in `batch`.
    pub kept: BooleanArray,
}

/// An expression that could not be computed for a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The row in the input batch, from zero.
    pub row: usize,
    /// The index of the output, from zero.
    pub output: usize,
    /// Why. It names no value of the record.
    pub problem: Problem,
}

impl Evaluated {
    /// Keeps those rows of the input (or of any batch beside it) that are in `batch`.
    ///
    /// # Errors
    /// When the other batch has another number of rows.
    pub fn keep(&self, beside: &RecordBatch) -> Result<RecordBatch, Problem> {
        if self.failures.is_empty() && beside.num_rows() == self.kept.len() {
            return Ok(beside.clone());
        }
        filter_record_batch(beside, &self.kept).map_err(|error| internal(&error))
    }
}

impl Expressions {
    /// Computes all expressions for a batch.
    ///
    /// When an expression fails for the batch, halves are tried until the failing rows are known: a cast error or a
    /// division by zero costs a few evaluations and one row, not the refresh.
    ///
    /// # Errors
    /// `engine.internal` when the batch has not the columns that were compiled for.
    pub fn evaluate(&self, batch: &RecordBatch) -> Result<Evaluated, Problem> {
        let (whole, failures) = self.columns(batch)?;
        let failed: BTreeSet<usize> = failures.iter().map(|failure| failure.row).collect();
        let kept: BooleanArray = (0..batch.num_rows()).map(|row| Some(!failed.contains(&row))).collect();
        let batch = if failed.is_empty() {
            whole
        } else {
            filter_record_batch(&whole, &kept).map_err(|error| internal(&error))?
        };
        Ok(Evaluated { batch, failures, kept })
    }

    /// Computes all expressions for a batch; what cannot be computed is null, and no row is missing.
    ///
    /// # Errors
    /// As [`Expressions::evaluate`].
    pub fn evaluate_or_null(&self, batch: &RecordBatch) -> Result<RecordBatch, Problem> {
        Ok(self.columns(batch)?.0)
    }

    /// All rows, null where an expression failed, and the failures in order.
    fn columns(&self, batch: &RecordBatch) -> Result<(RecordBatch, Vec<Failure>), Problem> {
        let expected = self.input.fields().iter().map(|field| field.data_type());
        if !batch.schema().fields().iter().map(|field| field.data_type()).eq(expected) {
            return Err(Problem::new(
                "engine.internal",
                "the batch has other columns than the expressions expect",
            ));
        }
        let mut columns = Vec::with_capacity(self.physical.len());
        let mut failures = Vec::new();
        for (output, (expression, field)) in self.physical.iter().zip(self.schema.fields()).enumerate() {
            let mut column =
                Column { expression, data_type: field.data_type(), parts: Vec::new(), failed: Vec::new() };
            column.evaluate(batch, 0);
            failures.extend(column.failed.drain(..).map(|(row, problem)| Failure { row, output, problem }));
            columns.push(column.finish()?);
        }
        failures.sort_by_key(|failure| (failure.row, failure.output));
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let whole = RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)
            .map_err(|error| internal(&error))?;
        Ok((whole, failures))
    }
}

/// One output column while it grows, part by part.
struct Column<'a> {
    expression: &'a Arc<dyn PhysicalExpr>,
    data_type: &'a DataType,
    parts: Vec<ArrayRef>,
    failed: Vec<(usize, Problem)>,
}

impl Column<'_> {
    fn evaluate(&mut self, batch: &RecordBatch, first_row: usize) {
        let rows = batch.num_rows();
        if rows == 0 {
            return;
        }
        match self.expression.evaluate(batch).and_then(|value| value.into_array(rows)) {
            Ok(array) => self.parts.push(array),
            Err(error) if rows == 1 => {
                self.failed.push((first_row, wording::evaluation(&error)));
                self.parts.push(new_null_array(self.data_type, 1));
            }
            Err(_) => {
                let half = rows / 2;
                self.evaluate(&batch.slice(0, half), first_row);
                self.evaluate(&batch.slice(half, rows - half), first_row + half);
            }
        }
    }

    fn finish(self) -> Result<ArrayRef, Problem> {
        match self.parts.as_slice() {
            [] => Ok(new_empty_array(self.data_type)),
            [whole] => Ok(Arc::clone(whole)),
            parts => {
                let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
                concat(&parts).map_err(|error| internal(&error))
            }
        }
    }
}

fn internal(error: &dyn std::error::Error) -> Problem {
    Problem::new("engine.internal", format!("a batch could not be put together: {error}"))
        .advise("this is a fault of the program; please report it")
}
