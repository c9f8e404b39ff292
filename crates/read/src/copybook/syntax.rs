//! A copybook as it is written: entries with their clauses, nested by level number.

use std::fmt;

use super::picture::Picture;
use super::text::Mark;

/// A word of the copybook and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// Qualified by the groups around it where it is: `A OF B`.
    pub name: String,
    pub mark: Mark,
}

/// A data description entry (levels 01 to 49) and what is below it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub level: u8,
    /// None for FILLER and for entries without a name.
    pub name: Option<String>,
    pub mark: Mark,
    pub clauses: Clauses,
    pub parts: Vec<Entry>,
    pub conditions: Vec<ConditionName>,
    /// Other names for parts of a record (level 66); only records have them.
    pub renames: Vec<Renaming>,
}

/// A level 66: `name RENAMES first [THRU last]`.
#[derive(Clone, Debug)]
pub(crate) struct Renaming {
    pub name: String,
    pub mark: Mark,
    pub first: Named,
    pub last: Option<Named>,
}

/// The clauses of an entry, in whatever order they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clauses {
    pub redefines: Option<Named>,
    pub picture: Option<(Picture, Mark)>,
    pub usage: Option<(Usage, Mark)>,
    pub sign: Option<(SignClause, Mark)>,
    pub occurs: Option<OccursClause>,
    pub synchronized: bool,
    pub justified: bool,
    pub blank_when_zero: bool,
    pub value: Vec<Constant>,
}

/// USAGE: how a value is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usage {
    Display,
    /// COMP, COMP-4, BINARY: big-endian.
    Binary,
    /// COMP-5: in the order of the machine.
    Native,
    /// COMP-X: big-endian, in as few bytes as its digits need; with PIC X as many bytes as characters.
    Unsigned,
    /// COMP-9 of some dialects: little-endian.
    LittleEndian,
    /// BINARY-CHAR, BINARY-LONG and the like: so many bytes in the order of the machine, signed or not.
    Sized(u8, bool),
    /// COMP-1.
    Float,
    /// COMP-2.
    Double,
    /// COMP-3, PACKED-DECIMAL.
    Packed,
    /// COMP-6, and COMP-3U of some dialects: packed without a sign.
    PackedUnsigned,
    /// UTF-16.
    National,
    /// DISPLAY-1: two bytes for each character, in the code page's double-byte part.
    Dbcs,
    /// UTF-8.
    Utf8,
    /// INDEX, POINTER and the like: so many bytes that mean something only inside the program.
    Opaque(u8),
}

/// The usages by every word that names them: IBM's, then those of GnuCOBOL, Micro Focus, and ISO/IEC 1989:2014 §13.18.62.
pub(crate) const USAGES: &[(&str, Usage)] = &[
    ("DISPLAY", Usage::Display),
    ("BINARY", Usage::Binary),
    ("COMP", Usage::Binary),
    ("COMPUTATIONAL", Usage::Binary),
    ("COMP-4", Usage::Binary),
    ("COMPUTATIONAL-4", Usage::Binary),
    ("COMP-5", Usage::Native),
    ("COMPUTATIONAL-5", Usage::Native),
    ("COMP-N", Usage::Native),
    ("COMPUTATIONAL-N", Usage::Native),
    ("COMP-X", Usage::Unsigned),
    ("COMPUTATIONAL-X", Usage::Unsigned),
    ("COMP-9", Usage::LittleEndian),
    ("COMPUTATIONAL-9", Usage::LittleEndian),
    ("COMP-1", Usage::Float),
    ("COMPUTATIONAL-1", Usage::Float),
    ("FLOAT-SHORT", Usage::Float),
    ("FLOAT-BINARY-32", Usage::Float),
    ("COMP-2", Usage::Double),
    ("COMPUTATIONAL-2", Usage::Double),
    ("FLOAT-LONG", Usage::Double),
    ("FLOAT-BINARY-64", Usage::Double),
    ("COMP-3", Usage::Packed),
    ("COMPUTATIONAL-3", Usage::Packed),
    ("PACKED-DECIMAL", Usage::Packed),
    ("COMP-6", Usage::PackedUnsigned),
    ("COMPUTATIONAL-6", Usage::PackedUnsigned),
    ("COMP-3U", Usage::PackedUnsigned),
    ("COMPUTATIONAL-3U", Usage::PackedUnsigned),
    ("NATIONAL", Usage::National),
    ("DISPLAY-1", Usage::Dbcs),
    ("UTF-8", Usage::Utf8),
    ("BINARY-CHAR", Usage::Sized(1, true)),
    ("BINARY-SHORT", Usage::Sized(2, true)),
    ("BINARY-INT", Usage::Sized(4, true)),
    ("BINARY-LONG", Usage::Sized(4, true)),
    ("BINARY-DOUBLE", Usage::Sized(8, true)),
    ("BINARY-LONG-LONG", Usage::Sized(8, true)),
    ("BINARY-C-LONG", Usage::Sized(8, true)),
    ("SIGNED-SHORT", Usage::Sized(2, true)),
    ("SIGNED-INT", Usage::Sized(4, true)),
    ("SIGNED-LONG", Usage::Sized(8, true)),
    ("UNSIGNED-SHORT", Usage::Sized(2, false)),
    ("UNSIGNED-INT", Usage::Sized(4, false)),
    ("UNSIGNED-LONG", Usage::Sized(8, false)),
    ("INDEX", Usage::Opaque(4)),
    ("POINTER", Usage::Opaque(4)),
    ("POINTER-32", Usage::Opaque(4)),
    ("PROCEDURE-POINTER", Usage::Opaque(8)),
    ("FUNCTION-POINTER", Usage::Opaque(4)),
];

/// SIGN: where the sign of a DISPLAY number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SignClause {
    pub leading: bool,
    pub separate: bool,
}

/// OCCURS: how often an entry is repeated.
#[derive(Clone, Debug)]
pub(crate) struct OccursClause {
    pub least: usize,
    pub most: usize,
    pub depending: Option<Named>,
}

/// A condition-name (level 88): a name for some values of the entry above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionName {
    /// Its name.
    pub name: String,
    /// The values it stands for.
    pub values: Vec<ConditionValue>,
}

/// A value of a condition-name, or all from one through another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionValue {
    /// The value, or the first one.
    pub first: Constant,
    /// The last one, where there are several (THRU).
    pub last: Option<Constant>,
}

/// A literal or figurative constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constant {
    /// A text in quotation marks.
    Text(String),
    /// A number as written, with `.` as its decimal point.
    Number(String),
    /// The bytes of `X'…'`.
    Bytes(Vec<u8>),
    /// A text or a constant as often as the field has room for it: `ALL '*'`.
    All(String),
    /// ZERO.
    Zero,
    /// SPACE.
    Space,
    /// LOW-VALUE, NULL.
    LowValue,
    /// HIGH-VALUE.
    HighValue,
    /// QUOTE.
    Quote,
}

impl Constant {
    /// The figurative constant that a word names.
    pub(crate) fn figurative(word: &str) -> Option<Self> {
        match word.to_ascii_uppercase().as_str() {
            "ZERO" | "ZEROS" | "ZEROES" => Some(Self::Zero),
            "SPACE" | "SPACES" => Some(Self::Space),
            "LOW-VALUE" | "LOW-VALUES" | "NULL" | "NULLS" => Some(Self::LowValue),
            "HIGH-VALUE" | "HIGH-VALUES" => Some(Self::HighValue),
            "QUOTE" | "QUOTES" => Some(Self::Quote),
            _ => None,
        }
    }
}

/// As a copybook has it.
impl fmt::Display for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Self::Number(number) => f.write_str(number),
            Self::Bytes(bytes) => {
                f.write_str("X'")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02X}"))?;
                f.write_str("'")
            }
            Self::All(text) => write!(f, "ALL '{}'", text.replace('\'', "''")),
            Self::Zero => f.write_str("ZERO"),
            Self::Space => f.write_str("SPACES"),
            Self::LowValue => f.write_str("LOW-VALUES"),
            Self::HighValue => f.write_str("HIGH-VALUES"),
            Self::Quote => f.write_str("QUOTES"),
        }
    }
}

impl fmt::Display for ConditionValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.last {
            Some(last) => write!(f, "{} THRU {last}", self.first),
            None => write!(f, "{}", self.first),
        }
    }
}
