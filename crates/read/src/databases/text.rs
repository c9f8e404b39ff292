//! Values that a database writes as text: numbers, ISO dates, `t` or `1` for true, bytes in hexadecimal.
//!
//! So do PostgreSQL's output functions in a session with ISO dates, UTC and `bytea_output = hex`, and ODBC ("SQL to C: Character").

use super::values::{CivilTime, Column, Misfit, push_text};
use crate::types::decimal;

/// Adds a value to its column.
pub(crate) fn push(column: &mut Column, text: &[u8], infinity: Infinity) -> Result<(), Misfit> {
    if let Column::Text(values) = column {
        return push_text(values, text);
    }
    let text = std::str::from_utf8(text).map_err(|_| Misfit::Encoding)?;
    let is_infinite = matches!(text, "infinity" | "-infinity");
    match column {
        Column::Text(values) => values.push(text.as_bytes()),
        Column::Binary(values) => values.push(&bytes(text).ok_or(Misfit::Form)?),
        Column::Boolean(values) => values.push(Some(match text {
            "t" | "1" => true,
            "f" | "0" => false,
            _ => return Err(Misfit::Form),
        })),
        Column::Integer(values) => values.push(Some(text.parse().map_err(|_| Misfit::Form)?)),
        Column::Unsigned(values) => values.push(Some(text.parse().map_err(|_| Misfit::Form)?)),
        Column::Float(values) => values.push(Some(text.parse().map_err(|_| Misfit::Form)?)),
        Column::Double(values) => values.push(Some(text.parse().map_err(|_| Misfit::Form)?)),
        Column::Decimal(values, precision, scale) => {
            if text.ends_with(|letter: char| letter.is_ascii_alphabetic()) {
                return Err(Misfit::NotANumber);
            }
            values.push(Some(decimal(text, *precision, *scale).ok_or(Misfit::Digits)?));
        }
        Column::Date(_) | Column::DateTime(_) | Column::Moment(_) if is_infinite => match infinity {
            Infinity::Reject => return Err(Misfit::Infinite),
            Infinity::Null => column.push_null(),
        },
        Column::Time(values) => {
            values.push(Some(civil(&format!("1970-01-01 {text}")).ok_or(Misfit::Form)?.microseconds()?));
        }
        Column::Date(values) => values.push(Some(civil(text).ok_or(Misfit::Form)?.days()?)),
        Column::DateTime(values) | Column::Moment(values) => {
            values.push(Some(civil(text).ok_or(Misfit::Form)?.microseconds()?));
        }
    }
    Ok(())
}

/// `\x00ff` as bytes.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?.as_bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    digits.chunks(2).map(|pair| Some((digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?) as u8)).collect()
}

/// `2024-01-31`, `2024-01-31 12:00:00.5+00`, `0044-03-15 BC`; the zone is always UTC.
pub(crate) fn civil(text: &str) -> Option<CivilTime> {
    let (text, before_christ) = match text.strip_suffix(" BC") {
        Some(text) => (text, true),
        None => (text, false),
    };
    let text = text.strip_suffix("+00").unwrap_or(text);
    let (date, time) = text.split_once(' ').unwrap_or((text, "00:00:00"));
    let number = |text: &str| -> Option<u32> {
        let is_short = (1..=7).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        is_short.then(|| text.parse().ok())?
    };
    let mut parts = date.split('-').map(number);
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut clock = time.split(':').map(number);
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    if parts.next().is_some() || clock.next().is_some() || fraction.len() > 6 {
        return None;
    }
    let microsecond = number(fraction)? * 10u32.pow(6 - fraction.len() as u32);
    let year = if before_christ { 1 - i64::from(year) } else { i64::from(year) };
    Some(CivilTime { year, month, day, hour, minute, second, microsecond })
}

/// What becomes of `infinity` and `-infinity` in dates and timestamps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Infinity {
    /// The row is rejected.
    #[default]
    Reject,
    /// The value is null.
    Null,
}

#[cfg(test)]
mod tests {
    use arrow::array::Array;
    use arrow::util::display::array_value_to_string;
    use proptest::prelude::*;

    use super::{Infinity, civil, push};
    use crate::databases::values::{ColumnType, Misfit};

    fn decoded(of: ColumnType, text: &str, infinity: Infinity) -> Result<String, Misfit> {
        let mut column = of.column(1);
        push(&mut column, text.as_bytes(), infinity)?;
        let array = column.finish();
        Ok(if array.is_null(0) { "null".into() } else { array_value_to_string(&array, 0).unwrap() })
    }

    #[test]
    fn texts_are_the_values_they_stand_for() {
        for (of, text, expected) in [
            (ColumnType::Boolean, "t", "true"),
            (ColumnType::Integer, "-9223372036854775808", "-9223372036854775808"),
            (ColumnType::Double, "1e-05", "0.00001"),
            (ColumnType::Double, "NaN", "NaN"),
            (ColumnType::Decimal(9, 2), "-12.50", "-12.50"),
            (ColumnType::Date, "2024-02-29", "2024-02-29"),
            (ColumnType::Date, "0044-03-15 BC", "-0043-03-15"),
            (ColumnType::DateTime, "2024-02-29 23:59:59.5", "2024-02-29T23:59:59.500"),
            (ColumnType::Moment, "2024-02-29 00:00:00+00", "2024-02-29T00:00:00Z"),
            (ColumnType::Time, "23:59:59.000001", "23:59:59.000001"),
            (ColumnType::Binary, "\\x00ff", "00ff"),
            (ColumnType::Text, "{1,2}", "{1,2}"),
        ] {
            assert_eq!(decoded(of, text, Infinity::Reject).as_deref(), Ok(expected), "{of:?} {text}");
        }
        assert_eq!(decoded(ColumnType::Date, "infinity", Infinity::Null).as_deref(), Ok("null"));
    }

    #[test]
    fn what_does_not_fit_is_told_apart() {
        for (of, text, expected) in [
            (ColumnType::Date, "infinity", Misfit::Infinite),
            (ColumnType::Moment, "-infinity", Misfit::Infinite),
            (ColumnType::Date, "20240-01-01", Misfit::Year),
            (ColumnType::Decimal(4, 2), "NaN", Misfit::NotANumber),
            (ColumnType::Decimal(4, 2), "123.45", Misfit::Digits),
            (ColumnType::Boolean, "true", Misfit::Form),
            (ColumnType::Integer, "1.5", Misfit::Form),
            (ColumnType::Binary, "\\x0", Misfit::Form),
            (ColumnType::DateTime, "2024-01-01 24:00:00", Misfit::Form),
        ] {
            assert_eq!(decoded(of, text, Infinity::Reject), Err(expected), "{of:?} {text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[-0-9:. +BCx\\\\]{0,30}") {
            let _ = civil(&text).map(|time| (time.days(), time.microseconds()));
            for of in [ColumnType::Binary, ColumnType::Decimal(9, 2), ColumnType::Moment, ColumnType::Date] {
                let _ = decoded(of, &text, Infinity::Null);
            }
        }
    }
}
