//! How a field's bytes stand for its value, and how many bytes that takes.
//!
//! IBM Enterprise COBOL, Language Reference, "USAGE clause" and Programming Guide, "Formats for numeric data".

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Characters of the code page.
    Text {
        /// Whether the text stands at the right end of the field.
        justified: bool,
    },
    /// UTF-16, big-endian.
    National,
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
}

impl BinarySize {
    /// The bytes for a number of digits.
    pub(crate) fn bytes(self, digits: u8) -> u8 {
        match digits {
            0..=2 if self == Self::Gnu => 1,
            0..=4 => 2,
            5..=9 => 4,
            10..=18 => 8,
            _ => 16,
        }
    }
}

/// The most digits a number may have to become an `Int64`.
pub(crate) const INT64_DIGITS: u8 = 18;

impl Coding {
    /// The Arrow type of its values: text, whole numbers up to 18 digits as `Int64`, all others as exact decimals.
    pub fn data_type(&self) -> DataType {
        match *self {
            Self::Text { .. } | Self::National => DataType::Utf8,
            Self::Float => DataType::Float32,
            Self::Double => DataType::Float64,
            Self::Zoned { digits, scale, .. }
            | Self::Edited { digits, scale }
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
            Self::Zoned { sign: Sign::Unsigned, .. } => "digits",
            Self::Zoned { .. } => "zoned decimal",
            Self::Edited { .. } => "edited number",
            Self::Packed { .. } => "packed decimal",
            Self::Binary { .. } => "binary number",
            Self::Float | Self::Double => "floating point",
        }
    }
}

/// A binary number may hold more than its picture says (TRUNC(BIN)): as many digits as its bytes can.
fn binary_digits(bytes: u8) -> u8 {
    match bytes {
        1 => 3,
        2 => 5,
        4 => 10,
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
