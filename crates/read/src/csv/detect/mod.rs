//! Guesses how an unknown text file is written: its encoding, its marks, and where in it the table lies.
//!
//! The marks are those under which the records look most alike and their cells most like values: a pattern score times a type score, the
//! data consistency of van den Burg, Nazábal and Sutton ("Wrangling messy CSV files by detecting row and type patterns", Data Mining and
//! Knowledge Discovery, 2019), with another pattern score. Theirs divides by the number of different row patterns, so that a few title lines and
//! totals weigh as much as many; here it is the chance that two records, taken at random, have the same number of fields. What surrounds
//! the table (titles, several header rows, footnotes, other tables) and what is broken in it follows Pollock's list of what spoils files
//! (Vitagliano et al., "Pollock: A Data Loading Benchmark", PVLDB 16, 2023).

mod cells;
mod encoding;
mod marks;
mod rows;
mod score;
mod table;

pub(crate) use encoding::letters;
pub(crate) use table::Table;

use self::marks::candidates;
use self::rows::{Rows, rows};
use self::score::{Score, prior, score};
use super::coding::Coding;
use super::marks::Marks;
use crate::clues::{Clue, Sample};

/// How an unknown file is written.
pub(crate) struct Detected {
    pub coding: Coding,
    pub marks: Marks,
    pub table: Table,
    /// Whether quotation marks were seen at work.
    pub quotes_seen: bool,
    /// The usual number of fields.
    pub width: usize,
    /// Whether `"` stands for itself at the beginning of a field.
    has_quotes_as_letters: bool,
    pub clue: Clue,
}

impl Detected {
    /// Whether quotation marks, of which none was seen at work, may come in what was not looked at: only where none stands for itself.
    pub fn may_have_quotes(&self) -> bool {
        !self.has_quotes_as_letters
    }

    /// Takes the end of a file in that was too long to be looked at whole: footnotes stand there.
    pub fn look_at_end(&mut self, end: &[u8]) {
        let scanned = self.coding.scanned(end);
        let text = match &self.coding {
            Coding::Within(encoding) => encoding.decode_without_bom_handling(&scanned).0,
            _ => String::from_utf8_lossy(&scanned),
        };
        // What was read begins in the middle of a record.
        let begin = self.marks.line(text.as_bytes(), 0, true).map_or(0, |(_, next)| next);
        let looked = rows(text.get(begin..).unwrap_or_default(), &self.marks, true, Some(self.width));
        let lines = table::footer_lines(&looked, self.width);
        if lines > 0 && self.width > 1 {
            self.table.footer_lines = lines;
            self.clue.evidence.push(format!("{lines} lines stand behind the table (footer_lines)"));
        }
    }
}

/// So much of a file is looked at with each set of marks.
const LOOKED_AT: usize = 64 << 10;

/// How a sample is written, if it is text at all.
pub(crate) fn detect(sample: &Sample) -> Option<Detected> {
    let letters = letters(&sample.bytes)?;
    let text = letters.text;
    let whole = sample.is_whole();
    let (beginning, all_of_it) = beginning(&text, whole);
    let mut scored: Vec<(Score, Marks, Rows)> = candidates(beginning)
        .into_iter()
        .map(|marks| {
            let rows = rows(beginning, &marks, all_of_it, None);
            (score(&rows, &marks), marks, rows)
        })
        .collect();
    // Of equal ones the first, which is the most usual.
    scored.sort_by(|a, b| b.0.total.total_cmp(&a.0.total));
    let second = scored
        .iter()
        .find(|(_, marks, _)| marks.delimiter != scored[0].1.delimiter)
        .map(|other| other.0.total);
    let (best, marks, first_rows) = scored.into_iter().next()?;
    if first_rows.all.is_empty() {
        return None;
    }
    let broken = first_rows.all.iter().filter(|row| row.is_broken).count();
    let looked = rows(&text, &marks, whole, (broken > 0).then_some(best.width));
    let table = Table::find(&looked, &marks, best.width, broken, whole);
    let confidence = confidence(sample, &marks, &best, second);
    let mut evidence = vec![letters.evidence];
    evidence.push(marks_in_words(&marks, &best, second, looked.quoted > 0));
    evidence.extend(table.evidence.iter().cloned());
    Some(Detected {
        coding: letters.coding,
        width: best.width,
        quotes_seen: looked.quoted > 0,
        has_quotes_as_letters: marks.quote.is_none() && has_quotes_as_letters(&looked),
        marks,
        table,
        clue: Clue { confidence, evidence },
    })
}

/// As much of a text as is looked at with each set of marks, and whether that is all.
fn beginning(text: &str, whole: bool) -> (&str, bool) {
    if text.len() <= LOOKED_AT {
        return (text, whole);
    }
    let mut end = LOOKED_AT;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    (text.get(..end).unwrap_or_default(), false)
}

fn has_quotes_as_letters(rows: &Rows) -> bool {
    rows.all.iter().flat_map(|row| &row.cells).any(|cell| cell.text.trim_start().starts_with('"'))
}

/// How sure it is that the file is delimited text, and in this way.
fn confidence(sample: &Sample, marks: &Marks, best: &Score, second: Option<f64>) -> f64 {
    let name = sample.name.to_ascii_lowercase();
    let named = [".csv", ".tsv", ".tab", ".psv", ".ssv"].iter().any(|end| name.ends_with(end));
    let markup = sample.bytes.trim_ascii_start().first().is_some_and(|byte| b"{[<".contains(byte));
    // Prose and programs have marks in them as well, but no two lines have as many; and who uses an unusual mark does so in every line.
    let base = if best.width > 1 {
        0.2 + 0.7 * best.alike.powi(2) * best.typed * prior(marks, best.width).sqrt()
    } else {
        0.3
    };
    let margin = second.map_or(1.0, |second| 1.0 - (second / best.total.max(1e-9)).min(1.0));
    let sure = base * (0.85 + 0.15 * margin) + if named { 0.15 } else { 0.0 };
    (if markup && !named { sure / 2.0 } else { sure }).min(0.99)
}

fn marks_in_words(marks: &Marks, best: &Score, second: Option<f64>, quotes_seen: bool) -> String {
    let delimiter = marks::in_words(&marks.delimiter);
    if best.width <= 1 {
        return "no delimiter sets fields apart: there is one column".into();
    }
    let quote = match marks.quote.filter(|_| quotes_seen) {
        Some(quote) => format!(", `{}` around fields", char::from(quote)),
        None => String::new(),
    };
    let escape =
        marks.escape.map_or(String::new(), |escape| format!(", `{}` before marks", char::from(escape)));
    let next = second.map_or(String::new(), |second| format!("; the next best guess {second:.2}"));
    format!(
        "delimiter {delimiter}{quote}{escape}: {:.0} % of the lines have {} fields, {:.0} % of the cells look like values (score {:.2}{next})",
        best.share * 100.0,
        best.width,
        best.typed * 100.0,
        best.total,
    )
}

#[cfg(test)]
mod tests;
