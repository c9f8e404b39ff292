//! The unified view: what several bodies said about one subject, put together for one question and never stored.

use chrono::NaiveDate;
use concordat_record::{ExchangeId, Match, Name, Subject, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Party;

/// The answers to one inquiry, side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnifiedView {
    /// When the question went out.
    pub asked: Timestamp,
    /// Whom or what it was about, as entered.
    pub subject: Subject,
    /// The purpose in plain words.
    pub purpose: String,
    /// The case.
    pub case_reference: Option<String>,
    /// What each provider replied, in the order of the form.
    pub replies: Vec<ProviderReply>,
}

/// What one provider replied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProviderReply {
    /// The provider.
    pub provider: Party,
    /// The register that was asked.
    pub register: Name,
    /// How people call it.
    pub register_title: String,
    /// The exchange; none when nothing was sent.
    pub exchange: Option<ExchangeId>,
    /// The agreement it went under; none when there is none.
    pub agreement: Option<AgreementRef>,
    /// What came back.
    pub outcome: Outcome,
    /// Whether the exchange is proven.
    pub proof: ProofState,
}

impl ProviderReply {
    /// Whether the reply may be shown as what the provider said: nothing about it failed to verify.
    pub fn is_trusted(&self) -> bool {
        !matches!(self.proof, ProofState::Failed(_))
    }
}

/// The agreement that allowed an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementRef {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: String,
    /// Its last day.
    #[serde(with = "super::day")]
    pub until: NaiveDate,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A record was recognised, and these facts of it may be shared.
    Recognised {
        /// How surely, and on what.
        matched: Match,
        /// The facts.
        facts: Vec<FactAnswer>,
        /// What the register holds beyond that and the agreement does not let out, in plain words.
        withheld: Vec<String>,
    },
    /// No record was sure enough.
    NotRecognised,
    /// The provider refused.
    Refused {
        /// A code of the list of refusal codes.
        code: String,
        /// Why.
        reason: String,
        /// What the person who asked can do.
        advice: String,
    },
    /// No reply came, or one that does not verify.
    Unreachable {
        /// Why.
        reason: String,
        /// What the person who asked can do.
        advice: String,
    },
}

/// One fact and its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FactAnswer {
    /// Its name in the register.
    pub name: Name,
    /// The question it answers.
    pub title: String,
    /// Its value; null when the record does not say.
    pub value: Value,
}

/// Whether an exchange is proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProofState {
    /// Signature, leaf and log of the provider were verified here.
    Verified,
    /// Verification failed: which step, as a sentence.
    Failed(String),
    /// There is nothing to verify: why, as a sentence.
    Absent(String),
}
