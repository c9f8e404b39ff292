//! How an unknown file of delimited text would be read.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use concordat_record::Problem;

use super::detect::{Detected, detect};
use super::marks::LineEnd;
use crate::clues::{Candidate, Clue, Sample, Seen, quoted};

/// How sure the first bytes of a file make us that it is delimited text.
pub(crate) fn recognise(sample: &Sample) -> Option<Clue> {
    detect(sample).map(|detected| detected.clue)
}

/// What was detected; and the same without quotation marks, where some do not close.
#[expect(clippy::unnecessary_wraps, reason = "every kind proposes in this form")]
pub(crate) fn propose(seen: &Seen<'_>) -> Result<Vec<Candidate>, Problem> {
    let Some(mut detected) = detect(seen.sample) else { return Ok(Vec::new()) };
    if let Some(end) = end(seen) {
        detected.look_at_end(&end);
    }
    let detected = detected;
    let candidate = |options: String, evidence: Vec<String>| Candidate {
        options,
        encoding: detected.coding.name(),
        evidence,
        layout: None,
    };
    let mut all = vec![candidate(options(&detected, true), detected.clue.evidence.clone())];
    if detected.marks.quote.is_some() && !detected.quotes_seen {
        let evidence = "quotation marks mean nothing here: fewer records are broken without them";
        all.push(candidate(options(&detected, false), vec![evidence.into()]));
    }
    Ok(all)
}

/// The end of a file that is longer than the sample; none where it cannot be had without reading all of it.
fn end(seen: &Seen<'_>) -> Option<Vec<u8>> {
    const LOOKED_AT: u64 = 16 << 10;
    if seen.sample.is_whole() {
        return None;
    }
    let mut file = File::open(seen.at.full_path()).ok()?;
    // A packed file begins with something else than what is in it.
    let mut begin = [0; 64];
    file.read_exact(&mut begin).ok()?;
    let size = file.metadata().ok()?.len();
    if !seen.sample.bytes.starts_with(&begin) || size < LOOKED_AT {
        return None;
    }
    // An even place, so that letters of two bytes stay whole.
    file.seek(SeekFrom::Start((size - LOOKED_AT) & !1)).ok()?;
    let mut end = Vec::new();
    file.take(2 * LOOKED_AT).read_to_end(&mut end).ok()?;
    Some(end)
}

/// The options as a source file has them.
fn options(detected: &Detected, with_quotes: bool) -> String {
    let (marks, table) = (&detected.marks, &detected.table);
    let text = |bytes: &[u8]| quoted(&String::from_utf8_lossy(bytes));
    let mut out = String::from("[csv]\n");
    let mut line = |key: &str, value: String| {
        let _ = writeln!(out, "{key} = {value}");
    };
    line("delimiter", text(&marks.delimiter));
    if marks.merged {
        line("merge_delimiters", "true".into());
    }
    // Marks that were not seen may still come in a later file.
    let quote =
        if with_quotes { marks.quote.or(Some(b'"').filter(|_| detected.may_have_quotes())) } else { None };
    line("quote", text(quote.as_slice()));
    if let Some(escape) = marks.escape {
        line("escape", text(&[escape]));
    }
    if table.has_stray_quotes && quote.is_some() {
        line("stray_quotes", "\"keep\"".into());
    }
    match &marks.line_end {
        LineEnd::Lf => {}
        LineEnd::Cr => line("line_end", "\"cr\"".into()),
        LineEnd::Any => line("line_end", "\"any\"".into()),
        LineEnd::Mark(mark) => line("line_end", text(mark)),
    }
    line("encoding", quoted(&detected.coding.name()));
    if let Some(comment) = &table.comment {
        line("comment", quoted(comment));
    }
    if let Some(number) = table.number {
        line("table", number.to_string());
    }
    if table.skip_lines > 0 {
        line("skip_lines", table.skip_lines.to_string());
    }
    line(
        "header",
        match table.header_rows {
            0 => "false".into(),
            1 => "true".into(),
            rows => rows.to_string(),
        },
    );
    if let Some(columns) = &table.columns {
        let names: Vec<String> = columns.iter().map(|name| quoted(name)).collect();
        line("columns", format!("[{}]", names.join(", ")));
    }
    if table.footer_lines > 0 {
        line("footer_lines", table.footer_lines.to_string());
    }
    if table.is_short {
        line("ragged", "\"pad\"".into());
    }
    if table.is_padded {
        line("trim", "true".into());
    }
    out
}
