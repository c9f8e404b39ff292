//! A copybook with places: every field with its offset, length and coding.

mod align;
mod find;
mod hold;
mod place;
mod read;
mod rename;
mod table;

use super::coding::{BinarySize, Coding};
use super::reference::{Columns, ReferenceFormat};
use super::syntax::{ConditionName, Constant};

/// How a copybook is to be read, where dialects differ.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dialect {
    /// How its columns are used.
    pub reference_format: ReferenceFormat,
    /// Which columns hold the text in fixed format.
    pub columns: Columns,
    /// How long binary numbers are.
    pub binary_size: BinarySize,
    /// Whether `,` is the decimal point of pictures and numbers (DECIMAL-POINT IS COMMA).
    pub decimal_comma: bool,
}

/// The records that a copybook describes.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The bytes of one record.
    pub record_length: usize,
    /// The top entries (01 levels). A second one describes the same bytes anew.
    pub fields: Vec<Field>,
}

/// One entry: a group or a value.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its level number.
    pub level: u8,
    /// Its COBOL name; none for FILLER.
    pub name: Option<String>,
    /// Where it begins in the record, from zero; the first one, when it occurs several times.
    pub offset: usize,
    /// Its bytes; of one occurrence, slack bytes included.
    pub length: usize,
    /// How often it occurs, when it has an OCCURS clause.
    pub occurs: Option<Occurs>,
    /// The COBOL name of the field whose bytes it describes anew.
    pub redefines: Option<String>,
    /// Its picture, as written.
    pub picture: Option<String>,
    /// What it consists of.
    pub content: Content,
    /// Names for some of its values (level 88).
    pub conditions: Vec<ConditionName>,
    /// What a program stores in it at first (VALUE); several for a table.
    pub value: Vec<Constant>,
    /// Other names for bytes of it (level 66); only records have them.
    pub renames: Vec<Field>,
    /// Whether spaces stand for zero (BLANK WHEN ZERO).
    pub blank_when_zero: bool,
    /// Its line in its file, from one.
    pub line: u32,
}

/// What a field consists of.
#[derive(Clone, Debug)]
pub enum Content {
    /// Other fields.
    Group(Vec<Field>),
    /// One value.
    Value(Coding),
}

/// How often a field occurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurs {
    /// At least.
    pub least: usize,
    /// At most; so much room it has in the record.
    pub most: usize,
    /// The COBOL name of the field that holds how often in this record.
    pub depending: Option<String>,
}

impl Field {
    /// Its bytes with all occurrences.
    pub fn total_length(&self) -> usize {
        self.length.saturating_mul(self.occurs.as_ref().map_or(1, |occurs| occurs.most))
    }

    /// Its parts; none for a value.
    pub fn parts(&self) -> &[Field] {
        match &self.content {
            Content::Group(parts) => parts,
            Content::Value(_) => &[],
        }
    }
}
