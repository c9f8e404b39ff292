//! The comparisons: what "alike" means for each kind of value.
//!
//! To add one: a file with a unit struct that implements [`Comparator`] and its [`Kind`], a line in [`KINDS`], a table of cases.
//! A comparison prepares each distinct value once (parse, fold, weigh words), then compares prepared values only.

mod column;
mod exact;
mod jaro_winkler;
mod kind_of_body;
mod organisation_name;
mod postcode;
mod state;
mod street;
mod town;

pub(crate) use column::{AnyComparator, Prepared, ValuesOf};
pub(crate) use organisation_name::word_hashes as organisation_word_hashes;
pub(crate) use postcode::code as postcode;
pub(crate) use state::code as state;
pub(crate) use street::{door_key as street_key, house_number};
pub(crate) use town::name as town;

use crate::counts::{Counts, Tally};

/// All comparisons that rules may name.
pub const KINDS: &[&Kind] = &[
    &exact::KIND,
    &jaro_winkler::KIND,
    &organisation_name::KIND,
    &kind_of_body::KIND,
    &street::KIND,
    &postcode::KIND,
    &town::KIND,
    &state::KIND,
];

/// One comparison of the list.
pub struct Kind {
    /// How rules name it.
    pub name: &'static str,
    /// What it does, for a caseworker.
    pub sentence: &'static str,
    /// Where the method is from.
    pub source: &'static str,
    /// How the values of several properties go together.
    pub several: Several,
    /// Names for degrees of similarity, best first, that rules may use instead of numbers.
    pub grades: &'static [Grade],
    /// Whether words that only repeat other properties of the record can be told apart (`repeats` in the rules).
    pub knows_repeats: bool,
    /// Whether shared values carry a measure of rarity, so that `bits` and `frequency` may be used.
    pub weighs_rarity: bool,
    pub(crate) comparator: &'static dyn AnyComparator,
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// How the values of several properties go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Several {
    /// Each is another value of the same thing (name and other name); the best pair counts.
    Alternatives,
    /// Together they are one value (house number and street).
    Parts,
}

/// A name for a degree of similarity: `similarity` or more.
#[derive(Clone, Copy, Debug)]
pub struct Grade {
    /// The word in the rules.
    pub name: &'static str,
    /// Similarity from which it holds, 0 to 1.
    pub similarity: f32,
}

/// How alike two values are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Likeness {
    /// 0 (nothing alike) to 1 (the same).
    pub(crate) similarity: f32,
    /// How much it tells that a record shares this, in bits: minus log2 of the share of records that do; 0 when not weighed.
    pub(crate) bits: f32,
}

impl Likeness {
    pub(crate) fn of(similarity: f32) -> Self {
        Self { similarity, bits: 0.0 }
    }
}

/// What one record holds for a comparison.
#[derive(Debug, Default)]
pub(crate) struct Values<'a> {
    /// The values to compare; never empty when they are prepared.
    pub(crate) texts: Vec<&'a str>,
    /// Values of the same record whose words say little when the compared values repeat them.
    pub(crate) beside: Vec<&'a str>,
}

/// A comparison of prepared values. Must be symmetric: left and right may be swapped.
pub(crate) trait Comparator: Send + Sync + 'static {
    /// A value, ready to be compared.
    type Value: Send + Sync + 'static;

    /// Prepares the values of one record; none if they say nothing.
    fn prepare(&self, values: &Values<'_>, counts: &Counts) -> Option<Self::Value>;

    /// How alike two values are; none if they cannot be compared.
    fn likeness(&self, left: &Self::Value, right: &Self::Value) -> Option<Likeness>;

    /// The words and values of one record that are to be counted over a register.
    fn tally(&self, _texts: &[&str], _tally: &mut Tally) {}
}

#[cfg(test)]
mod tests;
