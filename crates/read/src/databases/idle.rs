//! Connections that have answered a question and wait for the next one.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::lookup::Bounds;

/// Connections that wait for the next question, each with what it was made for.
pub(crate) struct Idle<T>(Mutex<Vec<Waiting<T>>>);

struct Waiting<T> {
    since: Instant,
    bounds: Bounds,
    ready: T,
}

/// A connection that has waited for longer may have been forgotten by a firewall on the way.
const LONGEST_IDLE: Duration = Duration::from_mins(1);

impl<T> Default for Idle<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> fmt::Debug for Idle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Idle")
    }
}

impl<T> Idle<T> {
    /// One that was made for these bounds.
    pub fn take(&self, bounds: Bounds) -> Option<T> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|waiting| waiting.since.elapsed() < LONGEST_IDLE);
        let found = waiting.iter().rposition(|waiting| waiting.bounds == bounds)?;
        Some(waiting.remove(found).ready)
    }

    /// Lets one wait, if fewer than `most` do.
    pub fn put(&self, bounds: Bounds, ready: T, most: usize) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < most {
            waiting.push(Waiting { since: Instant::now(), bounds, ready });
        }
    }
}
