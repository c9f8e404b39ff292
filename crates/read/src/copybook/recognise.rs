//! Whether a file is written in EBCDIC, and with a copybook: in which code page and dialect.

use std::ops::Range;
use std::path::Path;

use concordat_record::{Problem, Problems};

use super::code_page::CodePage;
use super::coding::{BinarySize, Coding};
use super::diagnose::{is_ascii_text, is_ebcdic_text, share};
use super::frames::evident::{self, Evident};
use super::layout::{Content, Dialect, Field, Layout};
use super::text::ReferenceFormat;
use crate::clues::{Clue, Sample};
use crate::file::cannot_open;

/// A mainframe file shows in its bytes: EBCDIC spaces, digits and letters, hardly any ASCII.
pub(crate) fn recognise(sample: &Sample) -> Option<Clue> {
    let bytes: Vec<u8> = sample.bytes.iter().copied().filter(|byte| *byte != 0).collect();
    if bytes.is_empty() {
        return None;
    }
    let (ebcdic, ascii) = (share(&bytes, is_ebcdic_text), share(&bytes, is_ascii_text));
    let spaces = share(&bytes, |byte| byte == 0x40);
    let ascii_lines = share(&bytes, |byte| byte == b'\n' || byte == b' ');
    if ebcdic < 0.5 || ebcdic < ascii + 0.2 || spaces <= ascii_lines {
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
}

/// The ways to read a file with a copybook, the likeliest first.
pub(crate) fn guess(copybook: &Path, shown: &str, sample: &Sample) -> Result<Vec<Guess>, Problem> {
    let text = std::fs::read(copybook).map_err(|error| cannot_open(copybook, shown, &error))?;
    let text = String::from_utf8_lossy(&text);
    let mut guesses = Vec::new();
    for (binary_size, option) in [(BinarySize::Ibm, ""), (BinarySize::Gnu, "binary_size = \"1-2-4-8\"\n")] {
        let dialect = Dialect { reference_format: ReferenceFormat::Auto, binary_size };
        let layout = Layout::parse(&text, shown, dialect).map_err(first)?;
        let found = record_format(&layout, sample);
        let (code_page, mut evidence) = code_page(&layout, &found.records, sample);
        evidence.push(found.evidence);
        let options = format!("{option}{}", found.option);
        let guess = Guess { code_page, options, evidence, layout: layout.to_string() };
        guesses.push((found.fits, guess));
    }
    // The dialect that gives the records their length goes first.
    guesses.sort_by_key(|(fits, _)| !fits);
    let mut guesses: Vec<Guess> = guesses.into_iter().map(|(_, guess)| guess).collect();
    guesses.dedup_by(|a, b| a.layout == b.layout && a.code_page == b.code_page);
    Ok(guesses)
}

/// How the file is divided into records.
struct FoundFormat {
    /// Whether records are as long as the layout.
    fits: bool,
    /// A line of the source file; none for records of the layout's length.
    option: String,
    evidence: String,
    /// Where each record of the sample begins and ends.
    records: Vec<Range<usize>>,
}

fn record_format(layout: &Layout, sample: &Sample) -> FoundFormat {
    let length = layout.record_length.max(1);
    let (records, rest) = (sample.size / length as u64, sample.size % length as u64);
    let lines =
        || [false, true].into_iter().find_map(|is_ebcdic| evident::lines(&sample.bytes, is_ebcdic, length));
    let evident = evident::chain(&sample.bytes).or_else(|| if rest == 0 { None } else { lines() });
    if let Some(Evident { format, records }) = evident {
        let count = records.starts.len();
        let how = if format == "D" { "lines" } else { "records behind their length" };
        let longest = records.starts.iter().zip(&records.ends).map(|(start, end)| end - start).max();
        return FoundFormat {
            fits: longest == Some(length),
            option: format!("record_format = \"{format}\"\n"),
            evidence: format!("the beginning of the file is {count} {how}"),
            records: records.starts.into_iter().zip(records.ends).map(|(start, end)| start..end).collect(),
        };
    }
    let remainder = if rest == 0 { "without a rest".into() } else { format!("and {rest} bytes more") };
    let whole = sample.bytes.len() / length;
    FoundFormat {
        fits: rest == 0,
        option: String::new(),
        evidence: format!("{} bytes are {records} records of {length} bytes {remainder}", sample.size),
        records: (0..whole).map(|index| index * length..(index + 1) * length).collect(),
    }
}

fn first(problems: Problems) -> Problem {
    problems.into_iter().next().unwrap_or_else(|| Problem::new("copybook.faulty", "the copybook has a fault"))
}

/// The code page under which the text fields hold the most letters, digits and common marks.
fn code_page(layout: &Layout, records: &[Range<usize>], sample: &Sample) -> (String, Vec<String>) {
    let text = text_bytes(layout, records, sample);
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
    let pages =
        ["cp037", "cp1140", "cp500", "cp273", "cp1047", "cp277", "cp278", "cp280", "cp284", "cp285", "cp297"];
    let mut best = ("cp037", 0);
    for name in pages {
        let Ok(page) = CodePage::named(name) else { continue };
        let score = usual_letters(&page, &text);
        if score > best.1 {
            best = (name, score);
        }
    }
    let chosen = format!("{} leaves the fewest unusual characters in the text fields", best.0);
    (best.0.into(), vec![evidence, chosen])
}

fn usual_letters(page: &CodePage, text: &[u8]) -> usize {
    let mut decoded = Vec::new();
    page.decode_into(text, &mut decoded);
    let decoded = String::from_utf8_lossy(&decoded);
    decoded
        .chars()
        .filter(|letter| letter.is_alphanumeric() || " .,-&/'()#:;+*\"%@!?".contains(*letter))
        .count()
}

/// The bytes of the text fields outside of REDEFINES and OCCURS in the records of the sample.
fn text_bytes(layout: &Layout, records: &[Range<usize>], sample: &Sample) -> Vec<u8> {
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
    cells.flatten().copied().filter(|byte| *byte != 0).collect()
}
