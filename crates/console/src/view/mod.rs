//! What the pages show, as plain structs: no HTML, no storage, no decisions.
//!
//! Each page has a `sample()`; tests render every page from samples, and the sample office serves them.

mod exchange;
mod home;
mod questions;
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

    pub fn serialize<S: Serializer>(date: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(date)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Identifiers for samples; each is well formed.
#[expect(clippy::expect_used, reason = "literals, parsed by the tests that render every sample")]
mod known {
    use chrono::NaiveDate;
    use concordat_record::{BodyId, ExchangeId, Name, Timestamp};

    pub fn body(text: &str) -> BodyId {
        text.parse().expect("a body")
    }

    pub fn name(text: &str) -> Name {
        text.parse().expect("a name")
    }

    pub fn exchange(text: &str) -> ExchangeId {
        text.parse().expect("an exchange")
    }

    pub fn moment(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    pub fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }
}
