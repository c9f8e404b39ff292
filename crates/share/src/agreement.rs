//! An agreement of two bodies: who may learn what from whom, what for, and until when.
//!
//! The text is TOML that people read and sign ([`Agreement::parse`], [`Agreement::to_text`]); the node enforces what it
//! compiles to ([`Agreement::to_cedar`]). Provider and consumer are one body each: a third party means a second agreement.

mod compile;
mod lint;
mod parse;
mod plain;
mod signed;
#[cfg(test)]
mod tests;
mod vague;
mod write;

use chrono::{Days, NaiveDate};
use concordat_record::{BodyId, FactGrant, Name, Problems, Timestamp};

pub use compile::suspension;
pub use signed::SignedAgreement;

/// What one body may learn from a register of another.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// Its name, the same in all versions.
    pub name: Name,
    /// Counted from one. A higher version replaces the lower ones from its first day on.
    pub version: u32,
    /// What it is about, in a line.
    pub title: String,
    /// What it is about, in plain language for the people whose data it is.
    pub summary: String,
    /// The body that answers.
    pub provider: BodyId,
    /// The body that asks.
    pub consumer: BodyId,
    /// First day in force (UTC).
    pub from: NaiveDate,
    /// Last day in force (UTC).
    pub until: NaiveDate,
    /// The provider's register that is asked.
    pub register: Name,
    /// What for; at least one.
    pub purposes: Vec<Purpose>,
    /// What may be learnt, and why each is needed; at least one.
    pub facts: Vec<FactGrant>,
    /// What the consumer may tell about the subject: property paths of the vocabulary; at least one.
    pub known: Vec<String>,
    /// How surely the subject must be recognised.
    pub matching: Matching,
    /// What else is demanded.
    pub limits: Limits,
}

/// One purpose of an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    /// The name that questions give.
    pub name: Name,
    /// What is done with the facts, in plain language.
    pub text: String,
    /// The law that allows or demands it.
    pub legal_basis: Option<String>,
}

/// How surely the subject must be recognised before facts leave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Matching {
    /// Least probability that record and subject are the same: above 0, at most 1.
    pub threshold: f64,
    /// Whether a person must have confirmed the match.
    pub confirmed_by_person: bool,
}

/// What an agreement demands beside purpose and facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Most questions in a day (UTC); none means any number.
    pub per_day: Option<u32>,
    /// Whether each question must name the case that causes it.
    pub case_reference_required: bool,
}

/// What an agreement must know of the register it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterOutline {
    /// The register.
    pub name: Name,
    /// The class of its records, such as `LegalEntity`.
    pub class: String,
    /// All facts that can be asked for.
    pub facts: Vec<Name>,
}

impl Agreement {
    /// Reads the text of an agreement.
    ///
    /// # Errors
    /// All problems of the text, each with its line: syntax, missing and unknown keys, values of the wrong kind, empty or
    /// hidden text, dates in the wrong order, purposes that could mean anything, anything twice, and properties that the
    /// vocabulary does not have.
    pub fn parse(text: &str, file: &str) -> Result<Self, Problems> {
        parse::parse(text, file, None)
    }

    /// Reads the text of an agreement and holds it against the register it is about.
    ///
    /// # Errors
    /// As [`Agreement::parse`]; also when a fact is not one of the register's, or a property not one of its class's.
    pub fn parse_against(text: &str, file: &str, register: &RegisterOutline) -> Result<Self, Problems> {
        parse::parse(text, file, Some(register))
    }

    /// The facts this agreement grants.
    pub fn granted(&self) -> impl Iterator<Item = &Name> {
        self.facts.iter().map(|grant| &grant.name)
    }

    /// Which of a register's facts this agreement does not grant, in the register's order.
    pub fn withholds(&self, facts: &[Name]) -> Vec<Name> {
        facts.iter().filter(|fact| !self.granted().any(|granted| granted == *fact)).cloned().collect()
    }

    /// The first moment in force.
    pub fn begins(&self) -> Timestamp {
        Timestamp::from_date(self.from)
    }

    /// The first moment no longer in force: the midnight (UTC) after the last day.
    pub fn ends(&self) -> Timestamp {
        Timestamp::from_date(self.until.checked_add_days(Days::new(1)).unwrap_or(self.until))
    }

    /// Whether it is in force at a moment, by its dates alone.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.begins() <= now && now < self.ends()
    }
}
