//! What a node must not forget: which questions it has had, and how many an agreement has let through today.
//!
//! It is kept in a file of its own, apart from the answers, so that a refresh that is publishing keeps no exchange waiting.

use std::sync::atomic::{AtomicI64, Ordering};

use concordat_record::{Name, Problem, Question, Timestamp};
use concordat_share::{Permit, RefusalCode, Refused};
use concordat_sign::{Verified, WINDOW_SECONDS};

use super::Node;
use super::declined::Declined;

/// How long an exchange's number is remembered, in seconds: far longer than a signed message lives.
const REMEMBERED: i64 = 7 * 24 * 60 * 60;
/// How long a day's count is kept, in seconds.
const TWO_DAYS: i64 = 2 * 24 * 60 * 60;
/// How often what has expired is forgotten, in seconds.
const HOUR: i64 = 60 * 60;

/// When what has expired was last forgotten, in seconds since 1970.
#[derive(Debug)]
pub(super) struct Swept(AtomicI64);

impl Swept {
    pub(super) fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.seconds()))
    }

    /// Whether it is time again; of several who ask at once, one is told so.
    fn is_due(&self, now: Timestamp) -> bool {
        let last = self.0.load(Ordering::Relaxed);
        let now = now.seconds();
        now.saturating_sub(last) >= HOUR
            && self.0.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

impl Node {
    /// Takes a question in, once: of any number of copies of it the first is let through.
    pub(super) fn admit_once(
        &self,
        question: &Question,
        verified: &Verified,
        now: Timestamp,
    ) -> Result<(), Declined> {
        if self.swept.is_due(now) {
            self.exchanges.sweep(now)?;
        }
        let nonce = format!("{} {}", verified.key.keyid(), verified.nonce);
        let number = question.exchange.as_str().as_bytes();
        let store = &self.exchanges;
        let fresh = store.claim_entry("nonce", nonce.as_bytes(), now.plus_seconds(3 * WINDOW_SECONDS))?
            && store.claim_entry("exchange-number", number, now.plus_seconds(REMEMBERED))?;
        if fresh { Ok(()) } else { Err(Refused::new(RefusalCode::Replayed).into()) }
    }

    /// How many questions an agreement has let through today (UTC).
    pub(crate) fn let_through_today(&self, agreement: &Name, now: Timestamp) -> Result<u64, Problem> {
        self.exchanges.counter("let-through", &day(agreement, now))
    }

    /// Counts a question against the agreement's number for the day. Counting is one step, so that questions that come at
    /// the same moment cannot pass the limit together.
    pub(super) fn count(&self, permit: &Permit, now: Timestamp) -> Result<(), Declined> {
        let signed = self.body.agreements.iter().find(|signed| signed.digest() == permit.digest);
        // A permit without its agreement cannot be; if it were, nothing would limit it.
        let signed = signed.ok_or_else(|| Refused::new(RefusalCode::NoAgreement))?;
        let Some(per_day) = signed.agreement().limits.per_day else { return Ok(()) };
        let key = day(&permit.agreement, now);
        if self.exchanges.count_up("let-through", &key, now.plus_seconds(TWO_DAYS))? <= u64::from(per_day) {
            return Ok(());
        }
        Err(Refused::new(RefusalCode::LimitReached)
            .under(&permit.agreement)
            .detail(per_day.to_string())
            .into())
    }
}

fn day(agreement: &Name, now: Timestamp) -> Vec<u8> {
    format!("{} {agreement}", now.date()).into_bytes()
}
