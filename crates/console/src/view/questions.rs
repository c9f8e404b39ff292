//! The ask page: what may be asked, and what a caseworker entered.

use chrono::NaiveDate;
use concordat_record::{BodyId, Name, Subject};
use serde::{Deserialize, Serialize};

use super::Party;

/// What may be asked, of whom, for which purposes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Questions {
    /// The class of the subject, such as `LegalEntity`.
    pub class: String,
    /// What a caseworker may enter about the subject, in the order of the form.
    pub known: Vec<KnownProperty>,
    /// The purposes of the agreements in force, each once.
    pub purposes: Vec<Purpose>,
    /// The registers that may be asked.
    pub offers: Vec<RegisterOffer>,
}

/// One thing a caseworker may enter about a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownProperty {
    /// The property path, such as `registeredAddress.postCode`; also the name of the form field.
    pub path: String,
    /// The label of the field.
    pub title: String,
    /// What to enter, when the label does not say it all.
    pub hint: Option<String>,
    /// Whether the form insists on it.
    pub required: bool,
}

/// What a question may be for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purpose {
    /// Its name in the agreements.
    pub name: Name,
    /// The purpose in plain words.
    pub text: String,
    /// The law or decision that allows it; empty when the agreement names none.
    pub legal_basis: String,
}

/// One register that may be asked, under one agreement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterOffer {
    /// The body that holds it.
    pub provider: Party,
    /// The register.
    pub register: Name,
    /// How people call it.
    pub title: String,
    /// The agreement that allows the questions.
    pub agreement: Name,
    /// The agreement's title.
    pub agreement_title: String,
    /// The agreement's last day.
    #[serde(with = "super::day")]
    pub until: NaiveDate,
    /// The facts that it grants.
    pub facts: Vec<FactOffer>,
    /// The purposes that it covers.
    pub purposes: Vec<Name>,
    /// Whether a question must name a case.
    pub case_reference_required: bool,
}

/// One fact that may be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactOffer {
    /// Its name in the register.
    pub name: Name,
    /// The question it answers, such as `Is it tax-exempt?`.
    pub title: String,
}

/// What a caseworker asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inquiry {
    /// Whom or what it is about.
    pub subject: Subject,
    /// What for.
    pub purpose: Name,
    /// The case, in this body's numbering.
    pub case_reference: Option<String>,
    /// The registers to ask.
    pub ask: Vec<(BodyId, Name)>,
    /// The person who asks: the name that belongs to the access code.
    pub user: String,
}
