//! `sample()` for every view: what the tests render and the sample office serves. Everybody in it is invented.

mod exchange;
mod home;
mod questions;
mod unified;

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
