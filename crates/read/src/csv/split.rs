//! Where records and fields begin and end.
//!
//! RFC 4180 with two liberties: records end with LF or CRLF, and a broken record costs no other. A quotation mark that never
//! closes, or that closes in the middle of a field, breaks the record; it then ends at the end of its first line, and reading goes
//! on with the next line.

/// How fields are set apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Marks {
    pub delimiter: u8,
    /// None when quotation marks mean nothing.
    pub quote: Option<u8>,
}

/// One field: where it lies in the buffer, without its quotation marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub begin: usize,
    pub end: usize,
    /// Whether it was in quotation marks.
    pub quoted: bool,
    /// Whether a quotation mark in it is written twice.
    pub doubled: bool,
}

/// What was found at a place of the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A record; its fields are in the list. It ends before `next`, where the following one begins.
    Record { next: usize },
    /// A broken record, cut at the end of its first line.
    Broken { next: usize, why: Broken },
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
    /// A line is longer than the longest record.
    TooLong,
}

/// Finds records in a buffer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Splitter {
    pub marks: Marks,
    /// A record with more bytes is broken.
    pub longest: usize,
    special: [bool; 256],
}

impl Splitter {
    pub fn new(marks: Marks, longest: usize) -> Self {
        let mut special = [false; 256];
        special[usize::from(marks.delimiter)] = true;
        special[usize::from(b'\n')] = true;
        Self { marks, longest, special }
    }

    /// Finds the record that begins at `at`. `last` says that the file ends with the buffer.
    pub fn record(&self, buffer: &[u8], at: usize, last: bool, pieces: &mut Vec<Piece>) -> Found {
        pieces.clear();
        let mut here = at;
        loop {
            let field = if self.marks.quote.is_some() && buffer.get(here).copied() == self.marks.quote {
                self.quoted(buffer, here)
            } else {
                Ok(self.plain(buffer, here))
            };
            let too_long = |here: usize| here - at > self.longest;
            match field {
                Ok((piece, end)) => {
                    pieces.push(piece);
                    match buffer.get(end) {
                        Some(b'\n') if too_long(end) => {
                            return self.broken(buffer, at, last, Broken::TooLong);
                        }
                        Some(b'\n') => return Found::Record { next: end + 1 },
                        Some(_) => here = end + 1,
                        None if too_long(end) => return self.broken(buffer, at, last, Broken::TooLong),
                        None if last => return Found::Record { next: end },
                        None => return Found::More,
                    }
                }
                Err(Broken::OpenQuote) if !last && !too_long(buffer.len()) => return Found::More,
                Err(why) => return self.broken(buffer, at, last, blamed(buffer, here, why)),
            }
        }
    }

    /// A record that is wrong for its neighbours (too many fields) and spans lines: cut at its first line.
    pub fn broken(&self, buffer: &[u8], at: usize, last: bool, why: Broken) -> Found {
        let rest = buffer.get(at..).unwrap_or_default();
        match rest.iter().position(|byte| *byte == b'\n') {
            Some(end) => Found::Broken { next: at + end + 1, why },
            None if last || rest.len() > self.longest => Found::Broken { next: buffer.len(), why },
            None => Found::More,
        }
    }

    /// A field without quotation marks, up to a delimiter or the end of the line.
    #[inline]
    fn plain(&self, buffer: &[u8], begin: usize) -> (Piece, usize) {
        let rest = buffer.get(begin..).unwrap_or_default();
        let length = rest.iter().position(|byte| self.special[usize::from(*byte)]).unwrap_or(rest.len());
        let end = begin + length;
        let at_line_end = buffer.get(end).is_none_or(|byte| *byte == b'\n');
        let carriage_return = at_line_end && length > 0 && buffer.get(end - 1) == Some(&b'\r');
        let piece = Piece { begin, end: end - usize::from(carriage_return), quoted: false, doubled: false };
        (piece, end)
    }

    /// A field in quotation marks; gives where its delimiter or line end stands.
    fn quoted(&self, buffer: &[u8], open: usize) -> Result<(Piece, usize), Broken> {
        let quote = self.marks.quote.unwrap_or_default();
        let begin = open + 1;
        let mut here = begin;
        let mut doubled = false;
        loop {
            let rest = buffer.get(here..).unwrap_or_default();
            let Some(close) = rest.iter().position(|byte| *byte == quote) else {
                return Err(Broken::OpenQuote);
            };
            let close = here + close;
            let piece = Piece { begin, end: close, quoted: true, doubled };
            match (buffer.get(close + 1), buffer.get(close + 2)) {
                (Some(next), _) if *next == quote => {
                    doubled = true;
                    here = close + 2;
                }
                (None, _) => return Ok((piece, close + 1)),
                (Some(next), _) if *next == self.marks.delimiter || *next == b'\n' => {
                    return Ok((piece, close + 1));
                }
                (Some(b'\r'), Some(b'\n') | None) => return Ok((piece, close + 2)),
                _ => return Err(Broken::TextAfterQuote),
            }
            if here - open > self.longest {
                return Err(Broken::OpenQuote);
            }
        }
    }
}

/// Text behind a quotation mark on a later line: the mark was meant to open a value there, and the one before never closed.
fn blamed(buffer: &[u8], open: usize, why: Broken) -> Broken {
    let rest = buffer.get(open + 1..).unwrap_or_default();
    let ends = rest.iter().find(|byte| **byte == b'\n' || Some(byte) == buffer.get(open).as_ref());
    if why == Broken::TextAfterQuote && ends == Some(&b'\n') { Broken::OpenQuote } else { why }
}

#[cfg(test)]
mod tests {
    use super::{Found, Marks, Splitter};

    fn split(text: &str, longest: usize) -> String {
        let splitter = Splitter::new(Marks { delimiter: b',', quote: Some(b'"') }, longest);
        let (mut at, mut pieces, mut out) = (0, Vec::new(), Vec::new());
        while at < text.len() {
            match splitter.record(text.as_bytes(), at, true, &mut pieces) {
                Found::Record { next } => {
                    let fields: Vec<&str> =
                        pieces.iter().map(|piece| &text[piece.begin..piece.end]).collect();
                    out.push(format!("{fields:?}"));
                    at = next;
                }
                Found::Broken { next, why } => {
                    out.push(format!("{why:?} {:?}", &text[at..next]));
                    at = next;
                }
                Found::More => return format!("more at {at}"),
            }
        }
        out.join(" ")
    }

    #[test]
    fn records_are_found_and_a_broken_one_costs_no_other() {
        for (text, expected) in [
            ("a,b\nc,d\n", r#"["a", "b"] ["c", "d"]"#),
            ("a,b\r\nc,", r#"["a", "b"] ["c", ""]"#),
            ("\"a,1\",\"b\nb\"\r\nc,d", r#"["a,1", "b\nb"] ["c", "d"]"#),
            ("\"a\"\"b\",c\n", r#"["a\"\"b", "c"]"#),
            ("\"a\"x,b\nc,d\n", r#"TextAfterQuote "\"a\"x,b\n" ["c", "d"]"#),
            ("\"a,b\nc,d\ne,f\n", r#"OpenQuote "\"a,b\n" ["c", "d"] ["e", "f"]"#),
            ("\"a,b\n\"c\",d\n", r#"OpenQuote "\"a,b\n" ["c", "d"]"#),
            ("a\"b,c\n", r#"["a\"b", "c"]"#),
            ("aaaaaaaaaaaaaaaaaaaaa\nb,c\n", r#"TooLong "aaaaaaaaaaaaaaaaaaaaa\n" ["b", "c"]"#),
            ("\"\"", r#"[""]"#),
            ("\"", r#"OpenQuote "\"""#),
        ] {
            assert_eq!(split(text, 20), expected, "{text:?}");
        }
    }
}
