//! The kind `xml`: its options.

use super::columns::{ColumnSpec, Repeated};
use super::open::XmlOptions;
use super::path::{Namespaces, rows, value};
use super::scan::Rows;
use crate::kinds::{Kind, Lies, Open};
use crate::section::{OptionDoc, Section};
use crate::tree::options::{MAX_RECORD_BYTES, TYPES, encoding, texts_by_name, types};

/// XML.
pub(crate) const KIND: Kind = Kind {
    name: "xml",
    meaning: "XML: an element that repeats, with its attributes and the elements in it as columns",
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
        default: "required",
        meaning: "the way to the element that is a row, such as `/register/organisation`; `*` is any element, and \
                  `//organisation` one at any depth",
    },
    OptionDoc {
        name: "columns",
        form: "table",
        default: "all that the first 64 MB of the file have",
        meaning: "columns by name, each with the way to it within the row: `name`, `address/city`, `@id`, `phone/@type`, `.` for all \
                  text of the row, `text()` for the text directly in it. Where several values are expected in one row, a table: \
                  `{ path = \"phone\", repeated = \"list\" }`; `repeated` is reject (the default), list, first or join, with a \
                  `separator` (`; `). For groups that repeat, `{ path = \"officer\", columns = { name = \"name\" } }`. What is not \
                  named here is passed over; without this table, what only comes later rejects its record",
    },
    OptionDoc {
        name: "namespaces",
        form: "table",
        default: "none: only local names count",
        meaning: "prefixes for the ways in this file, such as `r = \"urn:register\"`; under `\"\"` stands the namespace of elements without \
                  a prefix. With this table, names match by namespace, whatever prefixes the data has",
    },
    TYPES,
    OptionDoc {
        name: "carry",
        form: "table",
        default: "none",
        meaning: "values outside of the rows that every row gets as a column, such as `as_of = \"/register/@date\"`",
    },
    OptionDoc {
        name: "trim",
        form: "true or false",
        default: "true",
        meaning: "whether white space around values is removed; an empty value is null",
    },
    OptionDoc {
        name: "null",
        form: "list of texts",
        default: "none",
        meaning: "values that mean null, besides the empty one and `xsi:nil`",
    },
    OptionDoc {
        name: "encoding",
        form: "text",
        default: "as the file declares it",
        meaning: "how letters are written",
    },
    OptionDoc {
        name: "max_depth",
        form: "whole number",
        default: "64",
        meaning: "how many levels a record may have; 256 at most",
    },
    MAX_RECORD_BYTES,
];

fn configure(section: &mut Section<'_>) -> Option<Box<dyn Open>> {
    let declared = section.has("namespaces").then(|| {
        let all = texts_by_name(section, "namespaces");
        all.into_iter().map(|(prefix, uri)| (prefix.value, uri.value)).collect()
    });
    let namespaces = Namespaces(declared);
    let way = section.required_text("rows", "the way to the element that is a row");
    let way = way.and_then(|way| section.problems.keep(rows(&way.value, &way.place.clone(), &namespaces)));
    let deepest = section.number("max_depth", 1).unwrap_or(64).min(256) as usize;
    let carry = texts_by_name(section, "carry");
    let mut ways = Vec::new();
    for (_, way) in &carry {
        ways.extend(section.problems.keep(value(&way.value, &way.place, &namespaces)));
    }
    let has_columns = section.has("columns");
    let columns = columns(section);
    section.problems.keep(super::columns::Group::plan(&columns, &namespaces));
    let options = XmlOptions {
        columns: has_columns.then_some(columns),
        types: types(section),
        carry,
        trim: section.flag("trim").unwrap_or(true),
        nulls: section.texts("null").map(|nulls| nulls.value).unwrap_or_default(),
        encoding: encoding(section),
        longest: section.number("max_record_bytes", 1).map_or(16 << 20, |bytes| bytes.min(1 << 30) as usize),
        rows: Rows { way: way?, carry: ways, deepest, has_namespaces: namespaces.is_declared() },
        namespaces,
    };
    Some(Box::new(options))
}

/// The columns that are written under `columns`.
fn columns(section: &mut Section<'_>) -> Vec<ColumnSpec> {
    let mut table = section.section("columns");
    let mut columns = Vec::new();
    for name in table.keys() {
        if table.is_table(&name.value) {
            let mut own = table.section(&name.value);
            own.refuse_unknown(&["path", "repeated", "separator", "columns"]);
            let separator = own.text("separator").map_or_else(|| "; ".into(), |separator| separator.value);
            let repeated = [("reject", 0), ("list", 1), ("first", 2), ("join", 3)];
            let repeated = match own.choice("repeated", &repeated) {
                Some(1) => Repeated::List,
                Some(2) => Repeated::First,
                Some(3) => Repeated::Join(separator),
                _ => Repeated::Reject,
            };
            let inner = self::columns(&mut own);
            if let Some(way) = own.required_text("path", "the way to the column's value") {
                columns.push(ColumnSpec { name: name.value, way, repeated, columns: inner });
            }
            table.problems.extend(own.problems);
        } else if let Some(way) = table.text(&name.value) {
            columns.push(ColumnSpec {
                name: name.value,
                way,
                repeated: Repeated::Reject,
                columns: Vec::new(),
            });
        }
    }
    section.problems.extend(table.problems);
    columns
}
