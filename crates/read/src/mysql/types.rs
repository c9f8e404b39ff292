//! Which type a column of MySQL or MariaDB becomes.
//!
//! MySQL 8.0, "Data Types"; what a result set says of its columns: "Column Definition Packet". `TIME` is read as text, because it is a
//! span of up to 838 hours and may be negative. `TINYINT(1)` stays a number: it holds more than two values.

use mysql_async::Column;
use mysql_async::consts::ColumnFlags;
use mysql_async::consts::ColumnType as Wire;

use crate::databases::values::ColumnType;

/// The character set of what is not text.
const BINARY: u16 = 63;

/// Maps a column of a result set.
pub(crate) fn map(column: &Column) -> ColumnType {
    let is_unsigned = column.flags().contains(ColumnFlags::UNSIGNED_FLAG);
    match column.column_type() {
        Wire::MYSQL_TYPE_LONGLONG if is_unsigned => ColumnType::Unsigned,
        Wire::MYSQL_TYPE_TINY
        | Wire::MYSQL_TYPE_SHORT
        | Wire::MYSQL_TYPE_INT24
        | Wire::MYSQL_TYPE_LONG
        | Wire::MYSQL_TYPE_LONGLONG
        | Wire::MYSQL_TYPE_YEAR => ColumnType::Integer,
        Wire::MYSQL_TYPE_FLOAT => ColumnType::Float,
        Wire::MYSQL_TYPE_DOUBLE => ColumnType::Double,
        Wire::MYSQL_TYPE_DECIMAL | Wire::MYSQL_TYPE_NEWDECIMAL => {
            decimal(column.column_length(), column.decimals(), is_unsigned)
        }
        Wire::MYSQL_TYPE_BIT if column.column_length() == 1 => ColumnType::Boolean,
        Wire::MYSQL_TYPE_BIT => ColumnType::Unsigned,
        Wire::MYSQL_TYPE_DATE | Wire::MYSQL_TYPE_NEWDATE => ColumnType::Date,
        Wire::MYSQL_TYPE_DATETIME | Wire::MYSQL_TYPE_DATETIME2 => ColumnType::DateTime,
        Wire::MYSQL_TYPE_TIMESTAMP | Wire::MYSQL_TYPE_TIMESTAMP2 => ColumnType::Moment,
        Wire::MYSQL_TYPE_GEOMETRY | Wire::MYSQL_TYPE_VECTOR => ColumnType::Binary,
        Wire::MYSQL_TYPE_TIME
        | Wire::MYSQL_TYPE_TIME2
        | Wire::MYSQL_TYPE_JSON
        | Wire::MYSQL_TYPE_ENUM
        | Wire::MYSQL_TYPE_SET
        | Wire::MYSQL_TYPE_NULL => ColumnType::Text,
        _ if column.character_set() == BINARY => ColumnType::Binary,
        _ => ColumnType::Text,
    }
}

/// The length counts the digits, the point and the sign.
fn decimal(length: u32, decimals: u8, is_unsigned: bool) -> ColumnType {
    let scale = i64::from(decimals);
    let precision = i64::from(length) - i64::from(scale > 0) - i64::from(!is_unsigned);
    ColumnType::decimal(precision, scale)
}

#[cfg(test)]
mod tests {
    use super::decimal;
    use crate::databases::values::ColumnType;

    #[test]
    fn numbers_are_decimals_up_to_38_digits_and_text_beyond() {
        for (length, decimals, is_unsigned, expected) in [
            (14, 2, false, ColumnType::Decimal(12, 2)),
            (13, 2, true, ColumnType::Decimal(12, 2)),
            (11, 0, false, ColumnType::Decimal(10, 0)),
            (67, 30, false, ColumnType::Text),
        ] {
            assert_eq!(decimal(length, decimals, is_unsigned), expected, "{length}");
        }
    }
}
