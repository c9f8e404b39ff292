//! Blocking: which records are compared at all.
//!
//! A blocking rule is a list of key expressions; two records meet if for some rule they share a value of every expression of it. Keys are
//! hashes, the same in the batch and in the answer store's postings, so both ways see the same candidates.

mod index;
mod keys;

pub use index::{Index, Postings};
pub use keys::{KEY_KINDS, KeyKind};

use crate::counts::Counts;
use crate::hash::combine;
use crate::known::{Known, VALUE_SEPARATOR};
use keys::Texts;

/// A blocking rule.
#[derive(Clone, Debug)]
pub struct Block {
    /// What the rule says, for people.
    pub name: String,
    /// All must be shared.
    pub keys: Vec<Key>,
}

/// A key expression such as `words(legalName, alternativeName)` or `digits(registeredAddress.postCode, 3)`.
#[derive(Clone, Debug)]
pub struct Key {
    /// What is done with the values.
    pub kind: &'static KeyKind,
    /// Whose values.
    pub properties: Vec<String>,
    /// The number among the arguments, if the kind takes one.
    pub number: usize,
    pub(crate) corpus: Option<usize>,
}

/// No rule gives one record more keys than this; a name of very many words keeps its first.
const MOST_KEYS: usize = 64;

/// All blocking keys of a record, each once. `counts` are those of the rules' corpora, in order.
pub(crate) fn keys_of(
    blocks: &[Block],
    counts: &[Counts],
    largest_block: usize,
    record: &dyn Known,
) -> Vec<u64> {
    // Rules share expressions, and expressions share words: each is worked out once for a record.
    let mut values: Vec<(&Key, Vec<u64>)> = Vec::new();
    let mut texts: Vec<(&[String], Texts)> = Vec::new();
    let mut all = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        let mut found = vec![number as u64 + 1];
        for key in &block.keys {
            let known = values.iter().position(|(other, _)| other.is_same(key)).unwrap_or_else(|| {
                let read = texts
                    .iter()
                    .position(|(properties, _)| *properties == key.properties)
                    .unwrap_or_else(|| {
                        texts.push((&key.properties, Texts::of(&key.properties, record)));
                        texts.len() - 1
                    });
                let found =
                    texts.get(read).map_or(Vec::new(), |(_, texts)| key.values(counts, largest_block, texts));
                values.push((key, found));
                values.len() - 1
            });
            let known = values.get(known).map_or(&[][..], |(_, values)| values);
            let longer =
                found.iter().flat_map(|so_far| known.iter().map(move |value| combine([*so_far, *value])));
            found = longer.take(MOST_KEYS).collect();
        }
        all.append(&mut found);
    }
    all.sort_unstable();
    all.dedup();
    all
}

impl Key {
    fn is_same(&self, other: &Self) -> bool {
        self.kind.name == other.kind.name
            && self.number == other.number
            && self.properties == other.properties
    }

    fn values(&self, counts: &[Counts], largest_block: usize, texts: &Texts) -> Vec<u64> {
        if texts.is_empty() {
            return Vec::new();
        }
        let none = Counts::default();
        let counts = self.corpus.and_then(|corpus| counts.get(corpus)).unwrap_or(&none);
        (self.kind.values)(&keys::Given { texts, number: self.number, counts, largest_block })
    }
}

/// The several values that one text may hold.
pub(crate) fn alternatives(text: &str) -> impl Iterator<Item = &str> {
    text.split(['|', ';', '\n', VALUE_SEPARATOR]).map(str::trim).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests;
