//! Which type a column of PostgreSQL becomes, and whether the server is asked for its text instead of its binary form.
//!
//! PostgreSQL 15, chapter 8 "Data Types". What has no exact counterpart is read as the server writes it: intervals,
//! JSON, UUIDs, arrays, enumerations, network addresses, ranges, composites. Domains arrive as the type under them.

use tokio_postgres::types::{Kind, Type};

use crate::databases::values::ColumnType;

/// How a column is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mapped {
    pub of: ColumnType,
    /// Whether the server casts it to text.
    pub cast: bool,
}

/// Maps a type; the modifier is `atttypmod`, which holds precision and scale.
pub(crate) fn map(of: &Type, modifier: i32) -> Mapped {
    let plain = |of| Mapped { of, cast: false };
    match *of {
        Type::BOOL => plain(ColumnType::Boolean),
        Type::INT2 | Type::INT4 | Type::INT8 => plain(ColumnType::Integer),
        Type::FLOAT4 => plain(ColumnType::Float),
        Type::FLOAT8 => plain(ColumnType::Double),
        Type::TEXT | Type::VARCHAR | Type::NAME | Type::JSON | Type::XML => plain(ColumnType::Text),
        Type::BYTEA => plain(ColumnType::Binary),
        Type::TIME => plain(ColumnType::Time),
        Type::DATE => plain(ColumnType::Date),
        Type::TIMESTAMP => plain(ColumnType::DateTime),
        Type::TIMESTAMPTZ => plain(ColumnType::Moment),
        Type::NUMERIC => match numeric(modifier) {
            ColumnType::Text => Mapped { of: ColumnType::Text, cast: true },
            exact => plain(exact),
        },
        _ if matches!(of.kind(), Kind::Enum(_)) => plain(ColumnType::Text),
        // `char(n)` among them: the cast takes its padding off, which means nothing (§8.3).
        _ => Mapped { of: ColumnType::Text, cast: true },
    }
}

/// `numeric(precision, scale)` from its modifier; text for a `numeric` without one, which has up to 131072 digits.
pub(crate) fn numeric(modifier: i32) -> ColumnType {
    // The header of a varlena counts in: `numeric_typmod_scale` sign-extends eleven bits.
    let Some(packed) = modifier.checked_sub(4).filter(|packed| *packed >= 0) else { return ColumnType::Text };
    let precision = (packed >> 16) & 0xffff;
    let scale = ((packed & 0x7ff) ^ 1024) - 1024;
    ColumnType::decimal(precision.into(), scale.into())
}

#[cfg(test)]
mod tests {
    use super::numeric;
    use crate::databases::values::ColumnType;

    fn modifier(precision: i32, scale: i32) -> i32 {
        ((precision << 16) | (scale & 0x7ff)) + 4
    }

    #[test]
    fn numbers_are_decimals_up_to_38_digits_and_text_beyond() {
        for (precision, scale, expected) in [
            (12, 2, ColumnType::Decimal(12, 2)),
            (38, 38, ColumnType::Decimal(38, 38)),
            (39, 0, ColumnType::Text),
            (3, -2, ColumnType::Decimal(5, 0)),
            (2, 5, ColumnType::Decimal(5, 5)),
            (1000, 0, ColumnType::Text),
        ] {
            assert_eq!(numeric(modifier(precision, scale)), expected, "numeric({precision},{scale})");
        }
        assert_eq!(numeric(-1), ColumnType::Text);
    }
}
