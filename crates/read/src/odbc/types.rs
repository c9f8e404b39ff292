//! Which type a column of an ODBC result becomes, and how much room its values need in a block.
//!
//! Microsoft, "SQL Data Types". Numbers and dates are fetched as text, which every driver writes exactly and alike; floating-point
//! numbers as they are.

use odbc_api::DataType;

use crate::databases::values::ColumnType;

/// How a column is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fetched {
    /// As UTF-16, with so many units at most; none where nobody knows.
    Text(Option<usize>),
    /// As bytes.
    Bytes(Option<usize>),
    Double,
}

/// A column of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mapped {
    pub of: ColumnType,
    pub fetched: Fetched,
    /// Whether the database pads its values with spaces.
    pub padded: bool,
}

/// Maps a type.
pub(crate) fn map(of: DataType, is_unsigned: bool) -> Mapped {
    let text = |of, units| Mapped { of, fetched: Fetched::Text(Some(units)), padded: false };
    let letters = |length: Option<std::num::NonZeroUsize>, padded| {
        // A letter beyond the basic plane takes two units.
        let units = length.and_then(|length| length.get().checked_mul(2));
        Mapped { of: ColumnType::Text, fetched: Fetched::Text(units), padded }
    };
    let bytes = |length: Option<std::num::NonZeroUsize>| {
        let length = length.map(std::num::NonZeroUsize::get);
        Mapped { of: ColumnType::Binary, fetched: Fetched::Bytes(length), padded: false }
    };
    let double = |of| Mapped { of, fetched: Fetched::Double, padded: false };
    match of {
        DataType::TinyInt | DataType::SmallInt | DataType::Integer => text(ColumnType::Integer, 12),
        DataType::BigInt if is_unsigned => text(ColumnType::Unsigned, 24),
        DataType::BigInt => text(ColumnType::Integer, 24),
        DataType::Bit => text(ColumnType::Boolean, 6),
        DataType::Real => double(ColumnType::Float),
        DataType::Double | DataType::Float { .. } => double(ColumnType::Double),
        DataType::Decimal { precision, scale } | DataType::Numeric { precision, scale } => {
            let digits = i64::try_from(precision).unwrap_or(i64::MAX);
            let exact =
                if digits == 0 { ColumnType::Text } else { ColumnType::decimal(digits, scale.into()) };
            text(exact, precision.clamp(38, 1000) + 8)
        }
        DataType::Date => text(ColumnType::Date, 32),
        DataType::Timestamp { .. } => text(ColumnType::DateTime, 40),
        DataType::Time { .. } => text(ColumnType::Text, 40),
        DataType::Char { length } | DataType::WChar { length } => letters(length, true),
        DataType::Varchar { length }
        | DataType::WVarchar { length }
        | DataType::LongVarchar { length }
        | DataType::WLongVarchar { length } => letters(length, false),
        DataType::Binary { length } | DataType::Varbinary { length } | DataType::LongVarbinary { length } => {
            bytes(length)
        }
        DataType::Other { .. } | DataType::Unknown => letters(None, false),
    }
}
