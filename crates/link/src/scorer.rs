//! From a pair of prepared records to its levels and its match weight: the one place where that is done.

use crate::compare::Likeness;
use crate::model::Model;
use crate::rules::{Comparison, Level, Rules};
use crate::side::Side;

/// The level number of a comparison that could not be made.
pub(crate) const NULL_LEVEL: u8 = 15;

/// The levels of all comparisons of a pair, four bits each, the first comparison lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Levels(pub(crate) u64);

impl Levels {
    /// The level of a comparison, counted from zero at the best; none if one side says nothing.
    pub fn get(self, comparison: usize) -> Option<usize> {
        let level = (self.0 >> (4 * comparison) & 15) as u8;
        (level != NULL_LEVEL).then_some(usize::from(level))
    }
}

/// What comparing one pair gave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    pub(crate) levels: Levels,
    /// Bits shared at each comparison, for the first comparisons only that count frequencies.
    pub(crate) bits: [f32; 16],
}

/// Finds levels.
pub(crate) struct Leveller<'a> {
    rules: &'a Rules,
    left: &'a Side<'a>,
    right: &'a Side<'a>,
    memos: Vec<Memo>,
}

impl<'a> Leveller<'a> {
    pub(crate) fn new(rules: &'a Rules, left: &'a Side<'a>, right: &'a Side<'a>) -> Self {
        let count = rules.comparisons.iter().map(|comparison| comparison.parts.len()).sum();
        let memo = |part| {
            let repeats = |side: &Side<'_>| side.part(part).is_some_and(|part| part.repeats);
            Memo::new(repeats(left) && repeats(right))
        };
        Self { rules, left, right, memos: (0..count).map(memo).collect() }
    }

    /// Compares record `l` of the left side with record `r` of the right side.
    pub(crate) fn compare(&mut self, l: usize, r: usize) -> Outcome {
        let mut outcome = Outcome { levels: Levels(0), bits: [0.0; 16] };
        let mut first_part = 0;
        for (number, comparison) in self.rules.comparisons.iter().enumerate() {
            let (level, bits) = self.level(comparison, first_part, l, r);
            outcome.levels.0 |= u64::from(level) << (4 * number);
            if let Some(place) = outcome.bits.get_mut(number) {
                *place = bits;
            }
            first_part += comparison.parts.len();
        }
        outcome
    }

    /// The first level that holds; the null level if no part can be compared.
    fn level(&mut self, comparison: &Comparison, first_part: usize, l: usize, r: usize) -> (u8, f32) {
        // Parts are compared when a condition first asks for them: most pairs are decided by one or two.
        let mut found: [Option<Option<Likeness>>; 8] = [None; 8];
        let mut likeness = |this: &mut Self, part: usize| -> Option<Likeness> {
            match found.get_mut(part) {
                Some(place) => {
                    *place.get_or_insert_with(|| this.likeness(comparison, first_part, part, l, r))
                }
                None => this.likeness(comparison, first_part, part, l, r),
            }
        };
        for (number, level) in comparison.levels.iter().enumerate() {
            if level.any_of.is_empty() {
                let comparable = (0..comparison.parts.len()).any(|part| likeness(self, part).is_some());
                return (if comparable { number as u8 } else { NULL_LEVEL }, 0.0);
            }
            if holds(level, |part| likeness(self, part)) {
                let bits = likeness(self, 0).map_or(0.0, |likeness| likeness.bits);
                return (number as u8, bits);
            }
        }
        (NULL_LEVEL, 0.0)
    }

    fn likeness(
        &mut self,
        comparison: &Comparison,
        first: usize,
        part: usize,
        l: usize,
        r: usize,
    ) -> Option<Likeness> {
        let kind = comparison.parts.get(part)?.kind;
        let (left, right) = (self.left.part(first + part)?, self.right.part(first + part)?);
        let (left_code, right_code) = (*left.codes.get(l)?, *right.codes.get(r)?);
        let compute = || kind.comparator.likeness_of(&left.prepared, left_code, &right.prepared, right_code);
        match self.memos.get_mut(first + part) {
            Some(memo) => memo.get(left_code, right_code, compute),
            None => compute(),
        }
    }
}

fn holds(level: &Level, mut likeness: impl FnMut(usize) -> Option<Likeness>) -> bool {
    level.any_of.iter().any(|conditions| {
        conditions.iter().all(|condition| {
            likeness(condition.part)
                .is_some_and(|found| found.similarity >= condition.at_least && found.bits >= condition.bits)
        })
    })
}

/// Remembers the likeness of pairs of values: a table of fixed size where a newcomer evicts.
struct Memo {
    entries: Vec<(u64, Option<Likeness>)>,
}

const MEMO_SIZE: usize = 1 << 12;
const EMPTY: u64 = u64::MAX;

impl Memo {
    fn new(useful: bool) -> Self {
        Self { entries: if useful { vec![(EMPTY, None); MEMO_SIZE] } else { Vec::new() } }
    }

    fn get(&mut self, l: u32, r: u32, compute: impl FnOnce() -> Option<Likeness>) -> Option<Likeness> {
        let key = u64::from(l) << 32 | u64::from(r);
        let slot = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52) as usize;
        let Some(entry) = self.entries.get_mut(slot) else { return compute() };
        if entry.0 != key {
            *entry = (key, compute());
        }
        entry.1
    }
}

/// The weights of a model, ready for look-up.
pub(crate) struct Weights {
    prior: f64,
    /// log2 of the share of each kind of look-alikes over that of strangers.
    lookalikes: Vec<f64>,
    levels: Vec<Vec<Weight>>,
}

struct Weight {
    /// log2 of m / u.
    matching: f64,
    /// log2 of q / u for each kind of look-alikes.
    lookalikes: Vec<f64>,
    frequency: Option<Frequency>,
}

/// What replaces u at a level where frequencies count.
#[derive(Clone, Copy)]
struct Frequency {
    u: f64,
    typical_bits: f64,
    least: f64,
}

impl Weights {
    pub(crate) fn new(rules: &Rules, model: &Model) -> Self {
        let unique = -((model.records + 1) as f64).log2();
        let levels = rules.comparisons.iter().zip(&model.comparisons).map(|(rule, comparison)| {
            let weight = |level: &crate::model::LevelModel| {
                let u = level.u.log2();
                let typical_bits = level.typical_bits.filter(|_| rule.frequency);
                let frequency =
                    typical_bits.map(|typical_bits| Frequency { u, typical_bits, least: u.min(unique) });
                let lookalikes = level.q.iter().map(|q| (q / level.u).log2()).collect();
                Weight { matching: level.weight(), lookalikes, frequency }
            };
            comparison.levels.iter().map(weight).collect()
        });
        let strangers = 1.0 - model.lookalikes.iter().sum::<f64>();
        let lookalikes = model.lookalikes.iter().map(|share| (share / strangers).log2());
        Self { prior: model.prior_weight(), lookalikes: lookalikes.collect(), levels: levels.collect() }
    }

    fn level(&self, comparison: usize, outcome: &Outcome) -> Option<(&Weight, f64)> {
        let weight = self.levels.get(comparison)?.get(outcome.levels.get(comparison)?)?;
        let bits = outcome.bits.get(comparison).copied().unwrap_or(0.0);
        let adjustment = weight.frequency.map_or(0.0, |frequency| frequency.adjustment(f64::from(bits)));
        Some((weight, adjustment))
    }

    /// What a comparison adds, in bits; nothing if it could not be made.
    pub(crate) fn of_level(&self, comparison: usize, outcome: &Outcome) -> f64 {
        self.level(comparison, outcome).map_or(0.0, |(level, adjustment)| level.matching + adjustment)
    }

    /// What is taken off because records that resemble the subject this much are often something else, in bits:
    /// log2 of how many times likelier the pattern is among all other records than among strangers alone. Never above zero.
    pub(crate) fn of_lookalikes(&self, outcome: &Outcome) -> f64 {
        let mut likelier = self.lookalikes.clone();
        for (level, adjustment) in
            (0..self.levels.len()).filter_map(|comparison| self.level(comparison, outcome))
        {
            likelier.iter_mut().zip(&level.lookalikes).for_each(|(sum, weight)| *sum += weight + adjustment);
        }
        // minus log2(1 + 2^a + 2^b + …), relative to the largest so that no power overflows.
        let top = likelier.iter().copied().fold(0.0, f64::max);
        let sum: f64 = (-top).exp2() + likelier.iter().map(|weight| (weight - top).exp2()).sum::<f64>();
        -(top + sum.log2())
    }

    /// The match weight, in bits.
    pub(crate) fn total(&self, outcome: &Outcome) -> f64 {
        let compared: f64 = (0..self.levels.len()).map(|comparison| self.of_level(comparison, outcome)).sum();
        self.prior + compared + self.of_lookalikes(outcome)
    }
}

impl Frequency {
    /// log2 of u over the value's own u, which is in proportion to its frequency, is never less than that of a value
    /// seen once, and never more than 1.
    fn adjustment(&self, bits: f64) -> f64 {
        let own = (self.u + self.typical_bits - bits).clamp(self.least, 0.0);
        self.u - own
    }
}

/// The probability that belongs to a weight in bits: 2^w / (1 + 2^w).
pub(crate) fn probability(weight: f64) -> f64 {
    1.0 / (1.0 + (-weight).exp2())
}

/// Probabilities of candidates of one subject that can be the same as at most one of them: each one's odds against all others
/// and against none.
pub(crate) fn shared_probabilities(weights: &[f64]) -> Vec<f64> {
    // Relative to the heaviest, so that no power overflows.
    let top = weights.iter().copied().fold(0.0, f64::max);
    let total: f64 = (-top).exp2() + weights.iter().map(|weight| (weight - top).exp2()).sum::<f64>();
    weights.iter().map(|weight| (weight - top).exp2() / total).collect()
}
