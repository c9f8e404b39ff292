//! Cuts the text of a file into pieces of whole records.
//!
//! Where no quotation mark or escape is near, a piece ends at the last line end that was read; else the records are walked. Either way a
//! piece ends where a record does, whatever was read at once: how a file is cut never shows in its records.

use concordat_record::Problem;

use super::scan::{Found, Scanner};
use super::settings::Wildcard;
use super::text::Text;
use crate::pipeline::Cut;

/// Whole records.
pub(crate) struct Lines {
    pub text: Vec<u8>,
    /// Where they begin in the file.
    pub byte_offset: u64,
    /// Whether it is the beginning of one record that is longer than the longest may be.
    pub is_endless: bool,
}

/// Where the records of a file end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bounds {
    /// Lines at the end of the file that are no records.
    pub footer_lines: usize,
    /// What the first line behind the records looks like.
    pub footer: Vec<Wildcard>,
    /// Whether an empty line ends the records, as it does in one of several tables.
    pub at_empty_line: bool,
}

impl Bounds {
    fn are_seen_in_lines(&self) -> bool {
        !self.footer.is_empty() || self.at_empty_line
    }
}

/// Cuts a file, from where the records begin.
pub(crate) struct Cutter {
    text: Text,
    scanner: Scanner,
    bounds: Bounds,
    is_over: bool,
    /// What of a record without an end has been passed over.
    endless: bool,
}

impl Cutter {
    pub fn new(text: Text, scanner: Scanner, bounds: Bounds) -> Self {
        Self { text, scanner, bounds, is_over: false, endless: false }
    }

    /// Where a piece can end: behind records that are known to be whole. None when more must be read.
    fn boundary(&mut self) -> Option<usize> {
        let (text, last) = (self.text.rest(), self.text.is_last());
        let marks = &self.scanner.marks;
        let dangerous = |byte: Option<u8>| byte.is_some_and(|byte| text.contains(&byte));
        let is_plain = !dangerous(marks.quote)
            && !dangerous(marks.escape)
            && !self.bounds.are_seen_in_lines()
            && self.bounds.footer_lines == 0;
        if is_plain && last {
            self.is_over = true;
            return Some(text.len());
        }
        match marks.last_byte().filter(|_| is_plain) {
            Some(end) => text.iter().rposition(|byte| *byte == end).map(|at| at + 1),
            None => self.walk(),
        }
    }

    /// Walks the records that were read.
    fn walk(&mut self) -> Option<usize> {
        let (text, last) = (self.text.rest(), self.text.is_last());
        let (mut at, mut starts, mut pieces) = (0, Vec::new(), Vec::new());
        while at < text.len() {
            if self.bounds.are_seen_in_lines() {
                match self.is_behind_records(text, at, last) {
                    None => break,
                    Some(true) => {
                        self.is_over = true;
                        return Some(at);
                    }
                    Some(false) => {}
                }
            }
            pieces.clear();
            let next = match self.scanner.record(text, at, last, &mut pieces) {
                Found::Record { next } | Found::Comment { next } | Found::Broken { next, .. } => next,
                Found::More => break,
            };
            let is_empty = matches!(pieces.as_slice(), [piece] if piece.of(text).trim_ascii().is_empty());
            if self.bounds.footer_lines > 0 && !is_empty {
                starts.push(at);
            }
            at = next;
        }
        self.is_over = last;
        // The last lines may be the footer: they wait until more is known.
        let held = self.bounds.footer_lines;
        let end = match starts.len().checked_sub(held) {
            _ if held == 0 => at,
            Some(kept) => starts.get(kept).copied().unwrap_or(at),
            None => 0,
        };
        (end > 0 || last).then_some(end)
    }

    /// Whether the line that begins here ends the table; none when its end was not read yet.
    fn is_behind_records(&self, text: &[u8], at: usize, last: bool) -> Option<bool> {
        let marks = &self.scanner.marks;
        let (end, _) = marks.line(text, at, last)?;
        let line = text.get(at..end).unwrap_or_default();
        let is_empty = || self.bounds.at_empty_line && is_empty(line, &marks.delimiter);
        Some(is_empty() || self.bounds.footer.iter().any(|footer| footer.fits(line)))
    }

    /// Passes over what is left of a record that has no end.
    fn pass_endless(&mut self) -> Result<(), Problem> {
        while self.endless {
            let (text, last) = (self.text.rest(), self.text.is_last());
            let found = self.scanner.marks.line(text, 0, last);
            let passed = found.map_or(text.len().saturating_sub(LONGEST_MARK), |(_, next)| next);
            self.endless = found.is_none() && !last;
            self.text.advance(passed);
            if self.endless {
                self.text.more()?;
            }
        }
        Ok(())
    }
}

/// A line end may be cut in two by what was read.
const LONGEST_MARK: usize = 64;

/// Whether a line holds nothing but delimiters and spaces.
pub(crate) fn is_empty(line: &[u8], delimiter: &[u8]) -> bool {
    let mut rest = line.trim_ascii();
    while let Some(behind) = rest.strip_prefix(delimiter) {
        rest = behind.trim_ascii_start();
    }
    rest.is_empty()
}

impl Cut for Cutter {
    type Piece = Lines;

    fn next(&mut self) -> Result<Option<Lines>, Problem> {
        self.pass_endless()?;
        let mut wanted = self.text.chunk;
        loop {
            if self.is_over {
                return Ok(None);
            }
            while self.text.rest().len() < wanted && self.text.more()? {}
            let byte_offset = self.text.offset();
            let found = self.boundary();
            if let Some(end) = found {
                let text = self.text.take(end);
                if text.is_empty() {
                    continue;
                }
                return Ok(Some(Lines { text, byte_offset, is_endless: false }));
            }
            let length = self.text.rest().len();
            if length > self.scanner.longest {
                self.endless = true;
                let text = self.text.take(length);
                return Ok(Some(Lines { text, byte_offset, is_endless: true }));
            }
            wanted = length * 2;
        }
    }

    fn bytes_read(&self) -> u64 {
        self.text.offset()
    }

    fn mark(&self) -> String {
        self.text.mark()
    }

    fn digest(&mut self) -> Result<String, Problem> {
        self.text.digest()
    }
}
