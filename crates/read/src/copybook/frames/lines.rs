//! Text lines (`D`): each record ends with a line end, which is no part of it.

use super::Framing;
use super::block::Divided;
use crate::reader::BATCH_RECORDS;

const CHUNK: usize = 1 << 20;

/// What ends a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LineEnd {
    /// LF, also behind CR; in EBCDIC NL (`15`) and LF (`25`).
    #[default]
    Any,
    Lf,
    CrLf,
    Cr,
    /// The next-line character: `15` in EBCDIC, `85` in ASCII's relatives.
    Nl,
    /// Nothing: every line is as long as the record.
    None,
}

/// Divides at line ends.
pub(crate) struct Lines {
    /// Any of these bytes ends a line.
    ends: &'static [u8],
    /// This byte before the end is a part of it.
    before: Option<u8>,
    /// Whether a line end without the byte before it is text.
    needs_before: bool,
}

impl Lines {
    pub fn new(is_ebcdic: bool, end: LineEnd) -> Self {
        // The carriage return is 0D in both families.
        let (ends, before, needs_before): (&[u8], _, _) = match (end, is_ebcdic) {
            (LineEnd::Any | LineEnd::None, false) => (b"\n", Some(b'\r'), false),
            (LineEnd::Any | LineEnd::None, true) => (&[0x15, 0x25], Some(b'\r'), false),
            (LineEnd::Lf, false) => (b"\n", None, false),
            (LineEnd::Lf, true) => (&[0x25], None, false),
            (LineEnd::CrLf, false) => (b"\n", Some(b'\r'), true),
            (LineEnd::CrLf, true) => (&[0x25], Some(b'\r'), true),
            (LineEnd::Cr, _) => (b"\r", None, false),
            (LineEnd::Nl, false) => (&[0x85], None, false),
            (LineEnd::Nl, true) => (&[0x15], None, false),
        };
        Self { ends, before, needs_before }
    }

    /// Where the next line ends, and where the one behind it begins.
    fn next(&self, bytes: &[u8], begin: usize) -> Option<(usize, usize)> {
        let mut from = begin;
        loop {
            let end = from + bytes.get(from..)?.iter().position(|byte| self.ends.contains(byte))?;
            let text = bytes.get(begin..end)?;
            let is_before = self.before.is_some() && text.last().copied() == self.before;
            if is_before || !self.needs_before {
                return Some((end - usize::from(is_before), end + 1));
            }
            from = end + 1;
        }
    }
}

/// The end of a file as DOS marks it (Ctrl-Z).
const END_OF_FILE: &[u8] = &[0x1a];

impl Framing for Lines {
    /// Empty lines hold no record and are passed over.
    fn divide(&mut self, bytes: &[u8], last: bool) -> Divided {
        let mut divided = Divided::default();
        while divided.starts.len() < BATCH_RECORDS && divided.used < bytes.len() {
            let begin = divided.used;
            let (end, next) = match self.next(bytes, begin) {
                Some(line) => line,
                None if last => (bytes.len(), bytes.len()),
                None => break,
            };
            divided.used = next;
            let is_mark = next == bytes.len() && bytes.get(begin..end) == Some(END_OF_FILE);
            if end > begin && !is_mark {
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
