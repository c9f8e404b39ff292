//! Records behind a record descriptor word (`V`), and in blocks behind a block descriptor word (`VB`).
//!
//! IBM, *z/OS DFSMS Using Data Sets*, "Variable-length record formats": a descriptor word has two bytes with a length that counts
//! the word itself, highest byte first, and two bytes of zero. In a block's word the first bit set means a length of 31
//! bits in all four. Programs that move such files between machines often change the order of the bytes, or what the
//! length counts; both can be said.

use concordat_record::Problem;

use super::{Divided, Framing};
use crate::reader::BATCH_RECORDS;

/// The bytes of a descriptor word.
const WORD: usize = 4;
/// So much is read at once: more than any record, whose length has 15 bits.
const CHUNK: usize = 1 << 20;

/// How a descriptor word is written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LengthWord {
    /// Lowest byte first.
    pub little_endian: bool,
    /// What to add to the length as written to get the bytes of record and word together: 0 as IBM has it, 4 where
    /// the word does not count itself.
    pub adjustment: i64,
}

/// Divides by descriptor words.
pub(crate) struct Descriptors {
    record: LengthWord,
    block: Option<LengthWord>,
    /// Bytes of the block that are still to come.
    in_block: usize,
}

impl LengthWord {
    /// Bytes that follow the word, or why it cannot be one.
    fn following(self, word: [u8; WORD], is_block: bool) -> Result<usize, &'static str> {
        let [a, b, c, d] = word;
        let written = match (self.little_endian, is_block && a & 0x80 != 0) {
            (false, true) => i64::from(u32::from_be_bytes(word) & 0x7fff_ffff),
            (false, false) => i64::from(u16::from_be_bytes([a, b])),
            // Lowest byte first: the zeros come before or behind, whichever the program that turned it left.
            (true, _) if a == 0 && b == 0 => i64::from(u16::from_le_bytes([c, d])),
            (true, _) => i64::from(u16::from_le_bytes([a, b])),
        };
        if !self.little_endian && !is_block && (c, d) != (0, 0) {
            return Err(if d == 0 && c <= 3 {
                "it is a part of a spanned record"
            } else {
                "its last two bytes are not zero"
            });
        }
        let all = written.checked_add(self.adjustment).and_then(|all| usize::try_from(all).ok());
        all.and_then(|all| all.checked_sub(WORD)).ok_or("its length is too small")
    }
}

impl Descriptors {
    pub fn new(record: LengthWord, block: Option<LengthWord>) -> Self {
        Self { record, block, in_block: 0 }
    }

    /// One step from a place in the bytes: a block's word passed, a record found, or nothing before more is read.
    fn step(&mut self, bytes: &[u8], at: usize) -> Result<Step, Problem> {
        let Some(word) = bytes.get(at..).and_then(|rest| rest.first_chunk::<WORD>()) else {
            return Ok(Step::NeedsMore);
        };
        if let Some(block) = self.block
            && self.in_block == 0
        {
            self.in_block = block.following(*word, true).map_err(|why| broken("block", *word, why))?;
            return Ok(Step::Passed(WORD));
        }
        let length = self.record.following(*word, false).map_err(|why| broken("record", *word, why))?;
        if bytes.len() < at + WORD + length {
            return Ok(Step::NeedsMore);
        }
        if self.block.is_some() {
            let rest = self.in_block.checked_sub(WORD + length);
            self.in_block =
                rest.ok_or_else(|| broken("record", *word, "it goes beyond the end of its block"))?;
        }
        Ok(Step::Record(length))
    }
}

enum Step {
    Passed(usize),
    Record(usize),
    NeedsMore,
}

impl Framing for Descriptors {
    fn divide(&mut self, bytes: &[u8], last: bool) -> Divided {
        let mut divided = Divided::default();
        while divided.starts.len() < BATCH_RECORDS {
            match self.step(bytes, divided.used) {
                Ok(Step::Passed(length)) => divided.used += length,
                Ok(Step::Record(length)) => {
                    divided.starts.push(divided.used + WORD);
                    divided.used += WORD + length;
                    divided.ends.push(divided.used);
                }
                Ok(Step::NeedsMore) => {
                    let rest = bytes.len() - divided.used;
                    divided.broken = (last && rest > 0).then(|| cut_off(rest));
                    break;
                }
                Err(problem) => {
                    divided.broken = Some(problem);
                    break;
                }
            }
        }
        divided
    }

    fn format(&self) -> &'static str {
        if self.block.is_some() { "VB" } else { "V" }
    }

    fn wanted(&self) -> usize {
        CHUNK
    }
}

fn cut_off(rest: usize) -> Problem {
    let sentence = format!("the file ends {rest} bytes into a record, descriptor word included");
    Problem::new("read.truncated-record", sentence)
        .advise("ask for the file to be sent again: it was cut off; if this is not the first problem, check the descriptor words' options")
}

fn broken(what: &str, word: [u8; WORD], why: &str) -> Problem {
    let [a, b, c, d] = word;
    let sentence =
        format!("`{a:02x} {b:02x} {c:02x} {d:02x}` cannot be the descriptor word of a {what}: {why}");
    Problem::new("read.broken-chain", sentence).advise(
        "what follows cannot be divided into records; check `record_format`, the byte order and the adjustment of the descriptor words, \
         and whether the file was transferred in binary",
    )
}
