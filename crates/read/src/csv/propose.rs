//! How an unknown file of delimited text would be read.

use std::fmt::Write as _;

use concordat_record::Problem;

use super::dialect::sniff;
use crate::clues::{Candidate, Seen, quoted};

/// The dialect that was sniffed, and the same without quotation marks.
pub(crate) fn propose(seen: &Seen<'_>) -> Result<Vec<Candidate>, Problem> {
    let Some((dialect, clue)) = sniff(seen.sample) else { return Ok(Vec::new()) };
    let delimiter = String::from_utf8_lossy(&dialect.marks.delimiter).into_owned();
    let mut options = String::from("[csv]\n");
    let _ = writeln!(options, "delimiter = {}", quoted(&delimiter));
    let _ = writeln!(options, "encoding = {}", quoted(&dialect.encoding.name().to_ascii_lowercase()));
    let _ = writeln!(options, "header = {}", dialect.header);
    if dialect.skip_lines > 0 {
        let _ = writeln!(options, "skip_lines = {}", dialect.skip_lines);
    }
    if dialect.padded {
        options.push_str("trim = true\n");
    }
    let encoding = dialect.encoding.name().to_ascii_lowercase();
    let plain = Candidate {
        options: options.clone(),
        encoding: encoding.clone(),
        evidence: clue.evidence.clone(),
        layout: None,
    };
    let unquoted = Candidate {
        options: format!("{options}quote = \"\"\n"),
        encoding,
        evidence: vec!["quotation marks mean nothing here: fewer records are broken without them".into()],
        layout: None,
    };
    Ok(vec![plain, unquoted])
}
