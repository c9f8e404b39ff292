//! Values of the binary protocol into columns (MySQL 8.0, "Binary Protocol Value").

use mysql_async::Value;

use crate::databases::values::{CivilTime, Column, ColumnType, Misfit, push_text};
use crate::file::hexadecimal;
use crate::types::decimal;

/// What becomes of dates such as `0000-00-00` and `2024-00-00`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ZeroDates {
    /// The row is rejected.
    #[default]
    Reject,
    /// The value is null.
    Null,
}

/// Adds a value to its column.
#[inline]
pub(crate) fn push(column: &mut Column, value: &Value, zero_dates: ZeroDates) -> Result<(), Misfit> {
    match (column, value) {
        (column, Value::NULL) => column.push_null(),
        (Column::Integer(values), Value::Int(number)) => values.push(Some(*number)),
        (Column::Integer(values), Value::UInt(number)) => {
            values.push(Some(i64::try_from(*number).map_err(|_| Misfit::Digits)?));
        }
        (Column::Unsigned(values), Value::UInt(number)) => values.push(Some(*number)),
        (Column::Unsigned(values), Value::Int(number)) => {
            values.push(Some(u64::try_from(*number).map_err(|_| Misfit::Digits)?));
        }
        (Column::Unsigned(values), Value::Bytes(bits)) => values.push(Some(number_of_bits(bits)?)),
        (Column::Boolean(values), Value::Bytes(bits)) => values.push(Some(number_of_bits(bits)? != 0)),
        (Column::Float(values), Value::Float(number)) => values.push(Some(*number)),
        (Column::Double(values), Value::Double(number)) => values.push(Some(*number)),
        (Column::Decimal(values, precision, scale), Value::Bytes(text)) => {
            let text = std::str::from_utf8(text).map_err(|_| Misfit::Encoding)?;
            values.push(Some(decimal(text, *precision, *scale).ok_or(Misfit::Digits)?));
        }
        (Column::Text(values), Value::Bytes(text)) => push_text(values, text)?,
        (Column::Binary(values), Value::Bytes(bytes)) => values.push(bytes),
        (Column::Text(values), time @ Value::Time(..)) => values.push(span(time).as_bytes()),
        (Column::Date(values), Value::Date(..)) => {
            values.push(unless_zero(civil(value).days(), zero_dates)?);
        }
        (Column::DateTime(values) | Column::Moment(values), Value::Date(..)) => {
            values.push(unless_zero(civil(value).microseconds(), zero_dates)?);
        }
        _ => return Err(Misfit::Form),
    }
    Ok(())
}

fn unless_zero<T>(value: Result<T, Misfit>, zero_dates: ZeroDates) -> Result<Option<T>, Misfit> {
    match value {
        Err(Misfit::ZeroDate) if zero_dates == ZeroDates::Null => Ok(None),
        value => value.map(Some),
    }
}

/// `BIT(n)`: up to eight bytes, the highest first.
fn number_of_bits(bits: &[u8]) -> Result<u64, Misfit> {
    if bits.len() > 8 {
        return Err(Misfit::Digits);
    }
    Ok(bits.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn civil(value: &Value) -> CivilTime {
    let Value::Date(year, month, day, hour, minute, second, microsecond) = *value else {
        return CivilTime::default();
    };
    CivilTime {
        year: year.into(),
        month: month.into(),
        day: day.into(),
        hour: hour.into(),
        minute: minute.into(),
        second: second.into(),
        microsecond,
    }
}

/// A `TIME` as the server writes it: `-838:59:59.000001`.
fn span(value: &Value) -> String {
    let Value::Time(is_negative, days, hours, minutes, seconds, microseconds) = *value else {
        return String::new();
    };
    let sign = if is_negative { "-" } else { "" };
    let hours = u64::from(days) * 24 + u64::from(hours);
    let fraction = if microseconds > 0 { format!(".{microseconds:06}") } else { String::new() };
    format!("{sign}{hours:02}:{minutes:02}:{seconds:02}{fraction}")
}

/// How many bytes a value takes.
pub(crate) fn size(value: &Value) -> usize {
    if let Value::Bytes(bytes) = value { bytes.len() } else { 8 }
}

/// A row for quarantine: one line for each column.
pub(crate) fn raw(names: &[String], types: &[ColumnType], values: &[Value]) -> Vec<u8> {
    let mut raw = Vec::new();
    for ((name, of), value) in names.iter().zip(types).zip(values) {
        raw.extend_from_slice(name.as_bytes());
        raw.extend_from_slice(b" = ");
        match value {
            Value::NULL => raw.extend_from_slice(b"NULL"),
            Value::Bytes(text)
                if !matches!(of, ColumnType::Binary | ColumnType::Unsigned | ColumnType::Boolean) =>
            {
                raw.extend_from_slice(text);
            }
            Value::Bytes(bytes) => raw.extend_from_slice(format!("x'{}'", hexadecimal(bytes)).as_bytes()),
            Value::Int(number) => raw.extend_from_slice(number.to_string().as_bytes()),
            Value::UInt(number) => raw.extend_from_slice(number.to_string().as_bytes()),
            Value::Float(number) => raw.extend_from_slice(number.to_string().as_bytes()),
            Value::Double(number) => raw.extend_from_slice(number.to_string().as_bytes()),
            Value::Date(..) => {
                let CivilTime { year, month, day, hour, minute, second, microsecond } = civil(value);
                let text = format!(
                    "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{microsecond:06}"
                );
                raw.extend_from_slice(text.as_bytes());
            }
            Value::Time(..) => raw.extend_from_slice(span(value).as_bytes()),
        }
        raw.push(b'\n');
    }
    raw
}

#[cfg(test)]
mod tests {
    use arrow::array::Array;
    use arrow::util::display::array_value_to_string;
    use mysql_async::Value;

    use super::{ZeroDates, push, raw};
    use crate::databases::values::{ColumnType, Misfit};

    fn decoded(of: ColumnType, value: &Value, zero_dates: ZeroDates) -> Result<String, Misfit> {
        let mut column = of.column(1);
        push(&mut column, value, zero_dates)?;
        let array = column.finish();
        Ok(if array.is_null(0) { "null".into() } else { array_value_to_string(&array, 0).unwrap() })
    }

    #[test]
    fn values_are_exact() {
        let bytes = |bytes: &[u8]| Value::Bytes(bytes.into());
        for (of, value, expected) in [
            (ColumnType::Unsigned, Value::UInt(u64::MAX), "18446744073709551615"),
            (ColumnType::Unsigned, bytes(&[1, 0]), "256"),
            (ColumnType::Boolean, bytes(&[1]), "true"),
            (ColumnType::Integer, Value::Int(i64::MIN), "-9223372036854775808"),
            (ColumnType::Decimal(10, 2), bytes(b"-1.50"), "-1.50"),
            (ColumnType::Float, Value::Float(0.1), "0.1"),
            (ColumnType::Text, Value::Time(true, 34, 22, 59, 59, 1), "-838:59:59.000001"),
            (ColumnType::Text, Value::Time(false, 0, 0, 0, 0, 0), "00:00:00"),
            (ColumnType::Date, Value::Date(1890, 2, 28, 0, 0, 0, 0), "1890-02-28"),
            (
                ColumnType::DateTime,
                Value::Date(9999, 12, 31, 23, 59, 59, 999_999),
                "9999-12-31T23:59:59.999999",
            ),
            (ColumnType::Moment, Value::NULL, "null"),
        ] {
            assert_eq!(decoded(of, &value, ZeroDates::Reject).as_deref(), Ok(expected), "{value:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_told_apart() {
        let zero = Value::Date(0, 0, 0, 0, 0, 0, 0);
        for (of, value, zero_dates, expected) in [
            (ColumnType::Date, zero.clone(), ZeroDates::Reject, Err(Misfit::ZeroDate)),
            (ColumnType::DateTime, zero, ZeroDates::Null, Ok("null")),
            (ColumnType::Date, Value::Date(2024, 0, 15, 0, 0, 0, 0), ZeroDates::Null, Ok("null")),
            (ColumnType::Date, Value::Date(2023, 2, 29, 0, 0, 0, 0), ZeroDates::Null, Err(Misfit::Form)),
            (ColumnType::Text, Value::Bytes(vec![0xff]), ZeroDates::Null, Err(Misfit::Encoding)),
            (ColumnType::Integer, Value::UInt(u64::MAX), ZeroDates::Null, Err(Misfit::Digits)),
            (ColumnType::Unsigned, Value::Bytes(vec![1; 9]), ZeroDates::Null, Err(Misfit::Digits)),
            (
                ColumnType::Decimal(3, 1),
                Value::Bytes(b"123.4".to_vec()),
                ZeroDates::Null,
                Err(Misfit::Digits),
            ),
            (ColumnType::Double, Value::Int(1), ZeroDates::Null, Err(Misfit::Form)),
        ] {
            assert_eq!(decoded(of, &value, zero_dates), expected.map(str::to_owned), "{value:?}");
        }
    }

    #[test]
    fn a_rejected_row_is_kept_as_lines() {
        let names = ["id", "day", "data"].map(str::to_owned);
        let types = [ColumnType::Integer, ColumnType::Date, ColumnType::Binary];
        let values = [Value::Int(7), Value::Date(0, 0, 0, 0, 0, 0, 0), Value::Bytes(vec![1, 2])];
        let expected = "id = 7\nday = 0000-00-00 00:00:00.000000\ndata = x'0102'\n";
        assert_eq!(String::from_utf8(raw(&names, &types, &values)).unwrap(), expected);
    }
}
