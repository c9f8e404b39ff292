//! The marks that set records and fields apart, as bytes of the text that is scanned.

/// How records and fields are set apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Between fields; never empty.
    pub delimiter: Vec<u8>,
    /// Around fields that hold other marks; none when quotation marks mean nothing.
    pub quote: Option<u8>,
    /// Before a mark that is meant as a letter, besides the quotation mark written twice.
    pub escape: Option<u8>,
    pub line_end: LineEnd,
    /// What lines that hold no record begin with.
    pub comment: Option<Vec<u8>>,
    /// Whether several delimiters in a row count as one, and those at both ends of a line not at all.
    pub merged: bool,
    /// Whether spaces may stand around quotation marks.
    pub spaced: bool,
}

/// What ends a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LineEnd {
    /// LF, and CRLF.
    Lf,
    /// CR alone, as old Macintoshes wrote it.
    Cr,
    /// LF, CRLF and CR, also in one file.
    Any,
    /// Something else; never empty.
    Mark(Vec<u8>),
}

impl Default for Marks {
    fn default() -> Self {
        Self {
            delimiter: b",".to_vec(),
            quote: Some(b'"'),
            escape: None,
            line_end: LineEnd::Lf,
            comment: None,
            merged: false,
            spaced: false,
        }
    }
}

impl Marks {
    /// How many bytes of a line end stand at a place; `None` when there is none, or when it cannot be known before more is read.
    pub fn line_end_at(&self, buffer: &[u8], at: usize, last: bool) -> Option<usize> {
        let rest = buffer.get(at..)?;
        match (&self.line_end, rest) {
            (LineEnd::Lf | LineEnd::Any, [b'\r', b'\n', ..]) => Some(2),
            (LineEnd::Lf | LineEnd::Any, [b'\r']) => last.then_some(1),
            (LineEnd::Lf | LineEnd::Any, [b'\n', ..]) | (LineEnd::Any | LineEnd::Cr, [b'\r', ..]) => Some(1),
            (LineEnd::Mark(mark), rest) => rest.starts_with(mark).then_some(mark.len()),
            _ => None,
        }
    }

    /// Whether some text is the beginning of a delimiter or a line end, and not all of it.
    pub fn could_begin(&self, text: &[u8]) -> bool {
        let begins = |mark: &[u8]| text.len() < mark.len() && mark.starts_with(text);
        begins(&self.delimiter) || matches!(&self.line_end, LineEnd::Mark(mark) if begins(mark))
    }

    /// The byte that a line ends with, if it is always the same.
    pub fn last_byte(&self) -> Option<u8> {
        match &self.line_end {
            LineEnd::Lf => Some(b'\n'),
            LineEnd::Cr => Some(b'\r'),
            LineEnd::Mark(mark) => mark.first().copied().filter(|_| mark.len() == 1),
            LineEnd::Any => None,
        }
    }

    /// Where the line that begins at a place ends, and where the next begins; none when the buffer ends before.
    pub fn line(&self, buffer: &[u8], at: usize, last: bool) -> Option<(usize, usize)> {
        let (mut here, first) = (at, self.first_of_line_end());
        loop {
            let rest = buffer.get(here..)?;
            let Some(step) = rest.iter().position(|byte| first.contains(byte)) else {
                return (last && !rest.is_empty()).then_some((buffer.len(), buffer.len()));
            };
            here += step;
            if let Some(length) = self.line_end_at(buffer, here, last) {
                return Some((here, here + length));
            }
            here += 1;
        }
    }

    /// The bytes that a line end can begin with.
    pub fn first_of_line_end(&self) -> &[u8] {
        match &self.line_end {
            LineEnd::Lf | LineEnd::Any => b"\r\n",
            LineEnd::Cr => b"\r",
            LineEnd::Mark(mark) => mark.get(..1).unwrap_or_default(),
        }
    }
}
