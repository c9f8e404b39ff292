//! Whether a file is written in EBCDIC, and with a copybook: in which code page and dialect.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use concordat_record::{Problem, Problems};

use super::coding::{BinarySize, Coding};
use super::diagnose::{is_ascii_text, is_ebcdic_text, share};
use super::frames::evident::{self, Evident};
use super::infer::page::ebcdic_page;
use super::infer::{Structure, structures};
use super::layout::{Content, Dialect, Field, Layout};
use super::library::{CopyText, Folders};
use crate::clues::{Clue, Sample};

/// A mainframe file shows in its bytes: EBCDIC spaces, digits and letters, hardly any ASCII.
pub(crate) fn recognise(sample: &Sample) -> Option<Clue> {
    let bytes: Vec<u8> = sample.bytes.iter().copied().filter(|byte| *byte != 0).collect();
    if bytes.is_empty() {
        return None;
    }
    let (ebcdic, ascii) = (share(&bytes, is_ebcdic_text), share(&bytes, is_ascii_text));
    let spaces = share(&bytes, |byte| byte == 0x40);
    let ascii_lines = share(&bytes, |byte| byte == b'\n' || byte == b' ');
    if ebcdic < 0.3 || ebcdic < ascii + 0.15 || spaces <= ascii_lines {
        return None;
    }
    let percent = |share: f64| (share * 100.0).round();
    Some(Clue {
        confidence: (0.3 + 0.7 * ebcdic).min(0.99),
        evidence: vec![
            format!(
                "{} % of the bytes are EBCDIC letters, digits and spaces, {} % ASCII ones",
                percent(ebcdic),
                percent(ascii)
            ),
            format!("{} % of the bytes are the EBCDIC space (40)", percent(spaces)),
        ],
    })
}

/// A way to read a file with a copybook.
pub(crate) struct Guess {
    pub code_page: String,
    /// Further lines of the source file.
    pub options: String,
    pub evidence: Vec<String>,
    pub layout: String,
    /// Whether the file's records are as long as the layout.
    pub fits: bool,
}

/// The ways to read a file with a copybook, the likeliest first.
pub(crate) fn guess(
    copybook: &Path,
    shown: &str,
    sample: &Sample,
    tail: &[u8],
) -> Result<Vec<Guess>, Problem> {
    let (folders, source) = beside(copybook, shown)?;
    let structures = structures(sample, tail);
    let mut guesses = Vec::new();
    for (binary_size, option) in [(BinarySize::Ibm, ""), (BinarySize::Gnu, "binary_size = \"1-2-4-8\"\n")] {
        let dialect = Dialect { binary_size, ..Dialect::default() };
        let layout = Layout::read(std::slice::from_ref(&source), &folders, dialect).map_err(first)?;
        for found in record_formats(&layout, sample, &structures) {
            let (code_page, mut evidence) = code_page(&layout, &found.records, sample);
            evidence.extend(found.evidence);
            let options = format!("{option}{}", found.options);
            guesses.push(Guess {
                code_page,
                options,
                evidence,
                layout: layout.to_string(),
                fits: found.fits,
            });
        }
    }
    // The dialect and the format that give the records their length go first.
    guesses.sort_by_key(|guess| !guess.fits);
    guesses.dedup_by(|a, b| {
        a.layout == b.layout && a.code_page == b.code_page && without_size(a) == without_size(b)
    });
    Ok(guesses)
}

/// A copybook, and the folders in which it finds what it copies.
fn beside(copybook: &Path, shown: &str) -> Result<(Folders, CopyText), Problem> {
    let depth = Path::new(shown).components().count();
    let base = copybook.ancestors().nth(depth).filter(|base| base.join(shown) == copybook);
    let folders = Folders { base: base.unwrap_or(Path::new("")).into(), paths: Vec::new() };
    let path = if base.is_some() { shown.to_owned() } else { copybook.display().to_string() };
    let source = folders.read(&path)?;
    Ok((folders, source))
}

/// The options that change what is read when both sizes of binary numbers give the same layout.
fn without_size(guess: &Guess) -> String {
    guess.options.lines().filter(|line| !line.starts_with("binary_size")).collect()
}

/// How the file is divided into records.
struct FoundFormat {
    /// Whether records are as long as the layout.
    fits: bool,
    /// Lines of the source file; none for records of the layout's length.
    options: String,
    evidence: Vec<String>,
    /// Where each record of the sample begins and ends.
    records: Vec<Range<usize>>,
}

fn record_formats(layout: &Layout, sample: &Sample, structures: &[Structure]) -> Vec<FoundFormat> {
    let length = layout.record_length.max(1);
    let rest = sample.size % length as u64;
    let mut found: Vec<FoundFormat> =
        structures.iter().filter_map(|structure| as_structured(structure, length)).collect();
    let lines = as_lines(sample, length);
    // A round number of lines is often also a number of records without line ends; but those would not be lines of the layout's length.
    let are_lines = lines.as_ref().is_some_and(|lines| lines.fits) && is_plain_text(&sample.bytes);
    found.extend(lines.filter(|_| rest != 0 || are_lines));
    let fixed = as_fixed(sample, length, rest);
    // Length words in the usual spelling are no coincidence; anything else is weaker than a size without a rest.
    let place = usize::from(
        rest == 0
            && found
                .first()
                .is_some_and(|first| first.fits && first.options.starts_with("record_format = \"V")),
    );
    let place = if rest == 0 && !are_lines { place } else { found.len() };
    found.insert(place, fixed);
    found.truncate(4);
    found
}

/// Text lines, none longer than the layout.
fn as_lines(sample: &Sample, length: usize) -> Option<FoundFormat> {
    let Evident { format, records } = evident::lines(&sample.bytes, false, length)?;
    let longest = records.starts.iter().zip(&records.ends).map(|(start, end)| end - start).max();
    Some(FoundFormat {
        fits: longest == Some(length),
        options: format!("record_format = \"{format}\"\n"),
        evidence: vec![format!("the beginning of the file is {} lines", records.starts.len())],
        records: records.starts.into_iter().zip(records.ends).map(|(start, end)| start..end).collect(),
    })
}

/// Whether bytes hold no control characters but those between lines.
fn is_plain_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1a))
}

/// Records of the layout's length, one behind the other, and what is left.
fn as_fixed(sample: &Sample, length: usize, rest: u64) -> FoundFormat {
    let records = sample.size / length as u64;
    let mut evidence = vec![if rest == 0 {
        format!("{} bytes are {records} records of {length} bytes without a rest", sample.size)
    } else {
        format!(
            "{} bytes are {records} records of {length} bytes and {rest} bytes more, so the size is not divisible by the record length",
            sample.size
        )
    }];
    if rest != 0 {
        let near: Vec<String> = (length + 1..=length + NEAR)
            .filter(|near| sample.size.is_multiple_of(*near as u64))
            .map(|near| near.to_string())
            .collect();
        if !near.is_empty() {
            evidence.push(format!("records of {} bytes would divide it", near.join(" or ")));
        }
    }
    let whole = sample.bytes.len() / length;
    let records = (0..whole).map(|index| index * length..(index + 1) * length).collect();
    FoundFormat { fits: rest == 0, options: String::new(), evidence, records }
}

/// How much longer than the layout records may be to be thought of.
const NEAR: usize = 64;

/// What the bytes themselves show, where the layout can be a part of it.
fn as_structured(structure: &Structure, length: usize) -> Option<FoundFormat> {
    let longest = structure.length.or_else(|| structure.records.iter().map(ExactSizeIterator::len).max())?;
    let mut options = structure.options.clone();
    if let Some(found) = structure.length {
        // Plain records of the layout's length are what is tried anyway.
        if found < length || (found == length && options.is_empty()) {
            return None;
        }
        if found > length {
            let _ = writeln!(options, "record_length = {found}");
        }
    }
    if structure.length.is_none() && options.contains("\"D\"") && longest > length {
        return None;
    }
    Some(FoundFormat {
        fits: longest == length,
        options,
        evidence: structure.evidence.clone(),
        records: structure.records.clone(),
    })
}

fn first(problems: Problems) -> Problem {
    problems.into_iter().next().unwrap_or_else(|| Problem::new("copybook.faulty", "the copybook has a fault"))
}

/// The code page under which the text fields hold the most letters, digits and common marks.
fn code_page(layout: &Layout, records: &[Range<usize>], sample: &Sample) -> (String, Vec<String>) {
    let text: Vec<u8> = text_cells(layout, records, sample)
        .into_iter()
        .flatten()
        .copied()
        .filter(|byte| *byte != 0)
        .collect();
    let (ebcdic, ascii) = (share(&text, is_ebcdic_text), share(&text, is_ascii_text));
    let percent = |share: f64| (share * 100.0).round();
    let evidence = format!(
        "in the text fields {} % of the bytes are EBCDIC letters, digits and spaces, {} % ASCII ones",
        percent(ebcdic),
        percent(ascii)
    );
    if ascii > ebcdic {
        let name = match std::str::from_utf8(&text) {
            _ if text.is_ascii() => "ascii",
            Ok(_) => "utf-8",
            Err(_) => "windows-1252",
        };
        return (name.into(), vec![evidence]);
    }
    let cells = text_cells(layout, records, sample);
    let (name, why) = ebcdic_page(&cells);
    (name, vec![evidence, why])
}

/// The text fields outside of REDEFINES and OCCURS in the records of the sample.
fn text_cells<'s>(layout: &Layout, records: &[Range<usize>], sample: &'s Sample) -> Vec<&'s [u8]> {
    fn collect(fields: &[Field], places: &mut Vec<(usize, usize)>) {
        let redefined: Vec<&String> = fields.iter().filter_map(|field| field.redefines.as_ref()).collect();
        for field in fields {
            let ambiguous = field.redefines.is_some()
                || field.name.as_ref().is_some_and(|name| redefined.contains(&name));
            match &field.content {
                _ if ambiguous || field.occurs.is_some() => {}
                Content::Group(parts) => collect(parts, places),
                Content::Value(Coding::Text { .. }) => places.push((field.offset, field.length)),
                Content::Value(_) => {}
            }
        }
    }
    let mut places = Vec::new();
    collect(&layout.fields, &mut places);
    let records = records.iter().filter_map(|place| sample.bytes.get(place.clone()));
    let cells = records.flat_map(|record| {
        places.iter().filter_map(|(offset, length)| record.get(*offset..(offset + length).min(record.len())))
    });
    cells.take(MOST_CELLS).collect()
}

/// So many cells tell code pages apart.
const MOST_CELLS: usize = 20_000;
