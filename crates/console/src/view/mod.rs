//! What the pages show, as plain structs: no HTML, no storage, no decisions.
//!
//! Each page has a `sample()`; tests render every page from samples, and the sample office serves them.

mod exchange;
mod home;
mod questions;
mod sample;
mod unified;

pub use exchange::{
    Event, Exchange, ExchangeFilter, ExchangePage, ExchangeRow, LogEntry, OutcomeKind, Refused, Side, Step,
    Verification,
};
pub use home::{
    Agreement, Health, HealthState, Home, Identity, LogState, Party, Register, Tally, Task, TaskLink,
};
pub use questions::{FactOffer, Inquiry, KnownProperty, Purpose, Questions, RegisterOffer};
pub use unified::{AgreementRef, FactAnswer, Outcome, ProofState, ProviderReply, UnifiedView};

/// Dates as `YYYY-MM-DD` in serialised views.
mod day {
    use chrono::NaiveDate;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
    pub fn serialize<S: Serializer>(date: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(date)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
