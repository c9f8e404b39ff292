//! Where records and fields begin and end.
//!
//! RFC 4180 with liberties: any marks, and a broken record costs no other. A quotation mark that never closes, or that closes in the
//! middle of a field, breaks the record; it then ends at the end of its first line, and reading goes on with the next line.
//!
//! Most records are plain: `words` finds their fields eight bytes at a time. What is left takes the careful way here, which alone defines
//! the result.

use super::marks::Marks;
use super::words::Words;

/// One field: where it lies in the buffer, without its quotation marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Piece {
    pub begin: u32,
    pub end: u32,
    /// Whether it was in quotation marks.
    pub quoted: bool,
    /// Whether marks in it are written twice or behind an escape.
    pub escaped: bool,
    /// Whether it lies among values that had to be rewritten, and not in the buffer.
    pub rewritten: bool,
}

impl Piece {
    pub fn plain(begin: usize, end: usize) -> Self {
        Self { begin: begin as u32, end: end as u32, ..Self::default() }
    }

    /// Its bytes, as they stand in the buffer.
    #[inline]
    pub fn of<'a>(&self, buffer: &'a [u8]) -> &'a [u8] {
        buffer.get(self.begin as usize..self.end as usize).unwrap_or_default()
    }
}

/// What was found at a place of the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A record; its fields are in the list. The following one begins at `next`.
    Record { next: usize },
    /// A broken record, cut at the end of its first line.
    Broken { next: usize, why: Broken },
    /// A line that holds no record.
    Comment { next: usize },
    /// The buffer ends before the record does: give more, if there is more.
    More,
}

/// Why a record is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// Text follows a closing quotation mark.
    TextAfterQuote,
    /// A quotation mark never closes, or not within the longest record.
    OpenQuote,
    /// A record is longer than the longest may be.
    TooLong,
}

/// Finds records in a buffer.
#[derive(Clone, Debug)]
pub(crate) struct Scanner {
    pub marks: Marks,
    /// A record with more bytes is broken.
    pub longest: usize,
    /// How many fields records have; not known while the header is read.
    pub width: Option<usize>,
    /// Whether a quotation mark out of place is a letter rather than the end of the record.
    pub keeps_stray_quotes: bool,
    words: Option<Words>,
    /// Bytes that a delimiter, a line end or an escape begins with.
    special: [bool; 256],
}

/// Where a field ends.
enum End {
    Delimiter(usize),
    Line(usize),
    Buffer,
}

/// The end of file of DOS and CP/M.
const CONTROL_Z: &[u8] = b"\x1a";

impl Scanner {
    pub fn new(marks: Marks, longest: usize) -> Self {
        let mut special = [false; 256];
        let first = marks.delimiter.first().into_iter().chain(&marks.escape);
        for byte in first.chain(marks.first_of_line_end()) {
            special[usize::from(*byte)] = true;
        }
        let words = Words::of(&marks);
        Self { marks, longest, width: None, keeps_stray_quotes: false, words, special }
    }

    /// Finds the record that begins at `at`. `last` says that the file ends with the buffer.
    #[inline]
    pub fn record(&self, buffer: &[u8], at: usize, last: bool, pieces: &mut Vec<Piece>) -> Found {
        let before = pieces.len();
        if self.marks.comment.is_none()
            && let Some(words) = &self.words
        {
            if let Some(next) = words.record(buffer, at, pieces)
                && next - at <= self.longest
                && self.width.is_none_or(|width| width == pieces.len() - before)
            {
                return Found::Record { next };
            }
            pieces.truncate(before);
        }
        self.careful(buffer, at, last, pieces)
    }

    fn careful(&self, buffer: &[u8], at: usize, last: bool, pieces: &mut Vec<Piece>) -> Found {
        let rest = buffer.get(at..).unwrap_or_default();
        if self.marks.comment.as_ref().is_some_and(|comment| rest.starts_with(comment)) {
            return match self.marks.line(buffer, at, last) {
                Some((_, next)) => Found::Comment { next },
                None => Found::More,
            };
        }
        if last && rest == CONTROL_Z {
            return Found::Comment { next: buffer.len() };
        }
        let before = pieces.len();
        let found = self.strict(buffer, at, last, pieces);
        let Found::Record { next } = found else {
            return self.mended(buffer, at, last, found, pieces, before);
        };
        // A wrong number of fields over several lines: a quotation mark has joined lines that do not belong together.
        let wrong = self.width.is_some_and(|width| !fits(buffer, pieces, before, width));
        match self.marks.line(buffer, at, last) {
            Some((_, end)) if wrong && end < next => {
                pieces.truncate(before);
                let broken = Found::Broken { next: end, why: Broken::OpenQuote };
                self.mended(buffer, at, last, broken, pieces, before)
            }
            _ => found,
        }
    }

    /// A broken record whose quotation marks may stand for themselves.
    fn mended(
        &self,
        buffer: &[u8],
        at: usize,
        last: bool,
        found: Found,
        pieces: &mut Vec<Piece>,
        before: usize,
    ) -> Found {
        pieces.truncate(before);
        let Found::Broken { next, why: Broken::TextAfterQuote | Broken::OpenQuote } = found else {
            return found;
        };
        let Some((end, _)) = self.marks.line(buffer, at, last).filter(|_| self.keeps_stray_quotes) else {
            return found;
        };
        self.lenient(buffer, at, end, pieces);
        Found::Record { next }
    }

    fn strict(&self, buffer: &[u8], at: usize, last: bool, pieces: &mut Vec<Piece>) -> Found {
        let before = pieces.len();
        let mut here = self.after_merged(buffer, at);
        loop {
            let open = self.opening_quote(buffer, here);
            let field = match open {
                Some(open) => self.quoted(buffer, open, last),
                None => Ok(self.plain(buffer, here, last)),
            };
            let too_long = |here: usize| here - at > self.longest;
            match field {
                Ok((piece, end)) => {
                    pieces.push(piece);
                    match end {
                        End::Line(next) if too_long(piece.end as usize) => {
                            pieces.truncate(before);
                            return Found::Broken { next, why: Broken::TooLong };
                        }
                        End::Line(next) => return Found::Record { next },
                        End::Delimiter(next) => {
                            here = self.after_merged(buffer, next);
                            if self.marks.merged
                                && let Some(length) = self.marks.line_end_at(buffer, here, last)
                            {
                                return Found::Record { next: here + length };
                            }
                        }
                        End::Buffer if too_long(buffer.len()) => {
                            return self.broken(buffer, at, last, Broken::TooLong);
                        }
                        End::Buffer if last => return Found::Record { next: buffer.len() },
                        End::Buffer => return Found::More,
                    }
                }
                Err((Broken::OpenQuote, _)) if !last && !too_long(buffer.len()) => return Found::More,
                Err((why, stray)) => {
                    let found = self.broken(buffer, at, last, why);
                    return blame_first_line(found, stray);
                }
            }
        }
    }

    /// A record cut at the end of its first line.
    fn broken(&self, buffer: &[u8], at: usize, last: bool, why: Broken) -> Found {
        match self.marks.line(buffer, at, last) {
            Some((_, next)) => Found::Broken { next, why },
            None => Found::More,
        }
    }

    /// The fields of one line, in which a quotation mark counts only where it opens a field and one closes it.
    fn lenient(&self, buffer: &[u8], at: usize, end: usize, pieces: &mut Vec<Piece>) {
        let line = buffer.get(..end).unwrap_or_default();
        let mut here = self.after_merged(line, at);
        loop {
            let quoted = self.opening_quote(line, here).and_then(|open| self.quoted_anyhow(line, open));
            let (piece, end) = quoted.unwrap_or_else(|| self.plain(line, here, true));
            pieces.push(piece);
            match end {
                End::Delimiter(next) => here = self.after_merged(line, next),
                End::Line(_) | End::Buffer => return,
            }
        }
    }

    /// A field whose closing quotation mark is the first one before a delimiter or the end.
    fn quoted_anyhow(&self, line: &[u8], open: usize) -> Option<(Piece, End)> {
        let quote = self.marks.quote?;
        let begin = open + 1;
        let mut here = begin;
        loop {
            here += line.get(here..)?.iter().position(|byte| *byte == quote)?;
            if let Some(end) = self.closes(line, here, true) {
                let escaped = line.get(begin..here).is_some_and(|text| text.contains(&quote));
                return Some((Piece { quoted: true, escaped, ..Piece::plain(begin, here) }, end));
            }
            here += if line.get(here + 1) == Some(&quote) { 2 } else { 1 };
        }
    }

    /// Where a quotation mark opens the field that begins here, maybe behind spaces.
    fn opening_quote(&self, buffer: &[u8], here: usize) -> Option<usize> {
        let quote = self.marks.quote?;
        let spaces = if self.marks.spaced { self.spaces(buffer, here) } else { 0 };
        (buffer.get(here + spaces) == Some(&quote)).then_some(here + spaces)
    }

    fn spaces(&self, buffer: &[u8], here: usize) -> usize {
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t') && !self.marks.delimiter.contains(byte);
        buffer.get(here..).unwrap_or_default().iter().take_while(|byte| is_space(byte)).count()
    }

    fn after_merged(&self, buffer: &[u8], mut here: usize) -> usize {
        while self.marks.merged
            && buffer.get(here..).is_some_and(|rest| rest.starts_with(&self.marks.delimiter))
        {
            here += self.marks.delimiter.len();
        }
        here
    }

    /// A field without quotation marks, up to a delimiter or the end of the line.
    fn plain(&self, buffer: &[u8], begin: usize, last: bool) -> (Piece, End) {
        let (mut here, mut escaped) = (begin, false);
        loop {
            let rest = buffer.get(here..).unwrap_or_default();
            let Some(step) = rest.iter().position(|byte| self.special[usize::from(*byte)]) else {
                return (Piece { escaped, ..Piece::plain(begin, buffer.len()) }, End::Buffer);
            };
            here += step;
            let end = if buffer.get(here).copied() == self.marks.escape && self.marks.escape.is_some() {
                here += 1;
                escaped = true;
                None
            } else {
                self.end_at(buffer, here, last)
            };
            if let Some(end) = end {
                return (Piece { escaped, ..Piece::plain(begin, here) }, end);
            }
            here += 1;
        }
    }

    /// Whether a delimiter or a line end stands here.
    fn end_at(&self, buffer: &[u8], here: usize, last: bool) -> Option<End> {
        if buffer.get(here..).is_some_and(|rest| rest.starts_with(&self.marks.delimiter)) {
            return Some(End::Delimiter(here + self.marks.delimiter.len()));
        }
        self.marks.line_end_at(buffer, here, last).map(|length| End::Line(here + length))
    }

    /// What a quotation mark at this place ends, if it closes a field.
    fn closes(&self, buffer: &[u8], close: usize, last: bool) -> Option<End> {
        let behind = close + 1;
        let behind = behind + if self.marks.spaced { self.spaces(buffer, behind) } else { 0 };
        match buffer.get(behind..) {
            None | Some([]) => Some(End::Buffer),
            // The half of a line end, of which the other half was not read yet, or never will be.
            Some([b'\r']) if self.marks.first_of_line_end().contains(&b'\r') => {
                Some(self.end_at(buffer, behind, last).unwrap_or(End::Buffer))
            }
            // The beginning of a delimiter or a line end, of which the rest was not read yet.
            Some(rest) if !last && self.marks.could_begin(rest) => Some(End::Buffer),
            Some(_) => self.end_at(buffer, behind, last),
        }
    }

    /// A field in quotation marks; gives what ends it, or where it is broken.
    fn quoted(&self, buffer: &[u8], open: usize, last: bool) -> Result<(Piece, End), (Broken, usize)> {
        let quote = self.marks.quote.unwrap_or_default();
        let begin = open + 1;
        let (mut here, mut escaped) = (begin, false);
        loop {
            let rest = buffer.get(here..).unwrap_or_default();
            let stops = |byte: &u8| *byte == quote || Some(*byte) == self.marks.escape;
            let Some(step) = rest.iter().position(stops) else {
                return Err((Broken::OpenQuote, buffer.len()));
            };
            let mark = here + step;
            let is_escape = buffer.get(mark).copied() == self.marks.escape && self.marks.escape.is_some();
            let is_doubled = buffer.get(mark + 1) == Some(&quote);
            if is_doubled || is_escape && self.marks.escape != Some(quote) {
                escaped = true;
                here = mark + 2;
            } else {
                let piece = Piece { quoted: true, escaped, ..Piece::plain(begin, mark) };
                let end = self.closes(buffer, mark, last).ok_or((Broken::TextAfterQuote, mark))?;
                return Ok((piece, end));
            }
            if here - open > self.longest {
                return Err((Broken::OpenQuote, here));
            }
        }
    }

    /// A value with every mark that was written twice or behind an escape written once.
    pub fn unescape(&self, raw: &[u8], out: &mut Vec<u8>) {
        let mut bytes = raw.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            if Some(byte) == self.marks.escape && self.marks.escape != self.marks.quote {
                out.extend(bytes.next().or(Some(byte)));
                continue;
            }
            out.push(byte);
            if Some(byte) == self.marks.quote {
                bytes.next_if_eq(&byte);
            }
        }
    }
}

/// Text behind a quotation mark on a later line: the mark was meant to open a value there, and the one on the first line never closed.
/// So the first line alone tells why it is broken, whatever was read behind it.
fn blame_first_line(found: Found, stray: usize) -> Found {
    match found {
        Found::Broken { next, .. } if stray >= next => Found::Broken { next, why: Broken::OpenQuote },
        _ => found,
    }
}

/// Whether there is a field for each column; empty ones too many are passed over.
pub(crate) fn fits(buffer: &[u8], pieces: &[Piece], before: usize, width: usize) -> bool {
    let pieces = pieces.get(before..).unwrap_or_default();
    pieces.len() >= width && pieces.iter().skip(width).all(|piece| piece.of(buffer).trim_ascii().is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Found, Marks, Scanner};
    use crate::csv::marks::LineEnd;

    fn split(scanner: &Scanner, text: &str) -> String {
        let (mut at, mut out) = (0, Vec::new());
        while at < text.len() {
            let mut pieces = Vec::new();
            match scanner.record(text.as_bytes(), at, true, &mut pieces) {
                Found::Record { next } => {
                    let fields: Vec<&str> = pieces
                        .iter()
                        .map(|piece| std::str::from_utf8(piece.of(text.as_bytes())).unwrap())
                        .collect();
                    out.push(format!("{fields:?}"));
                    at = next;
                }
                Found::Broken { next, why } => {
                    out.push(format!("{why:?} {:?}", &text[at..next]));
                    at = next;
                }
                Found::Comment { next } => at = next,
                Found::More => return format!("more at {at}"),
            }
        }
        out.join(" ")
    }

    #[test]
    fn records_are_found_and_a_broken_one_costs_no_other() {
        let scanner = Scanner::new(Marks::default(), 20);
        for (text, expected) in [
            ("a,b\nc,d\n", r#"["a", "b"] ["c", "d"]"#),
            ("a,b\r\nc,", r#"["a", "b"] ["c", ""]"#),
            ("\"a,1\",\"b\nb\"\r\nc,d", r#"["a,1", "b\nb"] ["c", "d"]"#),
            ("\"a\"\"b\",c\n", r#"["a\"\"b", "c"]"#),
            ("\"a\"x,b\nc,d\n", r#"TextAfterQuote "\"a\"x,b\n" ["c", "d"]"#),
            ("\"a,b\nc,d\ne,f\n", r#"OpenQuote "\"a,b\n" ["c", "d"] ["e", "f"]"#),
            ("\"a,b\n\"c\",d\n", r#"OpenQuote "\"a,b\n" ["c", "d"]"#),
            ("\"a\n\",\"b\"c\"\n", r#"OpenQuote "\"a\n" TextAfterQuote "\",\"b\"c\"\n""#),
            ("a\"b,c\n", r#"["a\"b", "c"]"#),
            ("aaaaaaaaaaaaaaaaaaaaa\nb,c\n", r#"TooLong "aaaaaaaaaaaaaaaaaaaaa\n" ["b", "c"]"#),
            ("\"\"", r#"[""]"#),
            ("\"", r#"OpenQuote "\"""#),
            ("a,b\n\x1a", r#"["a", "b"]"#),
        ] {
            assert_eq!(split(&scanner, text), expected, "{text:?}");
        }
    }

    #[test]
    fn any_marks_set_records_and_fields_apart() {
        let usual = Marks::default;
        for (marks, text, expected) in [
            (Marks { delimiter: b"||".to_vec(), ..usual() }, "a||b|c||\n", r#"["a", "b|c", ""]"#),
            (Marks { line_end: LineEnd::Cr, ..usual() }, "a,b\rc,d", r#"["a", "b"] ["c", "d"]"#),
            (
                Marks { line_end: LineEnd::Any, ..usual() },
                "a\rb\nc\r\n\"d\r\"\r",
                r#"["a"] ["b"] ["c"] ["d\r"]"#,
            ),
            (
                Marks { line_end: LineEnd::Mark(b"~\n".to_vec()), ..usual() },
                "a,b~c\nd~\ne",
                r#"["a", "b~c\nd"] ["e"]"#,
            ),
            (Marks { escape: Some(b'\\'), ..usual() }, "\"a\\\"b\",c\\,d\\\n", r#"["a\\\"b", "c\\,d\\\n"]"#),
            (Marks { quote: None, ..usual() }, "\"a,b\n", r#"["\"a", "b"]"#),
            (Marks { quote: Some(b'\''), ..usual() }, "'a,b','it''s'\n", r#"["a,b", "it''s"]"#),
            (Marks { comment: Some(b"#".to_vec()), ..usual() }, "#\"x\na,#b\n", r##"["a", "#b"]"##),
            (
                Marks { delimiter: b" ".to_vec(), merged: true, ..usual() },
                "  a   b \n c\n",
                r#"["a", "b"] ["c"]"#,
            ),
            (Marks { spaced: true, ..usual() }, " \"a,b\" , c\n", r#"["a,b", " c"]"#),
        ] {
            assert_eq!(split(&Scanner::new(marks, 1000), text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_quotation_mark_out_of_place_may_stand_for_itself() {
        let mut scanner = Scanner::new(Marks::default(), 1000);
        scanner.keeps_stray_quotes = true;
        scanner.width = Some(2);
        for (text, expected) in [
            ("\"a\"b\",c\n", r#"["a\"b", "c"]"#),
            ("\"a,c\nd,e\n", r#"["\"a", "c"] ["d", "e"]"#),
            ("\"a,c\nd,\"e\"\n", r#"["\"a", "c"] ["d", "e"]"#),
            ("a\",\"c\"\"\"\n", r#"["a\"", "c\"\""]"#),
        ] {
            assert_eq!(split(&scanner, text), expected, "{text:?}");
        }
    }
}
