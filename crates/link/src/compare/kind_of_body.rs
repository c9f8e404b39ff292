//! What kind of body a name speaks of.
//!
//! Words such as `FOUNDATION` or `ALUMNI` mark a body that stands beside another and bears its name; rarity alone does not see
//! that, because such words are common. The list is `words/kinds.txt`.

use super::{Comparator, Grade, Kind, Likeness, Several, Values};
use crate::counts::Counts;
use crate::text::{BodyKind, kind_of_word, organisation_words};

pub(super) const KIND: Kind = Kind {
    name: "kind-of-body",
    sentence: "whether both names speak of the same kind of body: a university's foundation is not the university",
    source: "domain knowledge, kept as a word list",
    several: Several::Parts,
    grades: &[Grade { name: "same", similarity: 1.0 }, Grade { name: "other branch", similarity: 0.5 }],
    knows_repeats: false,
    weighs_rarity: false,
    comparator: &KindOfBody,
};

struct KindOfBody;

/// The kinds that a name speaks of, one bit each.
struct Kinds {
    beside: u64,
    branches: u64,
}

impl Comparator for KindOfBody {
    type Value = Kinds;

    fn prepare(&self, values: &Values<'_>, _counts: &Counts) -> Option<Kinds> {
        let mut kinds = Kinds { beside: 0, branches: 0 };
        let mut any = false;
        for word in values.texts.iter().flat_map(|text| organisation_words(text)) {
            any = true;
            match kind_of_word(&word) {
                Some(BodyKind::Beside(bit)) => kinds.beside |= bit,
                Some(BodyKind::Branch(bit)) => kinds.branches |= bit,
                None => {}
            }
        }
        any.then_some(kinds)
    }

    fn likeness(&self, left: &Kinds, right: &Kinds) -> Option<Likeness> {
        let apart = left.branches != 0 && right.branches != 0 && left.branches & right.branches == 0;
        Some(Likeness::of(match (left.beside == right.beside, apart) {
            (false, _) => 0.0,
            (true, true) => 0.5,
            (true, false) => 1.0,
        }))
    }
}
