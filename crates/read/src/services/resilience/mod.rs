//! Patience with a server: trying again with growing pauses, leaving it alone once it has failed too often, and not asking too fast.
//!
//! Time is an argument ([`Time`]): tests move it by hand.

mod breaker;
mod retry;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use concordat_record::Problem;

pub(crate) use breaker::{Breaker, BreakerRule};
pub(crate) use retry::{Failure, Retry};

use crate::section::{OptionDoc, Section};

/// Passing time, and waiting.
pub(crate) trait Time: Send + Sync {
    /// Time since some beginning.
    fn now(&self) -> Duration;
    fn sleep(&self, pause: Duration);
}

/// Time as it passes.
#[derive(Debug)]
struct RealTime(Instant);

impl Time for RealTime {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, pause: Duration) {
        std::thread::sleep(pause);
    }
}

/// The options of patience, the same for every kind of service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// How long one request may take.
    pub timeout: Duration,
    pub retry: Retry,
    pub breaker: BreakerRule,
    /// The shortest time between two requests.
    pub spacing: Duration,
}

/// The options that [`Patience::configure`] reads.
pub(crate) const TIMEOUT: OptionDoc = OptionDoc {
    name: "timeout",
    form: "whole number",
    default: "30",
    meaning: "seconds that one request may take; asked at the moment of a question, all attempts together",
};
pub(crate) const RETRIES: OptionDoc = OptionDoc {
    name: "retries",
    form: "whole number",
    default: "3",
    meaning: "how often a request that failed for now (no connection, overload) is tried again, after pauses of 1, 2, 4 … seconds or as long as the server says",
};
pub(crate) const RATE: OptionDoc = OptionDoc {
    name: "rate",
    form: "whole number",
    default: "no limit",
    meaning: "requests in a second at most",
};
pub(crate) const BREAKER_FAILURES: OptionDoc = OptionDoc {
    name: "breaker_failures",
    form: "whole number",
    default: "5",
    meaning: "after so many failures in a row the server is left alone for a while",
};
pub(crate) const BREAKER_REST: OptionDoc = OptionDoc {
    name: "breaker_rest",
    form: "whole number",
    default: "60",
    meaning: "seconds that it is left alone; then one request tries whether it is back",
};

impl Patience {
    pub fn configure(section: &mut Section<'_>) -> Self {
        let seconds = |number: Option<u64>, usual| Duration::from_secs(number.unwrap_or(usual).min(86_400));
        let timeout = seconds(section.number("timeout", 1), 30);
        let retries = section.number("retries", 0).unwrap_or(3).min(100) as u32;
        let failures = section.number("breaker_failures", 1).unwrap_or(5).min(1_000_000) as u32;
        let rest = seconds(section.number("breaker_rest", 1), 60);
        let spacing = section
            .number("rate", 1)
            .map_or(Duration::ZERO, |rate| Duration::from_nanos(1_000_000_000 / rate.min(1_000_000_000)));
        let retry = Retry { retries, ..Retry::default() };
        Self { timeout, retry, breaker: BreakerRule { failures, rest }, spacing }
    }
}

/// Asks a server with patience. One for each source: it remembers how the server behaved.
pub(crate) struct Caller {
    patience: Patience,
    time: Arc<dyn Time>,
    breaker: Breaker,
    next: Mutex<Duration>,
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("patience", &self.patience).finish_non_exhaustive()
    }
}

impl Caller {
    pub fn new(patience: Patience) -> Self {
        Self::at(patience, Arc::new(RealTime(Instant::now())))
    }

    pub fn at(patience: Patience, time: Arc<dyn Time>) -> Self {
        Self { patience, time, breaker: Breaker::new(patience.breaker), next: Mutex::default() }
    }

    pub fn time(&self) -> &dyn Time {
        self.time.as_ref()
    }

    /// How long one request may take.
    pub fn timeout(&self) -> Duration {
        self.patience.timeout
    }

    /// When the answer to a question is too late; the question may allow less than the source file.
    pub fn deadline(&self, within: Option<Duration>) -> Duration {
        self.time.now() + within.map_or(self.patience.timeout, |within| within.min(self.patience.timeout))
    }

    /// Makes attempts until one succeeds or there is no point in more. An attempt is told how long it may take. Before `deadline`, if there
    /// is one, all of it has to end.
    pub fn call<T>(
        &self,
        deadline: Option<Duration>,
        mut attempt: impl FnMut(Duration) -> Result<T, Failure>,
    ) -> Result<T, Problem> {
        let mut attempts = 0;
        loop {
            self.breaker.admit(self.time.now())?;
            self.wait_for_turn();
            if deadline.is_some_and(|deadline| self.time.now() >= deadline) {
                return Err(Problem::new("service.late", "there is no answer in the time allowed")
                    .advise("ask for less, or allow more with `timeout`"));
            }
            let left = deadline.map_or(self.patience.timeout, |deadline| {
                deadline.saturating_sub(self.time.now()).min(self.patience.timeout)
            });
            let failure = match attempt(left.max(Duration::from_millis(1))) {
                Ok(value) => {
                    self.breaker.succeeded();
                    return Ok(value);
                }
                Err(failure) => failure,
            };
            if !failure.may_pass {
                // The server answered, if not to our liking: it is there.
                self.breaker.succeeded();
                return Err(failure.problem);
            }
            let enough = self.breaker.failed(self.time.now());
            attempts += 1;
            let pause = self.patience.retry.pause(attempts, failure.after).filter(|_| !enough);
            let pause = pause.filter(|pause| deadline.is_none_or(|end| self.time.now() + *pause < end));
            let Some(pause) = pause else { return Err(failure.given_up(attempts)) };
            self.time.sleep(pause);
        }
    }

    /// Keeps the rate. Several threads may ask at once: each takes the next free moment.
    fn wait_for_turn(&self) {
        if self.patience.spacing.is_zero() {
            return;
        }
        let now = self.time.now();
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = (*next).max(now);
        *next = turn + self.patience.spacing;
        drop(next);
        if turn > now {
            self.time.sleep(turn.saturating_sub(now));
        }
    }
}
