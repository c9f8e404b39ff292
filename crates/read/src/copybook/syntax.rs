//! A copybook as it is written: entries with their clauses, nested by level number.

use super::picture::Picture;
use super::text::Mark;

/// A word of the copybook and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Named {
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
    pub value: Vec<String>,
}

/// USAGE: how a value is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usage {
    Display,
    /// COMP, COMP-4, BINARY: big-endian.
    Binary,
    /// COMP-5: in the order of the machine.
    Native,
    /// COMP-9 of some dialects: little-endian.
    LittleEndian,
    /// COMP-1.
    Float,
    /// COMP-2.
    Double,
    /// COMP-3, PACKED-DECIMAL.
    Packed,
    /// COMP-6: packed without a sign.
    PackedUnsigned,
    National,
}

/// The usages by every word that names them.
pub(crate) const USAGES: &[(&str, Usage)] = &[
    ("DISPLAY", Usage::Display),
    ("BINARY", Usage::Binary),
    ("COMP", Usage::Binary),
    ("COMPUTATIONAL", Usage::Binary),
    ("COMP-4", Usage::Binary),
    ("COMPUTATIONAL-4", Usage::Binary),
    ("COMP-5", Usage::Native),
    ("COMPUTATIONAL-5", Usage::Native),
    ("COMP-9", Usage::LittleEndian),
    ("COMPUTATIONAL-9", Usage::LittleEndian),
    ("COMP-1", Usage::Float),
    ("COMPUTATIONAL-1", Usage::Float),
    ("COMP-2", Usage::Double),
    ("COMPUTATIONAL-2", Usage::Double),
    ("COMP-3", Usage::Packed),
    ("COMPUTATIONAL-3", Usage::Packed),
    ("PACKED-DECIMAL", Usage::Packed),
    ("COMP-6", Usage::PackedUnsigned),
    ("COMPUTATIONAL-6", Usage::PackedUnsigned),
    ("NATIONAL", Usage::National),
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
    /// The values it stands for: one, or from one through another.
    pub values: Vec<(String, Option<String>)>,
}
