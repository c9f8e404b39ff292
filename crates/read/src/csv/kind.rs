//! The kind `csv`: its options and how it is opened.

use concordat_record::Problem;
use encoding_rs::Encoding;

use super::dialect::sniff;
use super::reader::{CsvReader, Settings};
use super::split::Marks;
use crate::clues::{Clue, Sample};
use crate::file::SourceFile;
use crate::kinds::{Kind, Lies, Location, Open};
use crate::reader::Reader;
use crate::section::{OptionDoc, Section, Written};
use crate::types::{TYPE_FORMS, Type};
use crate::wanted::Wanted;

/// Delimited text.
pub(crate) const KIND: Kind = Kind {
    name: "csv",
    meaning: "delimited text: comma, semicolon, tab or any other mark between fields",
    options: OPTIONS,
    lies: Lies::InAFile,
    recognise,
    propose: super::propose::propose,
    configure,
};

const OPTIONS: &[OptionDoc] = &[
    OptionDoc {
        name: "delimiter",
        form: "text",
        default: ",",
        meaning: "the character between fields; \"\\t\" is a tab",
    },
    OptionDoc {
        name: "quote",
        form: "text",
        default: "\"",
        meaning: "the character around fields that hold delimiters or line ends; \"\" when there is none",
    },
    OptionDoc {
        name: "encoding",
        form: "text",
        default: "utf-8",
        meaning: "how letters are written: utf-8, utf-16le, utf-16be, windows-1252, iso-8859-15 and others",
    },
    OptionDoc {
        name: "header",
        form: "true or false",
        default: "true",
        meaning: "whether the first record holds the names of the columns",
    },
    OptionDoc {
        name: "columns",
        form: "list of texts",
        default: "the header, or column_1, column_2, …",
        meaning: "names of the columns, instead of those in the file",
    },
    OptionDoc {
        name: "skip_lines",
        form: "whole number",
        default: "0",
        meaning: "lines before the header or the first record",
    },
    OptionDoc {
        name: "trim",
        form: "true or false",
        default: "false",
        meaning: "whether spaces around values are removed; a value that is empty, or empty then, is null",
    },
    OptionDoc {
        name: "null",
        form: "list of texts",
        default: "none",
        meaning: "values that mean null, besides the empty one",
    },
    OptionDoc {
        name: "types",
        form: "table",
        default: "all columns are text",
        meaning: "types by column, such as `amount = \"decimal(12,2)\"`: text, integer, decimal(digits,places), number, \
                  boolean, date, date(DD.MM.YYYY)",
    },
    OptionDoc {
        name: "max_record_bytes",
        form: "whole number",
        default: "1048576",
        meaning: "a longer record is broken; keeps an open quotation mark from swallowing the file",
    },
];

/// The options of one source.
#[derive(Debug)]
struct CsvOptions {
    settings: Settings,
}

fn configure(section: &mut Section<'_>) -> Option<Box<dyn Open>> {
    let delimiter = section.ascii("delimiter").unwrap_or(b',');
    let quote = if section.text("quote").is_some_and(|quote| quote.value.is_empty()) {
        None
    } else {
        Some(section.ascii("quote").unwrap_or(b'"'))
    };
    if quote == Some(delimiter)
        || [delimiter, quote.unwrap_or(b',')].iter().any(|mark| b"\r\n".contains(mark))
    {
        let sentence = "`delimiter` and `quote` must be two different characters, and no line ends";
        section
            .problems
            .push(Problem::new("source.wrong-form", sentence).at(section.here().field("delimiter")));
    }
    let encoding = encoding(section);
    let settings = Settings {
        marks: Marks { delimiter, quote },
        encoding: encoding?,
        header: section.flag("header").unwrap_or(true),
        columns: section.texts("columns").map(|columns| columns.value),
        skip_lines: section.number("skip_lines", 0).unwrap_or(0),
        trim: section.flag("trim").unwrap_or(false),
        nulls: section.texts("null").map(|nulls| nulls.value).unwrap_or_default(),
        types: types(section),
        longest: section.number("max_record_bytes", 1).map_or(1 << 20, |bytes| bytes.min(64 << 20) as usize),
    };
    Some(Box::new(CsvOptions { settings }))
}

fn encoding(section: &mut Section<'_>) -> Option<&'static Encoding> {
    let Some(written) = section.text("encoding") else { return Some(encoding_rs::UTF_8) };
    let name = written.value.trim().to_ascii_lowercase();
    let label = if name == "latin-1" { "latin1" } else { &name };
    let found = Encoding::for_label(label.as_bytes()).filter(|encoding| is_readable(encoding));
    if found.is_none() {
        let near = concordat_record::nearest(&name, ENCODINGS);
        let problem =
            Problem::new("csv.unknown-encoding", format!("there is no encoding `{name}`")).at(written.place);
        section.problems.push(match near {
            Some(near) => problem.advise(format!("did you mean `{near}`?")),
            None => problem.advise(format!("well known are {}", ENCODINGS.join(", "))),
        });
    }
    found
}

const ENCODINGS: [&str; 8] = [
    "utf-8",
    "utf-16le",
    "utf-16be",
    "windows-1252",
    "iso-8859-1",
    "iso-8859-15",
    "windows-1250",
    "macintosh",
];

/// Delimiters and line ends must be single bytes in the file, or the file UTF-16.
fn is_readable(encoding: &'static Encoding) -> bool {
    encoding != encoding_rs::ISO_2022_JP && encoding != encoding_rs::REPLACEMENT
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

impl Open for CsvOptions {
    fn open(&self, at: &Location, _wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        Ok(Box::new(CsvReader::open(SourceFile::open(at)?, self.settings.clone())?))
    }
}

fn recognise(sample: &Sample) -> Option<Clue> {
    sniff(sample).map(|(_, clue)| clue)
}
