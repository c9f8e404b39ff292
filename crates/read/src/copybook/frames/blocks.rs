//! Records of one length in blocks (`FB`): blocks of one length with what is left of each at its end, or behind block descriptor words.

use concordat_record::Problem;

use super::block::Divided;
use super::chain::{Chain, LengthWord, Step, cut_off};
use super::fixed::truncated;
use super::{BLOCK_BYTES, Framing};
use crate::reader::BATCH_RECORDS;

/// How long blocks are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BlockLength {
    /// All alike; the last one may be shorter.
    Of(usize),
    /// As the word before each says.
    Behind(LengthWord),
}

/// Divides blocks into records of one length.
pub(crate) struct Blocks {
    record_length: usize,
    block: BlockLength,
    /// The block that was begun.
    in_block: Option<usize>,
}

impl Blocks {
    pub fn new(record_length: usize, block: BlockLength) -> Self {
        Self { record_length, block, in_block: None }
    }

    /// The bytes of the next block, and of the word before it; none before more is read.
    fn begin(&self, bytes: &[u8], at: usize) -> Result<Option<(usize, usize)>, Problem> {
        match self.block {
            BlockLength::Of(length) => Ok((at < bytes.len()).then_some((0, length))),
            BlockLength::Behind(word) => {
                // The word of a block of fixed records is written like that of a record alone.
                let mut chain = Chain::new(LengthWord::default(), Some(word));
                match chain.step(bytes, at)? {
                    Step::Passed(own) => Ok(Some((own, chain.left_in_block()))),
                    _ => Ok(None),
                }
            }
        }
    }

    /// The end of a block that has no room for another record.
    fn end_of_block(&self, bytes: &[u8], left: usize, divided: &mut Divided) {
        let begin = divided.used;
        let rest = bytes.get(begin..begin + left).unwrap_or_default();
        let is_filling = rest.first().is_none_or(|first| rest.iter().all(|byte| byte == first));
        if matches!(self.block, BlockLength::Of(_)) || is_filling {
            divided.used = begin + left;
        } else {
            divided.skip(bytes, begin, begin + left, odd_block(left, self.record_length));
        }
    }
}

fn odd_block(left: usize, length: usize) -> Problem {
    let sentence = format!("a block ends {left} bytes into a record of {length} bytes");
    Problem::new("read.truncated-record", sentence)
        .advise("check the record length: blocks hold whole records")
}

impl Framing for Blocks {
    fn divide(&mut self, bytes: &[u8], last: bool) -> Divided {
        let mut divided = Divided::default();
        while divided.starts.len() < BATCH_RECORDS {
            let at = divided.used;
            let there = bytes.len() - at;
            let Some(left) = self.in_block else {
                match self.begin(bytes, at) {
                    Ok(Some((word, length))) => {
                        divided.used += word;
                        self.in_block = Some(length);
                        continue;
                    }
                    Ok(None) => divided.broken = (last && there > 0).then(|| cut_off(there)),
                    Err(problem) => divided.broken = Some(problem),
                }
                break;
            };
            if left < self.record_length && there >= left {
                self.end_of_block(bytes, left, &mut divided);
                self.in_block = None;
            } else if left >= self.record_length && there >= self.record_length {
                divided.starts.push(at);
                divided.used += self.record_length;
                self.in_block = Some(left - self.record_length);
            } else {
                if last {
                    self.end_of_file(bytes, &mut divided);
                }
                break;
            }
        }
        divided
    }

    fn format(&self) -> &'static str {
        "FB"
    }

    fn wanted(&self) -> usize {
        (BLOCK_BYTES / self.record_length).clamp(1, BATCH_RECORDS).saturating_mul(self.record_length)
    }

    fn fixed_length(&self) -> Option<usize> {
        Some(self.record_length)
    }
}

impl Blocks {
    /// The last block may be shorter than the others, but ends with a record or with filling.
    fn end_of_file(&self, bytes: &[u8], divided: &mut Divided) {
        let begin = divided.used;
        let rest = bytes.get(begin..).unwrap_or_default();
        let is_filling = rest.first().is_none_or(|first| {
            matches!(first, 0 | 0x20 | 0x40 | 0xff) && rest.iter().all(|byte| byte == first)
        });
        if is_filling {
            divided.used = bytes.len();
        } else {
            divided.skip(bytes, begin, bytes.len(), truncated(rest, self.record_length));
        }
    }
}
