//! Sessions, in memory: a restart signs everybody out.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use concordat_record::Entropy;

use super::sha256;

/// More people than sit in one body's office at once; the session that was idle longest makes room.
const SESSIONS: usize = 4096;

/// The secret that the cookie carries: 256 random bits in hexadecimal.
pub(crate) struct SessionKey(String);

impl SessionKey {
    /// What a cookie carried; it may be anything.
    pub(crate) fn from_cookie(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text for the cookie.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A person with a live session.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    /// The name that belongs to the access code.
    pub(crate) user: String,
    /// What every form of this session carries and nobody else knows.
    pub(crate) token: String,
}

/// How long sessions live.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) idle_seconds: i64,
    pub(super) longest_seconds: i64,
}

struct Session {
    signed_in: SignedIn,
    opened: i64,
    seen: i64,
}

/// Live sessions by the digest of their key, so that neither timing nor a memory dump of this table gives a key away.
#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<[u8; 32], Session>>);

impl Sessions {
    pub(super) fn open(&self, user: &str, now: i64, limits: Limits, entropy: &dyn Entropy) -> SessionKey {
        let key = SessionKey(secret(entropy));
        let signed_in = SignedIn { user: user.to_owned(), token: secret(entropy) };
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        table.retain(|_, session| session.is_alive(now, limits));
        if table.len() >= SESSIONS {
            let idlest = table.iter().min_by_key(|(_, session)| session.seen).map(|(digest, _)| *digest);
            idlest.map(|digest| table.remove(&digest));
        }
        table.insert(sha256(key.0.as_bytes()), Session { signed_in, opened: now, seen: now });
        key
    }

    pub(super) fn touch(&self, key: &SessionKey, now: i64, limits: Limits) -> Option<SignedIn> {
        let digest = sha256(key.0.as_bytes());
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let session = table.get_mut(&digest)?;
        if !session.is_alive(now, limits) {
            table.remove(&digest);
            return None;
        }
        session.seen = now;
        Some(session.signed_in.clone())
    }

    pub(super) fn close(&self, key: &SessionKey) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&sha256(key.0.as_bytes()));
    }
}

impl Session {
    fn is_alive(&self, now: i64, limits: Limits) -> bool {
        now - self.seen < limits.idle_seconds && now - self.opened < limits.longest_seconds
    }
}

fn secret(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
