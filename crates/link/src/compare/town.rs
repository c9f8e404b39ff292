//! Names of towns: abbreviations written out, slips of the pen allowed.

use super::{Comparator, Grade, Kind, Likeness, Several, Values};
use crate::counts::Counts;
use crate::text::{fold, jaro_winkler, place_word};

pub(super) const KIND: Kind = Kind {
    name: "town",
    sentence: "the same town (St Louis is Saint Louis), or one spelt almost the same",
    source: "Winkler (1990); abbreviations kept as a list",
    several: Several::Alternatives,
    grades: &[Grade { name: "same", similarity: 1.0 }, Grade { name: "almost the same", similarity: 0.93 }],
    knows_repeats: false,
    weighs_rarity: false,
    comparator: &Town,
};

struct Town;

impl Comparator for Town {
    type Value = Box<str>;

    fn prepare(&self, values: &Values<'_>, _counts: &Counts) -> Option<Box<str>> {
        values.texts.iter().find_map(|text| name(text)).map(String::into_boxed_str)
    }

    fn likeness(&self, left: &Box<str>, right: &Box<str>) -> Option<Likeness> {
        // Towns that begin otherwise are other towns.
        let begin_alike = left.as_bytes().first() == right.as_bytes().first();
        Some(Likeness::of(if begin_alike { jaro_winkler(left, right) } else { 0.0 }))
    }
}

/// The name written out, without blanks: `La Grange` is `Lagrange`.
pub(crate) fn name(text: &str) -> Option<String> {
    let name: String = fold(text).split(' ').map(place_word).collect();
    (!name.is_empty()).then_some(name)
}
