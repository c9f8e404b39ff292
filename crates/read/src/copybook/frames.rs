//! Where records begin and end in a file: here, every so many bytes.
//!
//! Other record formats (RDW, BDW, line ends) become other ways to fill a [`Block`]; nothing behind it has to know.

use concordat_record::Problem;

use crate::file::SourceFile;
use crate::reader::BATCH_RECORDS;

/// A block never takes more than this, so that long records make small batches rather than much memory.
const BLOCK_BYTES: usize = 8 << 20;

/// Records that were read together.
#[derive(Default)]
pub(crate) struct Block {
    pub bytes: Vec<u8>,
    /// Where each record begins in `bytes`.
    pub starts: Vec<usize>,
    /// The length of each record.
    pub record_length: usize,
    /// Where the block begins in the file.
    pub byte_offset: u64,
    /// The number of its first record, from one.
    pub first_number: u64,
}

impl Block {
    /// What follows the last whole record: the beginning of one that the file does not finish.
    pub fn rest(&self) -> &[u8] {
        self.bytes.get(self.starts.len() * self.record_length..).unwrap_or_default()
    }

    /// The bytes of a record, by its index in the block.
    pub fn record(&self, index: usize) -> &[u8] {
        let start = self.starts.get(index).copied().unwrap_or(usize::MAX);
        self.bytes.get(start..start.saturating_add(self.record_length)).unwrap_or_default()
    }

    /// Where a record begins in the file.
    pub fn offset_of(&self, index: usize) -> u64 {
        self.byte_offset + self.starts.get(index).copied().unwrap_or_default() as u64
    }
}

/// Reads records of one length.
pub(crate) struct FixedFrames {
    pub file: SourceFile,
    record_length: usize,
    next_number: u64,
}

impl FixedFrames {
    pub fn new(file: SourceFile, record_length: usize) -> Self {
        Self { file, record_length, next_number: 1 }
    }

    /// Reads the next block over the last one, so that one buffer serves for the whole file. False at the end.
    pub fn next(&mut self, block: &mut Block) -> Result<bool, Problem> {
        let most = (BLOCK_BYTES / self.record_length).clamp(1, BATCH_RECORDS);
        block.bytes.clear();
        block.byte_offset = self.file.read;
        block.first_number = self.next_number;
        block.record_length = self.record_length;
        let read = self.file.fill(&mut block.bytes, most * self.record_length)?;
        let whole = read / self.record_length;
        block.starts.clear();
        block.starts.extend((0..whole).map(|index| index * self.record_length));
        self.next_number += whole as u64;
        Ok(read > 0)
    }
}
