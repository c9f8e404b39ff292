//! The files that would publish what was found: `sources/NAME.toml` and `registers/NAME.toml`.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;

use concordat_record::Problem;
use serde::Serialize;

use super::Candidate;
use super::hints::{LEGAL_ENTITY, PERSON, PERSONAL, fit};
use super::profile::{ColumnProfile, Profile};
use crate::clues::Sample;
use crate::kinds::{Kind, Location};
use crate::{copybook, csv, sqlite};

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
    let mut text = format!("# {}.\nkind = {}\npath = {}\n\n", kind.meaning, quoted(kind.name), quoted(path));
    text.push_str(&candidate.options);
    for note in notes {
        let _ = writeln!(text, "# {note}");
    }
    text
}

/// Types that the values of a CSV file would allow: a person decides.
fn source_notes(kind: &Kind, profile: &Profile) -> Vec<String> {
    let mut notes = Vec::new();
    if kind.name != "csv" {
        return notes;
    }
    let typed: Vec<&ColumnProfile> =
        profile.columns.iter().filter(|column| column.looks_like.is_some()).collect();
    if !typed.is_empty() {
        notes.push(
            "All columns are text, so that leading zeros are kept. The values seen would also allow:".into(),
        );
        notes.push("[csv.types]".into());
        let line = |column: &&ColumnProfile| {
            format!("{} = {}", column.name, quoted(column.looks_like.as_deref().unwrap_or_default()))
        };
        notes.extend(typed.iter().map(line));
    }
    notes
}

pub(super) fn csv_candidates(sample: &Sample) -> Vec<Candidate> {
    let Some((dialect, clue)) = csv::sniff(sample) else { return Vec::new() };
    let delimiter = char::from(dialect.marks.delimiter);
    let mut options = String::from("[csv]\n");
    let _ = writeln!(options, "delimiter = {}", quoted(&delimiter.to_string()));
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
    vec![plain, unquoted]
}

pub(super) fn copybook_candidates(
    sample: &Sample,
    copybook: Option<&Path>,
) -> Result<Vec<Candidate>, Problem> {
    let Some(copybook) = copybook else {
        let sentence = format!(
            "`{}` looks like a mainframe file, and its records cannot be found without a copybook",
            sample.name
        );
        return Err(
            Problem::new("inspect.needs-copybook", sentence).advise("name the copybook: `--copybook FILE`")
        );
    };
    let shown = copybook.display().to_string();
    let guesses = copybook::guess(copybook, &shown, sample)?;
    let candidate = |guess: copybook::Guess| {
        let mut options =
            format!("[copybook]\npath = {}\ncode_page = {}\n", quoted(&shown), quoted(&guess.code_page));
        options.push_str(&guess.options);
        Candidate { options, encoding: guess.code_page, evidence: guess.evidence, layout: Some(guess.layout) }
    };
    Ok(guesses.into_iter().map(candidate).collect())
}

/// One candidate: the table with the most rows.
pub(super) fn sqlite_candidates(path: &Path, shown: &str) -> Result<Vec<Candidate>, Problem> {
    let at = Location { base: Path::new("").into(), path: path.display().to_string() };
    let database = sqlite::Database::open(&at, false)?;
    let mut tables: Vec<(u64, String)> = database
        .tables()?
        .into_iter()
        .map(|table| (database.count(&sqlite::Rows::Table(table.clone())).unwrap_or(0), table))
        .collect();
    tables.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let Some((_, largest)) = tables.first() else {
        return Err(Problem::new("sqlite.no-such-table", format!("`{shown}` has no table")));
    };
    let others: Vec<String> = tables.iter().map(|(rows, table)| format!("{table} ({rows} rows)")).collect();
    let options = format!("[sqlite]\ntable = {}\n", quoted(largest));
    let evidence = vec![format!("its tables and views are {}", others.join(", "))];
    Ok(vec![Candidate { options, encoding: "utf-8".into(), evidence, layout: None }])
}

fn register_text(name: &str, columns: &[ColumnProfile]) -> String {
    let personal = columns.iter().any(|column| is_personal(&column.name));
    let (class, hints) = if personal { ("Person", PERSON) } else { ("LegalEntity", LEGAL_ENTITY) };
    let title = name.replace(['-', '_'], " ");
    let mut text = String::from("# Proposed from the names of the columns: check every line.\n");
    let _ =
        writeln!(text, "title = {}\nclass = {}\nsource = {}", quoted(&title), quoted(class), quoted(name));
    let key = key(columns).map(as_text).unwrap_or_else(|| {
        text.push_str(
            "# No column has a different value in every record; the number of the record stands in.\n",
        );
        "CAST(_record_number AS VARCHAR)".into()
    });
    let _ = writeln!(text, "key = {}\n", quoted(&key));
    text.push_str("[properties]\n");
    let mut used: HashSet<&str> = HashSet::new();
    for hint in hints {
        let free =
            columns.iter().filter(|column| !used.contains(column.name.as_str()) && is_mappable(column));
        let best = free
            .map(|column| (fit(&column.name, hint), column))
            .filter(|(fit, _)| *fit > 0)
            .max_by_key(|(fit, _)| *fit);
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

/// The likeliest identifier: the earliest of those that look like a number or a code rather than a name.
fn key(columns: &[ColumnProfile]) -> Option<&ColumnProfile> {
    let candidates = || columns.iter().filter(|column| column.likely_identifier);
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

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.into()).to_string()
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
