//! Fields of plain records, found eight bytes at a time.
//!
//! A word of eight bytes is compared with a mark by arithmetic on all eight at once (Mycroft's test for a zero byte, in the exact form of
//! H. Warren, "Hacker's Delight", §6–1). Whether a mark lies within quotation marks follows from the number of quotation marks before it.
//! That is right for well-formed records; the fields are checked, and everything else is left to the careful way.

use super::marks::{LineEnd, Marks};
use super::scan::Piece;

/// The marks, each eight times in a word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    delimiter: u64,
    line_end: u64,
    /// The delimiter again when there are no quotation marks.
    quote: u64,
    has_quote: bool,
    quote_byte: u8,
    line_end_byte: u8,
}

const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
const EACH: u64 = 0x0101_0101_0101_0101;

/// The highest bit of each byte that is equal to that of the mark.
#[inline]
fn equal(word: u64, mark: u64) -> u64 {
    let difference = word ^ mark;
    !((difference & LOW).wrapping_add(LOW) | difference | LOW)
}

impl Words {
    /// None for marks of several bytes, escapes and other rare things.
    pub fn of(marks: &Marks) -> Option<Self> {
        let &[delimiter] = marks.delimiter.as_slice() else { return None };
        let line_end_byte = match marks.line_end {
            LineEnd::Lf => b'\n',
            LineEnd::Cr => b'\r',
            LineEnd::Any | LineEnd::Mark(_) => return None,
        };
        if marks.escape.is_some() || marks.merged {
            return None;
        }
        let quote_byte = marks.quote.unwrap_or(delimiter);
        let each = |byte: u8| u64::from(byte) * EACH;
        Some(Self {
            delimiter: each(delimiter),
            line_end: each(line_end_byte),
            quote: each(quote_byte),
            has_quote: marks.quote.is_some(),
            quote_byte,
            line_end_byte,
        })
    }

    /// Adds the fields of the record that begins at `at` and gives where the next one begins; none when the careful way must be taken,
    /// whatever was added then.
    #[inline]
    pub fn record(&self, buffer: &[u8], at: usize, pieces: &mut Vec<Piece>) -> Option<usize> {
        let first = pieces.len();
        let (mut begin, mut here) = (at, at);
        let (mut inside, mut quotes) = (false, false);
        loop {
            let (bytes, _) = buffer.get(here..)?.split_first_chunk::<8>()?;
            let word = u64::from_le_bytes(*bytes);
            let mut found =
                equal(word, self.delimiter) | equal(word, self.line_end) | equal(word, self.quote);
            while found != 0 {
                let end = here + (found.trailing_zeros() / 8) as usize;
                found &= found.wrapping_sub(1);
                let byte = buffer.get(end).copied().unwrap_or_default();
                if self.has_quote && byte == self.quote_byte {
                    inside = !inside;
                    quotes = true;
                } else if !inside {
                    pieces.push(Piece::plain(begin, end));
                    begin = end + 1;
                    if byte == self.line_end_byte {
                        let pieces = pieces.get_mut(first..)?;
                        self.without_return(buffer, pieces);
                        let well = !quotes || pieces.iter_mut().all(|piece| self.unquote(buffer, piece));
                        return well.then_some(end + 1);
                    }
                }
            }
            here += 8;
        }
    }

    /// Leaves out the CR of a CRLF.
    fn without_return(&self, buffer: &[u8], pieces: &mut [Piece]) {
        if self.line_end_byte == b'\n'
            && let Some(piece) = pieces.last_mut()
            && piece.end > piece.begin
            && piece.of(buffer).last() == Some(&b'\r')
        {
            piece.end -= 1;
        }
    }

    /// Leaves out the quotation marks around a field; false when they do not stand where they should.
    fn unquote(&self, buffer: &[u8], piece: &mut Piece) -> bool {
        let field = piece.of(buffer);
        let quote = self.quote_byte;
        let (Some((_, rest)), true) = (field.split_first(), field.first() == Some(&quote)) else {
            return !field.contains(&quote);
        };
        let Some((last, inner)) = rest.split_last() else { return false };
        if *last != quote {
            return false;
        }
        if inner.contains(&quote) {
            let mut bytes = inner.iter();
            while let Some(byte) = bytes.next() {
                if *byte == quote && bytes.next() != Some(&quote) {
                    return false;
                }
            }
            piece.escaped = true;
        }
        piece.quoted = true;
        piece.begin += 1;
        piece.end -= 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Words;
    use crate::csv::marks::Marks;
    use crate::csv::scan::{Found, Scanner};

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_found_quickly_is_what_is_found_carefully(
            letters in prop::collection::vec(prop::sample::select(b"ab,,\"\"\n\r \xc3".to_vec()), 0..60),
            quote in prop::sample::select(vec![None, Some(b'"')]),
        ) {
            let marks = Marks { quote, ..Marks::default() };
            let words = Words::of(&marks).unwrap();
            // An unused comment makes the scanner take the careful way.
            let careful = Scanner::new(Marks { comment: Some(b"#".to_vec()), ..marks }, 1000);
            let text = [letters, b"\n12345678".to_vec()].concat();
            let mut pieces = Vec::new();
            if let Some(next) = words.record(&text, 0, &mut pieces) {
                let mut expected = Vec::new();
                prop_assert_eq!(careful.record(&text, 0, true, &mut expected), Found::Record { next });
                prop_assert_eq!(pieces, expected);
            }
        }
    }
}
