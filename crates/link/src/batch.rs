//! The batch: every record of one side against a register.

use rayon::prelude::*;

use crate::block::Index;
use crate::candidates::shortlist;
use crate::recognise::Recogniser;
use crate::records::Records;
use crate::rules::Rules;
use crate::scorer::{Leveller, Levels, probability, shared_probabilities};
use crate::side::Side;

/// Two records that probably mean the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The record on the left, counted from zero.
    pub left: u32,
    /// The record of the register, counted from zero.
    pub right: u32,
    /// Match weight in bits, of the pair on its own.
    pub weight: f64,
    /// Probability: of the pair on its own, or shared among the left record's candidates, as was chosen.
    pub probability: f64,
    /// The level of each comparison.
    pub levels: Levels,
}

/// Which pairs are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Every pair that reaches the threshold on its own.
    Every,
    /// At most one for each left record: its best, with the probability shared among its candidates.
    BestOfLeft,
}

/// The pairs found and what the search cost.
#[derive(Clone, Debug, Default)]
pub struct Linked {
    /// By left record.
    pub pairs: Vec<Pair>,
    /// How many pairs were compared.
    pub compared: usize,
    /// How many blocks were left out because they were too large.
    pub skipped_blocks: usize,
    /// How many left records had more candidates than the rules allow, so that those that share fewest keys were left out.
    pub shortened: usize,
}

impl Recogniser {
    /// Links every record of `left` with the register `right`, keeping pairs whose probability reaches `threshold`.
    ///
    /// Memory holds both sides' prepared values, the register's keys and the pairs that are kept; candidates come and
    /// go with each left record.
    pub fn link(&self, left: &Records, right: &Records, threshold: f64, choice: Choice) -> Linked {
        let index = self.index(right);
        let left_side = Side::of_records(&self.rules, &self.counts, left);
        let right_side = Side::of_records(&self.rules, &self.counts, right);
        let link_some = |rows: std::ops::Range<usize>| {
            let mut leveller = Leveller::new(&self.rules, &left_side, &right_side);
            let mut linked = Linked::default();
            for row in rows {
                let keys = left.get(row).map_or(Vec::new(), |record| self.keys(&record));
                let (candidates, shortened) = candidates(&self.rules, &index, &keys);
                linked.compared += candidates.len();
                linked.shortened += usize::from(shortened);
                linked.pairs.extend(self.link_one(&mut leveller, row, &candidates, threshold, choice));
            }
            linked
        };
        let parts: Vec<Linked> = pieces(left.len()).into_par_iter().map(link_some).collect();
        let mut linked = Linked { skipped_blocks: index.skipped_blocks, ..Linked::default() };
        for mut part in parts {
            linked.pairs.append(&mut part.pairs);
            linked.compared += part.compared;
            linked.shortened += part.shortened;
        }
        linked
    }

    fn link_one(
        &self,
        leveller: &mut Leveller<'_>,
        row: usize,
        candidates: &[u32],
        threshold: f64,
        choice: Choice,
    ) -> Vec<Pair> {
        let pair = |right: u32| {
            let outcome = leveller.compare(row, right as usize);
            let weight = self.weights.total(&outcome);
            Pair { left: row as u32, right, weight, probability: probability(weight), levels: outcome.levels }
        };
        let mut pairs: Vec<Pair> = candidates.iter().copied().map(pair).collect();
        if choice == Choice::BestOfLeft {
            let weights: Vec<f64> = pairs.iter().map(|pair| pair.weight).collect();
            for (pair, probability) in pairs.iter_mut().zip(shared_probabilities(&weights)) {
                pair.probability = probability;
            }
            let best = pairs
                .iter()
                .copied()
                .reduce(|best, pair| if pair.weight > best.weight { pair } else { best });
            pairs = best.into_iter().collect();
        }
        pairs.retain(|pair| pair.probability >= threshold);
        pairs
    }
}

/// The candidates of a record with these keys, ascending, and whether some had to be left out.
pub(crate) fn candidates(rules: &Rules, index: &Index, keys: &[u64]) -> (Vec<u32>, bool) {
    let mut shared: Vec<u32> = Vec::new();
    for key in keys {
        shared.extend(index.get(*key).rows());
    }
    let shortened = shortlist(&mut shared, rules.most_candidates);
    (shared, shortened)
}

/// Ranges of rows, small enough that threads finish together.
pub(crate) fn pieces(rows: usize) -> Vec<std::ops::Range<usize>> {
    const PIECE: usize = 256;
    (0..rows.div_ceil(PIECE)).map(|piece| piece * PIECE..((piece + 1) * PIECE).min(rows)).collect()
}
