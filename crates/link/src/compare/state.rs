//! States and regions, by code or name.

use super::{Comparator, Grade, Kind, Likeness, Several, Values};
use crate::counts::Counts;
use crate::hash::hash;
use crate::text::{fold, state_code};

pub(super) const KIND: Kind = Kind {
    name: "state",
    sentence: "the same state or region, whether written as a code or a name",
    source: "ANSI INCITS 38, kept as a list",
    several: Several::Alternatives,
    grades: &[Grade { name: "same", similarity: 1.0 }],
    knows_repeats: false,
    weighs_rarity: false,
    comparator: &State,
};

struct State;

impl Comparator for State {
    type Value = u64;

    fn prepare(&self, values: &Values<'_>, _counts: &Counts) -> Option<u64> {
        values.texts.iter().find_map(|text| code(text)).map(|code| hash(code.as_bytes()))
    }

    fn likeness(&self, left: &u64, right: &u64) -> Option<Likeness> {
        Some(Likeness::of(if left == right { 1.0 } else { 0.0 }))
    }
}

/// The code of a known state, else the folded text.
pub(crate) fn code(text: &str) -> Option<String> {
    let folded = fold(text);
    if folded.is_empty() {
        return None;
    }
    Some(state_code(&folded).map_or(folded, str::to_owned))
}
