//! Names of towns: abbreviations written out, slips of the pen allowed.

use super::{Comparator, Grade, Kind, Likeness, Several};
use crate::counts::Counts;
use crate::text::{fold, jaro_winkler, place_word};

pub(super) const KIND: Kind = Kind {
    name: "town",
    sentence: "the same town (St Louis is Saint Louis), or one spelt almost the same",
    source: "Winkler (1990); abbreviations kept as a list",
    several: Several::Alternatives,
    grades: &[Grade { name: "same", similarity: 1.0 }, Grade { name: "almost the same", similarity: 0.93 }],
    weighs_rarity: false,
    comparator: &Town,
};

struct Town;

impl Comparator for Town {
    type Value = Box<str>;

    fn prepare(&self, texts: &[&str], _counts: &Counts) -> Option<Box<str>> {
        texts.iter().find_map(|text| name(text)).map(String::into_boxed_str)
    }

    fn likeness(&self, left: &Box<str>, right: &Box<str>) -> Option<Likeness> {
        Some(Likeness::of(jaro_winkler(left, right)))
    }
}

/// The name written out, without blanks: `La Grange` is `Lagrange`.
pub(crate) fn name(text: &str) -> Option<String> {
    let name: String = fold(text).split(' ').map(place_word).collect();
    (!name.is_empty()).then_some(name)
}
