//! The limit on wrong access codes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// So many tries a sender has in one window; a person mistypes three times, a guesser millions.
const TRIES: u32 = 10;
const WINDOW_SECONDS: i64 = 5 * 60;
/// Senders that are counted apart; all beyond share one count.
const SENDERS: usize = 4096;

/// Tries by sender. Where the server does not tell senders apart, all are one.
#[derive(Default)]
pub(super) struct Attempts(Mutex<HashMap<Option<IpAddr>, Window>>);

struct Window {
    began: i64,
    tries: u32,
}

impl Attempts {
    /// Counts one try.
    ///
    /// # Errors
    /// The sender has none left; the seconds until the next window.
    pub(super) fn admit(&self, peer: Option<IpAddr>, now: i64) -> Result<(), i64> {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if table.len() >= SENDERS {
            table.retain(|_, window| window.left(now) > 0);
        }
        let peer = if table.len() < SENDERS || table.contains_key(&peer) { peer } else { None };
        let window = table.entry(peer).or_insert(Window { began: now, tries: 0 });
        if window.left(now) <= 0 {
            *window = Window { began: now, tries: 0 };
        }
        if window.tries >= TRIES {
            return Err(window.left(now));
        }
        window.tries += 1;
        Ok(())
    }

    /// Forgets the tries of a sender who proved to know a code.
    pub(super) fn forgive(&self, peer: Option<IpAddr>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&peer);
    }
}

impl Window {
    fn left(&self, now: i64) -> i64 {
        // A clock that was set back must not lock anybody out for longer than a window.
        (self.began + WINDOW_SECONDS - now).min(WINDOW_SECONDS)
    }
}
