//! The files that would publish what was found: `sources/NAME.toml` and `registers/NAME.toml`.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use super::hints::{Hint, LEGAL_ENTITY, PERSON, PERSONAL, fit};
use crate::clues::{Candidate, quoted};
use crate::kinds::{Kind, Lies};
use crate::profile::{ColumnProfile, Profile};

/// Two files of a body's folder, as text.
#[derive(Clone, Debug, Serialize)]
pub struct Proposal {
    /// The name of source and register: `sources/NAME.toml`, `registers/NAME.toml`.
    pub name: String,
    /// The source file; `read` accepts it as it is.
    pub source: String,
    /// The register file: a beginning that a person goes on with.
    pub register: String,
}

pub(super) fn proposal(
    file: &str,
    kind: &Kind,
    path: &str,
    candidate: &Candidate,
    profile: &Profile,
) -> Proposal {
    let name = source_name(file);
    let source = source_text(kind, path, candidate, &source_notes(kind, profile));
    let register = register_text(&name, &profile.columns);
    Proposal { name, source, register }
}

/// A source file; notes come at its end as comments.
pub(super) fn source_text(kind: &Kind, path: &str, candidate: &Candidate, notes: &[String]) -> String {
    let mut text = format!("# {}.\nkind = {}\n", kind.meaning, quoted(kind.name));
    if kind.lies == Lies::InAFile {
        let _ = writeln!(text, "path = {}", quoted(path));
    }
    text.push('\n');
    text.push_str(&candidate.options);
    for note in notes {
        let _ = writeln!(text, "# {note}");
    }
    text
}

/// Types that the values of a CSV file would allow, to be taken over as they stand: a person decides, for a later file may hold others.
fn source_notes(kind: &Kind, profile: &Profile) -> Vec<String> {
    let typed = || profile.columns.iter().filter_map(|column| Some((column, column.looks_like.as_deref()?)));
    if kind.name != "csv" || typed().next().is_none() {
        return Vec::new();
    }
    let mut notes =
        vec!["All columns are text, so that nothing is lost. The values seen would also allow:".to_owned()];
    if profile.columns.iter().any(|column| column.decimal_comma) {
        notes.push("decimal = \",\"".into());
        notes.push("thousands = \".\"".into());
    }
    notes.push("[csv.types]".into());
    notes.extend(typed().map(|(column, of)| {
        let or = match column.or_like.as_slice() {
            [] => String::new(),
            others => format!("  # or {}: ask which", others.join(" or ")),
        };
        format!("{} = {}{or}", column.name, quoted(of))
    }));
    notes
}

/// How much a table looks like a register: whether it names its records, and how many properties it has.
pub(crate) fn promise(columns: &[String]) -> (bool, usize) {
    let has = |hint: &Hint| columns.iter().any(|column| fit(column, hint) > 0);
    let matched: Vec<&Hint> = LEGAL_ENTITY.iter().chain(PERSON).filter(|hint| has(hint)).collect();
    let named = matched.iter().any(|hint| ["legalName", "familyName", "fullName"].contains(&hint.property));
    (named, matched.len())
}

fn register_text(name: &str, columns: &[ColumnProfile]) -> String {
    let personal = columns.iter().any(|column| is_personal(&column.name));
    let (class, hints) = if personal { ("Person", PERSON) } else { ("LegalEntity", LEGAL_ENTITY) };
    let title = name.replace(['-', '_'], " ");
    let mut text = String::from("# Proposed from the names of the columns: check every line.\n");
    let _ =
        writeln!(text, "title = {}\nclass = {}\nsource = {}", quoted(&title), quoted(class), quoted(name));
    let key = if let Some(key) = key(columns) {
        as_text(key)
    } else {
        text.push_str(
            "# No column has a different value in every record; the number of the record stands in.\n",
        );
        "CAST(_record_number AS VARCHAR)".into()
    };
    let _ = writeln!(text, "key = {}\n", quoted(&key));
    text.push_str("[properties]\n");
    let prefix = common_prefix(columns);
    let score =
        |column: &ColumnProfile, hint: &Hint| fit(column.name.get(prefix..).unwrap_or_default(), hint);
    let mut used: HashSet<&str> = HashSet::new();
    for hint in hints {
        let free =
            columns.iter().filter(|column| !used.contains(column.name.as_str()) && is_mappable(column));
        // The best fit; of several the plainest name, and of those the first.
        let plain = |column: &ColumnProfile| Reverse(column.name.len());
        let best = free.rev().map(|column| (score(column, hint), column)).filter(|(fit, _)| *fit > 0);
        let best = best.max_by_key(|(fit, column)| (*fit, plain(column)));
        let Some((_, column)) = best else { continue };
        let Some(sql) = expression(hint.property, column) else { continue };
        used.insert(&column.name);
        let _ = writeln!(text, "{} = {}", property_key(hint.property), quoted(&sql));
    }
    let rest: Vec<&str> =
        columns.iter().map(|column| column.name.as_str()).filter(|name| !used.contains(name)).collect();
    if !rest.is_empty() {
        let _ = writeln!(text, "# Not used yet: {}", rest.join(", "));
    }
    text
}

fn is_personal(column: &str) -> bool {
    let padded = format!("_{column}_");
    PERSONAL.iter().any(|word| padded.contains(&format!("_{word}_")))
}

fn is_mappable(column: &ColumnProfile) -> bool {
    column.filled > 0.0 && !column.data_type.starts_with("List") && !column.data_type.starts_with("Binary")
}

/// The bytes that all column names begin with, up to a `_`: copybooks often repeat the record's name in every field.
fn common_prefix(columns: &[ColumnProfile]) -> usize {
    let Some((first, _)) = columns.first().and_then(|column| column.name.split_once('_')) else { return 0 };
    let prefix = format!("{first}_");
    if columns.len() > 2 && columns.iter().all(|column| column.name.starts_with(&prefix)) {
        prefix.len()
    } else {
        0
    }
}

/// The likeliest identifier: one with the name of an official number, else the earliest that looks like a number or a code
/// rather than a name.
fn key(columns: &[ColumnProfile]) -> Option<&ColumnProfile> {
    let prefix = common_prefix(columns);
    let candidates = || columns.iter().filter(|column| column.likely_identifier);
    let official = |column: &&ColumnProfile| {
        let hints = LEGAL_ENTITY.iter().filter(|hint| hint.property == "legalIdentifier");
        hints.map(|hint| fit(column.name.get(prefix..).unwrap_or_default(), hint)).max().unwrap_or(0)
    };
    if let Some(column) = candidates().rev().max_by_key(official).filter(|column| official(column) > 0) {
        return Some(column);
    }
    let like_a_code = |column: &&ColumnProfile| !column.pattern.as_deref().unwrap_or_default().contains(' ');
    candidates().find(like_a_code).or_else(|| candidates().next())
}

fn as_text(column: &ColumnProfile) -> String {
    match column.data_type.as_str() {
        "Utf8" => identifier(&column.name),
        _ => format!("CAST({} AS VARCHAR)", identifier(&column.name)),
    }
}

/// The expression for a property; none when a date would be needed and the column holds none.
fn expression(property: &str, column: &ColumnProfile) -> Option<String> {
    let name = identifier(&column.name);
    let is_date = ["registrationDate", "dateOfBirth", "dateOfDeath"].contains(&property);
    match (is_date, column.data_type.as_str(), column.looks_like.as_deref()) {
        (true, "Date32", _) => Some(name),
        (true, "Utf8", Some("date(YYYY-MM-DD)")) => Some(format!("CAST({name} AS DATE)")),
        (true, ..) => None,
        (false, "Utf8", _) => Some(format!("trim({name})")),
        (false, ..) => Some(as_text(column)),
    }
}

/// A column name as SQL needs it: quoted when it is a word of SQL.
fn identifier(name: &str) -> String {
    const WORDS: &str = " all and any as asc between by case cast check column create cross current_date current_time date default \
        delete desc distinct drop else end except exists extract false fetch for from full group having if in inner insert \
        intersect interval into is join lateral left like limit map natural not null offset on or order outer over partition \
        primary right select set struct table then time timestamp to trim true union unique update user using values view when \
        where window with ";
    let plain = name.is_ascii() && !WORDS.contains(&format!(" {name} "));
    if plain { name.into() } else { format!("\"{name}\"") }
}

fn property_key(property: &str) -> String {
    if property.contains('.') { quoted(property) } else { property.into() }
}

/// A file's name as a source's name: letters, digits and hyphens.
fn source_name(file: &str) -> String {
    let stem = Path::new(file).file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let plain: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let joined: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    let mut name = joined.join("-");
    name.truncate(64);
    if name.is_empty() { "source".into() } else { name }
}
