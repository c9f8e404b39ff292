//! One question and its answer or refusal.

use serde::{Deserialize, Serialize};

use crate::{BodyId, Datatype, ExchangeId, Name, Origin, Timestamp};

/// One thing the asker knows about a subject.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectProperty {
    /// A property path of the vocabulary, such as `registeredAddress.postCode`.
    pub property: String,
    /// Its value, as the asker knows it.
    pub value: String,
}

/// The person, organisation or place that a question is about: a class and what the asker knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// A class of the vocabulary, such as `LegalEntity`.
    pub class: String,
    /// What is known, sorted by property; a property at most once.
    pub known: Vec<SubjectProperty>,
}

impl Subject {
    /// A subject of a class with what is known of it.
    pub fn new<P: Into<String>, V: Into<String>>(
        class: impl Into<String>,
        known: impl IntoIterator<Item = (P, V)>,
    ) -> Self {
        let mut known: Vec<SubjectProperty> = known
            .into_iter()
            .map(|(property, value)| SubjectProperty { property: property.into(), value: value.into() })
            .collect();
        known.sort();
        known.dedup_by(|a, b| a.property == b.property);
        Self { class: class.into(), known }
    }

    /// The value of a property, if known.
    pub fn get(&self, property: &str) -> Option<&str> {
        self.known.iter().find(|known| known.property == property).map(|known| known.value.as_str())
    }
}

/// What one body asks another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The exchange this question opens.
    pub exchange: ExchangeId,
    /// When it was asked.
    pub asked: Timestamp,
    /// The body that asks.
    pub consumer: BodyId,
    /// The body that is asked.
    pub provider: BodyId,
    /// The register that is asked.
    pub register: Name,
    /// What for; one of the purposes of an agreement.
    pub purpose: Name,
    /// The case that caused the question, in the consumer's numbering.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_reference: Option<String>,
    /// The person who asks, in the consumer's naming.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Whom or what it is about.
    pub subject: Subject,
    /// The facts asked for, each at most once.
    pub facts: Vec<Name>,
}

/// One fact of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Its name in the register.
    pub name: Name,
    /// Its value; null when the record does not say.
    pub value: serde_json::Value,
}

/// One compared property of a match, in the words of the link rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// The comparison, such as `name`.
    pub comparison: String,
    /// The level that was reached, such as `same rare words`.
    pub level: String,
    /// What it adds to the match weight, in bits (log2 of the Bayes factor).
    pub weight: f64,
}

/// How surely the subject was recognised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Match {
    /// Probability that record and subject are the same, 0 to 1.
    pub probability: f64,
    /// Match weight in bits: the log2 odds that belong to the probability.
    pub weight: f64,
    /// What was compared and what it said.
    pub compared: Vec<Compared>,
    /// Whether a person has confirmed it.
    pub confirmed: bool,
}

/// What a provider answers: the granted facts, or that it knows nobody like the subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The exchange that is answered.
    pub exchange: ExchangeId,
    /// When.
    pub answered: Timestamp,
    /// The body that answers.
    pub provider: BodyId,
    /// The register the answer is from.
    pub register: Name,
    /// The agreement that allowed it.
    pub agreement: Name,
    /// How surely the subject was recognised; none when no record was sure enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(rename = "match")]
    pub matched: Option<Match>,
    /// The facts asked for and granted; empty when nobody was recognised.
    pub facts: Vec<Fact>,
    /// Facts of the register that the agreement does not grant: their names, so that nobody takes them for missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<Name>,
    /// Where the record came from, when one was recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The exchange that is refused.
    pub exchange: ExchangeId,
    /// When.
    pub refused: Timestamp,
    /// A code of the list of refusal codes.
    pub code: String,
    /// The reason, for the person who asked.
    pub reason: String,
    /// What that person can do.
    pub advice: String,
}

/// One fact as an agreement grants it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactGrant {
    /// The fact.
    pub name: Name,
    /// The question it answers, for those who read the agreement and the answer; its name in words when not written.
    pub title: String,
    /// The kind of its value; text when not written.
    pub datatype: Datatype,
    /// Why it is needed.
    pub why: String,
}
