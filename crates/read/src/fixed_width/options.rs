//! The options of the kind `fixed-width`, and the layout as a source file writes it.

use std::path::Path;

use concordat_record::{Place, Problem};

use super::import;
use super::layout::{Column, Layout, MOST_COLUMNS, Position, RecordType, Role, Sign, TotalAt, Trim};
use crate::control::Subject;
use crate::section::{OptionDoc, Section, option};
use crate::types::{self, TYPE_FORMS, Type};

pub(super) const OPTIONS: &[OptionDoc] = &[
    option(
        "column",
        "tables",
        "none",
        "the columns, each under `[[fixed-width.column]]`: `name`; `start` from 1 (else behind the column before) and `length` or `end`; \
         `type` as in csv, text by default; `decimals`, how many digits are behind a point that is not written; `sign = \"overpunch\"` \
         or \"overpunch first\" where a digit holds it; `null`, words that mean null; `trim`",
    ),
    option(
        "layout",
        "text",
        "none",
        "a file with the table of columns as an agency publishes it, relative to the body's folder: CSV or Excel, with headings such as \
         name, start, end or length, type; also a SAS INPUT statement (.sas) or a Stata dictionary (.dct); columns described \
         beside it replace those of the same name",
    ),
    option(
        "record_type",
        "table",
        "none, all records are rows",
        "where a record says of which kind it is: `{ start = 1, length = 2 }`",
    ),
    option(
        "record",
        "tables",
        "none",
        "the kinds of record, each under `[[fixed-width.record]]`: `is`, its codes (without it, all others); `role`, row, header (its \
         values stand in the rows below), trailer or skip; `column` and `layout` as above; of a trailer `records`, where the number of \
         records stands, `{ start, length, besides }`, and `sums`, where sums of columns stand, `{ amount = { start, length, decimals } }`",
    ),
    option(
        "only",
        "list of texts",
        "all rows",
        "the kinds of record that become rows, by their codes; the others are passed over, and control totals are not compared",
    ),
    option(
        "unknown_records",
        "\"reject\" or \"skip\"",
        "\"reject\"",
        "what becomes of records of a kind that is not described",
    ),
    option(
        "encoding",
        "text",
        "utf-8",
        "how letters are written: utf-8, ascii, windows-1252, iso-8859-15, cp850, cp037 and all other pages of one byte",
    ),
    option(
        "positions",
        "\"letters\" or \"bytes\"",
        "\"letters\"",
        "what positions count in UTF-8; elsewhere both are the same",
    ),
    option(
        "record_length",
        "whole number",
        "none, records are lines",
        "bytes of a record, where records stand one behind the other without line ends",
    ),
    option(
        "line_end",
        "\"any\", \"lf\", \"crlf\", \"cr\" or \"nl\"",
        "\"any\"",
        "what ends a line: LF or CRLF (in EBCDIC also NL), or one of them only; empty lines are passed over",
    ),
    option(
        "short_records",
        "\"pad\" or \"reject\"",
        "\"pad\"",
        "a record that ends before its last column: read as if blanks followed, or rejected",
    ),
    option(
        "long_records",
        "\"cut\" or \"reject\"",
        "\"cut\"",
        "a record that goes on behind its last column: the rest is left out, or it is rejected",
    ),
    option("skip_lines", "whole number", "0", "records at the beginning of the file that are passed over"),
    option(
        "trim",
        "\"both\", \"end\" or \"none\"",
        "\"both\"",
        "at which ends of a value spaces are no part of it; blank values are null whichever it is",
    ),
    option("null", "list of texts", "none", "values that mean null in all columns, besides blank ones"),
    types::DECIMAL,
    types::THOUSANDS,
    types::BOOLEAN,
    types::TWO_DIGIT_YEARS_FROM,
];

pub(super) const TRIMS: [(&str, Trim); 3] = [("both", Trim::Both), ("end", Trim::End), ("none", Trim::None)];

/// A layout as it was written: columns, and tables of columns in other files, which are read when the source is opened.
#[derive(Clone, Debug, Default)]
pub(crate) struct WrittenLayout {
    record_type: Option<Position>,
    types: Vec<WrittenType>,
}

#[derive(Clone, Debug, Default)]
struct WrittenType {
    of: RecordType,
    /// The file with the table of columns.
    table: Option<(String, Place)>,
}

impl WrittenLayout {
    pub fn read(section: &mut Section<'_>) -> Self {
        let record_type = position(section, "record_type");
        let mut types = Vec::new();
        for mut record in section.sections("record") {
            types.push(written_type(&mut record));
            section.problems.extend(record.problems);
        }
        if types.is_empty() || section.has("column") || section.has("layout") {
            let table = table(section);
            let columns = columns(section);
            types.push(WrittenType { of: RecordType { columns, ..RecordType::default() }, table });
        }
        if record_type.is_none() && types.iter().any(|written| !written.of.codes.is_empty()) {
            let sentence = "kinds of record are described, and not where a record says which it is";
            let problem =
                Problem::new("source.missing-key", sentence).at(section.here().field("record_type"));
            section.problems.push(problem.advise("write `record_type = { start = 1, length = 2 }`"));
        }
        Self { record_type, types }
    }

    /// The layout, with the tables of columns from other files; paths are relative to `base`.
    pub fn resolve(&self, base: &Path) -> Result<Layout, Problem> {
        let mut types = Vec::new();
        for WrittenType { of, table } in &self.types {
            let mut of = of.clone();
            if let Some((file, place)) = table {
                let imported = import::columns(base, file, &of.codes)?;
                if imported.is_empty() {
                    let sentence = format!("`{file}` describes no columns of this kind of record");
                    return Err(Problem::new("fixed-width.no-columns", sentence).at(place.clone()));
                }
                of.columns = replaced(imported, of.columns);
            }
            types.push(of);
        }
        Ok(Layout { record_type: self.record_type, types })
    }
}

/// Columns of a table, with those that were described by hand in their place.
fn replaced(mut imported: Vec<Column>, described: Vec<Column>) -> Vec<Column> {
    for column in described {
        match imported.iter_mut().find(|known| known.name.eq_ignore_ascii_case(&column.name)) {
            Some(known) => *known = column,
            None => imported.push(column),
        }
    }
    imported
}

fn table(section: &mut Section<'_>) -> Option<(String, Place)> {
    section.text("layout").map(|written| (written.value, written.place))
}

fn written_type(record: &mut Section<'_>) -> WrittenType {
    record.refuse_unknown(&["is", "role", "column", "layout", "records", "sums"]);
    let roles =
        [("row", Role::Row), ("header", Role::Header), ("trailer", Role::Trailer), ("skip", Role::Skip)];
    let codes = record.texts("is").map(|written| written.value).unwrap_or_default();
    let role = record.choice("role", &roles).unwrap_or_default();
    let (columns, table) = (columns(record), table(record));
    let totals = totals(record);
    WrittenType { of: RecordType { codes, role, columns, totals }, table }
}

/// `{ start = 1, length = 2 }`, from zero.
fn position(section: &mut Section<'_>, key: &str) -> Option<Position> {
    if !section.has(key) {
        return None;
    }
    let mut table = section.section(key);
    table.refuse_unknown(&["start", "length"]);
    let found = start_and_length(&mut table);
    section.problems.extend(std::mem::take(&mut table.problems));
    found
}

fn start_and_length(table: &mut Section<'_>) -> Option<Position> {
    let (start, length) = (table.number("start", 1), table.number("length", 1));
    for (key, found) in [("start", start), ("length", length)] {
        if found.is_none() && !table.has(key) {
            let problem = Problem::new("source.missing-key", format!("`{key}` is missing"));
            table.problems.push(problem.at(table.here().field(key)));
        }
    }
    Some(Position { start: places(start?) - 1, length: places(length?) })
}

/// A number of positions; a senseless one becomes one that no record has.
fn places(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX).min(1 << 31)
}

fn totals(record: &mut Section<'_>) -> Vec<TotalAt> {
    let mut totals = Vec::new();
    if record.has("records") {
        let mut table = record.section("records");
        table.refuse_unknown(&["start", "length", "besides"]);
        let subject = Subject::Records { besides: table.number("besides", 0).unwrap_or(0) };
        totals.extend(total(&mut table, subject));
        record.problems.extend(std::mem::take(&mut table.problems));
    }
    let mut sums = record.section("sums");
    for column in sums.keys() {
        let mut table = sums.section(&column.value);
        table.refuse_unknown(&["start", "length", "decimals"]);
        totals.extend(total(&mut table, Subject::Sum { column: column.value }));
        sums.problems.extend(std::mem::take(&mut table.problems));
    }
    record.problems.extend(std::mem::take(&mut sums.problems));
    totals
}

fn total(table: &mut Section<'_>, subject: Subject) -> Option<TotalAt> {
    let implied_places = table.number("decimals", 0).unwrap_or(0).min(38) as u32;
    let Position { start, length } = start_and_length(table)?;
    Some(TotalAt { subject, start, length, implied_places })
}

fn columns(section: &mut Section<'_>) -> Vec<Column> {
    let mut columns = Vec::new();
    let mut next = 0;
    for mut table in section.sections("column").into_iter().take(MOST_COLUMNS) {
        table.refuse_unknown(&["name", "start", "length", "end", "type", "decimals", "sign", "null", "trim"]);
        if let Some(column) = column(&mut table, next) {
            next = column.start + column.length;
            columns.push(column);
        }
        section.problems.extend(table.problems);
    }
    columns
}

fn column(table: &mut Section<'_>, next: usize) -> Option<Column> {
    let name = table.required_text("name", "what the column is called");
    let start = table.number("start", 1).map_or(next, |start| places(start) - 1);
    let length = table.number("length", 1).map(places);
    let end = table.number("end", 1).map(places);
    let place = table.here();
    let length = match (length, end) {
        (Some(length), None) => Some(length),
        (None, Some(end)) if end > start => Some(end - start),
        (Some(length), Some(end)) if start + length == end => Some(length),
        _ => {
            let sentence = "a column has a `length` or an `end`, which agree and are not before its start";
            table.problems.push(Problem::new("fixed-width.column", sentence).at(place.clone()));
            None
        }
    };
    let signs = [
        ("written", Sign::Written),
        ("overpunch", Sign::Overpunched),
        ("overpunch first", Sign::OverpunchedFirst),
    ];
    let sign = table.choice("sign", &signs).unwrap_or_default();
    let implied = table.number("decimals", 0).map(|places| places.min(38) as u8);
    let of = match table.text("type") {
        None => length.and_then(|length| usual_type(length, implied, sign)),
        Some(written) => {
            let of = Type::parse(&written.value);
            if of.is_none() {
                let sentence = format!("there is no type `{}`", written.value);
                let problem = Problem::new("fixed-width.unknown-type", sentence).at(written.place);
                table.problems.push(problem.advise(format!("types are written {TYPE_FORMS}")));
            }
            of
        }
    };
    let nulls = table.texts("null").map(|nulls| nulls.value).unwrap_or_default();
    let trim = table.choice("trim", &TRIMS);
    let (name, length, of) = (name?.value, length?, of?);
    Some(Column { name, start, length, of, implied_places: implied, sign, nulls, trim, place })
}

/// The type of a column that names none.
pub(super) fn usual_type(length: usize, implied: Option<u8>, sign: Sign) -> Option<Type> {
    match implied {
        None if sign == Sign::Written => Some(Type::Text),
        None | Some(0) if length <= 18 => Some(Type::Integer),
        places => {
            let places = places.unwrap_or_default();
            let digits = length.max(usize::from(places)).min(38) as u8;
            Some(Type::Decimal(digits, i8::try_from(places).ok()?))
        }
    }
}
