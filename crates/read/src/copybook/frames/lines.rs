//! Text lines (`D`): each record ends with a line end, which is no part of it.

use super::{Divided, Framing};
use crate::reader::BATCH_RECORDS;

const CHUNK: usize = 1 << 20;

/// Divides at line ends.
pub(crate) struct Lines {
    /// LF, and for EBCDIC NL (`15`) and LF (`25`).
    ends: &'static [u8],
}

impl Lines {
    pub fn new(is_ebcdic: bool) -> Self {
        Self { ends: if is_ebcdic { &[0x15, 0x25] } else { b"\n" } }
    }
}

impl Framing for Lines {
    /// Empty lines hold no record and are passed over.
    fn divide(&mut self, bytes: &[u8], last: bool) -> Divided {
        let mut divided = Divided::default();
        while divided.starts.len() < BATCH_RECORDS && divided.used < bytes.len() {
            let rest = bytes.get(divided.used..).unwrap_or_default();
            let line = match rest.iter().position(|byte| self.ends.contains(byte)) {
                Some(end) => end,
                None if last => rest.len(),
                None => break,
            };
            let begin = divided.used;
            divided.used = (begin + line + 1).min(bytes.len());
            let is_returned = rest.get(..line).is_some_and(|line| line.last() == Some(&b'\r'));
            let end = begin + line - usize::from(is_returned);
            if end > begin {
                divided.starts.push(begin);
                divided.ends.push(end);
            }
        }
        divided
    }

    fn format(&self) -> &'static str {
        "D"
    }

    fn wanted(&self) -> usize {
        CHUNK
    }
}
