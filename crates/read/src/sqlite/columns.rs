//! The types of the columns: what the table declares, corrected by what its first rows hold.
//!
//! SQLite checks no types ("Datatypes In SQLite", §3), so a declaration is a hint only.

use rusqlite::types::{Value, ValueRef};

use super::database::{Database, Declared, failed};
use crate::databases::values::{Column, ColumnType, Misfit, push_text};
use crate::file::hexadecimal;
use crate::types::{Type, decimal};
use concordat_record::Problem;

/// Rows looked at before the types are settled.
const SAMPLE: usize = 8192;

/// Which kinds of values a column was seen to hold.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a set of five kinds")]
struct Seen {
    integer: bool,
    other_than_bit: bool,
    real: bool,
    text: bool,
    blob: bool,
}

/// The types of the columns of a statement.
pub(crate) fn types(
    database: &Database,
    sql: &str,
    columns: &[Declared],
) -> Result<Vec<ColumnType>, Problem> {
    let mut seen = vec![Seen::default(); columns.len()];
    let mut look = || {
        let mut statement = database.connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        for _ in 0..SAMPLE {
            let Some(row) = rows.next()? else { break };
            for (index, seen) in seen.iter_mut().enumerate() {
                match row.get_ref(index)? {
                    ValueRef::Null => {}
                    ValueRef::Integer(number) => {
                        seen.integer = true;
                        seen.other_than_bit |= !(0..=1).contains(&number);
                    }
                    ValueRef::Real(_) => seen.real = true,
                    ValueRef::Text(_) => seen.text = true,
                    ValueRef::Blob(_) => seen.blob = true,
                }
            }
        }
        Ok(())
    };
    look().map_err(|error: rusqlite::Error| failed(&database.shown, &error))?;
    Ok(columns.iter().zip(seen).map(|(column, seen)| settle(&column.declared, seen)).collect())
}

/// The type of a column by its declaration alone: what a question finds does not change it. Numbers and texts fit into a column of texts.
pub(crate) fn declared_type(declared: &str) -> ColumnType {
    settle(declared, Seen::default())
}

fn settle(declared: &str, seen: Seen) -> ColumnType {
    if seen.blob {
        return ColumnType::Binary;
    }
    let declared = declared.to_ascii_uppercase();
    let says = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    if seen.text || says(&["CHAR", "CLOB", "TEXT"]) {
        return ColumnType::Text;
    }
    if let Some(exact) = declared_decimal(&declared) {
        return exact;
    }
    if says(&["BOOL"]) && !seen.other_than_bit && !seen.real {
        return ColumnType::Boolean;
    }
    if seen.real || (says(&["REAL", "FLOA", "DOUB"]) && !says(&["INT"])) {
        return ColumnType::Double;
    }
    if seen.integer || says(&["INT", "BOOL"]) {
        return ColumnType::Integer;
    }
    if says(&["BLOB"]) { ColumnType::Binary } else { ColumnType::Text }
}

/// `DECIMAL(12,2)` and `NUMERIC(12,2)` mean exact numbers, though SQLite keeps them as floating point.
fn declared_decimal(declared: &str) -> Option<ColumnType> {
    let arguments = declared.strip_prefix("DECIMAL").or_else(|| declared.strip_prefix("NUMERIC"))?;
    match Type::parse(&format!("decimal{}", arguments.trim()))? {
        Type::Decimal(precision, scale) => Some(ColumnType::Decimal(precision, scale)),
        _ => None,
    }
}

/// Whether a condition on a column means the same to SQLite as to us: only where its type is sure to be that of every value.
pub(crate) fn compares_alike(declared: &str, of: ColumnType) -> bool {
    match of {
        ColumnType::Integer | ColumnType::Double => true,
        // "Determination Of Column Affinity", §3.1: such a column holds texts even of what was a number.
        ColumnType::Text => {
            let declared = declared.to_ascii_uppercase();
            !declared.contains("INT") && ["CHAR", "CLOB", "TEXT"].iter().any(|word| declared.contains(word))
        }
        _ => false,
    }
}

/// Adds a value to a column.
pub(crate) fn push(column: &mut Column, value: ValueRef<'_>) -> Result<(), Misfit> {
    match (column, value) {
        (column, ValueRef::Null) => column.push_null(),
        (Column::Integer(values), ValueRef::Integer(number)) => values.push(Some(number)),
        (Column::Boolean(values), ValueRef::Integer(bit @ 0..=1)) => values.push(Some(bit == 1)),
        (Column::Double(values), ValueRef::Integer(number)) => values.push(Some(number as f64)),
        (Column::Double(values), ValueRef::Real(number)) => values.push(Some(number)),
        (Column::Decimal(values, precision, scale), ValueRef::Integer(number)) => {
            let exact = decimal(&number.to_string(), *precision, *scale);
            values.push(Some(exact.ok_or(Misfit::Digits)?));
        }
        (Column::Decimal(values, precision, scale), ValueRef::Real(number)) => {
            let places = usize::from(scale.unsigned_abs());
            let exact = decimal(&format!("{number:.places$}"), *precision, *scale);
            values.push(Some(exact.ok_or(Misfit::Digits)?));
        }
        (Column::Binary(values), ValueRef::Blob(bytes) | ValueRef::Text(bytes)) => values.push(bytes),
        (Column::Text(values), ValueRef::Text(bytes)) => push_text(values, bytes)?,
        (Column::Text(values), ValueRef::Integer(number)) => values.push(number.to_string().as_bytes()),
        (Column::Text(values), ValueRef::Real(number)) => values.push(number.to_string().as_bytes()),
        _ => return Err(Misfit::Form),
    }
    Ok(())
}

/// A row that was rejected, as text: one line for each column.
pub(crate) fn raw_row(names: &[String], values: &[Value]) -> Vec<u8> {
    let mut raw = Vec::new();
    for (name, value) in names.iter().zip(values) {
        raw.extend_from_slice(format!("{name} = ").as_bytes());
        match value {
            Value::Null => raw.extend_from_slice(b"NULL"),
            Value::Integer(number) => raw.extend_from_slice(number.to_string().as_bytes()),
            Value::Real(number) => raw.extend_from_slice(number.to_string().as_bytes()),
            Value::Text(text) => raw.extend_from_slice(text.as_bytes()),
            Value::Blob(bytes) => {
                raw.extend_from_slice(format!("x'{}'", hexadecimal(bytes)).as_bytes());
            }
        }
        raw.push(b'\n');
    }
    raw
}
