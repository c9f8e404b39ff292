//! Turns the records of a piece into rows, and those that break a rule into rejects.

use std::sync::Arc;

use arrow::datatypes::{Field, SchemaRef};
use concordat_record::{Place, Problem};
use encoding_rs::Encoding;

use super::records::{MOST_RAW, Piece, Record, Surroundings};
use super::shape::{Column, Shape};
use super::window::{Text, newlines};
use crate::pipeline::Decode;
use crate::reader::{RawRecord, ReadBatch, Reject, batch_with_origin, schema_with_origin};
use crate::types::Type;

/// The columns of a source: those of its records, and those carried down to them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    pub own: Vec<(String, Shape)>,
    pub carried: Vec<(String, Type)>,
}

impl Columns {
    pub fn schema(&self) -> SchemaRef {
        let own = self.own.iter().map(|(name, shape)| Field::new(name, shape.data_type(), true));
        let carried = self.carried.iter().map(|(name, of)| Field::new(name, of.data_type(), true));
        schema_with_origin(own.chain(carried))
    }

    /// A value that is carried down must not hide one of the rows.
    pub fn refuse_same_names(&self, shown: &str) -> Result<(), Problem> {
        let both = self.carried.iter().find(|(name, _)| self.own.iter().any(|(own, _)| own == name));
        both.map_or(Ok(()), |(name, _)| {
            let sentence = format!("`{name}` is carried down, but the rows have a column of that name");
            Err(Problem::new("source.same-name", sentence)
                .at(Place::file(shown))
                .advise("give it another name under `carry`"))
        })
    }
}

/// What is known of a file beside its records, when they are decoded one by one.
pub(crate) struct Known {
    pub encoding: &'static Encoding,
    pub above: Arc<Surroundings>,
}

/// Why a record is rejected.
pub(crate) struct Fault {
    pub problem: Problem,
    /// The column, where it is one's fault.
    pub field: Option<String>,
    /// Where it shows, as a byte of the record.
    pub at: Option<usize>,
}

impl Fault {
    pub fn new(problem: Problem) -> Self {
        Self { problem, field: None, at: None }
    }

    pub fn wrong_type(field: &str, of: &Type) -> Self {
        let sentence = format!("the value is not of type {}", of.written());
        let problem = Problem::new("read.wrong-type", sentence)
            .advise("check the column under `types`; as `text` every value is kept");
        Self { problem, field: Some(field.to_owned()).filter(|field| !field.is_empty()), at: None }
    }

    #[must_use]
    pub fn in_field(mut self, field: &str) -> Self {
        self.field.get_or_insert_with(|| field.into());
        self
    }

    #[must_use]
    pub fn at_byte(mut self, at: usize) -> Self {
        self.at.get_or_insert(at);
        self
    }
}

/// A format that makes a row of a record.
pub(crate) trait Fill: Send + Sync + 'static {
    /// Adds one value to each column; what was added before a fault is taken back by the caller.
    fn fill(
        &self,
        record: &str,
        above: &Surroundings,
        shapes: &[(String, Shape)],
        columns: &mut [Column],
    ) -> Result<(), Fault>;
}

/// Decodes pieces into batches.
pub(crate) struct Rows<F> {
    pub shown: String,
    pub columns: Columns,
    pub schema: SchemaRef,
    pub fill: F,
}

impl<F: Fill> Rows<F> {
    pub fn new(shown: &str, columns: Columns, fill: F) -> Self {
        Self { shown: shown.into(), schema: columns.schema(), columns, fill }
    }

    /// Decodes a record that was rejected before. `outline` says what is wrong with its form.
    pub fn again(
        &self,
        raw: &RawRecord,
        known: &Known,
        outline: impl FnOnce(&[u8]) -> Option<Problem>,
    ) -> Result<ReadBatch, Problem> {
        let text = Text::alone(&raw.bytes, raw.byte_offset.unwrap_or_default(), known.encoding);
        let (end, broken) = (text.bytes.len(), outline(&text.bytes));
        let record = Record { begin: 0, end, surroundings: known.above.clone(), broken };
        let mut read = self.decode(Piece { text, records: vec![record], first_number: raw.record_number })?;
        for reject in &mut read.rejects {
            reject.raw.clone_from(&raw.bytes);
            // The line was that of the file; here there is only the record.
            reject.problem.place.line = None;
        }
        Ok(read)
    }

    fn row(&self, piece: &Piece, record: &Record, columns: &mut [Column]) -> Result<(), Fault> {
        if let Some(problem) = &record.broken {
            return Err(Fault::new(problem.clone()));
        }
        let bytes = piece.text.bytes.get(record.begin..record.end).unwrap_or_default();
        let Some(text) = piece.text.sound(bytes) else {
            let sentence = format!("the record holds bytes that are not {}", piece.text.encoding_name());
            let problem = Problem::new("read.not-in-encoding", sentence).advise("set `encoding`");
            return Err(Fault::new(problem));
        };
        let (own, carried) = columns.split_at_mut_checked(self.columns.own.len()).unwrap_or_default();
        self.fill.fill(text, &record.surroundings, &self.columns.own, own)?;
        let values = record.surroundings.carried.iter();
        for ((column, (name, of)), value) in carried.iter_mut().zip(&self.columns.carried).zip(values) {
            match (value, column) {
                (Some(value), Column::One(builder)) => {
                    if !builder.push(value.as_bytes()) {
                        return Err(Fault::wrong_type(name, of));
                    }
                }
                (_, column) => column.push_null(),
            }
        }
        Ok(())
    }

    fn reject(&self, piece: &Piece, index: usize, offset: u64, fault: Fault) -> Option<Reject> {
        let record = piece.records.get(index)?;
        let record_number = piece.first_number + index as u64;
        let Place { line, .. } = fault.problem.place;
        let line = line.unwrap_or_else(|| {
            let at = record.begin + fault.at.unwrap_or_default();
            piece.text.first_line + newlines(piece.text.bytes.get(..at).unwrap_or_default())
        });
        let mut place = Place::file(&self.shown).line(line).record(record_number).byte(offset);
        place.field = fault.field;
        let end = record.end.min(record.begin + MOST_RAW);
        let raw = piece.text.raw(record.begin..end);
        Some(Reject { problem: fault.problem.at(place), record_number, byte_offset: Some(offset), raw })
    }
}

impl<F: Fill> Decode<Piece> for Rows<F> {
    fn records(&self, piece: &Piece) -> u64 {
        piece.records.len() as u64
    }

    fn decode(&self, piece: Piece) -> Result<ReadBatch, Problem> {
        let rows = piece.records.len();
        let own = self.columns.own.iter().map(|(_, shape)| shape.column(rows));
        let carried = self.columns.carried.iter().map(|(_, of)| Column::One(of.builder(rows)));
        let mut columns: Vec<Column> = own.chain(carried).collect();
        let (mut numbers, mut offsets, mut rejects) = (Vec::new(), Vec::new(), Vec::new());
        let (mut offset, mut counted) = (piece.text.offset, 0);
        for (index, record) in piece.records.iter().enumerate() {
            offset += piece.text.encoded_length(counted..record.begin);
            counted = record.begin;
            match self.row(&piece, record, &mut columns) {
                Ok(()) => {
                    numbers.push(piece.first_number + index as u64);
                    offsets.push(offset);
                }
                Err(fault) => {
                    for column in &mut columns {
                        column.truncate(numbers.len());
                    }
                    rejects.extend(self.reject(&piece, index, offset, fault));
                }
            }
        }
        if piece.first_number == 1 {
            judge(rows, &rejects)?;
        }
        let columns = columns.into_iter().map(Column::finish).collect();
        Ok(ReadBatch { batch: batch_with_origin(&self.schema, columns, numbers, Some(offsets))?, rejects })
    }
}

/// When none of the first records can be read, the source file is wrong, not the records.
fn judge(records: usize, rejects: &[Reject]) -> Result<(), Problem> {
    const FEW: usize = 3;
    let Some(first) = rejects.first().filter(|_| records >= FEW && rejects.len() == records) else {
        return Ok(());
    };
    let sentence = format!(
        "all of the first {records} records are rejected; of the first one: {}",
        first.problem.sentence
    );
    let mut problem = Problem::new("read.wrong-layout", sentence).at(first.problem.place.clone());
    problem.advice.clone_from(&first.problem.advice);
    Err(problem)
}
