//! Guesses how an unknown text file is delimited: the dialect under which its records look most alike.
//!
//! Each delimiter is tried; a dialect scores by how many records have the same number of fields, and how many fields that is
//! (after van den Burg, Nazábal and Sutton, "Wrangling messy CSV files by detecting row and type patterns", 2019, without its type
//! score). The encoding is settled first.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::marks::Marks;
use super::scan::{Found, Scanner};
use crate::clues::{Clue, Sample};

/// How a file is delimited.
#[derive(Clone, Debug)]
pub(crate) struct Dialect {
    pub marks: Marks,
    pub encoding: &'static Encoding,
    pub header: bool,
    /// Lines before the first record of the usual width.
    pub skip_lines: u64,
    /// Whether values have spaces around them.
    pub padded: bool,
}

const DELIMITERS: [(u8, &str); 6] =
    [(b',', "comma"), (b';', "semicolon"), (b'\t', "tab"), (b'|', "bar"), (b'^', "caret"), (b'~', "tilde")];

/// Records looked at.
const RECORDS: usize = 1000;

/// The likeliest dialect of a sample, if it is text at all.
pub(crate) fn sniff(sample: &Sample) -> Option<(Dialect, Clue)> {
    let (encoding, seen) = encoding(&sample.bytes)?;
    let text = to_utf8(&sample.bytes, encoding);
    let best = DELIMITERS
        .iter()
        .map(|(delimiter, name)| (score(&text, *delimiter, sample.is_whole()), *delimiter, *name))
        .max_by(|a, b| a.0.total.total_cmp(&b.0.total))?;
    let (score, delimiter, name) = best;
    if score.records.is_empty() {
        return None;
    }
    let marks = Marks { delimiter: vec![delimiter], ..Marks::default() };
    let table: Vec<&[String]> = score.records.iter().skip(score.preamble).map(Vec::as_slice).collect();
    let (header, reason) = has_header(&table);
    let evidence = vec![
        seen,
        format!(
            "with the {name} as delimiter, {:.0} % of {} records have {} fields",
            score.share * 100.0,
            score.records.len(),
            score.width
        ),
        reason.into(),
    ];
    let extension = sample.name.to_ascii_lowercase();
    let named = [".csv", ".tsv", ".tab", ".psv"].iter().any(|end| extension.ends_with(end));
    let base = if score.width > 1 { 0.4 + 0.5 * score.share } else { 0.3 };
    let confidence = (base + if named { 0.09 } else { 0.0 }).min(0.99);
    let padded = table.iter().flat_map(|record| record.iter()).any(|field| field.trim().len() < field.len());
    let dialect = Dialect { marks, encoding, header, skip_lines: score.preamble as u64, padded };
    Some((dialect, Clue { confidence, evidence }))
}

/// The encoding of a text with what showed it; none when the bytes are not text.
fn encoding(bytes: &[u8]) -> Option<(&'static Encoding, String)> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return Some((encoding, format!("a byte order mark of {} stands at the beginning", encoding.name())));
    }
    let zeros = |parity: usize| bytes.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let half = bytes.len() / 2;
    if half > 8 && zeros(1) * 10 > half * 7 {
        return Some((UTF_16LE, "every second byte is zero, as in UTF-16 (little-endian)".into()));
    }
    if half > 8 && zeros(0) * 10 > half * 7 {
        return Some((UTF_16BE, "every second byte is zero, as in UTF-16 (big-endian)".into()));
    }
    let controls = bytes.iter().filter(|byte| **byte < 0x20 && !b"\t\r\n\x0c\x1a".contains(byte)).count();
    if bytes.is_empty() || controls * 200 > bytes.len() {
        return None;
    }
    let complete = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    let seen = match (bytes.is_ascii(), complete) {
        (true, _) => "all bytes are ASCII",
        (_, true) => "the bytes are valid UTF-8",
        _ => return Some((WINDOWS_1252, "the bytes are text, but not UTF-8; taken for windows-1252".into())),
    };
    Some((UTF_8, seen.into()))
}

fn to_utf8(bytes: &[u8], encoding: &'static Encoding) -> Vec<u8> {
    let (text, _) = encoding.decode_with_bom_removal(bytes);
    text.into_owned().into_bytes()
}

struct Score {
    total: f64,
    /// The usual number of fields.
    width: usize,
    /// The share of records that have it.
    share: f64,
    /// Records before the first one of that width.
    preamble: usize,
    records: Vec<Vec<String>>,
}

fn score(text: &[u8], delimiter: u8, whole: bool) -> Score {
    let records = records(text, delimiter, whole);
    let mut widths: Vec<usize> = records.iter().map(Vec::len).collect();
    widths.sort_unstable();
    let runs = widths.chunk_by(|a, b| a == b);
    let (width, count) = runs
        .map(|run| (run.first().copied().unwrap_or(0), run.len()))
        .max_by_key(|(width, count)| (*count, *width))
        .unwrap_or((0, 0));
    let share = count as f64 / records.len().max(1) as f64;
    let preamble = records.iter().position(|record| record.len() == width).unwrap_or(0);
    let total =
        if width > 1 { share * share * (1.0 - 1.0 / width as f64) + 0.001 * share } else { 0.0001 * share };
    Score { total, width, share, preamble, records }
}

fn records(text: &[u8], delimiter: u8, whole: bool) -> Vec<Vec<String>> {
    let splitter = Scanner::new(Marks { delimiter: vec![delimiter], ..Marks::default() }, 1 << 16);
    let (mut at, mut pieces, mut records) = (0, Vec::new(), Vec::new());
    while at < text.len() && records.len() < RECORDS {
        pieces.clear();
        match splitter.record(text, at, whole, &mut pieces) {
            Found::Record { next } => {
                let field = |begin: usize, end: usize| {
                    String::from_utf8_lossy(text.get(begin..end).unwrap_or_default()).into_owned()
                };
                let record: Vec<String> =
                    pieces.iter().map(|piece| field(piece.begin as usize, piece.end as usize)).collect();
                if record.iter().any(|field| !field.is_empty()) {
                    records.push(record);
                }
                at = next;
            }
            Found::Broken { next, .. } => {
                records.push(Vec::new());
                at = next;
            }
            Found::Comment { next } => at = next,
            Found::More => break,
        }
    }
    records
}

/// Whether the first record names the columns: all its fields are filled, different, and no numbers or dates.
fn has_header(records: &[&[String]]) -> (bool, &'static str) {
    let Some(first) = records.first() else { return (true, "there are no records") };
    let like_a_name = |field: &String| {
        let field = field.trim();
        field.chars().any(char::is_alphabetic) && field.len() < 200 && field.parse::<f64>().is_err()
    };
    let mut sorted: Vec<&String> = first.iter().filter(|field| !field.trim().is_empty()).collect();
    let filled = sorted.len();
    sorted.sort_unstable();
    sorted.dedup();
    let distinct = sorted.len() == filled;
    let named = filled * 10 >= first.len() * 8 && sorted.iter().all(|field| like_a_name(field));
    let seen_again = records
        .iter()
        .skip(1)
        .flat_map(|record| record.iter().zip(first.iter()))
        .filter(|(a, b)| a == b && !a.is_empty())
        .count();
    if named && distinct && seen_again * 20 < records.len() * first.len().max(1) {
        (true, "the first record looks like names of columns")
    } else {
        (false, "the first record looks like the others, so there is no header")
    }
}
