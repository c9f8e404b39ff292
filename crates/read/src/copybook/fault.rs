//! Why a field of a record could not be decoded.

use concordat_record::{Place, Problem};

/// Why a cell is not what the layout says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    NotInCodePage,
    NotDigits,
    BadSign,
    NotPackedDigits,
    BadSignNibble,
    NotANumber,
    TooLarge,
    BadCount,
    NoAlternative,
    NoCondition,
    CutOff,
}

impl Reason {
    fn code(self) -> &'static str {
        match self {
            Self::NotInCodePage => "read.not-in-code-page",
            Self::NotDigits => "read.not-digits",
            Self::BadSign => "read.bad-sign",
            Self::NotPackedDigits => "read.not-packed-digits",
            Self::BadSignNibble => "read.bad-sign-nibble",
            Self::NotANumber => "read.not-a-number",
            Self::TooLarge => "read.number-too-large",
            Self::BadCount => "read.bad-count",
            Self::NoAlternative => "read.no-alternative",
            Self::NoCondition => "read.no-condition",
            Self::CutOff => "read.field-cut-off",
        }
    }

    pub fn sentence(self) -> &'static str {
        match self {
            Self::NotInCodePage => "the field holds bytes that are no characters of the code page",
            Self::NotDigits => "the field holds other bytes than digits",
            Self::BadSign => "the sign of the field is not one a number can have",
            Self::NotPackedDigits => "the field holds half bytes that are not digits of a packed decimal",
            Self::BadSignNibble => "the last half byte of the field is not the sign of a packed decimal",
            Self::NotANumber => "the field holds other characters than an edited number has",
            Self::TooLarge => "the number in the field is larger than its type can hold",
            Self::BadCount => "the number of occurrences is outside what the copybook allows",
            Self::NoAlternative => "none of the descriptions of these bytes (REDEFINES) fits them",
            Self::NoCondition => {
                "the field has a value that none of its condition-names (level 88) stands for"
            }
            Self::CutOff => "the record ends within the field",
        }
    }
}

/// A field of one record that could not be decoded.
#[derive(Clone, Debug)]
pub(crate) struct Fault<'a> {
    /// Which of the places that were decoded together; of a record in the end.
    pub index: usize,
    /// The COBOL name.
    pub field: &'a str,
    /// Which occurrence, outermost first, each from one.
    pub subscripts: Vec<usize>,
    /// Where the field begins, from the beginning of the place.
    pub offset: usize,
    pub reason: Reason,
}

impl Fault<'_> {
    /// The problem for a record at a place of a file.
    pub fn problem(&self, file: &str, record_number: u64, byte_offset: u64) -> Problem {
        let subscripts: Vec<String> = self.subscripts.iter().map(usize::to_string).collect();
        let field = if subscripts.is_empty() {
            self.field.to_owned()
        } else {
            format!("{}({})", self.field, subscripts.join(", "))
        };
        let place = Place::file(file).record(record_number).field(field);
        Problem::new(self.reason.code(), self.reason.sentence())
            .at(place.byte(byte_offset.saturating_add(self.offset as u64)))
    }
}
