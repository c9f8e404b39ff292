//! The ask page: what may be asked, and what a caseworker entered.

use chrono::NaiveDate;
use concordat_record::{BodyId, Name, Subject};
use serde::{Deserialize, Serialize};

use super::{Party, known};

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
    /// The law or decision that allows it.
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

impl Questions {
    /// Three registers about organisations.
    pub fn sample() -> Self {
        Self {
            class: "LegalEntity".into(),
            known: vec![
                known_property("legalName", "Name", Some("As on the application."), true),
                known_property("registeredAddress.thoroughfare", "Street and number", None, false),
                known_property("registeredAddress.postName", "Town or city", None, false),
                known_property(
                    "registeredAddress.adminUnitL2",
                    "State",
                    Some("Two letters, such as VT."),
                    false,
                ),
                known_property("registeredAddress.postCode", "ZIP code", None, false),
            ],
            purposes: vec![
                Purpose {
                    name: known::name("grant-eligibility"),
                    text: "Decide whether an applicant may receive a grant".into(),
                    legal_basis: "2 CFR 200.206".into(),
                },
                Purpose {
                    name: known::name("grant-audit"),
                    text: "Check a grant that was paid".into(),
                    legal_basis: "2 CFR 200.501".into(),
                },
            ],
            offers: vec![
                offer(
                    ("US/GOV/TREASURY/EXEMPT", "Treasury, exempt organisations"),
                    ("exempt-organisations", "Exempt organisations"),
                    ("grants-exempt-organisations", "Tax-exempt status of grant applicants"),
                    &[
                        ("isTaxExempt", "Is it tax-exempt?"),
                        ("exemptSince", "Exempt since"),
                        ("donationsDeductible", "May donors deduct their gifts?"),
                    ],
                ),
                offer(
                    ("US/GOV/EDUCATION/INSTITUTIONS", "Education, institution directory"),
                    ("institutions", "Institution directory"),
                    ("grants-institutions", "Standing of schools that apply for grants"),
                    &[
                        ("isRegistered", "Is it a registered institution?"),
                        ("federalAidEligible", "Is it eligible for federal student aid?"),
                        ("level", "Level"),
                        ("control", "Who controls it?"),
                    ],
                ),
                offer(
                    ("US/GOV/HEALTH/HOSPITALS", "Health, hospital register"),
                    ("hospitals", "Hospital register"),
                    ("grants-hospitals", "Registration of hospitals that apply for grants"),
                    &[
                        ("isRegisteredHospital", "Is it a registered hospital?"),
                        ("hasEmergencyServices", "Does it have emergency services?"),
                    ],
                ),
            ],
        }
    }
}

impl Inquiry {
    /// A question about an invented college to all sample registers.
    pub fn sample() -> Self {
        let questions = Questions::sample();
        Self {
            subject: Subject::new(
                questions.class,
                [
                    ("legalName", "Maple Hollow Community College"),
                    ("registeredAddress.thoroughfare", "12 Orchard Road"),
                    ("registeredAddress.postName", "Maple Hollow"),
                    ("registeredAddress.adminUnitL2", "VT"),
                    ("registeredAddress.postCode", "05999"),
                ],
            ),
            purpose: known::name("grant-eligibility"),
            case_reference: Some("GR-2026-0142".into()),
            ask: questions.offers.into_iter().map(|offer| (offer.provider.body, offer.register)).collect(),
            user: "Robin Sample".into(),
        }
    }
}

fn known_property(path: &str, title: &str, hint: Option<&str>, required: bool) -> KnownProperty {
    KnownProperty { path: path.into(), title: title.into(), hint: hint.map(Into::into), required }
}

fn offer(
    (body, name): (&str, &str),
    (register, title): (&str, &str),
    (agreement, agreement_title): (&str, &str),
    facts: &[(&str, &str)],
) -> RegisterOffer {
    RegisterOffer {
        provider: Party { body: known::body(body), name: name.into() },
        register: known::name(register),
        title: title.into(),
        agreement: known::name(agreement),
        agreement_title: agreement_title.into(),
        until: known::date("2027-12-31"),
        facts: facts
            .iter()
            .map(|(name, title)| FactOffer { name: known::name(name), title: (*title).into() })
            .collect(),
        purposes: vec![known::name("grant-eligibility")],
        case_reference_required: true,
    }
}
