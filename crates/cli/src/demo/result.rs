//! What the demo shows, in one object, and whether it is true.

use concordat_flow::Snapshot;
use concordat_record::{Compared, ExchangeId, Name};
use serde::Serialize;

/// All that the demo shows.
#[derive(Debug, Default, Serialize)]
pub struct DemoResult {
    /// The registers as they were refreshed.
    pub registers: Vec<Snapshot>,
    /// What each body said about each applicant.
    pub answers: Vec<Answered>,
    /// The questions that were refused, each for a reason.
    pub refusals: Vec<Refused>,
    /// The proof of each answer, verified without the node that gave it.
    pub proofs: Vec<Proof>,
    /// Education's institutions matched against the Treasury's register.
    pub batch: Batch,
    /// How long each step took.
    pub seconds: Seconds,
    /// Ports that were taken.
    pub moved: Vec<Moved>,
    /// What was not as it should be; empty in a demo that works.
    pub failures: Vec<String>,
}

/// A port that something else has, so that another is used.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    /// Whose: `node of US/GOV/GRANTS/OFFICE`.
    pub whose: String,
    /// The port that is taken.
    pub taken: u16,
    /// The one that is used.
    pub used: u16,
}

/// What one body said about one applicant.
#[derive(Debug, Serialize)]
pub struct Answered {
    /// The applicant's name, as the clerk typed it.
    pub applicant: String,
    /// The body that was asked.
    pub provider: String,
    /// The exchange.
    pub exchange: ExchangeId,
    /// Whether the body should know the applicant, as the example's file says.
    pub should_know: bool,
    /// Whether it recognised the applicant.
    pub recognised: bool,
    /// How surely, 0 to 1.
    pub probability: Option<f64>,
    /// What was compared.
    pub compared: Vec<Compared>,
    /// The facts and their values.
    pub facts: Vec<(String, serde_json::Value)>,
    /// Facts of the register that the agreement withheld.
    pub withheld: Vec<Name>,
}

/// A question that was refused.
#[derive(Debug, Serialize)]
pub struct Refused {
    /// What was tried.
    pub attempt: String,
    /// The code that it must be refused with.
    pub expected: String,
    /// The code that it was refused with.
    pub code: String,
    /// The reason, as it was given.
    pub reason: String,
}

/// One proof.
#[derive(Debug, Serialize)]
pub struct Proof {
    /// The exchange it is about.
    pub exchange: ExchangeId,
    /// Whose log it is from.
    pub log: String,
    /// Whether it holds, with the body's public key alone.
    pub verified: bool,
}

/// How a batch match did, against the truth table.
#[derive(Debug, Default, Serialize)]
pub struct Batch {
    /// Institutions matched.
    pub institutions: u64,
    /// True pairs in the truth table.
    pub true_pairs: u64,
    /// Links found.
    pub links: u64,
    /// Of the links of institutions with a true pair, the share that is right.
    pub precision: f64,
    /// The share of the true pairs that was found.
    pub recall: f64,
    /// Links of institutions without a true pair: nobody knows whether they are right.
    pub unverified: u64,
    /// Precision of plain equality of name and state.
    pub plain_precision: f64,
    /// Recall of plain equality of name and state.
    pub plain_recall: f64,
}

/// Seconds of each step.
#[derive(Debug, Default, Serialize)]
pub struct Seconds {
    /// Folder, keys, agreements.
    pub lay_out: f64,
    /// The three registers.
    pub refresh: f64,
    /// The four nodes.
    pub start: f64,
    /// The questions.
    pub ask: f64,
    /// The refusals.
    pub refuse: f64,
    /// The batch match.
    pub batch: f64,
}

/// Holds what is shown against what must be true.
#[derive(Debug, Default)]
pub struct Checks {
    /// What is not as it should be.
    pub failures: Vec<String>,
}

/// Floors of the batch match, from the issue that the demo was built for.
const LEAST_PRECISION: f64 = 0.95;
const LEAST_RECALL: f64 = 0.72;

impl Checks {
    fn demand(&mut self, holds: bool, failure: impl FnOnce() -> String) {
        if !holds {
            self.failures.push(failure());
        }
    }

    /// Three registers with records.
    pub fn registers(&mut self, registers: &[Snapshot]) {
        self.demand(registers.len() == 3, || format!("{} registers were refreshed, not 3", registers.len()));
        for register in registers {
            self.demand(register.records > 0, || format!("{} has no records", register.register));
        }
    }

    /// Every body knows whom it should know, and every answer is proven.
    pub fn answers(&mut self, answers: &[Answered], proofs: &[Proof]) {
        self.demand(answers.len() == 9, || format!("{} answers came, not 9", answers.len()));
        for answer in answers {
            self.demand(answer.recognised == answer.should_know, || {
                format!(
                    "{} should{} know {}",
                    answer.provider,
                    if answer.should_know { "" } else { " not" },
                    answer.applicant
                )
            });
            self.demand(answer.recognised != answer.facts.is_empty(), || {
                format!("{} said the wrong number of facts about {}", answer.provider, answer.applicant)
            });
            let leaked =
                answer.facts.iter().any(|(fact, _)| answer.withheld.iter().any(|name| name.as_str() == fact));
            self.demand(!leaked, || format!("{} told a withheld fact", answer.provider));
        }
        self.demand(proofs.len() >= answers.len(), || "an answer has no proof".to_owned());
        for proof in proofs {
            self.demand(proof.verified, || {
                format!("the proof of {} in the log of {} does not hold", proof.exchange, proof.log)
            });
        }
    }

    /// Every refusal has the reason it must have.
    pub fn refusals(&mut self, refusals: &[Refused]) {
        for refused in refusals {
            self.demand(refused.code == refused.expected, || {
                format!("{}: `{}` and not `{}`", refused.attempt, refused.code, refused.expected)
            });
        }
        self.demand(refusals.len() == 4, || format!("{} refusals were shown, not 4", refusals.len()));
    }

    /// The match is as good as promised.
    pub fn batch(&mut self, batch: &Batch) {
        self.demand(batch.precision >= LEAST_PRECISION, || format!("precision is {:.3}", batch.precision));
        self.demand(batch.recall >= LEAST_RECALL, || format!("recall is {:.3}", batch.recall));
    }
}
