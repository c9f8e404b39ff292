//! The home page: who this node is, how it does, what needs a person.

use chrono::NaiveDate;
use concordat_record::{BodyId, Name, Timestamp};
use serde::{Deserialize, Serialize};

/// A body and how people call it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Its identifier.
    pub body: BodyId,
    /// Its name.
    pub name: String,
}

/// Who this node is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The body that runs the node.
    pub body: Party,
    /// The federation it belongs to, as people call it.
    pub federation: String,
    /// Shown at the top of every page when set, such as `Demonstration: no answer here is official`.
    pub notice: Option<String>,
    /// The version of the program.
    pub version: String,
}

/// All that the home page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Home {
    /// What needs a person today, most urgent first.
    pub tasks: Vec<Task>,
    /// The parts of the node and how they do.
    pub health: Vec<Health>,
    /// The registers this body publishes.
    pub registers: Vec<Register>,
    /// Agreements under which this body answers.
    pub provides: Vec<Agreement>,
    /// Agreements under which this body asks.
    pub consumes: Vec<Agreement>,
    /// The exchange log.
    pub log: LogState,
    /// What became of the questions this body asked.
    pub asked: Tally,
    /// What became of the questions this body was asked.
    pub answered: Tally,
}

/// One thing for a person to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// What to do, as a command: `Look at 3 refused questions`.
    pub title: String,
    /// One sentence more.
    pub hint: String,
    /// The page where it is done, when it is done in the console.
    pub link: Option<TaskLink>,
    /// How urgent it is.
    pub state: HealthState,
}

/// The pages that a task may lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskLink {
    /// Ask a question.
    Ask,
    /// The exchange log.
    Exchanges,
    /// The exchange log, refusals only.
    Refusals,
    /// The help page.
    Help,
}

/// How well a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HealthState {
    /// Nothing to do.
    Ok,
    /// Soon something to do.
    Attention,
    /// Something does not work.
    Problem,
}

/// One part of the node and how it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// The part, such as `Signing key`.
    pub what: String,
    /// How it does.
    pub state: HealthState,
    /// What there is to say, as a whole sentence.
    pub sentence: String,
}

/// A register that this body publishes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Register {
    /// Its name.
    pub name: Name,
    /// How people call it.
    pub title: String,
    /// The class of its records, as people call it.
    pub class: String,
    /// Whether its source is asked at the moment of each question, so that there is no snapshot.
    #[serde(default)]
    pub live: bool,
    /// Records in the snapshot in force.
    pub records: u64,
    /// Records set aside because they could not be read or mapped.
    pub quarantined: u64,
    /// When the snapshot was made; none before the first refresh.
    pub refreshed: Option<Timestamp>,
    /// The share of records that pass every check, 0 to 1; none when not measured.
    pub quality: Option<f64>,
}

/// An agreement in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: String,
    /// The body at the other end.
    pub other: Party,
    /// The register it is about.
    pub register: Name,
    /// How many facts it grants.
    pub facts: u64,
    /// Its last day.
    #[serde(with = "super::day")]
    pub until: NaiveDate,
}

/// The state of the exchange log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogState {
    /// Entries in the last checkpoint.
    pub size: u64,
    /// When the last checkpoint was signed; none for an empty log.
    pub checkpoint: Option<Timestamp>,
    /// Who signs: the name of the log's verifier key.
    pub origin: String,
}

/// Exchanges by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Facts were given.
    pub answered: u64,
    /// Nobody was recognised.
    pub not_recognised: u64,
    /// The question was refused.
    pub refused: u64,
    /// No reply came.
    pub unanswered: u64,
}

impl Tally {
    /// All of them.
    pub fn total(&self) -> u64 {
        [self.answered, self.not_recognised, self.refused, self.unanswered]
            .iter()
            .fold(0, |sum, part| sum.saturating_add(*part))
    }
}
