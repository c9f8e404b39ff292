//! The inverted index of a register: key to records.

use rayon::prelude::*;

/// Which records of a register hold each blocking key; blocks that are too large are left out.
#[derive(Debug, Default)]
pub struct Index {
    entries: Vec<(u64, u32)>,
    /// How many blocks were left out because they held more records than the rules allow.
    pub skipped_blocks: usize,
    /// How many entries those blocks had.
    pub skipped_entries: usize,
}

/// The records that hold one key.
pub struct Postings<'a> {
    /// The key.
    pub key: u64,
    /// The records, ascending, as numbers from zero.
    pub records: &'a [(u64, u32)],
}

impl Postings<'_> {
    /// The records' numbers, ascending.
    pub fn rows(&self) -> impl Iterator<Item = u32> {
        self.records.iter().map(|(_, row)| *row)
    }
}

impl Index {
    /// Builds the index from the keys of every record, `keys(row)` for row 0 to `records`.
    pub(crate) fn build(
        records: usize,
        largest_block: usize,
        keys: impl Fn(usize) -> Vec<u64> + Sync,
    ) -> Self {
        let with_row = |row: usize| keys(row).into_iter().map(move |key| (key, row as u32));
        let mut entries: Vec<(u64, u32)> = (0..records).into_par_iter().flat_map_iter(with_row).collect();
        entries.par_sort_unstable();
        let mut index = Self { entries: Vec::new(), skipped_blocks: 0, skipped_entries: 0 };
        let mut kept = 0;
        let mut start = 0;
        while let Some((key, _)) = entries.get(start) {
            let length = entries[start..].iter().take_while(|(other, _)| other == key).count();
            if length > largest_block {
                index.skipped_blocks += 1;
                index.skipped_entries += length;
            } else {
                entries.copy_within(start..start + length, kept);
                kept += length;
            }
            start += length;
        }
        entries.truncate(kept);
        entries.shrink_to_fit();
        index.entries = entries;
        index
    }

    /// The blocks, by ascending key.
    pub fn postings(&self) -> impl Iterator<Item = Postings<'_>> {
        self.entries
            .chunk_by(|a, b| a.0 == b.0)
            .filter_map(|records| Some(Postings { key: records.first()?.0, records }))
    }

    /// The records that hold a key, ascending.
    pub fn get(&self, key: u64) -> Postings<'_> {
        let start = self.entries.partition_point(|entry| entry.0 < key);
        let length = self.entries[start..].iter().take_while(|entry| entry.0 == key).count();
        Postings { key, records: &self.entries[start..start + length] }
    }
}
