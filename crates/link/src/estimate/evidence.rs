//! What is seen of two sides: how often each pattern of levels occurs among all their pairs.

use rayon::prelude::*;

use crate::batch::candidates;
use crate::block::{Index, keys_of};
use crate::counts::Counts;
use crate::hash::HashedMap;
use crate::records::Records;
use crate::rules::Rules;
use crate::scorer::{Leveller, Levels, Outcome};
use crate::side::Side;

/// Pairs outside all blocks that are compared to learn how they look.
const SAMPLED_PAIRS: usize = 200_000;

/// Pattern counts of all pairs of two sides.
pub(super) struct Evidence {
    pub(super) left_records: usize,
    pub(super) right_records: usize,
    pub(super) compared: usize,
    pub(super) skipped_blocks: usize,
    pub(super) patterns: Vec<Pattern>,
    /// The candidates of each left record, as (pattern, how many).
    pub(super) groups: Vec<Box<[(u32, u32)]>>,
}

/// One pattern of levels.
pub(super) struct Pattern {
    pub(super) levels: Levels,
    /// How many of all pairs of the two sides show it; an estimate where pairs were sampled.
    pub(super) pairs: f64,
    /// Sum of 2^-bits over those pairs, for each comparison.
    shares: Box<[f64]>,
}

/// Patterns of some left records, each a list of (pattern, weight, outcome bits).
struct Seen {
    group: Vec<(Levels, u32)>,
    pairs: HashedMap<(Levels, f64, Box<[f64]>)>,
    compared: usize,
}

impl Evidence {
    /// Compares every candidate pair of the left records, or of an even sample of them, and a sample of all other pairs. With
    /// `within`, both sides are the same records and none is compared with itself.
    pub(super) fn collect(
        rules: &Rules,
        counts: &[Counts],
        left: &Records,
        right: &Records,
        within: bool,
    ) -> Self {
        let keys = |records: &Records, row: usize| {
            let record = records.get(row);
            record.map_or(Vec::new(), |record| keys_of(&rules.blocks, counts, rules.largest_block, &record))
        };
        let index = Index::build(right.len(), rules.largest_block, |row| keys(right, row));
        let left_side = Side::of_records(rules, counts, left);
        let right_side = Side::of_records(rules, counts, right);
        let rows =
            sampled_rows(left.len(), if within { WITHIN_RECORDS } else { rules.training.most_records });
        let see = |rows: &[usize]| -> Vec<Seen> {
            let mut leveller = Leveller::new(rules, &left_side, &right_side);
            let mut seen = Vec::with_capacity(rows.len());
            for &row in rows {
                let (mut candidates, _) = candidates(rules, &index, &keys(left, row));
                if within {
                    candidates.retain(|candidate| *candidate as usize != row);
                }
                let others = SAMPLED_PAIRS.div_ceil(rows_total(left.len(), within, rules)).min(right.len());
                seen.push(see_one(rules, &mut leveller, row, &candidates, right.len(), others, within));
            }
            seen
        };
        let pieces: Vec<Vec<Seen>> = rows.par_chunks(64).map(see).collect();
        let mut evidence = Self {
            left_records: rows.len(),
            right_records: right.len(),
            compared: 0,
            skipped_blocks: index.skipped_blocks,
            patterns: Vec::new(),
            groups: Vec::with_capacity(rows.len()),
        };
        let mut numbers: HashedMap<u32> = HashedMap::default();
        for seen in pieces.into_iter().flatten() {
            evidence.add(seen, &mut numbers);
        }
        evidence
    }

    fn add(&mut self, seen: Seen, numbers: &mut HashedMap<u32>) {
        self.compared += seen.compared;
        for (key, (levels, pairs, shares)) in seen.pairs {
            let number = *numbers.entry(key).or_insert_with(|| {
                let shares = vec![0.0; shares.len()].into();
                self.patterns.push(Pattern { levels, pairs: 0.0, shares });
                self.patterns.len() as u32 - 1
            });
            if let Some(pattern) = self.patterns.get_mut(number as usize) {
                pattern.pairs += pairs;
                pattern.shares.iter_mut().zip(&shares).for_each(|(sum, share)| *sum += share);
            }
        }
        let group =
            seen.group.iter().filter_map(|(levels, count)| Some((*numbers.get(&key(*levels))?, *count)));
        self.groups.push(group.collect());
    }

    /// How rare the shared values are at a level between records that do not mean the same: minus log2 of their mean
    /// frequency. `matched` is the expected share of matches among the pairs of each pattern. None if no such pair was seen.
    pub(super) fn typical_bits(&self, comparison: usize, level: usize, matched: &[f64]) -> Option<f64> {
        let at_level = self
            .patterns
            .iter()
            .zip(matched)
            .filter(|(pattern, _)| pattern.levels.get(comparison) == Some(level));
        let (mut pairs, mut shares) = (0.0, 0.0);
        for (pattern, matched) in at_level {
            pairs += pattern.pairs * (1.0 - matched);
            shares += pattern.shares.get(comparison).copied().unwrap_or(0.0) * (1.0 - matched);
        }
        (pairs > 1e-6 && shares > 0.0).then(|| -(shares / pairs).log2())
    }
}

/// For a register compared with itself so many records say enough about u.
const WITHIN_RECORDS: usize = 3_000;

fn rows_total(left: usize, within: bool, rules: &Rules) -> usize {
    left.min(if within { WITHIN_RECORDS } else { rules.training.most_records }).max(1)
}

/// At most `most` rows, evenly spread.
fn sampled_rows(rows: usize, most: usize) -> Vec<usize> {
    if rows <= most {
        return (0..rows).collect();
    }
    (0..most).map(|index| (index as u128 * rows as u128 / most as u128) as usize).collect()
}

fn key(levels: Levels) -> u64 {
    crate::hash::combine([levels.0])
}

/// Compares one left record with its candidates, and with some others that stand for all others.
fn see_one(
    rules: &Rules,
    leveller: &mut Leveller<'_>,
    row: usize,
    candidates: &[u32],
    register: usize,
    others: usize,
    within: bool,
) -> Seen {
    let comparisons = rules.comparisons.len();
    let mut seen = Seen { group: Vec::new(), pairs: HashedMap::default(), compared: candidates.len() };
    for candidate in candidates {
        let outcome = leveller.compare(row, *candidate as usize);
        seen.note(&outcome, 1.0, comparisons);
        seen.group.push((outcome.levels, 1));
    }
    seen.group.sort_unstable();
    seen.group.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        kept.1 += if same { next.1 } else { 0 };
        same
    });
    let mut sequence = Sequence(row as u64);
    let outside = register.saturating_sub(candidates.len() + usize::from(within));
    let drawn: Vec<usize> = (0..others)
        .map(|_| sequence.below(register))
        .filter(|other| candidates.binary_search(&(*other as u32)).is_err() && !(within && *other == row))
        .collect();
    let weight = outside as f64 / drawn.len().max(1) as f64;
    for other in drawn {
        seen.note(&leveller.compare(row, other), weight, comparisons);
    }
    seen
}

impl Seen {
    fn note(&mut self, outcome: &Outcome, weight: f64, comparisons: usize) {
        let entry = self
            .pairs
            .entry(key(outcome.levels))
            .or_insert_with(|| (outcome.levels, 0.0, vec![0.0; comparisons].into()));
        entry.1 += weight;
        for (sum, bits) in entry.2.iter_mut().zip(outcome.bits) {
            *sum += weight * f64::from(-bits).exp2();
        }
    }
}

/// A fixed sequence of numbers without pattern (SplitMix64, Steele et al. 2014): sampling must be repeatable, not secret.
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(mixed ^ (mixed >> 31)) * bound as u128) >> 64) as usize
    }
}
