//! The kind `csv`: reads its options and opens its files.

use concordat_record::Problem;

use super::coding::Coding;
use super::marks::{LineEnd, Marks};
use super::options::OPTIONS;
use super::reader;
use super::settings::{Ragged, Settings, TrailerRule, Wildcard};
use super::text::CHUNK;
use crate::control::Subject;
use crate::file::SourceFile;
use crate::kinds::{Kind, Lies, Location, Open};
use crate::reader::{RawRecord, ReadBatch, Reader};
use crate::section::{Section, Written};
use crate::types::{Spelling, TYPE_FORMS, Type};
use crate::wanted::Wanted;

/// Delimited text.
pub(crate) const KIND: Kind = Kind {
    name: "csv",
    meaning: "delimited text: comma, semicolon, tab or any other mark between fields",
    options: OPTIONS,
    lies: Lies::InAFile,
    recognise: super::propose::recognise,
    propose: super::propose::propose,
    configure,
};

const RAGGED: [(&str, Ragged); 4] =
    [("reject", Ragged::Reject), ("pad", Ragged::Pad), ("cut", Ragged::Cut), ("join", Ragged::Join)];

/// The longest record that `max_record_bytes` can allow: four of them are in memory for each core.
const LONGEST: u64 = 64 << 20;

/// The options of one source.
#[derive(Debug)]
struct CsvOptions {
    settings: Settings,
}

fn configure(section: &mut Section<'_>) -> Option<Box<dyn Open>> {
    Some(Box::new(CsvOptions { settings: settings(section)? }))
}

/// All options; what is wrong with them is noted in the section.
pub(super) fn settings(section: &mut Section<'_>) -> Option<Settings> {
    let coding = coding(section)?;
    let trim = section.flag("trim").unwrap_or(false);
    let marks = marks(section, &coding, trim);
    let rare = [Some(&marks.delimiter), marks.comment.as_ref()].into_iter().flatten().flatten();
    let coding = coding.with_marks(rare.chain(&marks.escape));
    let in_file = |text: &str| coding.mark(text).unwrap_or_else(|| text.as_bytes().to_vec());
    Some(Settings {
        header_rows: section.flag_or_number("header").unwrap_or(1).min(MOST_HEADER_ROWS) as usize,
        columns: section.texts("columns").map(|columns| columns.value).filter(|columns| !columns.is_empty()),
        skip_lines: section.number("skip_lines", 0).unwrap_or(0),
        table: section.number("table", 1),
        footer_lines: section.number("footer_lines", 0).unwrap_or(0).min(MOST_FOOTER_LINES) as usize,
        footer: section
            .texts("footer")
            .map(|written| written.value.iter().map(|text| Wildcard::new(&in_file(text))).collect())
            .unwrap_or_default(),
        ragged: section.choice("ragged", &RAGGED).unwrap_or(Ragged::Reject),
        skip_empty: section.flag("skip_empty").unwrap_or(false),
        trim,
        nulls: section.texts("null").map(|nulls| nulls.value).unwrap_or_default(),
        types: types(section),
        spelling: Spelling::read(section),
        longest: section.number("max_record_bytes", 1).map_or(1 << 20, |bytes| bytes.min(LONGEST) as usize),
        keeps_stray_quotes: section
            .choice("stray_quotes", &[("reject", false), ("keep", true)])
            .unwrap_or(false),
        trailer: trailer(section, &in_file),
        chunk: CHUNK,
        coding,
        marks,
    })
}

const MOST_HEADER_ROWS: u64 = 20;
const MOST_FOOTER_LINES: u64 = 10_000;

fn coding(section: &mut Section<'_>) -> Option<Coding> {
    let Some(written) = section.text("encoding") else { return Some(Coding::Utf8) };
    section.problems.keep(Coding::named(&written.value, written.place))
}

fn marks(section: &mut Section<'_>, coding: &Coding, spaced: bool) -> Marks {
    let delimiter = mark(section, "delimiter", coding);
    let comment = mark(section, "comment", coding);
    let optional = |section: &mut Section<'_>, key: &str, default: Option<u8>| match section.text(key) {
        None => default,
        Some(written) if written.value.is_empty() => None,
        Some(_) => section.ascii(key),
    };
    let quote = optional(section, "quote", Some(b'"'));
    let escape = optional(section, "escape", None).filter(|escape| Some(*escape) != quote);
    let line_end = match section.text("line_end").map(|written| written.value) {
        None => LineEnd::Lf,
        Some(word) => match word.as_str() {
            "lf" | "\n" | "\r\n" => LineEnd::Lf,
            "cr" | "\r" => LineEnd::Cr,
            "any" => LineEnd::Any,
            "" => {
                wrong(section, "line_end", "`line_end` cannot be empty");
                LineEnd::Lf
            }
            text => LineEnd::Mark(coding.mark(text).unwrap_or_else(|| text.as_bytes().to_vec())),
        },
    };
    let marks = Marks {
        delimiter: delimiter.unwrap_or_else(|| b",".to_vec()),
        quote,
        escape,
        line_end,
        comment,
        merged: section.flag("merge_delimiters").unwrap_or(false),
        spaced,
    };
    check_apart(section, &marks);
    marks
}

/// Marks that are the same cannot be told apart.
fn check_apart(section: &mut Section<'_>, marks: &Marks) {
    let first = marks.delimiter.first().copied();
    let is_line_end = |byte: u8| marks.first_of_line_end().contains(&byte);
    if marks.delimiter.iter().any(|byte| b"\r\n".contains(byte)) || first.is_some_and(is_line_end) {
        wrong(section, "delimiter", "`delimiter` cannot hold what ends a record");
    }
    let others = [("quote", marks.quote), ("escape", marks.escape)];
    for (key, byte) in others {
        let Some(byte) = byte else { continue };
        if first == Some(byte) {
            wrong(section, key, &format!("`delimiter` and `{key}` must begin with two different characters"));
        } else if is_line_end(byte) {
            wrong(section, key, &format!("`{key}` cannot be what ends a record"));
        }
    }
}

fn wrong(section: &mut Section<'_>, key: &str, sentence: &str) {
    let place = section.here().field(key);
    section.problems.push(Problem::new("source.wrong-form", sentence).at(place));
}

/// A mark of one letter or more, as bytes of the scanned text.
fn mark(section: &mut Section<'_>, key: &str, coding: &Coding) -> Option<Vec<u8>> {
    let written = section.text(key)?;
    let sentence = if written.value.is_empty() {
        format!("`{key}` cannot be empty")
    } else if let Some(mark) = coding.mark(&written.value) {
        return Some(mark);
    } else {
        format!("{} cannot write `{key}`", coding.name())
    };
    section.problems.push(Problem::new("source.wrong-form", sentence).at(written.place));
    None
}

fn types(section: &mut Section<'_>) -> Vec<(Written<String>, Type)> {
    let mut table = section.section("types");
    let mut types = Vec::new();
    for column in table.keys() {
        let Some(written) = table.text(&column.value) else { continue };
        match Type::parse(&written.value) {
            Some(of) => types.push((column, of)),
            None => table.problems.push(
                Problem::new("csv.unknown-type", format!("there is no type `{}`", written.value))
                    .at(written.place)
                    .advise(format!("types are written {TYPE_FORMS}")),
            ),
        }
    }
    section.problems.extend(std::mem::take(&mut table.problems));
    types
}

fn trailer(section: &mut Section<'_>, in_file: &dyn Fn(&str) -> Vec<u8>) -> Option<TrailerRule> {
    if !section.has("trailer") {
        return None;
    }
    let mut table = section.section("trailer");
    table.refuse_unknown(&["begins_with", "records", "besides", "sums"]);
    let begins_with = table.required_text("begins_with", "what the trailer record begins with");
    let mut totals = Vec::new();
    if let Some(field) = table.number("records", 1) {
        totals.push((Subject::Records { besides: table.number("besides", 0).unwrap_or(0) }, field as usize));
    }
    let mut sums = table.section("sums");
    for column in sums.keys() {
        if let Some(field) = sums.number(&column.value, 1) {
            totals.push((Subject::Sum { column: column.value }, field as usize));
        }
    }
    table.problems.extend(std::mem::take(&mut sums.problems));
    if begins_with.as_ref().is_some_and(|written| written.value.is_empty()) {
        wrong(&mut table, "begins_with", "`begins_with` cannot be empty");
    }
    section.problems.extend(std::mem::take(&mut table.problems));
    Some(TrailerRule { begins_with: in_file(&begins_with?.value), totals })
}

impl Open for CsvOptions {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        reader::open(SourceFile::open(at)?, &self.settings, wanted)
    }

    fn again(&self, at: &Location, records: &[RawRecord]) -> Result<Option<Vec<ReadBatch>>, Problem> {
        reader::again(SourceFile::open(at)?, &self.settings, records).map(Some)
    }
}
