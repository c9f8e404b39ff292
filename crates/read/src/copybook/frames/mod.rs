//! Where records begin and end in a file: one way for each record format, all of which fill a [`Block`].
//!
//! * [`fixed`]: every so many bytes (`F`, `FB`);
//! * [`descriptors`]: each record behind a word with its length (`V`), in blocks that have one too (`VB`);
//! * [`lines`]: text lines (`D`);
//! * [`evident`] says which format a file shows.

mod descriptors;
pub(crate) mod evident;
mod fixed;
mod lines;

use concordat_record::Problem;

pub(crate) use descriptors::{Descriptors, LengthWord};
pub(crate) use fixed::Fixed;
pub(crate) use lines::Lines;

use crate::file::SourceFile;
use crate::pipeline::Cut;
use crate::reader::ReadProgress;

/// A block never takes more than this, so that long records make small batches rather than much memory.
const BLOCK_BYTES: usize = 8 << 20;
/// Of what cannot be divided into records, so much is kept with the reject.
const MOST_REST: usize = 64 << 10;

/// Records that were read together.
#[derive(Default)]
pub(crate) struct Block {
    pub bytes: Vec<u8>,
    /// Where each record begins in `bytes`.
    pub starts: Vec<usize>,
    /// Where each record ends in `bytes`; empty when all are as long as the layout says, or longer.
    pub ends: Vec<usize>,
    /// Where the block begins in the file.
    pub byte_offset: u64,
    /// The number of its first record, from one.
    pub first_number: u64,
    /// What is left of the file that is no whole record.
    pub rest: Option<Rest>,
}

/// Bytes at the end of what can be read that are no record.
pub(crate) struct Rest {
    /// Where they begin in the block's bytes.
    pub start: usize,
    /// What is wrong with them, and what to do.
    pub problem: Problem,
}

impl Block {
    /// The bytes of a record, by its index in the block; of fixed ones as many as `length`.
    pub fn record(&self, index: usize, length: usize) -> &[u8] {
        let start = self.starts.get(index).copied().unwrap_or(usize::MAX);
        let end = self.ends.get(index).copied().unwrap_or(start.saturating_add(length));
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The bytes that are no record, or as many of them as are kept.
    pub fn rest_bytes(&self) -> &[u8] {
        let Some(rest) = &self.rest else { return &[] };
        let bytes = self.bytes.get(rest.start..).unwrap_or_default();
        bytes.get(..MOST_REST).unwrap_or(bytes)
    }

    /// Where a record begins in the file.
    pub fn offset_of(&self, index: usize) -> u64 {
        self.byte_offset + self.starts.get(index).copied().unwrap_or_default() as u64
    }
}

/// A record format at work: knows where it is between two blocks.
pub(crate) trait Framing: Send {
    /// Finds whole records at the beginning of bytes; `last` says that nothing follows in the file.
    fn divide(&mut self, bytes: &[u8], last: bool) -> Divided;

    /// As the option `record_format` has it.
    fn format(&self) -> &'static str;

    /// How many bytes to read at once: enough for one record at least.
    fn wanted(&self) -> usize;

    /// The records that a file of a size has, if that follows from the format.
    fn records_in(&self, _size: u64) -> Option<u64> {
        None
    }

    /// Bytes of every record, if they are all of one length.
    fn fixed_length(&self) -> Option<usize> {
        None
    }
}

/// The records that a framing has found.
#[derive(Default)]
pub(crate) struct Divided {
    pub starts: Vec<usize>,
    /// Empty when records are of one length, which is at least that of the layout.
    pub ends: Vec<usize>,
    /// How many bytes are done with; the others are looked at again with more behind them.
    pub used: usize,
    /// Why nothing after `used` can be a record. No more is read.
    pub broken: Option<Problem>,
}

/// What decoding needs to know of the file and its format.
#[derive(Clone, Debug)]
pub(crate) struct Division {
    /// The path as the source file has it.
    pub shown: String,
    /// Bytes that are divided into records.
    pub bytes: u64,
    /// As the option `record_format` has it.
    pub format: &'static str,
    /// Bytes of every record, if they are all of one length.
    pub fixed_length: Option<usize>,
}

/// Reads a file block by block.
pub(crate) struct Frames {
    pub file: SourceFile,
    framing: Box<dyn Framing>,
    next_number: u64,
    /// Read, and not yet part of a record.
    carried: Vec<u8>,
    is_over: bool,
}

impl Frames {
    pub fn new(file: SourceFile, framing: Box<dyn Framing>) -> Self {
        Self { file, framing, next_number: 1, carried: Vec::new(), is_over: false }
    }

    pub fn division(&self) -> Division {
        Division {
            shown: self.file.shown.clone(),
            bytes: self.file.decodable,
            format: self.framing.format(),
            fixed_length: self.framing.fixed_length(),
        }
    }

    /// What is known before reading.
    pub fn expected(&self) -> ReadProgress {
        ReadProgress {
            total_bytes: Some(self.file.size),
            total_records: self.framing.records_in(self.file.decodable),
            ..ReadProgress::default()
        }
    }
}

impl Cut for Frames {
    type Piece = Block;

    fn next(&mut self) -> Result<Option<Block>, Problem> {
        if self.is_over {
            return Ok(None);
        }
        let mut block = Block::default();
        block.byte_offset = self.file.read - self.carried.len() as u64;
        block.first_number = self.next_number;
        block.bytes.append(&mut self.carried);
        let mut wanted = self.framing.wanted();
        loop {
            let missing = wanted.saturating_sub(block.bytes.len());
            let last = self.file.fill(&mut block.bytes, missing)? < missing;
            let divided = self.framing.divide(&block.bytes, last);
            let broken = divided.broken.or_else(|| {
                let is_too_long = divided.starts.is_empty() && block.bytes.len() >= BLOCK_BYTES;
                is_too_long.then(|| no_end(BLOCK_BYTES))
            });
            if divided.starts.is_empty() && !last && broken.is_none() {
                // What the framing is done with must not come before it again.
                block.bytes.drain(..divided.used);
                block.byte_offset += divided.used as u64;
                wanted = (wanted * 2).min(BLOCK_BYTES);
                continue;
            }
            (block.starts, block.ends) = (divided.starts, divided.ends);
            self.next_number += block.starts.len() as u64;
            if let Some(problem) = broken {
                self.is_over = true;
                block.rest = Some(Rest { start: divided.used, problem });
            } else {
                self.carried.extend_from_slice(block.bytes.get(divided.used..).unwrap_or_default());
                self.is_over = last && self.carried.is_empty();
            }
            return Ok((!block.starts.is_empty() || block.rest.is_some()).then_some(block));
        }
    }

    fn bytes_read(&self) -> u64 {
        // A trailer, or what follows a broken chain, is not read, and done with all the same.
        if self.is_over { self.file.size } else { self.file.read }
    }

    fn mark(&self) -> String {
        self.file.mark()
    }

    fn digest(&mut self) -> Result<String, Problem> {
        self.file.digest()
    }
}

fn no_end(bytes: usize) -> Problem {
    Problem::new("read.endless-record", format!("a record does not end within {bytes} bytes"))
        .advise("check `record_format`: the file seems to be of another one")
}
