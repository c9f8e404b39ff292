//! How an unknown file of XML would be read.

use std::fmt::Write as _;

use concordat_record::Problem;

use super::columns::{ColumnSpec, Repeated};
use super::discover::{Elements, Prefixes, Seen};
use super::markup::{Markup, Missing, markup, next_markup};
use super::open::declared;
use super::path::Namespaces;
use super::path::rows;
use super::scan::{Rows, XmlScan};
use crate::clues::{self, Candidate, Clue, Sample, quoted};
use crate::names::unique_names;
use crate::tree::records::{Found, Scan};
use crate::tree::window::beginning;

/// A text that begins with a declaration or a tag and goes on with tags; pages for browsers are none.
pub(super) fn recognise(sample: &Sample) -> Option<Clue> {
    let (text, encoding) = beginning(&sample.bytes, declared)?;
    let begin = text.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let is_page = |text: &[u8]| {
        let head = text.get(..text.len().min(200)).unwrap_or_default().to_ascii_lowercase();
        let head = String::from_utf8_lossy(&head).into_owned();
        head.contains("<!doctype html") || head.contains("<html")
    };
    if text.get(begin) != Some(&b'<') || is_page(&text) {
        return None;
    }
    let has_declaration = text.get(begin..)?.starts_with(b"<?xml");
    let mut at = begin;
    let mut tags = 0;
    while let Some(next) = next_markup(&text, at).filter(|_| tags < 3) {
        match markup(&text, next) {
            Ok((found, end)) => {
                tags += usize::from(matches!(found, Markup::Start { .. } | Markup::Doctype));
                at = end;
            }
            Err(Missing::Open) => break,
            Err(Missing::Wrong(..)) if has_declaration => break,
            Err(Missing::Wrong(..)) => return None,
        }
    }
    if tags == 0 && !has_declaration {
        return None;
    }
    let seen =
        if has_declaration { "the file begins with an XML declaration" } else { "the file begins with tags" };
    let confidence = if has_declaration { 1.0 } else { 0.95 };
    Some(Clue { confidence, evidence: vec![format!("{seen}, in {}", encoding.name())] })
}

/// The element that repeats nearest to the root, with the columns that its occurrences show.
pub(super) fn propose(seen: &clues::Seen<'_>) -> Result<Vec<Candidate>, Problem> {
    let Some((text, encoding)) = beginning(&seen.sample.bytes, declared) else { return Ok(Vec::new()) };
    let text = String::from_utf8_lossy(&text);
    let Some(elements) = Elements::of(&text) else {
        let problem = Problem::new("xml.document-type", "the file declares a document type, or has no element")
            .advise("ask for the file without `<!DOCTYPE …>`, or remove it: nothing in it is needed to read the records");
        return if text.contains("<!DOCTYPE") { Err(problem) } else { Ok(Vec::new()) };
    };
    let (way, count) = elements.rows();
    let row = sampled(&text, &way);
    let columns = row.columns();
    let mut options = format!("[xml]\nrows = {}\n", quoted(&way));
    options.push_str("\n[xml.columns]\n");
    write_columns(&mut options, &columns);
    let mut evidence =
        vec![format!("`{way}` repeats ({count} in the beginning of the file), taken for the rows")];
    if count < 2 {
        evidence = vec![format!("no element repeats; `{way}` is taken for the one row")];
    }
    let namespaces = Elements::namespaces(&text);
    if namespaces > 1 {
        evidence.push(format!(
            "there are {namespaces} namespaces; names count in any of them unless `namespaces` is set"
        ));
    }
    let encoding = encoding.name().to_ascii_lowercase();
    let discovered = Candidate {
        options: format!("[xml]\nrows = {}\n", quoted(&way)),
        encoding: encoding.clone(),
        evidence: vec![
            "columns are found when the file is opened: later rows have other elements than the first".into(),
        ],
        layout: None,
    };
    Ok(vec![Candidate { options, encoding, evidence, layout: None }, discovered])
}

/// What the rows in a sample hold.
fn sampled(text: &str, way: &str) -> Seen {
    let mut seen = Seen::default();
    let place = concordat_record::Place::default();
    let Ok(way) = rows(way, &place, &Namespaces::default()) else { return seen };
    let mut scan =
        XmlScan::new(Rows { way, carry: Vec::new(), deepest: 64, has_namespaces: false }, Vec::new());
    let mut at = 0;
    while let Found::Record { begin, end } = scan.next(text.as_bytes(), at, false) {
        seen.add(text.get(begin..end).unwrap_or_default(), &Prefixes::default());
        at = end;
    }
    seen
}

fn write_columns(out: &mut String, columns: &[ColumnSpec]) {
    for (name, column) in named(columns) {
        let _ = writeln!(out, "{name} = {}", written(column));
    }
}

fn named(columns: &[ColumnSpec]) -> impl Iterator<Item = (String, &ColumnSpec)> {
    let chains: Vec<Vec<&str>> = columns.iter().map(|column| vec![column.name.as_str()]).collect();
    let key = |name: String| if name.is_ascii() { name } else { quoted(&name) };
    unique_names(&chains).into_iter().map(key).zip(columns)
}

fn written(column: &ColumnSpec) -> String {
    let way = quoted(&column.way.value);
    if !column.columns.is_empty() {
        let inner: Vec<String> =
            named(&column.columns).map(|(name, column)| format!("{name} = {}", written(column))).collect();
        return format!("{{ path = {way}, columns = {{ {} }} }}", inner.join(", "));
    }
    match column.repeated {
        Repeated::List => format!("{{ path = {way}, repeated = \"list\" }}"),
        _ => way,
    }
}
