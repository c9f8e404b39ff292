//! One question to a source: bounded in time, and in how many are asked at once, whatever the source does.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use concordat_read::{Asking, ReadBatch, Source};
use concordat_record::{Name, Problem};
use concordat_share::{RefusalCode, Refused};
use tokio::sync::Semaphore;

use crate::node::declined::Declined;

/// A source, and how much of it we may take.
pub(super) struct Inquiry {
    source: Arc<Source>,
    /// The body's folder.
    base: PathBuf,
    turns: Arc<Semaphore>,
    within: Duration,
    /// Why the last question had no answer; none when it had one.
    last_failure: Mutex<Option<&'static str>>,
}

/// Why a source gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unanswered {
    /// Too many are asking already.
    Busy,
    /// More records fit than are compared.
    TooMany,
    /// It has no place for a value, such as one too long for a field on a screen.
    NotTaken,
    /// The code of what went wrong. Its sentence stays behind: a server may quote in it what it was asked.
    Failed(&'static str),
}

impl Inquiry {
    pub(super) fn new(source: Arc<Source>, base: PathBuf, turns: Arc<Semaphore>, within: Duration) -> Self {
        Self { source, base, turns, within, last_failure: Mutex::default() }
    }

    /// Asks, on a thread of its own: one that does not come back in time keeps its turn until it does, and nobody waits for it.
    pub(super) fn ask(&self, asking: Asking) -> Result<ReadBatch, Unanswered> {
        // Whoever finds no turn is sent away: waiting would only move the crowd from the source to us.
        let turn = self.turns.clone().try_acquire_owned().map_err(|_| Unanswered::Busy)?;
        let (source, base) = (self.source.clone(), self.base.clone());
        let (give, get) = mpsc::sync_channel(1);
        let work = move || {
            let answer = source.ask(&base, &asking);
            drop(turn);
            // Perhaps nobody waits any more.
            let _ = give.send(answer);
        };
        let answer = match thread::Builder::new().name("live-source".into()).spawn(work) {
            Ok(_) => get.recv_timeout(self.within),
            Err(_) => return Err(Unanswered::Busy),
        };
        let answer = match answer {
            Ok(answer) => answer.map_err(|problem| Unanswered::of(&problem)),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(Unanswered::Failed("service.late")),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(Unanswered::Failed("service.broken-off")),
        };
        self.note(answer.as_ref().err().copied());
        answer
    }

    fn note(&self, unanswered: Option<Unanswered>) {
        *self.last_failure.lock().unwrap_or_else(PoisonError::into_inner) = match unanswered {
            Some(Unanswered::Failed(code)) => Some(code),
            _ => None,
        };
    }

    /// The code of why the last question had no answer.
    pub(super) fn last_failure(&self) -> Option<&'static str> {
        *self.last_failure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Unanswered {
    fn of(problem: &Problem) -> Self {
        match problem.code {
            "service.too-many" => Self::TooMany,
            "soap.not-allowed"
            | "tn3270.field-too-short"
            | "tn3270.not-in-code-page"
            | "database.value-not-taken" => Self::NotTaken,
            code => Self::Failed(code),
        }
    }

    /// What the asker is told, and what our operator is.
    pub(super) fn declined(self, register: &Name, source: &Name) -> Declined {
        match self {
            Self::Busy => Refused::new(RefusalCode::SourceBusy).into(),
            Self::TooMany => Refused::new(RefusalCode::SubjectTooVague).detail("too many records fit").into(),
            Self::NotTaken => Refused::new(RefusalCode::SubjectTooVague)
                .detail("it does not take a value that was told")
                .into(),
            Self::Failed(code) => {
                let sentence = format!(
                    "a question to the live register `{register}` had no answer from its source: {code}"
                );
                let advice = format!("ask it yourself: `concordat read sources/{source}.toml --ask …`");
                let problem = Problem::new("live.source-failed", sentence).advise(advice);
                Declined::with(Refused::new(RefusalCode::SourceUnavailable), problem)
            }
        }
    }
}
