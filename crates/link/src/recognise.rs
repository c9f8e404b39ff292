//! Recognition: one subject, or many, against a register, with the same rules, model and arithmetic.

use concordat_record::{Compared, Match, Problems};

use crate::block::{Index, keys_of};
use crate::candidates::shortlist;
use crate::counts::Counts;
use crate::known::Known;
use crate::model::Model;
use crate::records::Records;
use crate::rules::Rules;
use crate::scorer::{Leveller, Outcome, Weights, probability, shared_probabilities};
use crate::side::Side;

/// Rules and a model that belong together, ready to recognise.
pub struct Recogniser {
    pub(crate) rules: Rules,
    pub(crate) counts: Vec<Counts>,
    pub(crate) weights: Weights,
}

/// How sure it is that a subject and a record mean the same, compared on their own.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Match weight in bits, prior included.
    pub weight: f64,
    /// Probability that belongs to the weight. Among several candidates see [`Recognition`].
    pub probability: f64,
    /// Each comparison that could be made, in the order of the rules.
    pub compared: Vec<Compared>,
}

/// A candidate record with its share of the probability.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate<T> {
    /// The record, as the caller names it.
    pub record: T,
    /// Match weight in bits, on its own.
    pub weight: f64,
    /// Probability that this record, and none of the others, is the subject's.
    pub probability: f64,
    /// What was compared and what it said.
    pub compared: Vec<Compared>,
}

/// What recognising a subject gave: the candidates, the surest first.
///
/// A subject is at most one record of the register, so candidates share the probability: of two that are equally good
/// neither is certain.
#[derive(Clone, Debug, PartialEq)]
pub struct Recognition<T> {
    /// All candidates that were compared, or the best of them, the surest first.
    pub candidates: Vec<Candidate<T>>,
    /// How many records were compared.
    pub considered: usize,
}

/// What is taken off for look-alikes is shown as a comparison of this name.
const LOOKALIKES: &str = "look-alikes";
/// Less than this many bits off is not worth a line.
const WORTH_SAYING: f64 = 0.05;
/// No more candidates than this are reported.
const MOST_REPORTED: usize = 10;

impl<T> Recognition<T> {
    /// The surest candidate, if its probability reaches the threshold.
    pub fn best(&self, threshold: f64) -> Option<&Candidate<T>> {
        self.candidates.first().filter(|candidate| candidate.probability >= threshold)
    }
}

impl<T> Candidate<T> {
    /// The match as an answer reports it.
    pub fn to_match(&self) -> Match {
        Match {
            probability: self.probability,
            weight: self.weight,
            compared: self.compared.clone(),
            confirmed: false,
        }
    }
}

impl Recogniser {
    /// Joins rules and model.
    ///
    /// # Errors
    /// All the ways in which the model does not fit the rules ([`Model::check`]).
    pub fn new(rules: Rules, model: &Model) -> Result<Self, Problems> {
        model.check(&rules)?;
        let counts =
            rules.corpora.iter().filter_map(|corpus| model.counts.get(&Rules::corpus_name(corpus)).cloned());
        Ok(Self { counts: counts.collect(), weights: Weights::new(&rules, model), rules })
    }

    /// The rules.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The blocking keys of a subject or record, ascending. Records that share none are never compared.
    pub fn keys(&self, known: &dyn Known) -> Vec<u64> {
        keys_of(&self.rules.blocks, &self.counts, self.rules.largest_block, known)
    }

    /// The inverted index of a register, from key to records, to be kept beside it.
    pub fn index(&self, register: &Records) -> Index {
        let keys = |row: usize| register.get(row).map_or(Vec::new(), |record| self.keys(&record));
        Index::build(register.len(), self.rules.largest_block, keys)
    }

    /// Of records that share keys with a subject, each named once for every shared key, those to compare: as many as the
    /// rules allow, those that share most keys.
    pub fn shortlist<T: Copy + Ord>(&self, mut shared: Vec<T>) -> Vec<T> {
        shortlist(&mut shared, self.rules.most_candidates);
        shared
    }

    /// Compares a subject and a record.
    pub fn score(&self, subject: &dyn Known, record: &dyn Known) -> Score {
        let subject = Side::of_one(&self.rules, &self.counts, subject);
        self.score_prepared(&subject, record)
    }

    fn score_prepared(&self, subject: &Side<'_>, record: &dyn Known) -> Score {
        let record = Side::of_one(&self.rules, &self.counts, record);
        let outcome = Leveller::new(&self.rules, subject, &record).compare(0, 0);
        let weight = self.weights.total(&outcome);
        Score { weight, probability: probability(weight), compared: self.explain(&outcome) }
    }

    /// What each comparison that could be made said.
    pub(crate) fn explain(&self, outcome: &Outcome) -> Vec<Compared> {
        let compared = self.rules.comparisons.iter().enumerate().filter_map(|(number, comparison)| {
            let level = comparison.levels.get(outcome.levels.get(number)?)?;
            Some(Compared {
                comparison: comparison.name.clone(),
                level: level.label.clone(),
                weight: self.weights.of_level(number, outcome),
            })
        });
        let mut compared: Vec<Compared> = compared.collect();
        let lookalikes = self.weights.of_lookalikes(outcome);
        if lookalikes < -WORTH_SAYING {
            compared.push(Compared {
                comparison: LOOKALIKES.to_owned(),
                level: "others resemble as much".to_owned(),
                weight: lookalikes,
            });
        }
        compared
    }

    /// Compares a subject with its candidates and shares the probability among them.
    pub fn recognise<T, K: Known>(
        &self,
        subject: &dyn Known,
        candidates: impl IntoIterator<Item = (T, K)>,
    ) -> Recognition<T> {
        let subject = Side::of_one(&self.rules, &self.counts, subject);
        let mut found: Vec<(T, Score)> = candidates
            .into_iter()
            .map(|(name, record)| (name, self.score_prepared(&subject, &record)))
            .collect();
        found.sort_by(|a, b| b.1.weight.total_cmp(&a.1.weight));
        let weights: Vec<f64> = found.iter().map(|(_, score)| score.weight).collect();
        let probabilities = shared_probabilities(&weights);
        let considered = found.len();
        let named = found.into_iter().zip(probabilities).take(MOST_REPORTED);
        let candidates = named.map(|((record, score), probability)| Candidate {
            record,
            weight: score.weight,
            probability,
            compared: score.compared,
        });
        Recognition { candidates: candidates.collect(), considered }
    }
}
