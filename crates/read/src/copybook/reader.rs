//! Decodes a file of records block by block.

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::SchemaRef;
use concordat_record::{Place, Problem};

use super::decode::{Places, columns};
use super::diagnose;
use super::fault::Fault;
use super::frames::{Block, CutFile, Division, MOST_RAW};
use super::header::Carried;
use super::plan::Plan;
use super::segments::{Outcome, Segmented};
use super::values::Machine;
use crate::parts::{fetch, joined, parts};
use crate::pipeline::{Decode, Pipeline};
use crate::reader::{
    RawRecord, ReadBatch, Reader, Reject, batch_with_origin, schema_with_origin, without_faulty,
};

/// Decodes blocks of records.
pub(crate) struct Decoder {
    /// The columns of every record.
    plan: Plan,
    segmented: Option<Segmented>,
    carried: Option<Carried>,
    machine: Machine,
    schema: SchemaRef,
    division: Division,
    /// The bytes that the copybook describes; a record may be longer, and where lengths vary, shorter.
    layout_length: usize,
}

impl Decoder {
    /// What decodes the records of a file.
    pub fn new(
        division: Division,
        plan: Plan,
        segmented: Option<Segmented>,
        carried: Option<Carried>,
        machine: Machine,
        layout_length: usize,
    ) -> Self {
        let from_header = carried.iter().flat_map(|carried| &carried.fields);
        let own = segmented.as_ref().map_or(&plan.fields, |segmented| &segmented.fields);
        let schema = schema_with_origin(own.iter().chain(from_header).cloned());
        Self { plan, segmented, carried, machine, schema, division, layout_length }
    }

    /// Reads the records of a file, on all cores.
    pub fn read(self, file: CutFile) -> impl Reader {
        Pipeline::new(self.schema.clone(), file.expected, file.cut, self)
    }

    /// Whether a record can be decoded by itself: it does not say which header or parent it stood behind.
    pub fn can_do_one(&self) -> bool {
        self.carried.is_none() && self.segmented.is_none()
    }

    /// Decodes a record that was rejected before.
    pub fn again(&self, record: &RawRecord) -> Result<ReadBatch, Problem> {
        let length = self.division.fixed_length.filter(|length| *length != record.bytes.len());
        let Some(length) = length else { return self.decode(Block::alone(record)) };
        let sentence = format!("the record has {} bytes where {length} are needed", record.bytes.len());
        let place = Place { byte_offset: record.byte_offset, ..Place::file(&self.division.shown) };
        let reject = Reject {
            problem: Problem::new("read.truncated-record", sentence).at(place.record(record.record_number)),
            record_number: record.record_number,
            byte_offset: record.byte_offset,
            raw: record.bytes.clone(),
        };
        Ok(ReadBatch { batch: RecordBatch::new_empty(self.schema.clone()), rejects: vec![reject] })
    }
}

impl Decode<Block> for Decoder {
    fn records(&self, block: &Block) -> u64 {
        if self.segmented.is_none() {
            return block.count();
        }
        // How many rows its records make shows only when they are decoded.
        self.decoded(block).map_or(0, |read| (read.batch.num_rows() + read.rejects.len()) as u64)
    }

    fn decode(&self, block: Block) -> Result<ReadBatch, Problem> {
        self.decoded(&block)
    }
}

impl Decoder {
    fn decoded(&self, block: &Block) -> Result<ReadBatch, Problem> {
        let outcome = match &self.segmented {
            Some(segmented) => {
                let length = self.division.fixed_length.unwrap_or_default();
                segmented.decode(&self.plan, block, length, &self.machine)?
            }
            None => self.plain(block)?,
        };
        if block.first_number == 1 {
            let evidence = diagnose::Evidence {
                block,
                plan: &self.plan,
                machine: &self.machine,
                layout_length: self.layout_length,
                division: &self.division,
                first_faults: &outcome.faults,
            };
            evidence.judge()?;
        }
        self.assemble(block, outcome)
    }

    /// One row for each record without a fault.
    fn plain(&self, block: &Block) -> Result<Outcome<'_>, Problem> {
        let (columns, faults) = self.columns(block)?;
        let faults = first_faults(faults, block.starts.len());
        let columns = without_faulty(columns, &faults)?;
        let good = |index: &usize| faults.get(*index).is_some_and(Option::is_none);
        let rows = (0..block.starts.len()).filter(good).collect();
        Ok(Outcome { columns, rows, faults, refused: Vec::new() })
    }

    /// The columns of all records.
    fn columns(&self, block: &Block) -> Result<(Vec<ArrayRef>, Vec<Fault<'_>>), Problem> {
        let (mut columns_of, mut faults) = (Vec::new(), Vec::new());
        for part in parts(block.starts.len(), block.bytes.len()) {
            let (first, known) = (part.start, faults.len());
            let starts = block.starts.get(part.clone()).unwrap_or_default();
            let behind = block.starts.get(part.end).copied().unwrap_or(block.bytes.len());
            fetch(starts.first().and_then(|begin| block.bytes.get(*begin..behind)).unwrap_or_default());
            let places = Places::of_records(&block.bytes, starts, block.ends.get(part));
            columns_of.push(columns(&self.plan.nodes, places, &self.machine, &mut faults));
            faults.iter_mut().skip(known).for_each(|fault: &mut Fault<'_>| fault.index += first);
        }
        Ok((joined(columns_of)?, faults))
    }

    /// The rows as a batch, the bad records and what is no record as rejects.
    fn assemble(&self, block: &Block, outcome: Outcome<'_>) -> Result<ReadBatch, Problem> {
        let Outcome { mut columns, rows, faults, refused } = outcome;
        let faulty = faults.iter().enumerate();
        let rejects: Vec<Reject> = faulty
            .filter_map(|(index, fault)| fault.as_ref().map(|fault| self.reject(block, index, fault)))
            .chain(refused.into_iter().map(|(index, problem)| self.refuse(block, index, &problem)))
            .chain((0..block.gaps.len()).filter_map(|gap| self.gap(block, gap)))
            .collect();
        let numbers: Vec<u64> = rows.iter().map(|index| block.number_of(*index)).collect();
        let offsets = rows.iter().map(|index| block.offset_of(*index)).collect();
        if let Some(carried) = &self.carried {
            let shown = &self.division.shown;
            columns.extend(carried.columns(block.header.as_ref(), numbers.len(), &self.machine, shown)?);
        }
        let batch = batch_with_origin(&self.schema, columns, numbers, Some(offsets))?;
        Ok(ReadBatch { batch, rejects })
    }

    fn reject(&self, block: &Block, index: usize, fault: &Fault<'_>) -> Reject {
        // Of a record put together from parts, the field lies behind the words between them.
        let start = block.starts.get(index).copied().unwrap_or_default();
        let field = block.file_offset(start.saturating_add(fault.offset));
        let begin = field.saturating_sub(fault.offset as u64);
        let problem = fault.problem(&self.division.shown, block.number_of(index), begin);
        self.with_bytes(block, index, problem)
    }

    /// A record that is no row, whatever is in its fields.
    fn refuse(&self, block: &Block, index: usize, problem: &Problem) -> Reject {
        let place = Place::file(&self.division.shown).record(block.number_of(index));
        self.with_bytes(block, index, problem.clone().at(place.byte(block.offset_of(index))))
    }

    fn with_bytes(&self, block: &Block, index: usize, problem: Problem) -> Reject {
        let mut raw = block.record(index, self.division.fixed_length.unwrap_or_default());
        raw = raw.get(..MOST_RAW).unwrap_or(raw);
        Reject {
            problem,
            record_number: block.number_of(index),
            byte_offset: Some(block.offset_of(index)),
            raw: raw.to_vec(),
        }
    }

    /// What is no record.
    fn gap(&self, block: &Block, index: usize) -> Option<Reject> {
        let gap = block.gaps.get(index)?;
        let (record_number, byte_offset) = (block.number_of_gap(index), gap.byte_offset);
        let place = Place::file(&self.division.shown).record(record_number).byte(byte_offset);
        let problem = gap.problem.clone().at(place);
        Some(Reject { problem, record_number, byte_offset: Some(byte_offset), raw: gap.raw.clone() })
    }
}

/// The first fault of each record.
fn first_faults(faults: Vec<Fault<'_>>, records: usize) -> Vec<Option<Fault<'_>>> {
    let mut first: Vec<Option<Fault<'_>>> = std::iter::repeat_with(|| None).take(records).collect();
    for fault in faults {
        if let Some(slot) = first.get_mut(fault.index)
            && slot.as_ref().is_none_or(|known| fault.offset < known.offset)
        {
            *slot = Some(fault);
        }
    }
    first
}
