//! How a field's bytes stand for its value, and how many bytes that takes.
//!
//! IBM Enterprise COBOL, Language Reference, "USAGE clause" and Programming Guide, "Formats for numeric data".

use std::sync::Arc;

use arrow::datatypes::DataType;

/// Where the sign of a DISPLAY number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// There is none.
    Unsigned,
    /// In the zone of the last digit (of the first one, when leading).
    Overpunched {
        /// Whether it is the first digit.
        leading: bool,
    },
    /// In a byte of its own, `+` or `-`, behind the digits (before them, when leading).
    Separate {
        /// Whether it is before the digits.
        leading: bool,
    },
}

/// The order of the bytes of a binary number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// Highest first, as on mainframes.
    Big,
    /// Lowest first.
    Little,
    /// As the machine that wrote the file has it; the source file says which.
    Machine,
}

/// How a field is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Characters of the code page.
    Text {
        /// Whether the text stands at the right end of the field.
        justified: bool,
    },
    /// UTF-16.
    National,
    /// Two bytes for each character, in the double-byte part of the code page.
    Dbcs,
    /// UTF-8.
    Utf8,
    /// Bytes that are no text and no number: PIC X with USAGE COMP.
    Bytes,
    /// Decimal digits in UTF-16.
    NationalDigits {
        /// How many digits.
        digits: u8,
        /// Digits behind the point; negative for zeros that are not stored.
        scale: i8,
        /// Where the sign is.
        sign: Sign,
    },
    /// Decimal digits as characters.
    Zoned {
        /// How many digits.
        digits: u8,
        /// Digits behind the point; negative for zeros that are not stored.
        scale: i8,
        /// Where the sign is.
        sign: Sign,
    },
    /// Digits with insertions, as made for reading.
    Edited {
        /// How many digits at most.
        digits: u8,
        /// Digits behind the point.
        scale: i8,
        /// The picture's symbol at every position, with `.` as decimal point.
        mask: Arc<str>,
        /// Where the sign is, when the picture has an `S`.
        sign: Sign,
    },
    /// A number with an exponent, as characters: `+1.50E+03`.
    ExternalFloat {
        /// Digits of the mantissa behind a point that is not written.
        scale: u8,
    },
    /// Two digits in a byte, the sign in the last half byte.
    Packed {
        /// How many digits.
        digits: u8,
        /// Digits behind the point; negative for zeros that are not stored.
        scale: i8,
        /// Whether it may be negative.
        signed: bool,
        /// Whether there is a half byte for the sign.
        sign_nibble: bool,
    },
    /// Two's complement.
    Binary {
        /// How many digits the picture has.
        digits: u8,
        /// Digits behind the point; negative for zeros that are not stored.
        scale: i8,
        /// Whether it may be negative.
        signed: bool,
        /// How many bytes.
        bytes: u8,
        /// In which order.
        order: ByteOrder,
    },
    /// Floating point of 4 bytes (COMP-1).
    Float,
    /// Floating point of 8 bytes (COMP-2).
    Double,
}

/// How many bytes a binary number of so many digits takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BinarySize {
    /// 2, 4 or 8 bytes, as IBM has it.
    #[default]
    Ibm,
    /// 1, 2, 4 or 8 bytes, as GnuCOBOL has it unless told otherwise.
    Gnu,
    /// As few bytes as hold the digits, 1 to 8, as Micro Focus has it.
    Smallest,
}

impl BinarySize {
    /// The bytes for a number of digits.
    pub(crate) fn bytes(self, digits: u8, signed: bool) -> u8 {
        match digits {
            _ if self == Self::Smallest => fewest_bytes(digits, signed),
            0..=2 if self == Self::Gnu => 1,
            0..=4 => 2,
            5..=9 => 4,
            10..=18 => 8,
            _ => 16,
        }
    }
}

/// The fewest bytes that hold every number of so many digits.
pub(crate) fn fewest_bytes(digits: u8, signed: bool) -> u8 {
    let largest = 10u128.checked_pow(digits.into()).map_or(u128::MAX, |limit| limit - 1);
    let bits = 128 - largest.leading_zeros() + u32::from(signed);
    (bits.div_ceil(8) as u8).clamp(1, 16)
}

/// The most digits a number may have to become an `Int64`.
pub(crate) const INT64_DIGITS: u8 = 18;

impl Coding {
    /// The Arrow type of its values: text, whole numbers up to 18 digits as `Int64`, all others as exact decimals.
    pub fn data_type(&self) -> DataType {
        match *self {
            Self::Text { .. } | Self::National | Self::Dbcs | Self::Utf8 => DataType::Utf8,
            Self::Bytes => DataType::Binary,
            Self::Float => DataType::Float32,
            Self::Double | Self::ExternalFloat { .. } => DataType::Float64,
            Self::Zoned { digits, scale, .. }
            | Self::NationalDigits { digits, scale, .. }
            | Self::Edited { digits, scale, .. }
            | Self::Packed { digits, scale, .. } => number_type(digits, scale),
            Self::Binary { digits, scale, signed, bytes, order } => {
                let whole_and_native = scale == 0 && !signed && bytes == 8 && order == ByteOrder::Machine;
                if scale == 0 && !whole_and_native {
                    return number_type(digits, scale);
                }
                number_type(binary_digits(bytes).max(digits), scale)
            }
        }
    }

    /// Its name as a programmer would say it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::National => "national text",
            Self::Dbcs => "double-byte text",
            Self::Utf8 => "UTF-8 text",
            Self::Bytes => "bytes",
            Self::NationalDigits { .. } => "national digits",
            Self::Zoned { sign: Sign::Unsigned, .. } => "digits",
            Self::Zoned { .. } => "zoned decimal",
            Self::Edited { .. } => "edited number",
            Self::Packed { .. } => "packed decimal",
            Self::Binary { .. } => "binary number",
            Self::Float | Self::Double | Self::ExternalFloat { .. } => "floating point",
        }
    }
}

/// A binary number may hold more than its picture says (TRUNC(BIN)): as many digits as its bytes can.
pub(crate) fn binary_digits(bytes: u8) -> u8 {
    match bytes {
        1 => 3,
        2 => 5,
        3 => 8,
        4 => 10,
        5 => 13,
        6 => 15,
        7 => 17,
        8 => 20,
        _ => 38,
    }
}

fn number_type(digits: u8, scale: i8) -> DataType {
    let whole = digits.saturating_add(scale.min(0).unsigned_abs());
    if scale <= 0 && whole <= INT64_DIGITS {
        return DataType::Int64;
    }
    let precision = whole.max(scale.max(0).unsigned_abs()).min(38);
    DataType::Decimal128(precision, scale.max(0))
}
