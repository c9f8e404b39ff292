//! A page of the exchange log, exchanges of every kind, and proofs that hold and fail.

use super::known;
use crate::view::{
    AgreementRef, Event, Exchange, ExchangePage, ExchangeRow, FactOffer, LogEntry, OutcomeKind, Party,
    Refused, Side, Step, Verification,
};

impl Verification {
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
    let (other, register) = match log_index % 2 {
        0 => (education(), "institutions"),
        _ => (treasury(), "exempt-organisations"),
    };
    ExchangeRow {
        exchange: known::exchange(id),
        at: known::moment("2026-11-23T09:12:07Z").plus_seconds((log_index as i64 - 1_481) * 1_234),
        side,
        other,
        register: known::name(register),
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
