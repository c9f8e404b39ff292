//! The circuit breaker: a server that has failed several times in a row is left alone, so that questions are refused at once instead of
//! waiting for it, and it can recover.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use concordat_record::Problem;

/// When to leave a server alone, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BreakerRule {
    pub failures: u32,
    pub rest: Duration,
}

#[derive(Debug, Default)]
struct State {
    /// Failures since the last success.
    failures: u32,
    /// Until when nothing is asked.
    open_until: Option<Duration>,
}

#[derive(Debug)]
pub(crate) struct Breaker {
    rule: BreakerRule,
    state: Mutex<State>,
}

impl Breaker {
    pub fn new(rule: BreakerRule) -> Self {
        Self { rule, state: Mutex::default() }
    }

    /// Whether a request may be made now. After the rest one request is let through; the others wait for what becomes of it.
    pub fn admit(&self, now: Duration) -> Result<(), Problem> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.open_until {
            Some(until) if now < until => {
                let seconds = until.saturating_sub(now).as_secs().max(1);
                let sentence = format!(
                    "the server failed {} times in a row and is left alone for another {seconds} s",
                    state.failures
                );
                Err(Problem::new("service.resting", sentence)
                    .advise("find out what is wrong with the server; it is asked again after that time"))
            }
            Some(_) => {
                state.open_until = Some(now + self.rule.rest);
                Ok(())
            }
            None => Ok(()),
        }
    }

    pub fn succeeded(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }

    /// Notes a failure; true when the server is to be left alone now.
    pub fn failed(&self, now: Duration) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.failures = state.failures.saturating_add(1);
        let enough = state.failures >= self.rule.failures;
        if enough {
            state.open_until = Some(now + self.rule.rest);
        }
        enough
    }
}
