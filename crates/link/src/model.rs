//! What was learned from data: how telling each level of each comparison is.

use std::collections::BTreeMap;

use concordat_record::{Problem, Problems};
use serde::{Deserialize, Serialize};

use crate::counts::Counts;
use crate::rules::{Comparison, Rules};

const FORMAT: &str = "concordat-link-model-1";

/// The parameters of the Fellegi–Sunter model (Fellegi and Sunter 1969) for some rules and a register, with the
/// frequencies of the register's words. Written as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    format: String,
    /// The class that is recognised.
    pub class: String,
    /// How many records the register held.
    pub records: u64,
    /// Probability, before comparing, that a subject is in the register.
    pub share: f64,
    /// Of all pairs of a subject and a record, the share of each kind of look-alikes: pairs that resemble each other in several
    /// ways without being the same.
    pub lookalikes: Vec<f64>,
    /// In the order of the rules.
    pub comparisons: Vec<ComparisonModel>,
    /// Word and value frequencies, by what was counted.
    pub counts: BTreeMap<String, Counts>,
}

/// The parameters of one comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparisonModel {
    /// Its name in the rules.
    pub name: String,
    /// From the same to different.
    pub levels: Vec<LevelModel>,
}

/// The parameters of one level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelModel {
    /// Its label in the rules.
    pub label: String,
    /// Probability of the level between records that mean the same.
    pub m: f64,
    /// Probability of the level between records that have nothing to do with each other.
    pub u: f64,
    /// Probability of the level between look-alikes of each kind.
    pub q: Vec<f64>,
    /// How rare shared values are between records that do not mean the same, in bits; where frequencies count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typical_bits: Option<f64>,
}

impl LevelModel {
    /// What the level adds to the match weight, in bits: log2 of m / u.
    pub fn weight(&self) -> f64 {
        (self.m / self.u).log2()
    }

    fn is_sound(&self, kinds: usize) -> bool {
        is_share(self.m) && is_share(self.u) && self.q.len() == kinds && self.q.iter().copied().all(is_share)
    }
}

impl Model {
    pub(crate) fn new(
        rules: &Rules,
        records: u64,
        shares: (f64, Vec<f64>),
        comparisons: Vec<ComparisonModel>,
        counts: Vec<Counts>,
    ) -> Self {
        let names = rules.corpora.iter().map(Rules::corpus_name);
        Self {
            format: FORMAT.to_owned(),
            class: rules.class.clone(),
            records,
            share: shares.0,
            lookalikes: shares.1,
            comparisons,
            counts: names.zip(counts).collect(),
        }
    }

    /// The model as JSON text.
    ///
    /// # Errors
    /// `link.model-unwritable` if a parameter is not a number, which no estimate yields.
    pub fn to_json(&self) -> Result<String, Problem> {
        serde_json::to_string_pretty(self).map_err(|error| {
            Problem::new("link.model-unwritable", format!("the model cannot be written: {error}"))
        })
    }

    /// A model from JSON text.
    ///
    /// # Errors
    /// `link.model-unreadable` if it is not a model of this format.
    pub fn from_json(text: &str) -> Result<Self, Problem> {
        let unreadable = |sentence: String| {
            Problem::new("link.model-unreadable", sentence)
                .advise("estimate the model again: refresh the register")
        };
        let model: Self = serde_json::from_str(text)
            .map_err(|error| unreadable(format!("the model cannot be read: {error}")))?;
        if model.format == FORMAT {
            Ok(model)
        } else {
            Err(unreadable(format!("`{}` is another format", model.format)))
        }
    }

    /// Whether this model was made for these rules.
    ///
    /// # Errors
    /// `link.model-other-rules` for each comparison or level that differs, `link.model-not-numbers` for parameters that are no
    /// probabilities.
    pub fn check(&self, rules: &Rules) -> Result<(), Problems> {
        let mut problems = Problems::none();
        let other = |sentence: String| {
            Problem::new("link.model-other-rules", sentence)
                .advise("estimate the model again: refresh the register")
        };
        if self.class != rules.class {
            problems
                .push(other(format!("the model is for `{}`, the rules for `{}`", self.class, rules.class)));
        }
        if self.comparisons.len() != rules.comparisons.len() {
            problems.push(other("the model has another number of comparisons than the rules".to_owned()));
        }
        for (comparison, rule) in self.comparisons.iter().zip(&rules.comparisons) {
            if !comparison.is_for(rule) {
                problems.push(other(format!("the model knows other levels of `{}`", rule.name)));
            } else if comparison.levels.iter().any(|level| !level.is_sound(self.lookalikes.len())) {
                let sentence = format!("a level of `{}` has no probability", rule.name);
                problems.push(Problem::new("link.model-not-numbers", sentence));
            }
        }
        if !is_share(self.share) || !(0.0..1.0).contains(&self.lookalikes.iter().sum::<f64>()) {
            problems.push(Problem::new(
                "link.model-not-numbers",
                "the share of subjects in the register is no probability",
            ));
        }
        for corpus in rules.corpora.iter().map(Rules::corpus_name) {
            if !self.counts.contains_key(&corpus) {
                problems.push(other(format!("the model has no frequencies of {corpus}")));
            }
        }
        problems.or(())
    }

    /// Prior weight of one pair, in bits: log2 of the odds that a certain record of the register is the subject's.
    pub(crate) fn prior_weight(&self) -> f64 {
        let share = self.share.clamp(1e-9, 0.999_999);
        (share / (1.0 - share) / (self.records.max(1) as f64)).log2()
    }
}

impl ComparisonModel {
    fn is_for(&self, rule: &Comparison) -> bool {
        self.name == rule.name
            && self
                .levels
                .iter()
                .map(|level| level.label.as_str())
                .eq(rule.levels.iter().map(|level| level.label.as_str()))
    }
}

fn is_share(value: f64) -> bool {
    value > 0.0 && value <= 1.0
}
