//! The exchange log: rows, one exchange in full, and what verifying its proof said.

use chrono::NaiveDate;
use concordat_record::{BodyId, ExchangeId, Name, Timestamp};
use serde::{Deserialize, Serialize};

use super::{AgreementRef, FactOffer, Party};

/// On which side of an exchange this body stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// This body asked.
    Asked,
    /// This body was asked.
    Answered,
}

/// What became of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeKind {
    /// Facts were given.
    Answered,
    /// Nobody was recognised.
    NotRecognised,
    /// The question was refused.
    Refused,
    /// No reply came.
    Unanswered,
}

impl OutcomeKind {
    /// All of them, in the order of the filter.
    pub const ALL: [Self; 4] = [Self::Answered, Self::NotRecognised, Self::Refused, Self::Unanswered];

    /// Its word in a filter's address.
    pub fn key(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::NotRecognised => "not-recognised",
            Self::Refused => "refused",
            Self::Unanswered => "unanswered",
        }
    }
}

/// Which exchanges to list; an empty filter lists all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExchangeFilter {
    /// The body at the other end.
    pub party: Option<BodyId>,
    /// What became of it.
    pub outcome: Option<OutcomeKind>,
    /// The first day, UTC.
    pub from: Option<NaiveDate>,
    /// The last day, UTC, inclusive.
    pub until: Option<NaiveDate>,
}

/// One page of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangePage {
    /// The rows, newest first.
    pub rows: Vec<ExchangeRow>,
    /// How many exchanges the filter lets through in all.
    pub total: u64,
    /// How many rows a full page has.
    pub page_size: u64,
    /// Every other body in the log, for the filter.
    pub parties: Vec<Party>,
}

/// One exchange as a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeRow {
    /// The exchange.
    pub exchange: ExchangeId,
    /// When it was logged.
    pub at: Timestamp,
    /// On which side this body stood.
    pub side: Side,
    /// The body at the other end.
    pub other: Party,
    /// The register that was asked.
    pub register: Name,
    /// What for.
    pub purpose: Name,
    /// What became of it.
    pub outcome: OutcomeKind,
    /// How many facts were given.
    pub facts: u64,
    /// Its index in this body's log; none while it is not in a checkpoint.
    pub log_index: Option<u64>,
}

/// One exchange in full. The values of the facts are not kept, so they are not here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// What its row shows.
    pub row: ExchangeRow,
    /// How people call the register.
    pub register_title: String,
    /// The purpose in plain words.
    pub purpose_text: String,
    /// The agreement it went under; none when there was none.
    pub agreement: Option<AgreementRef>,
    /// The case, in the consumer's numbering.
    pub case_reference: Option<String>,
    /// The person who asked, in the consumer's naming.
    pub user: Option<String>,
    /// The facts that were given (names and titles, never values).
    pub facts: Vec<FactOffer>,
    /// Why it was refused, when it was.
    pub refusal: Option<Refused>,
    /// What happened, oldest first.
    pub events: Vec<Event>,
    /// Where it stands in the log; none while it is not in a checkpoint.
    pub entry: Option<LogEntry>,
}

/// Why an exchange was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// A code of the list of refusal codes.
    pub code: String,
    /// Why.
    pub reason: String,
    /// What the person who asked can do.
    pub advice: String,
}

/// One thing that happened in an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What, such as `Question sent`.
    pub what: String,
    /// More, as a whole sentence.
    pub sentence: String,
}

/// Where an exchange stands in this body's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// The log: the origin line of its checkpoints.
    pub origin: String,
    /// Its index, from zero.
    pub index: u64,
    /// Hash of the leaf, as base64 or hexadecimal text.
    pub leaf_hash: String,
    /// Entries of the checkpoint that covers it.
    pub tree_size: u64,
    /// When that checkpoint was signed.
    pub checkpoint: Timestamp,
}

/// What verifying a proof said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// When it was done.
    pub checked: Timestamp,
    /// The steps in order. A step that could not be reached counts as failed.
    pub steps: Vec<Step>,
}

/// One step of verifying a proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What was checked, such as `The leaf is in the tree`.
    pub what: String,
    /// How, or why it failed, as a whole sentence.
    pub sentence: String,
    /// Whether it holds.
    pub holds: bool,
}

impl Verification {
    /// Whether there are steps and all hold.
    pub fn holds(&self) -> bool {
        !self.steps.is_empty() && self.steps.iter().all(|step| step.holds)
    }
}
