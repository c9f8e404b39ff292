//! Expectation and maximisation (Dempster, Laird and Rubin 1977; Winkler 1988) over patterns, with several kinds of pairs.
//!
//! *Matches* mean the same; of a left record's candidates at most one is. *Strangers* have nothing to do with each other.
//! *Look-alikes* are different things that resemble each other in several ways at once: a university and its foundation, two members
//! of a household. There is one kind of them for each comparison, begun with the pairs that fail most in it (namesakes elsewhere,
//! others at the same door). Within each kind comparisons are independent; the look-alikes carry the dependence that makes
//! two-class models overrate such pairs (Larsen and Rubin 2001 use more than two classes for the same reason).

use super::evidence::{Evidence, Pattern};
use super::monotone::monotone;
use crate::rules::Rules;

/// Parameters of the model while they are being estimated, with what they say of each pattern.
pub(super) struct Parameters {
    /// Probability that a left record is in the register.
    pub(super) share: f64,
    /// Of all pairs, the share of each kind of look-alikes.
    pub(super) lookalikes: Vec<f64>,
    levels: Vec<Vec<LevelParameters>>,
    matched: Vec<f64>,
}

/// Probabilities of one level.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct LevelParameters {
    /// Between matches.
    pub(super) m: f64,
    /// Between strangers.
    pub(super) u: f64,
    /// Between look-alikes of each kind.
    pub(super) q: Vec<f64>,
}

/// How the estimate went.
pub(super) struct Fit {
    pub(super) rounds: usize,
    pub(super) converged: bool,
    pub(super) last_change: f64,
    pub(super) matches: f64,
}

/// What the parameters say of one pattern.
struct Reading {
    /// Probability of the pattern between matches over that between all others.
    factor: f64,
    /// Of pairs that do not match, the share of each kind of look-alikes.
    lookalikes: Vec<f64>,
}

const SETTLED: f64 = 1e-4;
/// Weight of the flat guess that keeps a level nobody showed from having no probability, in pairs.
const PSEUDO_PAIRS: f64 = 0.5;
/// Odds of a match, as if there were no look-alikes, above which a pair that is not a match starts as a look-alike.
const STARTS_ALIKE: f64 = 1e-3;

impl Parameters {
    /// m of the rules, u of all pairs as if none were a match, and no look-alikes yet.
    pub(super) fn start(rules: &Rules, evidence: &Evidence) -> Self {
        let levels = rules.comparisons.iter().map(|comparison| {
            let total: f64 = comparison.levels.iter().map(|level| level.m).sum();
            let start =
                |m: f64| LevelParameters { m: m / total, u: 0.0, q: vec![0.0; rules.comparisons.len()] };
            comparison.levels.iter().map(|level| start(level.m)).collect()
        });
        let mut parameters = Self {
            share: rules.training.share,
            lookalikes: vec![0.0; rules.comparisons.len()],
            levels: levels.collect(),
            matched: vec![0.0; evidence.patterns.len()],
        };
        let everything: Vec<f64> = evidence.patterns.iter().map(|pattern| pattern.pairs).collect();
        parameters.set(evidence, &everything, |level, share| level.u = share);
        for comparison in &mut parameters.levels {
            monotone(comparison, everything.iter().sum());
            // Until one has been seen, a look-alike looks like any stranger.
            for level in comparison {
                level.q.fill(level.u);
            }
        }
        parameters
    }

    pub(super) fn level(&self, comparison: usize, level: usize) -> LevelParameters {
        self.levels.get(comparison).and_then(|levels| levels.get(level)).cloned().unwrap_or_default()
    }

    /// The expected share of matches among the pairs of each pattern.
    pub(super) fn matched(&self) -> &[f64] {
        &self.matched
    }

    /// Sets one probability of every level to its share of some pairs.
    fn set(&mut self, evidence: &Evidence, pairs: &[f64], set: impl Fn(&mut LevelParameters, f64)) {
        for (number, levels) in self.levels.iter_mut().enumerate() {
            let found = by_level(evidence, pairs, number, levels.len());
            // The flat guess shrinks from level to level towards agreement, so that without data agreement still tells.
            let guesses: Vec<f64> = (0..levels.len()).rev().map(|level| 0.1f64.powi(level as i32)).collect();
            let guessed: f64 = guesses.iter().sum();
            let total: f64 = found.iter().sum::<f64>() + PSEUDO_PAIRS;
            for ((level, found), guess) in levels.iter_mut().zip(&found).zip(&guesses) {
                set(level, (found + PSEUDO_PAIRS * guess / guessed) / total);
            }
        }
    }

    /// m of each level: its share of the expected matches, the rules' own m counted as some matches.
    fn set_m(&mut self, rules: &Rules, evidence: &Evidence, matches: &[f64]) {
        let pseudo = rules.training.pseudo_matches.max(1e-3);
        let all_pairs = evidence.patterns.iter().map(|pattern| pattern.pairs).sum();
        for ((number, levels), rule) in self.levels.iter_mut().enumerate().zip(&rules.comparisons) {
            if rule.estimate {
                let found = by_level(evidence, matches, number, levels.len());
                let expected: f64 = rule.levels.iter().map(|level| level.m).sum();
                let total: f64 = found.iter().sum::<f64>() + pseudo;
                for ((level, found), rule) in levels.iter_mut().zip(&found).zip(&rule.levels) {
                    level.m = (found + pseudo * rule.m / expected) / total;
                }
            }
            monotone(levels, all_pairs);
        }
    }

    fn read(&self, pattern: &Pattern) -> Reading {
        let (mut m, mut u) = (1.0, 1.0 - self.lookalikes.iter().sum::<f64>());
        let mut q = self.lookalikes.clone();
        for (number, levels) in self.levels.iter().enumerate() {
            if let Some(level) = pattern.levels.get(number).and_then(|level| levels.get(level)) {
                m *= level.m;
                u *= level.u;
                q.iter_mut().zip(&level.q).for_each(|(q, of_level)| *q *= of_level);
            }
        }
        let others = u + q.iter().sum::<f64>();
        for kind in &mut q {
            *kind /= others;
        }
        Reading { factor: m / others, lookalikes: q }
    }

    /// The comparison in which a pattern's pairs fall shortest of being the same, relative to how far they could.
    fn failing(&self, pattern: &Pattern) -> Option<usize> {
        let shortfalls = self.levels.iter().enumerate().filter_map(|(number, levels)| {
            let weight = |level: &LevelParameters| (level.m / level.u).log2();
            let level = weight(levels.get(pattern.levels.get(number)?)?);
            let (best, worst) = (weight(levels.first()?), weight(levels.last()?));
            Some(((best - level) / (best - worst).max(1e-9), number))
        });
        shortfalls.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, number)| number)
    }

    /// Readings to begin with: what would nearly pass for a match, were there no look-alikes, may be one.
    fn first_readings(&self, evidence: &Evidence) -> Vec<Reading> {
        let prior = self.share / evidence.right_records as f64;
        let first = |pattern: &Pattern| {
            let mut reading = self.read(pattern);
            if prior * reading.factor > STARTS_ALIKE
                && let Some(kind) =
                    self.failing(pattern).and_then(|failing| reading.lookalikes.get_mut(failing))
            {
                *kind = 1.0;
            }
            reading
        };
        evidence.patterns.iter().map(first).collect()
    }

    /// Sets u from the pairs that are not expected to match, and q from those that surely do not, because another candidate of the same
    /// left record does: a left record without a match would teach that its true match is a look-alike.
    fn set_others(&mut self, evidence: &Evidence, matches: &[f64], beaten: &[f64], readings: &[Reading]) {
        let others = evidence
            .patterns
            .iter()
            .zip(matches)
            .map(|(pattern, matches)| (pattern.pairs - matches).max(0.0));
        let others: Vec<f64> = others.collect();
        let total: f64 = others.iter().sum::<f64>().max(1.0);
        let mut strangers = others.clone();
        for kind in 0..self.lookalikes.len() {
            let share = |reading: &Reading| reading.lookalikes.get(kind).copied().unwrap_or(0.0);
            strangers
                .iter_mut()
                .zip(&others)
                .zip(readings)
                .for_each(|((rest, all), reading)| *rest -= all * share(reading));
            let alike: Vec<f64> =
                beaten.iter().zip(readings).map(|(beaten, reading)| beaten * share(reading)).collect();
            self.set(evidence, &alike, |level, share| {
                if let Some(q) = level.q.get_mut(kind) {
                    *q = share;
                }
            });
            if let Some(lookalikes) = self.lookalikes.get_mut(kind) {
                *lookalikes = (alike.iter().sum::<f64>() / total).min(0.5 / self.levels.len() as f64);
            }
        }
        self.set(evidence, &strangers, |level, share| level.u = share);
    }

    fn largest_change(&self, before: &[Vec<LevelParameters>], share: f64) -> f64 {
        let pairs = self.levels.iter().flatten().zip(before.iter().flatten());
        let change = |(now, before): (&LevelParameters, &LevelParameters)| {
            (now.m - before.m).abs().max((now.u - before.u).abs())
        };
        pairs.map(change).fold((self.share - share).abs(), f64::max)
    }
}

/// How much of some pairs, given by pattern, is at each level of a comparison.
fn by_level(evidence: &Evidence, pairs: &[f64], comparison: usize, levels: usize) -> Vec<f64> {
    let mut found = vec![0.0; levels];
    for (pattern, pairs) in evidence.patterns.iter().zip(pairs) {
        if let Some(sum) = pattern.levels.get(comparison).and_then(|level| found.get_mut(level)) {
            *sum += pairs;
        }
    }
    found
}

/// Improves the parameters until they settle or the rounds are used up. `matching` says whether some pairs may be matches; a
/// register compared with itself has none.
pub(super) fn fit(
    rules: &Rules,
    evidence: &Evidence,
    mut parameters: Parameters,
    matching: bool,
) -> (Parameters, Fit) {
    let mut fit = Fit { rounds: 0, converged: false, last_change: 0.0, matches: 0.0 };
    if evidence.groups.is_empty() || evidence.right_records == 0 {
        fit.converged = true;
        return (parameters, fit);
    }
    let mut readings = parameters.first_readings(evidence);
    while fit.rounds < rules.training.most_rounds && !fit.converged {
        let before = (parameters.levels.clone(), parameters.share);
        if fit.rounds > 0 {
            readings = evidence.patterns.iter().map(|pattern| parameters.read(pattern)).collect();
        }
        fit.rounds += 1;
        let Expected { matches, beaten } = if matching {
            expect(parameters.share, evidence, &readings)
        } else {
            Expected::nothing(evidence)
        };
        fit.matches = matches.iter().sum();
        for ((matched, matches), pattern) in
            parameters.matched.iter_mut().zip(&matches).zip(&evidence.patterns)
        {
            *matched = (matches / pattern.pairs.max(1.0)).clamp(0.0, 1.0);
        }
        parameters.set_others(evidence, &matches, &beaten, &readings);
        if matching {
            parameters.set_m(rules, evidence, &matches);
            let records = evidence.groups.len() as f64;
            parameters.share = ((fit.matches + rules.training.share) / (records + 1.0)).clamp(1e-6, 0.999);
        }
        fit.last_change = parameters.largest_change(&before.0, before.1);
        fit.converged = fit.last_change < SETTLED;
    }
    (parameters, fit)
}

/// What is expected of each pattern, when each left record has at most one match.
struct Expected {
    /// Pairs that match.
    matches: Vec<f64>,
    /// Left records with a candidate of this pattern that does not match because another candidate does.
    beaten: Vec<f64>,
}

impl Expected {
    /// A register compared with itself: each record is its own match, which beats all others.
    fn nothing(evidence: &Evidence) -> Self {
        let mut beaten = vec![0.0; evidence.patterns.len()];
        for (pattern, _) in evidence.groups.iter().flatten() {
            if let Some(sum) = beaten.get_mut(*pattern as usize) {
                *sum += 1.0;
            }
        }
        Self { matches: vec![0.0; beaten.len()], beaten }
    }
}

fn expect(share: f64, evidence: &Evidence, readings: &[Reading]) -> Expected {
    let prior = share / evidence.right_records as f64;
    let mut matches = vec![0.0; evidence.patterns.len()];
    let mut beaten = matches.clone();
    for group in &evidence.groups {
        let odds = |(pattern, count): &(u32, u32)| {
            f64::from(*count) * prior * readings.get(*pattern as usize).map_or(0.0, |reading| reading.factor)
        };
        let any = group.iter().map(odds).sum::<f64>();
        let total = (1.0 - share) + any;
        for member in group {
            let probability = odds(member) / total;
            if let (Some(matches), Some(beaten)) =
                (matches.get_mut(member.0 as usize), beaten.get_mut(member.0 as usize))
            {
                *matches += probability;
                // Once for each left record, however often: a single one with a hundred namesakes is not the rule.
                *beaten += (any / total - probability / f64::from(member.1.max(1))).max(0.0);
            }
        }
    }
    Expected { matches, beaten }
}
