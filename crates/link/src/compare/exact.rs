//! Equal or not.

use super::{Comparator, Grade, Kind, Likeness, Several, Values};
use crate::counts::{Counts, Tally};
use crate::hash::hash;
use crate::text::fold;

pub(super) const KIND: Kind = Kind {
    name: "exact",
    sentence: "the same text, apart from capitals, accents and punctuation",
    source: "Fellegi and Sunter (1969), A theory for record linkage, JASA 64:1183",
    several: Several::Alternatives,
    grades: &[Grade { name: "same", similarity: 1.0 }],
    knows_repeats: false,
    weighs_rarity: true,
    comparator: &Exact,
};

struct Exact;

impl Comparator for Exact {
    /// Each value by hash, with what sharing it tells.
    type Value = Box<[(u64, f32)]>;

    fn prepare(&self, values: &Values<'_>, counts: &Counts) -> Option<Self::Value> {
        let known: Box<[_]> = hashes(&values.texts).map(|value| (value, counts.value_bits(value))).collect();
        (!known.is_empty()).then_some(known)
    }

    fn likeness(&self, left: &Self::Value, right: &Self::Value) -> Option<Likeness> {
        let shared = left.iter().filter(|(value, _)| right.iter().any(|(other, _)| other == value));
        let rarest = shared.map(|(_, bits)| *bits).reduce(f32::max);
        Some(rarest.map_or(Likeness::of(0.0), |bits| Likeness { similarity: 1.0, bits }))
    }

    fn tally(&self, texts: &[&str], tally: &mut Tally) {
        tally.values.extend(hashes(texts));
    }
}

fn hashes(texts: &[&str]) -> impl Iterator<Item = u64> {
    texts.iter().map(|text| fold(text)).filter(|text| !text.is_empty()).map(|text| hash(text.as_bytes()))
}
