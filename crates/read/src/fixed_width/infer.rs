//! Guesses the columns of a text file that nobody described.
//!
//! Where lines are (nearly) all of one length, the letters that stand at one position in all of them tell where columns begin:
//!
//! * behind a position that is always blank;
//! * where digits follow letters, or letters digits;
//! * where a position is nearly always filled and the one before it mostly blank: the padding of a text ends there.
//!
//! Left out: several kinds of record, and records without line ends.

use crate::clues::{Clue, Sample};

/// A file that looks as if its columns stood at positions.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Inferred {
    /// First and last position of each column, from zero, the last one not included.
    pub columns: Vec<(usize, usize)>,
    /// The names in the first line, if it holds some.
    pub names: Option<Vec<String>>,
    /// `utf-8` or `windows-1252`.
    pub encoding: &'static str,
    pub evidence: Vec<String>,
    pub confidence: f64,
}

/// Lines that are looked at.
const LINES: usize = 2000;
/// Fewer lines show nothing.
const FEWEST: usize = 4;
/// A file with shorter lines has no columns to find; longer ones are no text for people.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=20_000;
/// A position that is filled in so many of the lines counts as always filled.
const MOSTLY: f64 = 0.9;

/// How sure it is that columns stand at positions.
pub(crate) fn recognise(sample: &Sample) -> Option<Clue> {
    infer(sample).map(|found| Clue { confidence: found.confidence, evidence: found.evidence })
}

/// What the beginning of a file shows.
pub(crate) fn infer(sample: &Sample) -> Option<Inferred> {
    let (text, encoding) = text(sample)?;
    let mut lines: Vec<Vec<char>> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(LINES + 1)
        .map(|line| line.chars().collect())
        .collect();
    if !sample.is_whole() {
        // The sample may end within a line.
        lines.pop();
    }
    if lines.len() < FEWEST {
        return None;
    }
    let length = usual_length(&lines);
    let same = lines.iter().filter(|line| line.len() == length).count() as f64 / lines.len() as f64;
    let within = lines.iter().filter(|line| line.len() <= length).count() as f64 / lines.len() as f64;
    if !LENGTHS.contains(&length) || within < MOSTLY || same < 0.5 || is_delimited(&lines) {
        return None;
    }
    let body = lines.get(1..).unwrap_or_default();
    let columns = boundaries(&profile(body, length));
    if columns.len() < 2 {
        return None;
    }
    let names = names(&lines, &columns);
    let evidence = vec![
        format!("{:.0} % of {} lines have {length} positions", same * 100.0, lines.len()),
        format!(
            "letters, digits and blanks change at the same positions in all lines: {} columns",
            columns.len()
        ),
    ];
    let few = if lines.len() < 20 { 0.15 } else { 0.0 };
    Some(Inferred { columns, names, encoding, evidence, confidence: 0.45 + 0.35 * same - few })
}

fn text(sample: &Sample) -> Option<(String, &'static str)> {
    let bytes = sample.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&sample.bytes);
    let controls = bytes.iter().filter(|byte| **byte < 0x20 && !b"\t\r\n\x0c\x1a".contains(byte)).count();
    if bytes.is_empty() || controls > 0 {
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some((text.to_owned(), "utf-8")),
        // A letter may be cut at the end of the sample.
        Err(error) if error.error_len().is_none() => {
            let whole = bytes.get(..error.valid_up_to()).unwrap_or_default();
            Some((String::from_utf8_lossy(whole).into_owned(), "utf-8"))
        }
        Err(_) => Some((encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(), "windows-1252")),
    }
}

fn usual_length(lines: &[Vec<char>]) -> usize {
    let mut counts = std::collections::BTreeMap::new();
    for line in lines {
        *counts.entry(line.len()).or_insert(0usize) += 1;
    }
    counts.into_iter().max_by_key(|(length, count)| (*count, *length)).map_or(0, |(length, _)| length)
}

/// Whether every line has the same number of a mark that delimits: then it is delimited text whose values have one width.
fn is_delimited(lines: &[Vec<char>]) -> bool {
    [',', ';', '\t', '|'].into_iter().any(|mark| {
        let count = |line: &Vec<char>| line.iter().filter(|letter| **letter == mark).count();
        let first = lines.first().map_or(0, count);
        first > 0
            && lines.iter().filter(|line| count(line) == first).count() as f64 >= MOSTLY * lines.len() as f64
    })
}

/// What stands at one position: shares of all lines.
#[derive(Clone, Copy, Debug, Default)]
struct Position {
    filled: f64,
    digits: f64,
    letters: f64,
}

impl Position {
    /// Nearly all that is there are digits, or marks that stand in numbers.
    fn is_digits(self) -> bool {
        self.filled > 0.0 && self.digits >= 0.98 * self.filled
    }

    fn is_letters(self) -> bool {
        self.filled > 0.0 && self.letters >= 0.98 * self.filled
    }
}

fn profile(lines: &[Vec<char>], length: usize) -> Vec<Position> {
    let share = |position: usize, fits: &dyn Fn(char) -> bool| {
        let letters = lines.iter().filter_map(|line| line.get(position));
        letters.filter(|letter| fits(**letter)).count() as f64 / lines.len().max(1) as f64
    };
    let position = |position| Position {
        filled: share(position, &|letter| letter != ' '),
        digits: share(position, &|letter| letter.is_ascii_digit() || "+-.".contains(letter)),
        letters: share(position, &|letter| letter.is_alphabetic()),
    };
    (0..length).map(position).collect()
}

/// The columns between the positions where something changes. Blanks belong to the column before them.
fn boundaries(positions: &[Position]) -> Vec<(usize, usize)> {
    let mut starts = vec![0];
    for (at, pair) in positions.windows(2).enumerate() {
        let &[before, here] = pair else { continue };
        if here.filled > 0.0 && is_boundary(before, here, positions, at + 1) {
            starts.push(at + 1);
        }
    }
    let ends = starts.iter().skip(1).copied().chain([positions.len()]);
    starts.iter().copied().zip(ends).collect()
}

fn is_boundary(before: Position, here: Position, positions: &[Position], at: usize) -> bool {
    if before.filled == 0.0 {
        return true;
    }
    let changes = (before.is_digits() && here.is_letters()) || (before.is_letters() && here.is_digits());
    // Digits that grow to the left are one number.
    let is_number = before.is_digits() && here.is_digits();
    let pad_ends = here.filled >= MOSTLY && here.filled - before.filled >= 0.3 && !is_number;
    // A number that grows to the left begins where a text's padding ends: few digits behind hardly any letters.
    let number_begins = !before.is_digits() && here.is_digits() && before.filled < 0.5 && {
        let run = positions.get(at..).unwrap_or_default().iter().take_while(|next| next.is_digits());
        let fills: Vec<f64> = run.map(|next| next.filled).collect();
        fills.windows(2).all(|pair| matches!(pair, [left, right] if left <= right))
            && fills.last().is_some_and(|last| *last >= MOSTLY)
    };
    (changes && before.filled >= 0.5 && here.filled >= 0.5) || pad_ends || number_begins
}

/// The names in the first line, when it has words where the others have digits.
fn names(lines: &[Vec<char>], columns: &[(usize, usize)]) -> Option<Vec<String>> {
    let cell = |line: &[char], (start, end): (usize, usize)| -> String {
        line.iter().skip(start).take(end - start).collect::<String>().trim().to_owned()
    };
    let (first, body) = lines.split_first()?;
    let names: Vec<String> = columns.iter().map(|column| cell(first, *column)).collect();
    let is_name = |name: &String| name.starts_with(char::is_alphabetic);
    let has_digits = |column: &(usize, usize)| {
        body.iter().take(50).all(|line| cell(line, *column).chars().all(|letter| !letter.is_alphabetic()))
    };
    (names.iter().all(is_name) && columns.iter().any(has_digits)).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::infer;
    use crate::clues::Sample;

    fn inferred(text: &str) -> Option<Vec<(usize, usize)>> {
        let sample =
            Sample { name: "a.txt".into(), bytes: text.as_bytes().to_vec(), size: text.len() as u64 };
        infer(&sample).map(|found| found.columns)
    }

    #[test]
    fn columns_begin_where_something_changes_in_all_lines() {
        let people = "00017MILLER    1980010100012\n00018BO        1975123199812\n00019SCHNEIDER 1990063000007\n00020LI        2001022900300\n";
        assert_eq!(inferred(people), Some(vec![(0, 5), (5, 15), (15, 28)]));
        let spaced = "AB   12  x\nCDE   3  y\nF   456  z\nGH    7  x\n";
        assert_eq!(inferred(spaced), Some(vec![(0, 4), (4, 9), (9, 10)]));
    }

    #[test]
    fn prose_and_delimited_text_have_no_columns() {
        for text in [
            "a,b,cccc,d\ne,f,gggg,h\ni,j,kkkk,l\nm,n,oooo,p\n",
            "short\nlines\nof\na poem\nthat is longer here\n",
            "",
            "one line only of some length\n",
        ] {
            assert_eq!(inferred(text), None, "{text}");
        }
    }
}
