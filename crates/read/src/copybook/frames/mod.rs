//! Where records begin and end in a file: one way for each record format, all of which fill a [`Block`].
//!
//! * [`fixed`]: every so many bytes (`F`); [`blocks`]: the same in blocks (`FB`);
//! * [`descriptors`]: each record behind a word with its length (`V`), in blocks that have one too (`VB`), in several parts
//!   (`VS`, `VBS`), along a [`chain`]; [`search`] goes on behind a broken one;
//! * [`length_field`]: by a field of the record, or an [`expression`] on fields; [`list_ends`]: where the record's lists end;
//! * [`lines`]: text lines (`D`);
//! * [`window`]: what stands before and behind each record; records too short or too long;
//! * [`ends`]: records at the beginning and the end of the file that describe the others;
//! * [`evident`] says which format a file shows, [`options`] what the source file says.

mod block;
mod blocks;
mod chain;
mod descriptors;
mod ends;
pub(crate) mod evident;
mod expression;
mod fixed;
mod key_field;
mod length_field;
mod lines;
mod list_ends;
mod options;
mod search;
#[cfg(test)]
mod tests;
mod window;

use std::sync::Arc;

use concordat_record::Problem;

pub(crate) use block::{Block, Divided, Gap, MOST_RAW};
pub(crate) use chain::{LengthWord, WordForm};
pub(crate) use descriptors::Descriptors;
pub(crate) use fixed::Fixed;
pub(crate) use key_field::KeyField;
pub(crate) use lines::{LineEnd, Lines};
pub(crate) use list_ends::Lists;
pub(crate) use options::{CutFile, Ends, FileOptions, HeaderText};
pub(crate) use window::Window;

use block::Seam;

use crate::file::SourceFile;
use crate::pipeline::Cut;
use crate::reader::ReadProgress;

/// A block never takes more than this, so that long records make small batches rather than much memory.
const BLOCK_BYTES: usize = 8 << 20;

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
    file: SourceFile,
    framing: Box<dyn Framing>,
    window: Window,
    next_number: u64,
    /// Read, and not yet part of a record.
    carried: Vec<u8>,
    /// The record that the file begins with, where it is not one of the others.
    header: Option<Arc<[u8]>>,
    is_over: bool,
}

impl Frames {
    pub fn new(file: SourceFile, framing: Box<dyn Framing>, window: Window) -> Self {
        Self { file, framing, window, next_number: 1, carried: Vec::new(), header: None, is_over: false }
    }

    /// Hands a record on with all the others.
    pub fn with_header(self, header: Option<Arc<[u8]>>) -> Self {
        Self { header, ..self }
    }

    pub fn division(&self) -> Division {
        Division {
            shown: self.file.shown.clone(),
            bytes: self.file.decodable,
            format: self.framing.format(),
            fixed_length: self
                .framing
                .fixed_length()
                .map(|length| length.saturating_sub(self.window.around())),
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

    /// A block of what was divided. The bytes that are not done with are carried over to the next one.
    fn block(&mut self, bytes: Vec<u8>, byte_offset: u64, mut divided: Divided) -> Block {
        self.window.narrow(&bytes, &mut divided);
        let mut gaps = divided.gaps;
        if let Some(problem) = divided.broken {
            self.is_over = true;
            let end = bytes.len().min(divided.used.saturating_add(MOST_RAW));
            gaps.push(Gap::new(divided.starts.len(), &bytes, divided.used, end, problem));
        } else {
            self.carried.extend_from_slice(bytes.get(divided.used..).unwrap_or_default());
        }
        for gap in &mut gaps {
            gap.byte_offset += byte_offset;
        }
        let (bytes, mut seams) = match divided.joined {
            Some(joined) => (joined.bytes, joined.seams),
            None => (bytes, vec![Seam { at: 0, byte_offset: 0 }]),
        };
        for seam in &mut seams {
            seam.byte_offset += byte_offset;
        }
        let first_number = self.next_number;
        let block = Block {
            bytes,
            starts: divided.starts,
            ends: divided.ends,
            first_number,
            seams,
            gaps,
            header: self.header.clone(),
            ..Block::default()
        };
        self.next_number += block.count();
        block
    }
}

impl Cut for Frames {
    type Piece = Block;

    fn next(&mut self) -> Result<Option<Block>, Problem> {
        if self.is_over {
            return Ok(None);
        }
        let mut byte_offset = self.file.read - self.carried.len() as u64;
        let mut bytes = std::mem::take(&mut self.carried);
        let mut wanted = self.framing.wanted();
        loop {
            let missing = wanted.saturating_sub(bytes.len());
            let last = self.file.fill(&mut bytes, missing)? < missing;
            let mut divided = self.framing.divide(&bytes, last);
            if divided.is_empty() && !last && divided.broken.is_none() {
                // What the framing is done with must not come before it again.
                bytes.drain(..divided.used);
                byte_offset += divided.used as u64;
                if bytes.len() < BLOCK_BYTES {
                    wanted = (wanted * 2).min(BLOCK_BYTES);
                    continue;
                }
                (divided.used, divided.broken) = (0, Some(no_end(BLOCK_BYTES)));
            }
            if divided.broken.is_some() {
                let missing = divided.used.saturating_add(MOST_RAW).saturating_sub(bytes.len());
                self.file.fill(&mut bytes, missing)?;
            }
            let block = self.block(bytes, byte_offset, divided);
            self.is_over |= last && self.carried.is_empty();
            return Ok((block.count() > 0).then_some(block));
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
