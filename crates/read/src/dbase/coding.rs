//! What a field holds, and what column it becomes.

use arrow::datatypes::{DataType, TimeUnit};

use super::fields::Field;
use super::header::Generation;

/// How the bytes of a field are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// C, V: letters.
    Text,
    /// Q, C and V that are marked as binary, and types that nobody knows: bytes.
    Bytes,
    /// N without decimals, up to 18 digits.
    Integer,
    /// N: exact, so many units of ten to the power of minus `scale`.
    Decimal { precision: u8, scale: u8 },
    /// F: floating point written in digits.
    Float,
    /// D: eight digits.
    Date,
    /// L: a letter.
    Logical,
    /// I of Visual `FoxPro`, and `FlagShip`'s 2 and 4: binary, lowest byte first.
    Binary,
    /// I and + of dBase 7: binary, highest byte first, with the sign turned over.
    Turned,
    /// B of Visual `FoxPro`, and `FlagShip`'s 8: IEEE 754, lowest byte first.
    Double,
    /// O of dBase 7: IEEE 754, highest byte first, turned over so that it sorts as bytes.
    TurnedDouble,
    /// Y: ten thousandths in 64 bits.
    Currency,
    /// T: a Julian day and milliseconds.
    DateTime,
    /// @ of dBase 7: milliseconds since the year 1, as a floating-point number.
    Milliseconds,
    /// M: text in the memo file.
    Memo,
    /// G, P, W, B of dBase, and M marked as binary: bytes in the memo file.
    BinaryMemo,
}

/// Digits that always fit 64 bits.
const INTEGER_DIGITS: usize = 18;
const MOST_DIGITS: usize = 38;

/// What a field holds.
pub(crate) fn coding(field: &Field, generation: Generation) -> Coding {
    let is_seven = generation == Generation::Seven;
    match (field.letter, field.length) {
        _ if field.is_memo(generation) => {
            if field.letter == b'M' && !field.is_binary() {
                Coding::Memo
            } else {
                Coding::BinaryMemo
            }
        }
        (b'C' | b'V', _) if !field.is_binary() => Coding::Text,
        (b'N', length) => number(length, field.decimals),
        (b'F', _) => Coding::Float,
        (b'D', 8) => Coding::Date,
        (b'L', 1) => Coding::Logical,
        (b'I' | b'+', 4) if is_seven => Coding::Turned,
        (b'I' | b'+' | b'4', 4) | (b'2', 2) => Coding::Binary,
        (b'O', 8) if is_seven => Coding::TurnedDouble,
        (b'B' | b'O' | b'8', 8) => Coding::Double,
        (b'Y', 8) => Coding::Currency,
        (b'@', 8) if is_seven => Coding::Milliseconds,
        (b'T' | b'@', 8) => Coding::DateTime,
        _ => Coding::Bytes,
    }
}

/// A number may use the bytes of its decimals for whole digits, and dBase lets it; so the type has room for both.
fn number(length: usize, decimals: u8) -> Coding {
    let decimals = usize::from(decimals).min(length.saturating_sub(1)).min(MOST_DIGITS);
    if decimals == 0 && length <= INTEGER_DIGITS {
        return Coding::Integer;
    }
    let precision = (length + decimals).min(MOST_DIGITS);
    Coding::Decimal { precision: precision as u8, scale: decimals as u8 }
}

impl Coding {
    pub fn data_type(self) -> DataType {
        match self {
            Self::Text | Self::Memo => DataType::Utf8,
            Self::Bytes | Self::BinaryMemo => DataType::Binary,
            Self::Integer | Self::Binary | Self::Turned => DataType::Int64,
            Self::Decimal { precision, scale } => DataType::Decimal128(precision, scale as i8),
            Self::Float | Self::Double | Self::TurnedDouble => DataType::Float64,
            Self::Date => DataType::Date32,
            Self::Logical => DataType::Boolean,
            Self::Currency => DataType::Decimal128(19, 4),
            Self::DateTime | Self::Milliseconds => DataType::Timestamp(TimeUnit::Microsecond, None),
        }
    }

    pub fn is_memo(self) -> bool {
        matches!(self, Self::Memo | Self::BinaryMemo)
    }
}
