//! Letters alike, early letters more so: short names with slips of the pen.

use super::{Comparator, Grade, Kind, Likeness, Several, Values};
use crate::counts::{Counts, Tally};
use crate::hash::hash;
use crate::text::{fold, jaro_winkler};

pub(super) const KIND: Kind = Kind {
    name: "jaro-winkler",
    sentence: "how many letters two texts share in the same order, the first letters counting more",
    source: "Jaro (1989), JASA 84:414; Winkler (1990), String comparator metrics",
    several: Several::Alternatives,
    grades: &[Grade { name: "same", similarity: 1.0 }],
    knows_repeats: false,
    weighs_rarity: true,
    comparator: &JaroWinkler,
};

struct JaroWinkler;

impl Comparator for JaroWinkler {
    /// Each value folded, with what sharing it tells.
    type Value = Box<[(Box<str>, f32)]>;

    fn prepare(&self, values: &Values<'_>, counts: &Counts) -> Option<Self::Value> {
        let known: Box<[_]> = folded(&values.texts)
            .map(|text| {
                let bits = counts.value_bits(hash(text.as_bytes()));
                (text.into_boxed_str(), bits)
            })
            .collect();
        (!known.is_empty()).then_some(known)
    }

    /// The commoner of two values says how telling the likeness is, so that a rare slip of a common value gains nothing.
    fn likeness(&self, left: &Self::Value, right: &Self::Value) -> Option<Likeness> {
        let pairs = left.iter().flat_map(|l| right.iter().map(move |r| (l, r)));
        pairs
            .map(|(l, r)| Likeness { similarity: jaro_winkler(&l.0, &r.0), bits: l.1.min(r.1) })
            .max_by(|a, b| a.similarity.total_cmp(&b.similarity))
    }

    fn tally(&self, texts: &[&str], tally: &mut Tally) {
        tally.values.extend(folded(texts).map(|text| hash(text.as_bytes())));
    }
}

fn folded(texts: &[&str]) -> impl Iterator<Item = String> {
    texts.iter().map(|text| fold(text)).filter(|text| !text.is_empty())
}
