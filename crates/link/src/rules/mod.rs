//! Link rules: the file that says how records of one class are recognised.

mod parse;
mod toml_reader;

use std::collections::BTreeSet;

use crate::block::Block;
use crate::compare::Kind;

/// Link rules, parsed and checked: every property is of the class, every level can be reached.
#[derive(Clone, Debug)]
pub struct Rules {
    /// What the rules recognise, for people.
    pub title: String,
    /// The class of the vocabulary.
    pub class: String,
    /// Which records are compared.
    pub blocks: Vec<Block>,
    /// No block larger than this is compared, in records of the register.
    pub largest_block: usize,
    /// At most this many candidates of one subject are compared: those that share most keys.
    pub most_candidates: usize,
    /// What is compared.
    pub comparisons: Vec<Comparison>,
    /// How parameters are estimated.
    pub training: Training,
    /// Least probability of a link in a batch; an agreement sets its own for answers.
    pub threshold: f64,
    pub(crate) corpora: Vec<Corpus>,
}

/// One thing that is compared: an ordered list of levels, the best first.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Its name, such as `name`.
    pub name: String,
    /// What the levels look at.
    pub parts: Vec<Part>,
    /// From the same to different; the last holds when no other does.
    pub levels: Vec<Level>,
    /// Whether a frequent value counts less than a rare one, at the levels that need the same value.
    pub frequency: bool,
    /// Whether the shares of matches at each level are learned from data; if not, those of the rules stand.
    pub estimate: bool,
}

/// One value of a record that a comparison looks at.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its name in the comparison.
    pub name: String,
    /// How it is compared.
    pub kind: &'static Kind,
    /// Where the value is.
    pub properties: Vec<String>,
    /// Other properties of the record whose words say little when the value repeats them, such as the town in a name.
    pub repeats: Vec<String>,
    pub(crate) corpus: Option<usize>,
}

/// A degree of agreement.
#[derive(Clone, Debug)]
pub struct Level {
    /// What a caseworker reads.
    pub label: String,
    /// Holds if all conditions of one of these hold; empty: holds always.
    pub any_of: Vec<Vec<Condition>>,
    /// Of records that mean the same, the share expected at this level before any data are seen.
    pub m: f64,
}

/// A condition on one part.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Which part, counted from zero.
    pub part: usize,
    /// Least similarity, 0 to 1.
    pub at_least: f32,
    /// Least bits that the shared words tell.
    pub bits: f32,
}

/// How parameters are estimated.
#[derive(Clone, Copy, Debug)]
pub struct Training {
    /// Probability, before comparing, that a subject asked about is in the register; the start of the estimate, and what
    /// counts when there is nothing to estimate from.
    pub share: f64,
    /// How many records of the left side are looked at, at most.
    pub most_records: usize,
    /// The weight of the rules' own `m`, as a number of matches.
    pub pseudo_matches: f64,
    /// Rounds of expectation and maximisation, at most.
    pub most_rounds: usize,
}

/// Properties whose words and values are counted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Corpus {
    pub(crate) kind: &'static str,
    pub(crate) properties: Vec<String>,
}

impl Rules {
    /// All properties that the rules look at.
    pub fn properties(&self) -> BTreeSet<String> {
        let of_parts =
            self.comparisons.iter().flat_map(|comparison| &comparison.parts).flat_map(Part::all_properties);
        let of_keys = self.blocks.iter().flat_map(|block| &block.keys).flat_map(|key| &key.properties);
        of_parts.chain(of_keys).cloned().collect()
    }

    /// The name of a corpus in a model.
    pub(crate) fn corpus_name(corpus: &Corpus) -> String {
        format!("{}({})", corpus.kind, corpus.properties.join(", "))
    }
}

impl Part {
    /// Everything this part looks at: the values, then what they may repeat.
    pub(crate) fn all_properties(&self) -> impl Iterator<Item = &String> {
        self.properties.iter().chain(&self.repeats)
    }
}

#[cfg(test)]
mod tests;
