//! Walks a file of records and decodes it block by block.

use arrow::array::{ArrayRef, BooleanArray};
use arrow::compute::filter;
use arrow::datatypes::SchemaRef;
use concordat_record::{Place, Problem};

use super::decode::{Places, columns};
use super::diagnose;
use super::fault::Fault;
use super::frames::{Block, Frames, Framing};
use super::plan::Plan;
use super::values::Machine;
use crate::file::SourceFile;
use crate::reader::{
    ReadBatch, ReadProgress, Reader, Reject, batch_with_origin, inconsistent, schema_with_origin,
};

/// Reads records of a copybook.
pub(crate) struct CopybookReader {
    frames: Frames,
    plan: Plan,
    machine: Machine,
    schema: SchemaRef,
    block: Block,
    /// The bytes that the copybook describes; a record may be longer, and where lengths vary, shorter.
    layout_length: usize,
    progress: ReadProgress,
}

impl CopybookReader {
    pub fn new(
        file: SourceFile,
        plan: Plan,
        machine: Machine,
        layout_length: usize,
        framing: Box<dyn Framing>,
    ) -> Self {
        let schema = schema_with_origin(plan.fields.iter().cloned());
        let progress = ReadProgress {
            total_bytes: Some(file.size),
            total_records: framing.records_in(file.decodable),
            ..ReadProgress::default()
        };
        let frames = Frames::new(file, framing);
        Self { frames, plan, machine, schema, block: Block::default(), layout_length, progress }
    }

    fn decode(&self) -> Result<ReadBatch, Problem> {
        let block = &self.block;
        let ends = Some(block.ends.as_slice()).filter(|ends| !ends.is_empty());
        let places = Places { bytes: &block.bytes, starts: &block.starts, records: &block.starts, ends };
        let mut faults = Vec::new();
        let columns = columns(&self.plan.nodes, places, &self.machine, &mut faults);
        let first_faults = first_faults(faults, block.starts.len());
        if block.first_number == 1 {
            let evidence = diagnose::Evidence {
                block,
                plan: &self.plan,
                machine: &self.machine,
                file: &self.frames.file,
                layout_length: self.layout_length,
                framing: self.frames.framing(),
                first_faults: &first_faults,
            };
            evidence.judge()?;
        }
        self.assemble(columns, &first_faults)
    }

    /// The good records as a batch, the others as rejects.
    fn assemble(&self, columns: Vec<ArrayRef>, faults: &[Option<Fault<'_>>]) -> Result<ReadBatch, Problem> {
        let block = &self.block;
        let rejects: Vec<Reject> = faults
            .iter()
            .enumerate()
            .filter_map(|(index, fault)| fault.as_ref().map(|fault| self.reject(index, fault)))
            .chain(self.rest())
            .collect();
        let good = |index: &usize| faults.get(*index).is_some_and(Option::is_none);
        let indices = (0..block.starts.len()).filter(good);
        let numbers = indices.clone().map(|index| block.first_number + index as u64).collect();
        let offsets = indices.map(|index| block.offset_of(index)).collect();
        let columns = if rejects.is_empty() {
            columns
        } else {
            let keep: BooleanArray = faults.iter().map(|fault| Some(fault.is_none())).collect();
            let kept: Result<Vec<ArrayRef>, _> = columns.iter().map(|column| filter(column, &keep)).collect();
            kept.map_err(|error| inconsistent(&error))?
        };
        let batch = batch_with_origin(&self.schema, columns, numbers, Some(offsets))?;
        Ok(ReadBatch { batch, rejects })
    }

    fn reject(&self, index: usize, fault: &Fault<'_>) -> Reject {
        let record_number = self.block.first_number + index as u64;
        let byte_offset = self.block.offset_of(index);
        Reject {
            problem: fault.problem(&self.frames.file.shown, record_number, byte_offset),
            record_number,
            byte_offset: Some(byte_offset),
            raw: self.block.record(index, self.frames.framing().fixed_length().unwrap_or_default()).to_vec(),
        }
    }

    /// What is left of the file that is no whole record.
    fn rest(&self) -> Option<Reject> {
        let rest = self.block.rest.as_ref()?;
        let record_number = self.block.first_number + self.block.starts.len() as u64;
        let byte_offset = self.block.byte_offset + rest.start as u64;
        let place = Place::file(&self.frames.file.shown).record(record_number).byte(byte_offset);
        let problem = rest.problem.clone().at(place);
        Some(Reject {
            problem,
            record_number,
            byte_offset: Some(byte_offset),
            raw: self.block.rest_bytes().to_vec(),
        })
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

impl Reader for CopybookReader {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn next(&mut self) -> Result<Option<ReadBatch>, Problem> {
        if !self.frames.next(&mut self.block)? {
            // A trailer, or what follows a broken chain, is not read, and done with all the same.
            self.progress.bytes_read = self.frames.file.size;
            return Ok(None);
        }
        let batch = self.decode()?;
        self.progress.bytes_read = self.frames.file.read;
        self.progress.records += (batch.batch.num_rows() + batch.rejects.len()) as u64;
        self.progress.rejected += batch.rejects.len() as u64;
        Ok(Some(batch))
    }

    fn progress(&self) -> ReadProgress {
        self.progress
    }

    fn digest(&mut self) -> Result<String, Problem> {
        self.frames.file.digest()
    }
}
