//! Expectation and maximisation (Dempster, Laird and Rubin 1977; Winkler 1988) over patterns.

use super::evidence::Evidence;
use super::monotone::monotone;
use crate::rules::Rules;

/// Parameters of the model while they are being estimated, with what they say of each pattern.
pub(super) struct Parameters {
    /// Probability that a left record is in the register.
    pub(super) share: f64,
    levels: Vec<Vec<(f64, f64)>>,
    matched: Vec<f64>,
}

/// How the estimate went.
pub(super) struct Fit {
    pub(super) rounds: usize,
    pub(super) converged: bool,
    pub(super) last_change: f64,
    pub(super) matches: f64,
}

const SETTLED: f64 = 1e-4;
/// Weight of the flat guess that keeps a level nobody showed from having no probability, in pairs.
const PSEUDO_PAIRS: f64 = 0.5;

impl Parameters {
    /// m of the rules, u of all pairs as if none were a match.
    pub(super) fn start(rules: &Rules, evidence: &Evidence) -> Self {
        let levels = rules.comparisons.iter().map(|comparison| {
            let total: f64 = comparison.levels.iter().map(|level| level.m).sum();
            comparison.levels.iter().map(|level| (level.m / total, 0.0)).collect()
        });
        let mut parameters =
            Self { share: rules.training.share, levels: levels.collect(), matched: vec![0.0; evidence.patterns.len()] };
        parameters.set_u(evidence);
        for comparison in &mut parameters.levels {
            monotone(comparison);
        }
        parameters
    }

    pub(super) fn m(&self, comparison: usize, level: usize) -> f64 {
        self.get(comparison, level).0
    }

    pub(super) fn u(&self, comparison: usize, level: usize) -> f64 {
        self.get(comparison, level).1
    }

    /// The expected share of matches among the pairs of each pattern.
    pub(super) fn matched(&self) -> &[f64] {
        &self.matched
    }

    fn get(&self, comparison: usize, level: usize) -> (f64, f64) {
        self.levels.get(comparison).and_then(|levels| levels.get(level)).copied().unwrap_or((1.0, 1.0))
    }

    /// u of each level: its share of all pairs, expected matches taken out.
    fn set_u(&mut self, evidence: &Evidence) {
        for (number, levels) in self.levels.iter_mut().enumerate() {
            let mut pairs = vec![0.0; levels.len()];
            for (pattern, matched) in evidence.patterns.iter().zip(&self.matched) {
                if let Some(sum) = pattern.levels.get(number).and_then(|level| pairs.get_mut(level)) {
                    *sum += pattern.pairs * (1.0 - matched);
                }
            }
            // The flat guess halves from level to level towards agreement, so that without data agreement still tells.
            let guesses: Vec<f64> = (0..levels.len()).rev().map(|level| 0.1f64.powi(level as i32)).collect();
            let total: f64 = pairs.iter().sum::<f64>() + PSEUDO_PAIRS;
            let guessed: f64 = guesses.iter().sum();
            for ((level, pairs), guess) in levels.iter_mut().zip(&pairs).zip(&guesses) {
                level.1 = (pairs + PSEUDO_PAIRS * guess / guessed) / total;
            }
        }
    }

    /// m of each level: its share of the expected matches, the rules' own m counted as some matches.
    fn set_m(&mut self, rules: &Rules, evidence: &Evidence, matches: &[f64]) {
        let pseudo = rules.training.pseudo_matches.max(1e-3);
        for ((number, levels), rule) in self.levels.iter_mut().enumerate().zip(&rules.comparisons) {
            if rule.estimate {
                let mut found = vec![0.0; levels.len()];
                for (pattern, matches) in evidence.patterns.iter().zip(matches) {
                    if let Some(sum) = pattern.levels.get(number).and_then(|level| found.get_mut(level)) {
                        *sum += matches;
                    }
                }
                let expected: f64 = rule.levels.iter().map(|level| level.m).sum();
                let total: f64 = found.iter().sum::<f64>() + pseudo;
                for ((level, found), rule) in levels.iter_mut().zip(&found).zip(&rule.levels) {
                    level.0 = (found + pseudo * rule.m / expected) / total;
                }
            }
            monotone(levels);
        }
    }

    /// The Bayes factor of each pattern.
    fn factors(&self, evidence: &Evidence) -> Vec<f64> {
        let factor = |pattern: &super::evidence::Pattern| {
            let levels = self.levels.iter().enumerate();
            let known = levels.filter_map(|(number, levels)| levels.get(pattern.levels.get(number)?));
            known.map(|(m, u)| m / u).product()
        };
        evidence.patterns.iter().map(factor).collect()
    }

    fn largest_change(&self, before: &[Vec<(f64, f64)>], share: f64) -> f64 {
        let pairs = self.levels.iter().flatten().zip(before.iter().flatten());
        let of_levels = pairs.map(|(now, before)| (now.0 - before.0).abs().max((now.1 - before.1).abs()));
        of_levels.fold((self.share - share).abs(), f64::max)
    }
}

/// Improves the parameters until they settle or the rounds are used up.
pub(super) fn fit(rules: &Rules, evidence: &Evidence, mut parameters: Parameters) -> (Parameters, Fit) {
    let mut fit = Fit { rounds: 0, converged: false, last_change: 0.0, matches: 0.0 };
    if evidence.groups.is_empty() || evidence.right_records == 0 {
        fit.converged = true;
        return (parameters, fit);
    }
    while fit.rounds < rules.training.most_rounds && !fit.converged {
        fit.rounds += 1;
        let before = (parameters.levels.clone(), parameters.share);
        let matches = expect(&parameters, evidence);
        fit.matches = matches.iter().sum();
        for ((matched, matches), pattern) in parameters.matched.iter_mut().zip(&matches).zip(&evidence.patterns) {
            *matched = (matches / pattern.pairs.max(1.0)).clamp(0.0, 1.0);
        }
        parameters.set_u(evidence);
        parameters.set_m(rules, evidence, &matches);
        parameters.share = ((fit.matches + rules.training.share) / (evidence.groups.len() as f64 + 1.0)).clamp(1e-6, 0.999);
        fit.last_change = parameters.largest_change(&before.0, before.1);
        fit.converged = fit.last_change < SETTLED;
    }
    (parameters, fit)
}

/// Expected matches of each pattern, when each left record has at most one.
fn expect(parameters: &Parameters, evidence: &Evidence) -> Vec<f64> {
    let prior = parameters.share / evidence.right_records as f64;
    let factors = parameters.factors(evidence);
    let mut matches = vec![0.0; evidence.patterns.len()];
    for group in &evidence.groups {
        let odds = |(pattern, count): &(u32, u32)| {
            f64::from(*count) * prior * factors.get(*pattern as usize).copied().unwrap_or(0.0)
        };
        let total = (1.0 - parameters.share) + group.iter().map(odds).sum::<f64>();
        for member in group {
            if let Some(sum) = matches.get_mut(member.0 as usize) {
                *sum += odds(member) / total;
            }
        }
    }
    matches
}
