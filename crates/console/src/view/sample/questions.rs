//! Three registers about organisations, and a question to all of them.

use concordat_record::Subject;

use super::known;
use crate::view::{FactOffer, Inquiry, KnownProperty, Party, Purpose, Questions, RegisterOffer};

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
