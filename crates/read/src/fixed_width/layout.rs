//! What a file is said to hold: kinds of records, and in each of them columns at positions.

use concordat_record::{Place, Problem, Problems};

use crate::control::Subject;
use crate::types::Type;

/// A column at a position.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    /// As the layout has it; what reads it makes a name for SQL of it.
    pub name: String,
    /// Where it begins in a record, from zero.
    pub start: usize,
    /// How many positions it takes.
    pub length: usize,
    pub of: Type,
    /// So many of its digits are behind a point that is not written.
    pub implied_places: Option<u8>,
    pub sign: Sign,
    /// Values that mean null, besides blanks.
    pub nulls: Vec<String>,
    pub trim: Option<Trim>,
    pub place: Place,
}

/// How a number's sign is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sign {
    /// As a character before or behind the digits, or not at all.
    #[default]
    Written,
    /// In the last digit, as COBOL does it.
    Overpunched,
    /// In the first digit.
    OverpunchedFirst,
}

/// Which spaces around a value are no part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Trim {
    #[default]
    Both,
    End,
    None,
}

/// What becomes of a kind of record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Role {
    /// A row.
    #[default]
    Row,
    /// Its values stand in all rows that follow, up to the next of its kind.
    Header,
    /// It states totals.
    Trailer,
    Skip,
}

/// A total that a trailer record states at a position.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TotalAt {
    pub subject: Subject,
    pub start: usize,
    pub length: usize,
    /// So many of its digits are behind a point that is not written.
    pub implied_places: u32,
}

/// One kind of record.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RecordType {
    /// What stands at the place of the record type; empty for all records that are of no other kind.
    pub codes: Vec<String>,
    pub role: Role,
    pub columns: Vec<Column>,
    pub totals: Vec<TotalAt>,
}

/// A position in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// From zero.
    pub start: usize,
    pub length: usize,
}

/// The layout of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Layout {
    /// Where each record says of which kind it is; none where all are of one kind.
    pub record_type: Option<Position>,
    pub types: Vec<RecordType>,
}

/// No layout has more columns, and no record is longer.
pub(crate) const MOST_COLUMNS: usize = 10_000;
pub(crate) const LONGEST_RECORD: usize = 1 << 20;

impl RecordType {
    /// Positions that a record must have for all columns.
    pub fn record_length(&self) -> usize {
        self.columns.iter().map(|column| column.start + column.length).max().unwrap_or_default()
    }
}

impl Layout {
    /// What does not fit together.
    pub fn check(&self, place: &Place) -> Problems {
        let mut problems = Problems::none();
        let is_empty = !self.types.iter().any(|of| of.role == Role::Row && !of.columns.is_empty());
        if is_empty {
            let problem = Problem::new("fixed-width.no-columns", "no column is described").at(place.clone());
            problems.push(problem.advise("describe columns under `[[fixed-width.column]]`, or name a table of them: `layout = \"layout.csv\"`"));
        }
        for column in self.types.iter().flat_map(|of| &of.columns) {
            problems.extend(column.check());
        }
        problems
    }
}

impl Column {
    /// What is wrong with a column by itself.
    fn check(&self) -> Option<Problem> {
        let at = self.place.clone();
        let name = &self.name;
        let problem = |sentence: String| Some(Problem::new("fixed-width.column", sentence).at(at.clone()));
        if self.length == 0 || self.start + self.length > LONGEST_RECORD {
            return problem(format!(
                "the column `{name}` cannot have {} positions from {}",
                self.length,
                self.start + 1
            ));
        }
        let is_number = matches!(self.of, Type::Integer | Type::Decimal(..));
        if !is_number && (self.implied_places.is_some() || self.sign != Sign::Written) {
            let sentence = format!(
                "the column `{name}` is of type {}, which has no digits behind a point",
                self.of.written()
            );
            return problem(sentence)
                .map(|found| found.advise("its type must be integer or decimal(digits,places)"));
        }
        None
    }
}
