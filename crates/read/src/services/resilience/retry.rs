//! Trying again.

use std::time::Duration;

use concordat_record::Problem;

/// Why an attempt failed, and whether another one may succeed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub problem: Problem,
    /// The reason may pass by itself: no connection, overload.
    pub may_pass: bool,
    /// How long the server asks us to wait.
    pub after: Option<Duration>,
}

impl Failure {
    /// There is no point in trying again.
    pub fn lasting(problem: Problem) -> Self {
        Self { problem, may_pass: false, after: None }
    }

    /// It may be better in a while.
    pub fn passing(problem: Problem) -> Self {
        Self { problem, may_pass: true, after: None }
    }

    /// The problem after the last attempt.
    pub fn given_up(mut self, attempts: u32) -> Problem {
        if attempts > 1 {
            self.problem.sentence = format!("{}, {attempts} times", self.problem.sentence);
        }
        self.problem
    }
}

/// How often and after which pauses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retry {
    pub retries: u32,
    pub first: Duration,
    pub longest: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { retries: 3, first: Duration::from_secs(1), longest: Duration::from_mins(1) }
    }
}

/// A server that asks for a longer pause is not waited for.
const LONGEST_ASKED: Duration = Duration::from_mins(10);

impl Retry {
    /// The pause after so many failed attempts: twice as long each time, or as long as the server asks. None when it is enough.
    pub fn pause(&self, attempts: u32, asked: Option<Duration>) -> Option<Duration> {
        if attempts > self.retries || asked.is_some_and(|asked| asked > LONGEST_ASKED) {
            return None;
        }
        let doubled = self.first.saturating_mul(1 << attempts.saturating_sub(1).min(20));
        Some(asked.unwrap_or_else(|| doubled.min(self.longest)))
    }
}
