//! How the node is: each part, in a sentence that a person can act on.

use concordat_record::{Name, Problem, Timestamp};
use concordat_share::SignedAgreement;
use serde::Serialize;

use super::Node;
use super::live::LiveRegister;
use crate::refresh::Snapshot;

/// How a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nothing to do.
    Ok,
    /// Somebody should look at it soon.
    Attention,
    /// Something does not work.
    Problem,
}

/// One part of a node and how it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The part.
    pub name: String,
    /// How it is.
    pub state: State,
    /// Why.
    pub sentence: String,
}

/// How a node is.
#[derive(Clone, Debug, Serialize)]
pub struct Health {
    /// Its parts.
    pub parts: Vec<Part>,
    /// The registers with a current snapshot, and those without: not refreshed yet, or live.
    pub registers: Vec<(Name, Option<Snapshot>)>,
    /// Entries in the log.
    pub log_size: u64,
    /// When the newest of them was logged.
    pub newest: Option<Timestamp>,
}

/// Days before an agreement or the federation list ends at which somebody should be told.
const SOON: i64 = 30;
/// Days after which a snapshot is stale enough to be looked at.
const STALE: i64 = 40;
const DAY: i64 = 24 * 60 * 60;

impl Node {
    /// How this node is.
    pub fn health(&self) -> Health {
        let log = self.log_state();
        let mut parts = vec![log_health(&log), self.federation_health()];
        let mut registers = Vec::new();
        for (name, file) in &self.body.registers {
            let title = file.register.title();
            if let Some(live) = self.live.get(name) {
                parts.push(live_health(title, live));
                registers.push((name.clone(), None));
                continue;
            }
            let snapshot = self.shelf.snapshot(name);
            parts.push(self.register_health(name, title, &snapshot));
            registers.push((name.clone(), snapshot.unwrap_or_default()));
        }
        parts.extend(self.agreements_health());
        let (log_size, newest) = log.unwrap_or_default();
        Health { parts, registers, log_size, newest }
    }

    fn federation_health(&self) -> Part {
        let now = self.now();
        let (state, sentence) = match &self.body.federation {
            None => (State::Attention, "no federation list yet, so no other body can be asked".to_owned()),
            Some(list) if list.admit(self.id(), now).is_err() => (
                State::Problem,
                "our entry in the federation list is not valid now: no exchange is possible".to_owned(),
            ),
            Some(list) if list.admit(self.id(), now.plus_seconds(SOON * DAY)).is_err() => {
                (State::Attention, "our entry in the federation list ends within a month".to_owned())
            }
            Some(list) => (State::Ok, format!("{} bodies are listed", list.members().count())),
        };
        Part { name: "Federation".into(), state, sentence }
    }

    fn register_health(
        &self,
        name: &Name,
        title: &str,
        snapshot: &Result<Option<Snapshot>, Problem>,
    ) -> Part {
        let (state, sentence) = match snapshot {
            Err(problem) => (State::Problem, format!("cannot be read: {}", problem.sentence)),
            Ok(None) => (State::Problem, "has no snapshot yet: run `concordat refresh`".to_owned()),
            Ok(Some(snapshot)) => {
                self.unanswerable(name).unwrap_or_else(|| snapshot_health(snapshot, self.now()))
            }
        };
        Part { name: title.to_owned(), state, sentence }
    }

    /// Why no question to a register can be answered, though it has a snapshot. One without link rules is not meant to be
    /// asked.
    fn unanswerable(&self, register: &Name) -> Option<(State, String)> {
        self.body.links.get(register)?;
        let problem = self.shelf.register(register, &self.body).err()?;
        let advice = problem.advice.map(|advice| format!(": {advice}")).unwrap_or_default();
        Some((State::Problem, format!("cannot be asked, because {}{advice}", problem.sentence)))
    }

    fn agreements_health(&self) -> Vec<Part> {
        let now = self.now();
        let ends_soon = |agreement: &concordat_share::Agreement| {
            agreement.is_in_force(now) && !agreement.is_in_force(now.plus_seconds(SOON * DAY))
        };
        let agreements = self.body.agreements.iter().map(SignedAgreement::agreement);
        agreements
            .filter(|agreement| ends_soon(agreement))
            .map(|agreement| Part {
                name: agreement.title.clone(),
                state: State::Attention,
                sentence: format!("the agreement ends on {}: review it", agreement.until),
            })
            .collect()
    }
}

fn snapshot_health(snapshot: &Snapshot, now: Timestamp) -> (State, String) {
    let Snapshot { refreshed, records, quarantined, .. } = snapshot;
    if now > refreshed.plus_seconds(STALE * DAY) {
        let sentence = format!("was refreshed on {} and may be out of date", refreshed.date());
        return (State::Attention, sentence);
    }
    match quarantined {
        0 => (State::Ok, format!("{records} records")),
        _ => (State::Attention, format!("{records} records, {quarantined} in quarantine")),
    }
}

/// A source is not asked to find out how it is: it says so when a question comes.
fn live_health(title: &str, live: &LiveRegister) -> Part {
    let (state, sentence) = match (live.lacks(), live.last_failure()) {
        (Some(problem), _) => (State::Problem, format!("cannot be asked, because {}", problem.sentence)),
        (None, Some(code)) => (
            State::Attention,
            format!("is asked live, and its source did not answer the last question: {code}"),
        ),
        (None, None) => (State::Ok, "is asked live, at the moment of each question".to_owned()),
    };
    Part { name: title.to_owned(), state, sentence }
}

fn log_health(log: &Result<(u64, Option<Timestamp>), Problem>) -> Part {
    let (state, sentence) = match log {
        Ok((size, _)) => (State::Ok, format!("{size} entries, every one under a signed checkpoint")),
        Err(problem) => (State::Problem, format!("the log cannot be read: {}", problem.sentence)),
    };
    Part { name: "Exchange log".into(), state, sentence }
}
