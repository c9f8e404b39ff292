//! Guesses the columns of a text file that nobody described.
//!
//! Whether a file has columns at all shows in how much more alike the letters at one position are than letters taken anywhere (`aligned`).
//! Where the columns are shows a rule of dashes below their names, as reports have it, else what stands at each position (`positions`).
//!
//! Left out: several kinds of record, and records without line ends.

mod aligned;
mod digits;
mod lines;
mod positions;
#[cfg(test)]
mod tests;

use crate::clues::{Clue, Sample};
use crate::copybook::CodePage;
use crate::csv::letters;
use lines::Lines;

/// A file that looks as if its columns stood at positions.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Inferred {
    /// First and last position of each column, from zero, the last one not included.
    pub columns: Vec<(usize, usize)>,
    /// The names in the first line, if it holds some.
    pub names: Option<Vec<String>>,
    /// Lines before the first record.
    pub skip_lines: usize,
    /// `utf-8`, or one of one byte a letter.
    pub encoding: String,
    pub evidence: Vec<String>,
    pub confidence: f64,
}

/// Lines that are looked at.
const LINES: usize = 2000;
/// Fewer lines show nothing.
const FEWEST: usize = 4;
/// Fewer than these show less.
const FEW: usize = 20;
/// A file with shorter lines has no columns to find; longer ones are no text for people.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=20_000;
/// Lines that are less aligned are prose, or a program.
const LEAST_ALIGNED: f64 = 0.45;

/// How sure it is that columns stand at positions.
pub(crate) fn recognise(sample: &Sample) -> Option<Clue> {
    infer(sample).map(|found| Clue { confidence: found.confidence, evidence: found.evidence })
}

/// What the beginning of a file shows.
pub(crate) fn infer(sample: &Sample) -> Option<Inferred> {
    let (text, encoding) = text(sample)?;
    let mut all: Vec<Vec<char>> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(LINES + 1)
        .map(|line| line.chars().collect())
        .collect();
    if !sample.is_whole() {
        // The sample may end within a line.
        all.pop();
    }
    let lines = Lines::new(all);
    if lines.all.len() < FEWEST || !LENGTHS.contains(&lines.length) || is_delimited(&lines.all) {
        return None;
    }
    let aligned = aligned::aligned(&lines);
    if aligned < LEAST_ALIGNED {
        return None;
    }
    let (columns, names, skip_lines) = if let Some(columns) = ruled(&lines) {
        let names = lines.all.first().map(|line| named(line, &columns));
        (columns, names, 2)
    } else {
        let columns = positions::columns(&lines, lines.all.get(1..).unwrap_or_default());
        let names = names(&lines.all, &columns);
        let skip_lines = usize::from(names.is_some());
        (columns, names, skip_lines)
    };
    if columns.len() < 2 {
        return None;
    }
    let evidence = vec![
        format!(
            "{:.0} % of {} lines have {} positions{}",
            lines.whole() * 100.0,
            lines.all.len(),
            lines.length,
            if lines.whole() < 1.0 { ", nearly all others fewer" } else { "" }
        ),
        format!(
            "the letters at one position are {:.0} % more often of the same kind than by accident: {} columns",
            aligned * 100.0,
            columns.len()
        ),
    ];
    let few = if lines.all.len() < FEW { 0.15 } else { 0.0 };
    let confidence = 0.3 + 0.65 * aligned - few;
    Some(Inferred { columns, names, skip_lines, encoding, evidence, confidence })
}

fn text(sample: &Sample) -> Option<(String, String)> {
    let bytes = sample.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&sample.bytes);
    let controls = bytes.iter().filter(|byte| **byte < 0x20 && !b"\t\r\n\x0c\x1a".contains(byte)).count();
    if bytes.is_empty() || controls > 0 {
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some((text.to_owned(), "utf-8".into())),
        // A letter may be cut at the end of the sample.
        Err(error) if error.error_len().is_none() => {
            let whole = bytes.get(..error.valid_up_to()).unwrap_or_default();
            Some((String::from_utf8_lossy(whole).into_owned(), "utf-8".into()))
        }
        Err(_) => Some(one_byte(bytes)),
    }
}

/// Text of one byte a letter, as positions need it: in the encoding that its letters are likeliest in.
fn one_byte(bytes: &[u8]) -> (String, String) {
    let likeliest = letters(bytes).map(|letters| (letters.text, letters.coding.name()));
    let is_readable = |(text, name): &(String, String)| {
        text.chars().count() == bytes.len() && CodePage::named(name).is_ok()
    };
    likeliest
        .filter(is_readable)
        .unwrap_or_else(|| (encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(), "windows-1252".into()))
}

/// Whether nearly every line has the same number of a mark that delimits: then it is delimited text whose values have one width.
fn is_delimited(lines: &[Vec<char>]) -> bool {
    const MOSTLY: f64 = 0.9;
    [',', ';', '\t', '|'].into_iter().any(|mark| {
        let count = |line: &Vec<char>| line.iter().filter(|letter| **letter == mark).count();
        let first = lines.first().map_or(0, count);
        first > 0
            && lines.iter().filter(|line| count(line) == first).count() as f64 >= MOSTLY * lines.len() as f64
    })
}

/// The columns that a rule of dashes in the second line shows.
fn ruled(lines: &Lines) -> Option<Vec<(usize, usize)>> {
    let rule = lines.all.get(1)?;
    if !rule.iter().all(|letter| "-=_ +|".contains(*letter))
        || !rule.iter().any(|letter| "-=_".contains(*letter))
    {
        return None;
    }
    let is_dash = |at: usize| rule.get(at).is_some_and(|letter| "-=_".contains(*letter));
    let starts: Vec<usize> =
        (0..rule.len()).filter(|at| is_dash(*at) && (*at == 0 || !is_dash(at - 1))).collect();
    let first = starts.first().copied()?;
    let starts: Vec<usize> = starts.into_iter().map(|start| if start == first { 0 } else { start }).collect();
    (starts.len() > 1).then(|| positions::between(&starts, lines.length.max(rule.len())))
}

/// What a line has in each column; a column without a name is numbered.
fn named(line: &[char], columns: &[(usize, usize)]) -> Vec<String> {
    let name = |(index, column): (usize, &(usize, usize))| match Lines::cell(line, *column) {
        name if name.is_empty() => format!("column_{}", index + 1),
        name => name,
    };
    columns.iter().enumerate().map(name).collect()
}

/// The names in the first line, when it has words where the others have digits.
fn names(lines: &[Vec<char>], columns: &[(usize, usize)]) -> Option<Vec<String>> {
    let (first, body) = lines.split_first()?;
    let names: Vec<String> = columns.iter().map(|column| Lines::cell(first, *column)).collect();
    let is_name = |name: &String| name.starts_with(char::is_alphabetic);
    let has_digits = |column: &(usize, usize)| {
        let mut cells = body.iter().take(50).map(|line| Lines::cell(line, *column));
        cells.all(|cell| cell.chars().all(|letter| !letter.is_alphabetic()))
    };
    (names.iter().all(is_name) && columns.iter().any(has_digits)).then_some(names)
}
