//! How often words and values occur in a register: what makes a shared word telling.

use serde::{Deserialize, Serialize};

use crate::hash::HashedMap;

/// Frequencies of the words and values of some properties over the records of a register.
///
/// Kept by hash, and only where a word or value occurs in more than one record, so that a model file stays small and
/// names nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    records: u64,
    #[serde(with = "by_hash")]
    words: HashedMap<u32>,
    #[serde(with = "by_hash")]
    values: HashedMap<u32>,
}

impl Counts {
    /// Those of a register that nobody has counted: every word tells as much as one that occurs once.
    pub(crate) fn unknown(records: u64) -> Self {
        Self { records, ..Self::default() }
    }

    /// Of how many records.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// In how many records a word occurs, at least one.
    pub(crate) fn word(&self, word: u64) -> u32 {
        self.words.get(&word).copied().unwrap_or(1)
    }

    /// What it tells, in bits, that a record holds this word: `log2((N + 1) / n)`; inverse document frequency
    /// (Spärck Jones 1972).
    pub(crate) fn word_bits(&self, word: u64) -> f32 {
        self.bits(self.word(word))
    }

    /// What it tells, in bits, that a record holds this value.
    pub(crate) fn value_bits(&self, value: u64) -> f32 {
        self.bits(self.values.get(&value).copied().unwrap_or(1))
    }

    /// What it tells that a record holds something unique, in bits.
    pub(crate) fn unique_bits(&self) -> f32 {
        self.bits(1)
    }

    fn bits(&self, occurrences: u32) -> f32 {
        ((self.records + 1) as f32 / occurrences as f32).log2().max(0.0)
    }

    /// Begins a new record.
    pub(crate) fn count_record(&mut self) {
        self.records += 1;
    }

    /// Counts the distinct words and values of one record.
    pub(crate) fn count(&mut self, mut tally: Tally) {
        for (seen, counts) in [(&mut tally.words, &mut self.words), (&mut tally.values, &mut self.values)] {
            seen.sort_unstable();
            seen.dedup();
            for hash in seen.drain(..) {
                let count = counts.entry(hash).or_insert(0);
                *count = count.saturating_add(1);
            }
        }
    }

    /// Forgets what occurs once: the default of the look-ups.
    pub(crate) fn keep_repeated(&mut self) {
        for counts in [&mut self.words, &mut self.values] {
            counts.retain(|_, count| *count > 1);
            counts.shrink_to_fit();
        }
    }
}

/// The words and values of one record, by hash.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) words: Vec<u64>,
    pub(crate) values: Vec<u64>,
}

/// Hashes are written as sixteen hexadecimal digits, in order, so that equal counts make equal files.
mod by_hash {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::HashedMap;

    pub(super) fn serialize<S: Serializer>(map: &HashedMap<u32>, serializer: S) -> Result<S::Ok, S::Error> {
        let sorted: BTreeMap<String, u32> =
            map.iter().map(|(hash, count)| (format!("{hash:016x}"), *count)).collect();
        sorted.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<HashedMap<u32>, D::Error> {
        let written = BTreeMap::<String, u32>::deserialize(deserializer)?;
        written
            .into_iter()
            .map(|(hash, count)| {
                Ok((u64::from_str_radix(&hash, 16).map_err(serde::de::Error::custom)?, count.max(1)))
            })
            .collect()
    }
}
