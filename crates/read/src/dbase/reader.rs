//! Decodes a table piece by piece.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray};
use arrow::datatypes::{DataType, Field as ArrowField, SchemaRef};
use concordat_record::{Place, Problem};

use super::fault::Reason;
use super::geometry::DELETED;
use super::records::{Piece, Records};
use super::values::{Column, Faults, Rules, decode};
use crate::pipeline::{Decode, Pipeline};
use crate::reader::{ReadBatch, ReadProgress, Reject, batch_with_origin, schema_with_origin, without_faulty};

/// What is read of a table.
#[derive(Debug)]
pub(crate) struct Plan {
    pub columns: Vec<Column>,
    /// Where the null flags begin in a record.
    pub flags: Option<usize>,
    /// The name of the column that says whether a record was deleted.
    pub deleted: Option<String>,
    pub rules: Rules,
    pub record_length: usize,
    /// How many records the header counts.
    pub counted: u64,
}

/// Reads a table on all cores.
pub(crate) fn reader(records: Records, plan: Plan) -> Pipeline<Records, Decoder> {
    let expected = ReadProgress {
        total_bytes: Some(records.size()).filter(|size| *size > 0),
        total_records: Some(plan.counted),
        ..ReadProgress::default()
    };
    let decoder = Decoder::new(records.shown(), plan);
    Pipeline::new(decoder.schema.clone(), expected, records, decoder)
}

/// Decodes pieces of a table.
pub(crate) struct Decoder {
    schema: SchemaRef,
    shown: String,
    plan: Plan,
}

impl Decode<Piece> for Decoder {
    fn records(&self, piece: &Piece) -> u64 {
        (piece.starts.len() + piece.rejects.len()) as u64
    }

    fn decode(&self, piece: Piece) -> Result<ReadBatch, Problem> {
        let rows = piece.starts.len();
        let mut first: Vec<Option<(Reason, &Column)>> = vec![None; rows];
        let mut columns = Vec::with_capacity(self.plan.columns.len() + 1);
        let mut faults = Faults::new();
        for column in &self.plan.columns {
            columns.push(decode(column, &piece, self.plan.flags, &self.plan.rules, &mut faults));
            for (index, reason) in faults.drain(..) {
                if let Some(slot) = first.get_mut(index) {
                    slot.get_or_insert((reason, column));
                }
            }
        }
        if self.plan.deleted.is_some() {
            let marks = piece.starts.iter().map(|start| piece.bytes.get(*start) == Some(&DELETED));
            columns.push(Arc::new(marks.map(Some).collect::<BooleanArray>()) as ArrayRef);
        }
        self.assemble(piece, columns, &first)
    }
}

impl Decoder {
    /// `shown` is the path as the source file has it.
    pub fn new(shown: &str, plan: Plan) -> Self {
        let field = |column: &Column| ArrowField::new(&column.name, column.coding.data_type(), true);
        let deleted = plan.deleted.iter().map(|name| ArrowField::new(name, DataType::Boolean, false));
        let schema = schema_with_origin(plan.columns.iter().map(field).chain(deleted));
        Self { schema, shown: shown.into(), plan }
    }

    /// The good records as a batch, the others as rejects.
    fn assemble(
        &self,
        mut piece: Piece,
        columns: Vec<ArrayRef>,
        faults: &[Option<(Reason, &Column)>],
    ) -> Result<ReadBatch, Problem> {
        let is_good = |index: &usize| faults.get(*index).is_some_and(Option::is_none);
        let good = || (0..piece.starts.len()).filter(is_good);
        let offset =
            |index: usize| piece.byte_offset + piece.starts.get(index).copied().unwrap_or_default() as u64;
        let numbers = good().filter_map(|index| piece.numbers.get(index).copied()).collect();
        let offsets = good().map(offset).collect();
        let columns = without_faulty(columns, faults)?;
        let batch = batch_with_origin(&self.schema, columns, numbers, Some(offsets))?;
        let found = faults.iter().enumerate().filter_map(|(index, fault)| {
            fault.as_ref().map(|(reason, column)| self.reject(&piece, index, *reason, column))
        });
        let mut rejects: Vec<Reject> = found.collect();
        rejects.append(&mut piece.rejects);
        rejects.sort_by_key(|reject| reject.record_number);
        Ok(ReadBatch { batch, rejects })
    }

    fn reject(&self, piece: &Piece, index: usize, reason: Reason, column: &Column) -> Reject {
        let start = piece.starts.get(index).copied().unwrap_or_default();
        let byte_offset = piece.byte_offset + start as u64;
        let record_number = piece.numbers.get(index).copied().unwrap_or_default();
        let raw = piece.bytes.get(start..start + self.plan.record_length).unwrap_or_default().to_vec();
        let at = byte_offset + column.field.offset as u64;
        let place = Place::file(&self.shown).record(record_number).field(&column.name).byte(at);
        Reject { problem: reason.problem(place), record_number, byte_offset: Some(byte_offset), raw }
    }
}
