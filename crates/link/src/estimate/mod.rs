//! Estimation: the parameters of the model from the data at hand, without labels.
//!
//! u comes from counting: every candidate pair is compared, the rest of all pairs is sampled and weighted, expected true matches are
//! taken out. m comes from expectation and maximisation over all blocking rules' candidates at once, where the candidates of one
//! left record compete, because at most one of them is the same (Fortini et al. 2001; Sadinle 2017): that keeps a
//! hundred near-namesakes from passing for matches. Sampling is by a fixed sequence, so that equal data give equal models.

mod em;
mod evidence;
mod monotone;

use concordat_record::Problem;
use rayon::prelude::*;

use crate::compare::KINDS;
use crate::counts::{Counts, Tally};
use crate::known::Known;
use crate::model::{ComparisonModel, LevelModel, Model};
use crate::records::Records;
use crate::rules::{Corpus, Rules};
use em::{Fit, LevelParameters, Parameters};
use evidence::Evidence;

/// What an estimate rests on.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Left records that were looked at.
    pub left_records: usize,
    /// Records of the register.
    pub right_records: usize,
    /// Candidate pairs that were compared.
    pub compared: usize,
    /// Different patterns of levels among them.
    pub patterns: usize,
    /// Blocks left out because they were too large.
    pub skipped_blocks: usize,
    /// Rounds of expectation and maximisation.
    pub rounds: usize,
    /// Whether the last round changed no parameter by more than one in ten thousand.
    pub converged: bool,
    /// The largest change of a parameter in the last round.
    pub last_change: f64,
    /// Expected true matches among the left records that were looked at.
    pub expected_matches: f64,
    /// What whoever uses the model should know.
    pub warnings: Vec<Problem>,
}

/// Estimates a model for linking `left` with the register `right`.
pub fn estimate(rules: &Rules, left: &Records, right: &Records) -> (Model, Report) {
    let counts = count_register(rules, right);
    let evidence = Evidence::collect(rules, &counts, left, right, false);
    let start = Parameters::start(rules, &evidence);
    let (parameters, fit) = em::fit(rules, &evidence, start, true);
    let mut report = report(&evidence, &fit);
    if fit.matches < rules.training.pseudo_matches {
        report.warnings.push(few_matches(fit.matches));
    }
    (model(rules, right.len() as u64, &parameters, &evidence, counts), report)
}

/// Prepares a model for a register alone, to recognise subjects that come one by one: u and frequencies from the register
/// compared with itself, m and the share from the rules.
pub fn estimate_register(rules: &Rules, register: &Records) -> (Model, Report) {
    let counts = count_register(rules, register);
    let evidence = Evidence::collect(rules, &counts, register, register, true);
    let start = Parameters::start(rules, &evidence);
    let (parameters, fit) = em::fit(rules, &evidence, start, false);
    (model(rules, register.len() as u64, &parameters, &evidence, counts), report(&evidence, &fit))
}

/// A model for a register that is asked and never read: how telling each level is comes from `alike`, records like those it holds,
/// compared with themselves. Without any it comes from the rules alone, which expect less chance agreement the better the level, and no
/// word counts as frequent. `records` says about how many the register holds.
pub fn estimate_unseen(rules: &Rules, alike: &Records, records: u64) -> Model {
    let (mut model, _) = estimate_register(rules, alike);
    model.records = records;
    if alike.is_empty() {
        model.counts.values_mut().for_each(|counts| *counts = Counts::unknown(records));
    }
    model
}

fn report(evidence: &Evidence, fit: &Fit) -> Report {
    let mut report = Report {
        left_records: evidence.left_records,
        right_records: evidence.right_records,
        compared: evidence.compared,
        patterns: evidence.patterns.len(),
        skipped_blocks: evidence.skipped_blocks,
        rounds: fit.rounds,
        converged: fit.converged,
        last_change: fit.last_change,
        expected_matches: fit.matches,
        warnings: Vec::new(),
    };
    if !fit.converged {
        let sentence = format!(
            "the estimate still moved by {:.4} after {} rounds, so weights are not settled",
            fit.last_change, fit.rounds
        );
        let problem = Problem::warning("link.not-converged", sentence);
        report.warnings.push(problem.advise("raise `most_rounds` under [training]"));
    }
    report
}

fn few_matches(matches: f64) -> Problem {
    let sentence = format!(
        "about {matches:.0} matches are too few to learn from, so the rules' own `m` weigh more than the data"
    );
    Problem::warning("link.few-matches", sentence)
}

fn model(
    rules: &Rules,
    records: u64,
    parameters: &Parameters,
    evidence: &Evidence,
    counts: Vec<Counts>,
) -> Model {
    let comparisons = rules.comparisons.iter().enumerate().map(|(number, rule)| {
        let levels = rule.levels.iter().enumerate().map(|(level, rule_level)| {
            let LevelParameters { m, u, q } = parameters.level(number, level);
            let counts_frequency = rule.frequency && !rule_level.any_of.is_empty();
            let typical_bits = counts_frequency
                .then(|| evidence.typical_bits(number, level, parameters.matched()))
                .flatten();
            LevelModel { label: rule_level.label.clone(), m, u, q, typical_bits }
        });
        ComparisonModel { name: rule.name.clone(), levels: levels.collect() }
    });
    Model::new(
        rules,
        records,
        (parameters.share, parameters.lookalikes.clone()),
        comparisons.collect(),
        counts,
    )
}

/// Frequencies of the words and values of each corpus of the rules.
fn count_register(rules: &Rules, register: &Records) -> Vec<Counts> {
    rules.corpora.iter().map(|corpus| count_corpus(corpus, register)).collect()
}

fn count_corpus(corpus: &Corpus, register: &Records) -> Counts {
    const PIECE: usize = 8_192;
    let mut counts = Counts::default();
    for start in (0..register.len()).step_by(PIECE) {
        let rows = start..(start + PIECE).min(register.len());
        let tallies: Vec<Tally> = rows.into_par_iter().map(|row| tally(corpus, register, row)).collect();
        for tally in tallies {
            counts.count_record();
            counts.count(tally);
        }
    }
    counts.keep_repeated();
    counts
}

fn tally(corpus: &Corpus, register: &Records, row: usize) -> Tally {
    let mut tally = Tally::default();
    let Some(record) = register.get(row) else { return tally };
    let values: Vec<_> = corpus.properties.iter().filter_map(|property| record.value(property)).collect();
    let texts: Vec<&str> = values.iter().flat_map(|value| crate::block::alternatives(value)).collect();
    if let Some(kind) = KINDS.iter().find(|kind| kind.name == corpus.kind) {
        kind.comparator.tally_of(&texts, &mut tally);
    }
    tally
}

#[cfg(test)]
mod tests;
