//! Whether a file is written in EBCDIC, and with a copybook: in which code page and dialect.

use std::path::Path;

use concordat_record::{Problem, Problems};

use super::code_page::CodePage;
use super::coding::{BinarySize, Coding};
use super::diagnose::{is_ascii_text, is_ebcdic_text, share};
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
        let (code_page, mut evidence) = code_page(&layout, sample);
        evidence.push(divisible(&layout, sample));
        let guess = Guess { code_page, options: option.into(), evidence, layout: layout.to_string() };
        // The dialect that divides the file evenly goes first.
        let fits = sample.size.is_multiple_of(layout.record_length.max(1) as u64);
        if fits && !option.is_empty() && !guesses.is_empty() && !first_fits(&guesses) {
            guesses.insert(0, guess);
        } else {
            guesses.push(guess);
        }
    }
    guesses.dedup_by(|a, b| a.layout == b.layout && a.code_page == b.code_page);
    Ok(guesses)
}

fn first_fits(guesses: &[Guess]) -> bool {
    guesses.first().is_some_and(|guess| guess.evidence.iter().any(|seen| seen.ends_with("without a rest")))
}

fn divisible(layout: &Layout, sample: &Sample) -> String {
    let length = layout.record_length.max(1) as u64;
    let (records, rest) = (sample.size / length, sample.size % length);
    match rest {
        0 => format!("{} bytes are {records} records of {length} bytes without a rest", sample.size),
        _ => format!("{} bytes are {records} records of {length} bytes and {rest} bytes more", sample.size),
    }
}

fn first(problems: Problems) -> Problem {
    problems.into_iter().next().unwrap_or_else(|| Problem::new("copybook.faulty", "the copybook has a fault"))
}

/// The code page under which the text fields hold the most letters, digits and common marks.
fn code_page(layout: &Layout, sample: &Sample) -> (String, Vec<String>) {
    let text = text_bytes(layout, sample);
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
fn text_bytes(layout: &Layout, sample: &Sample) -> Vec<u8> {
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
    let records = sample.bytes.chunks_exact(layout.record_length.max(1));
    let cells = records
        .flat_map(|record| places.iter().filter_map(|(offset, length)| record.get(*offset..offset + length)));
    cells.flatten().copied().filter(|byte| *byte != 0).collect()
}
