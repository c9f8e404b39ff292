//! The types of the columns: what the table declares, corrected by what its first rows hold.
//!
//! SQLite checks no types ("Datatypes In SQLite", §3), so a declaration is a hint only.

use rusqlite::types::{Value, ValueRef};

use super::database::{Database, Declared, failed};
use crate::file::hexadecimal;
use crate::types::{Builder, Type, decimal};
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
pub(crate) fn types(database: &Database, sql: &str, columns: &[Declared]) -> Result<Vec<Type>, Problem> {
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

fn settle(declared: &str, seen: Seen) -> Type {
    if seen.blob {
        return Type::Binary;
    }
    let declared = declared.to_ascii_uppercase();
    let says = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    if seen.text || says(&["CHAR", "CLOB", "TEXT"]) {
        return Type::Text;
    }
    if let Some(exact) = declared_decimal(&declared) {
        return exact;
    }
    if says(&["BOOL"]) && !seen.other_than_bit && !seen.real {
        return Type::Boolean;
    }
    if seen.real || (says(&["REAL", "FLOA", "DOUB"]) && !says(&["INT"])) {
        return Type::Number;
    }
    if seen.integer || says(&["INT", "BOOL"]) {
        return Type::Integer;
    }
    if says(&["BLOB"]) { Type::Binary } else { Type::Text }
}

/// `DECIMAL(12,2)` and `NUMERIC(12,2)` mean exact numbers, though SQLite keeps them as floating point.
fn declared_decimal(declared: &str) -> Option<Type> {
    let arguments = declared.strip_prefix("DECIMAL").or_else(|| declared.strip_prefix("NUMERIC"))?;
    Type::parse(&format!("decimal{}", arguments.trim()))
}

/// Adds a value to a column; false when it does not have the column's type.
pub(crate) fn push(builder: &mut Builder, value: ValueRef<'_>) -> bool {
    match (builder, value) {
        (builder, ValueRef::Null) => builder.push_null(),
        (Builder::Integer(column, _), ValueRef::Integer(number)) => column.push(Some(number)),
        (Builder::Boolean(column, _), ValueRef::Integer(bit @ 0..=1)) => column.push(Some(bit == 1)),
        (Builder::Number(column, _), ValueRef::Integer(number)) => column.push(Some(number as f64)),
        (Builder::Number(column, _), ValueRef::Real(number)) => column.push(Some(number)),
        (Builder::Decimal(column, precision, scale, _), ValueRef::Integer(number)) => {
            let exact = decimal(&number.to_string(), *precision, *scale);
            column.push(exact);
            return exact.is_some();
        }
        (Builder::Decimal(column, precision, scale, _), ValueRef::Real(number)) => {
            let places = usize::from(scale.unsigned_abs());
            let exact = decimal(&format!("{number:.places$}"), *precision, *scale);
            column.push(exact);
            return exact.is_some();
        }
        (Builder::Binary(column), ValueRef::Blob(bytes) | ValueRef::Text(bytes)) => column.push(bytes),
        (Builder::Text(column), ValueRef::Text(bytes)) if std::str::from_utf8(bytes).is_ok() => {
            column.push(bytes);
        }
        (Builder::Text(column), ValueRef::Integer(number)) => column.push(number.to_string().as_bytes()),
        (Builder::Text(column), ValueRef::Real(number)) => column.push(number.to_string().as_bytes()),
        _ => return false,
    }
    true
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
