//! Decodes the binary forms of PostgreSQL's values (`src/backend/utils/adt/*`, the functions `…_send`) into columns.

use super::numeric;
use crate::databases::text::Infinity;
use crate::databases::values::{Column, Misfit, checked_day, checked_moment, checked_time, push_text};

/// Days from 1970-01-01 to 2000-01-01, where PostgreSQL's dates begin.
const EPOCH_DAYS: i64 = 10_957;
/// Microseconds between the two.
pub(crate) const EPOCH_MICROSECONDS: i64 = EPOCH_DAYS * 86_400_000_000;

/// Adds a value to its column.
#[inline]
pub(crate) fn push(column: &mut Column, raw: &[u8], infinity: Infinity) -> Result<(), Misfit> {
    match column {
        Column::Text(values) => push_text(values, raw)?,
        Column::Binary(values) => values.push(raw),
        Column::Boolean(values) => values.push(Some(fixed::<1>(raw)? != [0])),
        Column::Integer(values) => values.push(Some(integer(raw)?)),
        Column::Float(values) => values.push(Some(f32::from_be_bytes(fixed(raw)?))),
        Column::Double(values) => values.push(Some(f64::from_be_bytes(fixed(raw)?))),
        Column::Decimal(values, precision, scale) => {
            values.push(Some(numeric::decode(raw, *precision, *scale)?));
        }
        Column::Date(values) => values.push(match i32::from_be_bytes(fixed(raw)?) {
            i32::MIN | i32::MAX => infinite(infinity)?,
            days => Some(checked_day(i64::from(days) + EPOCH_DAYS)?),
        }),
        Column::Time(values) => values.push(Some(checked_time(i64::from_be_bytes(fixed(raw)?))?)),
        Column::DateTime(values) | Column::Moment(values) => {
            values.push(match i64::from_be_bytes(fixed(raw)?) {
                i64::MIN | i64::MAX => infinite(infinity)?,
                since => Some(checked_moment(since.checked_add(EPOCH_MICROSECONDS).ok_or(Misfit::Year)?)?),
            });
        }
        Column::Unsigned(_) => return Err(Misfit::Form),
    }
    Ok(())
}

fn infinite<T>(infinity: Infinity) -> Result<Option<T>, Misfit> {
    match infinity {
        Infinity::Reject => Err(Misfit::Infinite),
        Infinity::Null => Ok(None),
    }
}

/// `smallint`, `integer` and `bigint`, each of its own width.
#[inline]
fn integer(raw: &[u8]) -> Result<i64, Misfit> {
    match raw.len() {
        2 => Ok(i16::from_be_bytes(fixed(raw)?).into()),
        4 => Ok(i32::from_be_bytes(fixed(raw)?).into()),
        8 => Ok(i64::from_be_bytes(fixed(raw)?)),
        _ => Err(Misfit::Form),
    }
}

#[inline]
fn fixed<const N: usize>(raw: &[u8]) -> Result<[u8; N], Misfit> {
    raw.try_into().map_err(|_| Misfit::Form)
}

#[cfg(test)]
mod tests {
    use arrow::array::Array;
    use arrow::util::display::array_value_to_string;

    use super::{Infinity, push};
    use crate::databases::values::{ColumnType, Misfit};

    fn decoded(of: ColumnType, raw: &[u8], infinity: Infinity) -> Result<String, Misfit> {
        let mut column = of.column(1);
        push(&mut column, raw, infinity)?;
        let array = column.finish();
        Ok(if array.is_null(0) { "null".into() } else { array_value_to_string(&array, 0).unwrap() })
    }

    #[test]
    fn values_are_decoded_as_the_server_sends_them() {
        for (of, raw, expected) in [
            (ColumnType::Integer, &[0xff, 0xfe][..], "-2"),
            (ColumnType::Integer, &[0, 0, 1, 0], "256"),
            (ColumnType::Integer, &i64::MIN.to_be_bytes(), "-9223372036854775808"),
            (ColumnType::Boolean, &[1], "true"),
            (ColumnType::Float, &0.1f32.to_be_bytes(), "0.1"),
            (ColumnType::Double, &0.1f64.to_be_bytes(), "0.1"),
            (ColumnType::Date, &0i32.to_be_bytes(), "2000-01-01"),
            (ColumnType::Date, &(-36_525i32).to_be_bytes(), "1899-12-31"),
            (ColumnType::DateTime, &1i64.to_be_bytes(), "2000-01-01T00:00:00.000001"),
            (ColumnType::Moment, &(-1i64).to_be_bytes(), "1999-12-31T23:59:59.999999Z"),
            (ColumnType::Time, &1i64.to_be_bytes(), "00:00:00.000001"),
            (ColumnType::Text, "größe".as_bytes(), "größe"),
            (ColumnType::Binary, &[0, 255], "00ff"),
        ] {
            assert_eq!(decoded(of, raw, Infinity::Reject).as_deref(), Ok(expected), "{of:?} {raw:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_told_apart() {
        for (of, raw, infinity, expected) in [
            (ColumnType::Date, &i32::MAX.to_be_bytes()[..], Infinity::Reject, Err(Misfit::Infinite)),
            (ColumnType::Date, &i32::MIN.to_be_bytes(), Infinity::Null, Ok("null")),
            (ColumnType::Moment, &i64::MAX.to_be_bytes(), Infinity::Reject, Err(Misfit::Infinite)),
            (ColumnType::Moment, &(i64::MAX - 1).to_be_bytes(), Infinity::Reject, Err(Misfit::Year)),
            (ColumnType::Date, &5_000_000i32.to_be_bytes(), Infinity::Null, Err(Misfit::Year)),
            (ColumnType::Text, &[b'a', 0xff], Infinity::Reject, Err(Misfit::Encoding)),
            (ColumnType::Integer, &[1, 2, 3], Infinity::Reject, Err(Misfit::Form)),
            (ColumnType::Time, &86_400_000_000i64.to_be_bytes(), Infinity::Reject, Err(Misfit::Form)),
            (ColumnType::Boolean, &[], Infinity::Reject, Err(Misfit::Form)),
        ] {
            assert_eq!(decoded(of, raw, infinity), expected.map(str::to_owned), "{of:?} {raw:?}");
        }
    }
}
