//! What a record format makes of the bytes of a file: records with their places, and what between them is no record.

use std::sync::Arc;

use concordat_record::Problem;

use crate::reader::RawRecord;

/// Of bytes that are no record, so many are kept.
pub(crate) const MOST_RAW: usize = 64 << 10;

/// Records that were read together.
#[derive(Default)]
pub(crate) struct Block {
    pub bytes: Vec<u8>,
    /// Where each record begins in `bytes`.
    pub starts: Vec<usize>,
    /// Where each record ends in `bytes`; empty when all are as long as the layout says, or longer.
    pub ends: Vec<usize>,
    /// The number of its first record or gap, from one.
    pub first_number: u64,
    /// Where the bytes lie in the file. INVARIANT: in ascending order, the first one at 0, unless there are no bytes.
    pub seams: Vec<Seam>,
    /// What is no record, in the order of the file.
    pub gaps: Vec<Gap>,
    /// The record at the beginning of the file that describes the others, where the source file names one.
    pub header: Option<Arc<[u8]>>,
    /// Where families of records are kept together: whether one that is too long for a block began before this one …
    pub family_began: bool,
    /// … and whether its last one goes on behind it.
    pub family_goes_on: bool,
}

/// From here to the next seam the bytes of a block lie one behind the other in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seam {
    /// The place in the block's bytes.
    pub at: usize,
    /// The place in the file.
    pub byte_offset: u64,
}

/// Bytes that are no record, and why. They count as one.
pub(crate) struct Gap {
    /// The index of the record that follows.
    pub before: usize,
    /// Where they begin: in the file, or while a framing works, in the bytes it divides.
    pub byte_offset: u64,
    /// The bytes, or as many as are kept.
    pub raw: Vec<u8>,
    /// What is wrong with them, and what to do.
    pub problem: Problem,
}

impl Gap {
    /// A part of the bytes that a framing divides.
    pub fn new(before: usize, bytes: &[u8], start: usize, end: usize, problem: Problem) -> Self {
        let raw = bytes.get(start..end.min(start.saturating_add(MOST_RAW))).unwrap_or_default().to_vec();
        Self { before, byte_offset: start as u64, raw, problem }
    }
}

impl Block {
    /// One record by itself.
    pub fn alone(record: &RawRecord) -> Self {
        Self {
            bytes: record.bytes.clone(),
            starts: vec![0],
            ends: vec![record.bytes.len()],
            first_number: record.record_number,
            seams: vec![Seam { at: 0, byte_offset: record.byte_offset.unwrap_or_default() }],
            ..Self::default()
        }
    }

    /// The bytes of a record, by its index in the block; of fixed ones as many as `length`.
    pub fn record(&self, index: usize, length: usize) -> &[u8] {
        let start = self.starts.get(index).copied().unwrap_or(usize::MAX);
        let end = self.ends.get(index).copied().unwrap_or(start.saturating_add(length));
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// Where a record begins in the file.
    pub fn offset_of(&self, index: usize) -> u64 {
        self.file_offset(self.starts.get(index).copied().unwrap_or_default())
    }

    /// Where a byte of the block lies in the file.
    pub fn file_offset(&self, at: usize) -> u64 {
        let seam = self.seams.partition_point(|seam| seam.at <= at).checked_sub(1);
        seam.and_then(|seam| self.seams.get(seam)).map_or(0, |seam| seam.byte_offset + (at - seam.at) as u64)
    }

    /// The number of a record: gaps have numbers too.
    pub fn number_of(&self, index: usize) -> u64 {
        let gaps = self.gaps.partition_point(|gap| gap.before <= index);
        self.first_number + (index + gaps) as u64
    }

    /// The number of a gap.
    pub fn number_of_gap(&self, gap: usize) -> u64 {
        let before = self.gaps.get(gap).map_or(0, |gap| gap.before);
        self.first_number + (before + gap) as u64
    }

    /// How many records and gaps there are.
    pub fn count(&self) -> u64 {
        (self.starts.len() + self.gaps.len()) as u64
    }

    /// Takes the records from an index on out of the block, with the gaps behind the one before it.
    pub fn split_off(&mut self, index: usize) -> Self {
        let Some(at) = self.starts.get(index).copied() else {
            return Self {
                first_number: self.first_number + self.count(),
                header: self.header.clone(),
                ..Self::default()
            };
        };
        let first_number = self.number_of(index);
        let seams = self.seams_from(at);
        let gaps = self.gaps.partition_point(|gap| gap.before <= index);
        let mut gaps = self.gaps.split_off(gaps);
        for gap in &mut gaps {
            gap.before -= index;
        }
        let bytes = self.bytes.split_off(at);
        self.seams.retain(|seam| seam.at < at);
        let moved = |places: &mut Vec<usize>| {
            let own = places.split_off(index.min(places.len()));
            own.into_iter().map(|place| place - at).collect()
        };
        let (starts, ends) = (moved(&mut self.starts), moved(&mut self.ends));
        Self {
            bytes,
            starts,
            ends,
            first_number,
            seams,
            gaps,
            header: self.header.clone(),
            ..Self::default()
        }
    }

    fn seams_from(&self, at: usize) -> Vec<Seam> {
        let first = Seam { at: 0, byte_offset: self.file_offset(at) };
        let others = self.seams.iter().filter(|seam| seam.at > at);
        std::iter::once(first).chain(others.map(|seam| Seam { at: seam.at - at, ..*seam })).collect()
    }

    /// Adds the block that follows this one. Both must have ends, or neither.
    pub fn append(&mut self, next: Self) {
        if self.starts.is_empty() && self.gaps.is_empty() {
            *self = next;
            return;
        }
        let (bytes, records) = (self.bytes.len(), self.starts.len());
        self.bytes.extend(next.bytes);
        self.starts.extend(next.starts.into_iter().map(|place| place + bytes));
        self.ends.extend(next.ends.into_iter().map(|place| place + bytes));
        self.seams.extend(next.seams.into_iter().map(|seam| Seam { at: seam.at + bytes, ..seam }));
        self.gaps.extend(next.gaps.into_iter().map(|gap| Gap { before: gap.before + records, ..gap }));
        self.header = self.header.take().or(next.header);
    }
}

/// The records that a framing has found.
#[derive(Default)]
pub(crate) struct Divided {
    pub starts: Vec<usize>,
    /// Empty when records are of one length, which is at least that of the layout.
    pub ends: Vec<usize>,
    /// What is no record, and does not hinder what follows.
    pub gaps: Vec<Gap>,
    /// How many bytes are done with; the others are looked at again with more behind them.
    pub used: usize,
    /// Where records did not lie in one piece: their bytes put together. Starts and ends are places in these.
    pub joined: Option<Joined>,
    /// Why nothing after `used` can be a record. No more is read.
    pub broken: Option<Problem>,
}

/// Records put together from several pieces.
#[derive(Default)]
pub(crate) struct Joined {
    pub bytes: Vec<u8>,
    /// Where they come from, in the bytes that were divided.
    pub seams: Vec<Seam>,
}

impl Divided {
    /// Whether there is anything to go on with.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty() && self.gaps.is_empty()
    }

    /// Notes that bytes are no record.
    pub fn skip(&mut self, bytes: &[u8], start: usize, end: usize, problem: Problem) {
        self.gaps.push(Gap::new(self.starts.len(), bytes, start, end, problem));
        self.used = end;
    }
}

#[cfg(test)]
mod tests {
    use concordat_record::Problem;

    use super::{Block, Gap, Seam};

    fn block() -> Block {
        let gap = |before| Gap { before, byte_offset: 0, raw: Vec::new(), problem: Problem::new("a.b", "c") };
        Block {
            bytes: b"aabbbcddd".to_vec(),
            starts: vec![0, 2, 5, 6],
            ends: vec![2, 5, 6, 9],
            first_number: 11,
            seams: vec![Seam { at: 0, byte_offset: 100 }, Seam { at: 3, byte_offset: 203 }],
            gaps: vec![gap(1), gap(3), gap(4)],
            ..Block::default()
        }
    }

    fn shown(block: &Block) -> Vec<(u64, u64, Vec<u8>)> {
        (0..block.starts.len())
            .map(|index| (block.number_of(index), block.offset_of(index), block.record(index, 0).to_vec()))
            .collect()
    }

    #[test]
    fn gaps_have_numbers_of_their_own() {
        let numbers: Vec<u64> = shown(&block()).into_iter().map(|(number, ..)| number).collect();
        assert_eq!(numbers, [11, 13, 14, 16]);
        assert_eq!((0..3).map(|gap| block().number_of_gap(gap)).collect::<Vec<_>>(), [12, 15, 17]);
        assert_eq!(block().count(), 7);
    }

    #[test]
    fn a_block_divided_anywhere_and_joined_again_is_the_same() {
        for index in 0..=4 {
            let mut first = block();
            let second = first.split_off(index);
            assert_eq!(first.starts.len(), index);
            let mut parts = shown(&first);
            parts.extend(shown(&second));
            assert_eq!(parts, shown(&block()), "divided before {index}");
            first.append(second);
            assert_eq!(shown(&first), shown(&block()), "joined at {index}");
            assert_eq!(first.gaps.iter().map(|gap| gap.before).collect::<Vec<_>>(), [1, 3, 4]);
        }
    }
}
