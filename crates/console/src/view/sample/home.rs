//! A grants office of an invented federation, and a node on its first day.

use super::known;
use crate::view::{
    Agreement, Health, HealthState, Home, Identity, LogState, Party, Register, Tally, Task, TaskLink,
};

impl Identity {
    /// A grants office of an invented federation.
    pub fn sample() -> Self {
        Self {
            body: Party { body: known::body("US/GOV/GRANTS/OFFICE"), name: "Grants Office".into() },
            federation: "US demonstration".into(),
            notice: Some("Demonstration on public registers. No answer here is official.".into()),
            version: "0.1.0".into(),
        }
    }
}

/// One that was refreshed, one that was not yet, one that is asked live.
fn registers() -> Vec<Register> {
    vec![
        Register {
            name: known::name("grant-recipients"),
            title: "Grant recipients".into(),
            class: "Legal entity".into(),
            live: false,
            records: 184_213,
            quarantined: 37,
            refreshed: Some(known::moment("2026-11-23T05:30:12Z")),
            quality: Some(0.9871),
        },
        Register {
            name: known::name("closed-programmes"),
            title: "Closed programmes".into(),
            class: "Public organisation".into(),
            live: false,
            records: 0,
            quarantined: 0,
            refreshed: None,
            quality: None,
        },
        Register {
            name: known::name("payments"),
            title: "Payments of the day".into(),
            class: "Legal entity".into(),
            live: true,
            records: 0,
            quarantined: 0,
            refreshed: None,
            quality: None,
        },
    ]
}

impl Home {
    /// A node with something of everything.
    pub fn sample() -> Self {
        let treasury = Party {
            body: known::body("US/GOV/TREASURY/EXEMPT"),
            name: "Treasury, exempt organisations".into(),
        };
        let education = Party {
            body: known::body("US/GOV/EDUCATION/INSTITUTIONS"),
            name: "Education, institution directory".into(),
        };
        let health =
            Party { body: known::body("US/GOV/HEALTH/HOSPITALS"), name: "Health, hospital register".into() };
        Self {
            tasks: vec![
                Task {
                    title: "Look at 2 refused questions".into(),
                    hint: "Both named a purpose that no agreement covers.".into(),
                    link: Some(TaskLink::Refusals),
                    state: HealthState::Problem,
                },
                Task {
                    title: "Renew the agreement with Health".into(),
                    hint: "It ends in 24 days; after that questions to the hospital register are refused."
                        .into(),
                    link: None,
                    state: HealthState::Attention,
                },
            ],
            health: vec![
                health_row("Answer store", HealthState::Ok, "One snapshot for each register is in force."),
                health_row("Exchange log", HealthState::Ok, "The last checkpoint covers every entry."),
                health_row(
                    "Other bodies",
                    HealthState::Problem,
                    "Health has not been reachable since 08:40 UTC.",
                ),
                health_row("Certificate", HealthState::Attention, "It ends in 24 days."),
            ],
            registers: registers(),
            provides: vec![agreement(
                "treasury-recipients",
                "Who received a grant",
                treasury.clone(),
                "grant-recipients",
                "2027-12-31",
            )],
            consumes: vec![
                agreement(
                    "grants-exempt-organisations",
                    "Tax-exempt status of grant applicants",
                    treasury,
                    "exempt-organisations",
                    "2027-12-31",
                ),
                agreement(
                    "grants-institutions",
                    "Standing of schools that apply for grants",
                    education,
                    "institutions",
                    "2027-12-31",
                ),
                agreement(
                    "grants-hospitals",
                    "Registration of hospitals that apply for grants",
                    health,
                    "hospitals",
                    "2026-12-17",
                ),
            ],
            log: LogState {
                size: 1_482,
                checkpoint: Some(known::moment("2026-11-23T09:12:07Z")),
                origin: "US/GOV/GRANTS/OFFICE".into(),
            },
            asked: Tally { answered: 1_021, not_recognised: 344, refused: 2, unanswered: 5 },
            answered: Tally { answered: 96, not_recognised: 14, refused: 0, unanswered: 0 },
        }
    }

    /// A node on its first day: nothing to do, nothing published, nothing asked.
    pub fn sample_empty() -> Self {
        Self {
            tasks: Vec::new(),
            health: vec![health_row("Answer store", HealthState::Ok, "Ready for the first snapshot.")],
            registers: Vec::new(),
            provides: Vec::new(),
            consumes: Vec::new(),
            log: LogState { size: 0, checkpoint: None, origin: "US/GOV/GRANTS/OFFICE".into() },
            asked: Tally::default(),
            answered: Tally::default(),
        }
    }
}

fn health_row(what: &str, state: HealthState, sentence: &str) -> Health {
    Health { what: what.into(), state, sentence: sentence.into() }
}

fn agreement(name: &str, title: &str, other: Party, register: &str, until: &str) -> Agreement {
    Agreement {
        name: known::name(name),
        title: title.into(),
        other,
        register: known::name(register),
        facts: 3,
        until: known::date(until),
    }
}
