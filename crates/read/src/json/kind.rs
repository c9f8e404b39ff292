//! The kind `json`: its options.

use concordat_record::Problem;

use super::discover::Nested;
use super::fill::Duplicates;
use super::open::{JsonOptions, Way};
use super::path::parse;
use super::scan::Rows;
use super::walk::DEEPEST;
use crate::kinds::{Kind, Lies, Open};
use crate::section::{OptionDoc, Section};
use crate::tree::options::{MAX_RECORD_BYTES, TYPES, encoding, texts_by_name, types};

/// JSON and its relatives.
pub(crate) const KIND: Kind = Kind {
    name: "json",
    meaning: "JSON: a document, JSON Lines, documents one behind the other, or a sequence",
    options: OPTIONS,
    lies: Lies::InAFile,
    recognise: super::propose::recognise,
    propose: super::propose::propose,
    configure,
};

const OPTIONS: &[OptionDoc] = &[
    OptionDoc {
        name: "rows",
        form: "text",
        default: "the elements of an array at the top, else each document",
        meaning: "the way to the rows, as JSON Pointer (`/data/items`) or dotted (`data.items`); `*` stands for any member or \
                  element; the elements of an array that is found there are rows, anything else is one row",
    },
    OptionDoc {
        name: "array_rows",
        form: "true or false",
        default: "true where arrays stand one behind the other",
        meaning: "whether an array is one row with its elements as columns, and not a list of rows",
    },
    OptionDoc {
        name: "columns",
        form: "table",
        default: "all that the first 64 MB of the file have",
        meaning: "columns by name, each with the way to it within the row, such as `city = \"/address/city\"`; members not \
                  named here are passed over. Without this table a member that only comes later rejects its record",
    },
    OptionDoc {
        name: "nested",
        form: "columns or structs",
        default: "columns",
        meaning: "whether objects within rows become columns, named after the way to each value, or groups",
    },
    TYPES,
    OptionDoc {
        name: "carry",
        form: "table",
        default: "none",
        meaning: "values outside of the rows that every row gets as a column, such as `as_of = \"/meta/date\"`; beneath a `*` \
                  they must stand before the rows",
    },
    OptionDoc {
        name: "duplicates",
        form: "reject, first or last",
        default: "reject",
        meaning: "what is done when an object has the same member twice",
    },
    OptionDoc {
        name: "encoding",
        form: "text",
        default: "utf-8, or utf-16 where the first bytes show it",
        meaning: "how letters are written",
    },
    OptionDoc {
        name: "max_depth",
        form: "whole number",
        default: "64",
        meaning: "how many levels a record may have; 512 at most",
    },
    MAX_RECORD_BYTES,
];

#[expect(clippy::unnecessary_wraps, reason = "the list of kinds asks for it")]
fn configure(section: &mut Section<'_>) -> Option<Box<dyn Open>> {
    let deepest = section.number("max_depth", 1).unwrap_or(64).min(DEEPEST as u64) as usize;
    let path = section.text("rows").map(|rows| parse(&rows.value));
    let ways = |all: Vec<(_, crate::section::Written<String>)>| -> Vec<Way> {
        all.into_iter().map(|(name, way)| Way { name, steps: parse(&way.value) }).collect()
    };
    let carry = ways(texts_by_name(section, "carry"));
    let columns = section.has("columns").then(|| ways(texts_by_name(section, "columns")));
    if let Some(wild) = columns.iter().flatten().find(|way| way.is_wild()) {
        let problem =
            Problem::new("source.wrong-form", "the way to a column has no `*`: take the array as a list");
        section.problems.push(problem.at(wild.name.place.clone()));
    }
    let nested = [("columns", Nested::Columns), ("structs", Nested::Structs)];
    let duplicates =
        [("reject", Duplicates::Reject), ("first", Duplicates::First), ("last", Duplicates::Last)];
    let rows = Rows {
        path,
        array_is_row: false,
        carry: carry.iter().map(|way| way.steps.clone()).collect(),
        deepest,
    };
    Some(Box::new(JsonOptions {
        rows,
        array_rows: section.flag("array_rows"),
        columns,
        nested: section.choice("nested", &nested).unwrap_or(Nested::Columns),
        types: types(section),
        carry,
        duplicates: section.choice("duplicates", &duplicates).unwrap_or(Duplicates::Reject),
        encoding: encoding(section),
        longest: section.number("max_record_bytes", 1).map_or(16 << 20, |bytes| bytes.min(1 << 30) as usize),
    }))
}
