//! Who may use the pages: access codes, the sessions they open, and the limit on wrong ones.
//!
//! Left out: staff identities of an identity provider. An access code belongs to one person of this body and is
//! long and random, so one SHA-256 protects it at rest; nobody invents it, and it may be pasted.

mod attempts;
mod session;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use concordat_record::{BodyId, Clock, Entropy};

use attempts::Attempts;
use session::Sessions;
pub(crate) use session::{SessionKey, SignedIn};

const IDLE_SECONDS: i64 = 30 * 60;
const LONGEST_SECONDS: i64 = 10 * 60 * 60;

/// Who may sign in, and how long a sign-in lasts.
pub struct Access {
    people: Vec<Person>,
    secure: bool,
    idle_seconds: i64,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    sessions: Sessions,
    attempts: Attempts,
}

struct Person {
    name: String,
    code_digest: [u8; 32],
}

/// Why nobody was signed in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SignInError {
    /// The code belongs to nobody.
    Wrong,
    /// Too many wrong codes: wait this many seconds.
    TooMany { wait_seconds: i64 },
}

impl Access {
    /// Nobody may sign in yet; a sign-in lasts until 30 idle minutes, ten hours at most; cookies for plain HTTP.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            people: Vec::new(),
            secure: false,
            idle_seconds: IDLE_SECONDS,
            clock,
            entropy,
            sessions: Sessions::default(),
            attempts: Attempts::default(),
        }
    }

    /// Lets a person in who shows an access code: at least 20 random characters, made by a machine. The name goes
    /// into each question that this person asks.
    #[must_use]
    pub fn person(mut self, name: impl Into<String>, code: &str) -> Self {
        self.people.push(Person { name: name.into(), code_digest: sha256(code.trim().as_bytes()) });
        self
    }

    /// The same for a person whose code is known by its SHA-256 only, as settings hold it.
    #[must_use]
    pub fn person_by_digest(mut self, name: impl Into<String>, code_digest: [u8; 32]) -> Self {
        self.people.push(Person { name: name.into(), code_digest });
        self
    }

    /// The pages are reached over HTTPS: the cookie is marked `Secure` and has the `__Host-` prefix.
    #[must_use]
    pub fn over_https(mut self) -> Self {
        self.secure = true;
        self
    }

    /// Ends a session after this many seconds without a request.
    #[must_use]
    pub fn idle_seconds(mut self, seconds: i64) -> Self {
        self.idle_seconds = seconds;
        self
    }

    /// After how many whole minutes without a request a session ends.
    pub(crate) fn idle_minutes(&self) -> u64 {
        self.idle_seconds.max(0) as u64 / 60
    }

    /// Opens a session for whoever the code belongs to. Every try counts against the limit of its sender before the
    /// code is looked at, so tries in parallel gain nothing; a right one clears the count.
    pub(crate) fn sign_in(&self, code: &str, peer: Option<IpAddr>) -> Result<SessionKey, SignInError> {
        let now = self.clock.now().seconds();
        if let Err(wait_seconds) = self.attempts.admit(peer, now) {
            return Err(SignInError::TooMany { wait_seconds });
        }
        let name = self.whose(code).ok_or(SignInError::Wrong)?;
        self.attempts.forgive(peer);
        Ok(self.sessions.open(name, now, self.limits(), &*self.entropy))
    }

    /// The person of a session, if it is alive; the request keeps it alive.
    pub(crate) fn signed_in(&self, key: &SessionKey) -> Option<SignedIn> {
        self.sessions.touch(key, self.clock.now().seconds(), self.limits())
    }

    /// Ends a session, on the server and for good.
    pub(crate) fn sign_out(&self, key: &SessionKey) {
        self.sessions.close(key);
    }

    /// The cookie's name: one for each body, because browsers do not keep the cookies of two ports apart.
    pub(crate) fn cookie_name(&self, body: &BodyId) -> String {
        let prefix = if self.secure { "__Host-" } else { "" };
        let body: Vec<&str> = body.parts().collect();
        format!("{prefix}concordat-{}", body.join("."))
    }

    /// The cookie that carries a session, or with none, the cookie that takes it away.
    pub(crate) fn cookie(&self, body: &BodyId, key: Option<&SessionKey>) -> String {
        let value = key.map_or("", SessionKey::as_str);
        let age = if key.is_some() { "" } else { "; Max-Age=0" };
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{age}", self.cookie_name(body))
    }

    /// Compares with every person's code, in the same time whoever it is.
    fn whose(&self, code: &str) -> Option<&str> {
        let shown = sha256(code.trim().as_bytes());
        self.people.iter().fold(None, |found, person| {
            match verify_slices_are_equal(&person.code_digest, &shown) {
                Ok(()) => Some(person.name.as_str()),
                Err(_) => found,
            }
        })
    }

    fn limits(&self) -> session::Limits {
        session::Limits { idle_seconds: self.idle_seconds, longest_seconds: LONGEST_SECONDS }
    }
}

/// SHA-256 as an array.
fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut array = [0; 32];
    let digest = digest(&SHA256, bytes);
    for (to, from) in array.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    array
}
