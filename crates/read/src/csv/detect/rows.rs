//! A text divided into rows and cells by one set of marks.

use crate::csv::marks::Marks;
use crate::csv::scan::{Found, Scanner};

/// The rows of a text.
pub(crate) struct Rows {
    pub all: Vec<Row>,
    /// Cells in quotation marks.
    pub quoted: usize,
    /// Whether an escape was used.
    pub escaped: bool,
}

/// One row.
pub(crate) struct Row {
    pub cells: Vec<Cell>,
    /// The line that it begins in, from zero.
    pub line: usize,
    /// How many empty lines stand before it.
    pub blank_before: usize,
    pub is_broken: bool,
}

/// One cell.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub text: String,
    pub is_quoted: bool,
}

impl Row {
    /// How many cells have something in them.
    pub fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.text.trim().is_empty()).count()
    }

    /// The cells, without empty ones at the end.
    pub fn width(&self) -> usize {
        self.cells.len()
    }
}

/// More rows are not looked at.
const MOST_ROWS: usize = 5000;
const LONGEST: usize = 32 << 10;

/// Divides a text; `whole` says that nothing follows. With a width, quotation marks out of place are letters.
pub(super) fn rows(text: &str, marks: &Marks, whole: bool, width: Option<usize>) -> Rows {
    let mut scanner = Scanner::new(marks.clone(), LONGEST);
    scanner.keeps_stray_quotes = width.is_some();
    scanner.width = width;
    let bytes = text.as_bytes();
    let (mut at, mut line, mut blank) = (0, 0, 0);
    let mut found = Rows { all: Vec::new(), quoted: 0, escaped: false };
    let mut pieces = Vec::new();
    while at < bytes.len() && found.all.len() < MOST_ROWS {
        pieces.clear();
        let (next, is_broken) = match scanner.record(bytes, at, whole, &mut pieces) {
            Found::Record { next } => (next, false),
            Found::Broken { next, .. } => (next, true),
            Found::Comment { next } => {
                at = next;
                continue;
            }
            Found::More => break,
        };
        let cells: Vec<Cell> = pieces
            .iter()
            .map(|piece| {
                found.quoted += usize::from(piece.quoted);
                found.escaped |= piece.escaped && marks.escape.is_some();
                let mut text = piece.of(bytes).to_vec();
                if piece.escaped {
                    let raw = std::mem::take(&mut text);
                    scanner.unescape(&raw, &mut text);
                }
                Cell { text: String::from_utf8_lossy(&text).into_owned(), is_quoted: piece.quoted }
            })
            .collect();
        let is_blank = !is_broken
            && matches!(cells.as_slice(), [cell] if cell.text.trim().is_empty() && !cell.is_quoted);
        if is_blank {
            blank += 1;
        } else {
            found.all.push(Row { cells, line, blank_before: std::mem::take(&mut blank), is_broken });
        }
        line += lines(bytes.get(at..next).unwrap_or_default(), marks);
        at = next;
    }
    found
}

/// How many lines a record takes.
fn lines(record: &[u8], marks: &Marks) -> usize {
    let (mut at, mut count) = (0, 0);
    while let Some((_, next)) = marks.line(record, at, true) {
        count += 1;
        at = next;
    }
    count
}
