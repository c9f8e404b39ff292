//! The exchange log: rows, one exchange in full, and what verifying its proof said.

use chrono::NaiveDate;
use concordat_record::{BodyId, ExchangeId, Name, Timestamp};
use serde::{Deserialize, Serialize};

use super::{AgreementRef, FactOffer, Party, known};

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

    /// A proof that holds.
    pub fn sample() -> Self {
        Self {
            checked: known::moment("2026-11-23T09:15:00Z"),
            steps: vec![
                step(
                    "The checkpoint is signed",
                    "The signature is by the key of US/GOV/GRANTS/OFFICE.",
                    true,
                ),
                step("The leaf is this exchange", "Its salt and its text give the leaf's hash.", true),
                step(
                    "The leaf is in the tree",
                    "The path from leaf 1481 leads to the root of the checkpoint.",
                    true,
                ),
            ],
        }
    }

    /// A proof that fails.
    pub fn sample_failed() -> Self {
        let mut verification = Self::sample();
        if let Some(last) = verification.steps.last_mut() {
            *last = step("The leaf is in the tree", "The path from leaf 1481 leads to another root.", false);
        }
        verification
    }
}

impl ExchangePage {
    /// One page of several, with every outcome on it.
    pub fn sample() -> Self {
        Self {
            rows: vec![
                row("6f1c0a52b7d94e0f8a3b5c7d9e1f2a34", OutcomeKind::Answered, Side::Asked, 1_481),
                row("0b9e4d7721c84a6f9d2e3f405162738a", OutcomeKind::NotRecognised, Side::Asked, 1_480),
                row("c4d5e6f708192a3b4c5d6e7f8091a2b3", OutcomeKind::Refused, Side::Answered, 1_479),
                row("19aa27bb35cc43dd51ee6fff7d0a8b1c", OutcomeKind::Unanswered, Side::Asked, 1_478),
            ],
            total: 1_482,
            page_size: 25,
            parties: vec![treasury(), education()],
        }
    }

    /// Nothing that the filter lets through.
    pub fn sample_empty() -> Self {
        Self { rows: Vec::new(), total: 0, page_size: 25, parties: vec![treasury()] }
    }
}

impl Exchange {
    /// An exchange that was answered.
    pub fn sample() -> Self {
        let row = row("6f1c0a52b7d94e0f8a3b5c7d9e1f2a34", OutcomeKind::Answered, Side::Asked, 1_481);
        Self {
            register_title: "Exempt organisations".into(),
            purpose_text: "Decide whether an applicant may receive a grant".into(),
            agreement: Some(AgreementRef {
                name: known::name("grants-exempt-organisations"),
                title: "Tax-exempt status of grant applicants".into(),
                until: known::date("2027-12-31"),
            }),
            case_reference: Some("GR-2026-0142".into()),
            user: Some("Robin Sample".into()),
            facts: vec![
                FactOffer { name: known::name("isTaxExempt"), title: "Is it tax-exempt?".into() },
                FactOffer { name: known::name("exemptSince"), title: "Exempt since".into() },
            ],
            refusal: None,
            events: vec![
                event(
                    "2026-11-23T09:12:06.912Z",
                    "Question logged",
                    "Entry 1480 of this body's log, before it left.",
                ),
                event(
                    "2026-11-23T09:12:07.004Z",
                    "Answer received",
                    "Signed by Treasury and bound to the question.",
                ),
                event("2026-11-23T09:12:07.020Z", "Answer logged", "Entry 1481 of this body's log."),
            ],
            entry: Some(LogEntry {
                origin: "US/GOV/GRANTS/OFFICE".into(),
                index: 1_481,
                leaf_hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
                tree_size: 1_482,
                checkpoint: row.at,
            }),
            row,
        }
    }

    /// An exchange that was refused and is not in a checkpoint yet.
    pub fn sample_refused() -> Self {
        let mut exchange = Self::sample();
        exchange.row.outcome = OutcomeKind::Refused;
        exchange.row.side = Side::Answered;
        exchange.row.facts = 0;
        exchange.row.log_index = None;
        exchange.entry = None;
        exchange.agreement = None;
        exchange.facts.clear();
        exchange.refusal = Some(Refused {
            code: "purpose-not-agreed".into(),
            reason: "The agreement does not cover the purpose of the question.".into(),
            advice: "Choose a purpose that the agreement names.".into(),
        });
        exchange
    }
}

fn treasury() -> Party {
    Party { body: known::body("US/GOV/TREASURY/EXEMPT"), name: "Treasury, exempt organisations".into() }
}

fn education() -> Party {
    Party {
        body: known::body("US/GOV/EDUCATION/INSTITUTIONS"),
        name: "Education, institution directory".into(),
    }
}

fn row(id: &str, outcome: OutcomeKind, side: Side, log_index: u64) -> ExchangeRow {
    ExchangeRow {
        exchange: known::exchange(id),
        at: known::moment("2026-11-23T09:12:07Z"),
        side,
        other: treasury(),
        register: known::name("exempt-organisations"),
        purpose: known::name("grant-eligibility"),
        outcome,
        facts: if outcome == OutcomeKind::Answered { 3 } else { 0 },
        log_index: Some(log_index),
    }
}

fn event(at: &str, what: &str, sentence: &str) -> Event {
    Event { at: known::moment(at), what: what.into(), sentence: sentence.into() }
}

fn step(what: &str, sentence: &str, holds: bool) -> Step {
    Step { what: what.into(), sentence: sentence.into(), holds }
}
