//! How well a set of marks explains a text.

use super::cells::{Form, form};
use super::rows::Rows;
use crate::csv::marks::Marks;

/// A score with its parts.
#[derive(Clone, Debug)]
pub(crate) struct Score {
    pub total: f64,
    /// The usual number of fields.
    pub width: usize,
    /// The share of rows that have it.
    pub share: f64,
    /// The chance that two rows have the same number of fields.
    pub alike: f64,
    /// How much the cells look like values, from 0 to 1.
    pub typed: f64,
}

/// What a single column is worth: less than any two columns that make sense, more than many that make none.
const SINGLE: f64 = 0.12;
/// What a single column of dates, plain numbers or addresses is worth, which unusual delimiters would take apart.
const SINGLE_VALUES: f64 = 0.49;

/// Scores the rows that marks have made.
pub(super) fn score(rows: &Rows, marks: &Marks) -> Score {
    let width_of =
        |index: usize| rows.all.get(index).map_or(0, |row| if row.is_broken { 0 } else { row.width() });
    let mut widths: Vec<usize> = (0..rows.all.len()).map(width_of).collect();
    widths.sort_unstable();
    let all = widths.len().max(1) as f64;
    let runs: Vec<(usize, usize)> =
        widths.chunk_by(|a, b| a == b).filter_map(|run| Some((*run.first()?, run.len()))).collect();
    let (width, count) = runs
        .iter()
        .copied()
        .filter(|(width, _)| *width > 0)
        .max_by_key(|(width, count)| (*count, *width))
        .unwrap_or((0, 0));
    let alike: f64 =
        runs.iter().filter(|(width, _)| *width > 0).map(|(_, count)| (*count as f64 / all).powi(2)).sum();
    let (mut weight, mut cells) = (0.0, 0usize);
    for row in &rows.all {
        // Titles and notes have a form of their own.
        if row.is_broken || (row.width() == 1 && width > 1) {
            continue;
        }
        for cell in &row.cells {
            weight += form(&cell.text, cell.is_quoted).weight();
            cells += 1;
        }
    }
    let broken = rows.all.iter().filter(|row| row.is_broken).count() as f64 / all;
    let typed = weight / cells.max(1) as f64;
    let spread = match width {
        2.. => 1.0 - 1.0 / width as f64,
        _ if is_column_of_values(rows) => SINGLE_VALUES,
        _ => SINGLE,
    };
    // A type score below one half is chance.
    let sense = (typed * typed * typed).max(0.001);
    let mut total = alike * spread * sense * (1.0 - broken) * prior(marks, width);
    // Quotation marks and escapes that do nothing are not there.
    if marks.quote.is_some() && rows.quoted == 0 {
        total *= 0.999;
    }
    if marks.escape.is_some() && !rows.escaped {
        total *= 0.999;
    }
    Score { total, width, share: count as f64 / all, alike, typed }
}

/// Whether most rows are one value that could not be a record.
fn is_column_of_values(rows: &Rows) -> bool {
    let is_value = |text: &str| {
        let has_mark = text.trim().contains([',', ';', '|', '\t', ' ']);
        form(text, false).is_value() && (!has_mark || form(text, false) != Form::Number)
    };
    let values = rows.all.iter().filter(|row| row.cells.iter().all(|cell| is_value(&cell.text))).count();
    values * 5 > rows.all.len() * 3
}

/// How usual a delimiter is.
pub(super) fn prior(marks: &Marks, width: usize) -> f64 {
    if width <= 1 {
        return 1.0;
    }
    match marks.delimiter.as_slice() {
        b"," | b";" | b"\t" | b"|" | b"\x01" | b"\x1f" => 1.0,
        b"^" | b"~" => 0.95,
        b" " => 0.7,
        b":" => 0.65,
        b"-" | b"/" | b"=" | b"&" | b"\\" | b"@" | b"+" | b"?" => 0.45,
        [_] => 0.75,
        _ => 0.97,
    }
}
