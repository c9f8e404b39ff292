//! What the tests of all modules share: synthetic bodies, their keys, an agreement and a question. Only built for tests.

use chrono::NaiveDate;
use concordat_record::{BodyId, ExchangeId, Name, Problems, Question, Subject, Timestamp};
use concordat_sign::{Note, SigningKey};

use crate::{Agreement, Federation, Member, RegisterOutline, SignedAgreement};

pub(crate) const TREASURY: &str = "US/GOV/TREASURY/EXEMPT";
pub(crate) const GRANTS: &str = "US/GOV/GRANTS/OFFICE";
pub(crate) const STRANGER: &str = "US/GOV/STRANGER/OFFICE";

/// The agreement that most tests start from.
pub(crate) const AGREEMENT: &str = r#"agreement = "grants-exempt-organisations"
version = 1
title = "Tax exemption of grant applicants"
summary = "The grants office asks whether an applicant is tax-exempt, instead of asking for a letter."
provider = "US/GOV/TREASURY/EXEMPT"
consumer = "US/GOV/GRANTS/OFFICE"
from = "2026-01-01"
until = "2027-12-31"
register = "exempt-organisations"
purposes = [
  { name = "grant-eligibility", text = "Deciding whether an applicant may receive a grant.", legal_basis = "2 CFR 200.206" },
]
facts = [
  { name = "isTaxExempt", why = "only exempt organisations may apply" },
  { name = "exemptSince", why = "the exemption must be two years old" },
]
known = ["legalName", "registeredAddress.postCode"]
[matching]
threshold = 0.9
confirmed_by_person = false
[limits]
per_day = 100
case_reference_required = true
"#;

/// A text with some parts replaced; each part must be there.
pub(crate) fn replaced(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "`{from}` is not in the text");
        text.replacen(from, to, 1)
    })
}

pub(crate) fn body(id: &str) -> BodyId {
    id.parse().unwrap()
}

pub(crate) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub(crate) fn names(texts: &[&str]) -> Vec<Name> {
    texts.iter().map(|text| name(text)).collect()
}

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A key that belongs to a body alone: its seed comes from the id.
pub(crate) fn key(id: &str) -> SigningKey {
    SigningKey::from_seed(id, &concordat_sign::sha256(id.as_bytes())).unwrap()
}

pub(crate) fn member(id: &str, port: u16) -> Member {
    let der = [&[0x30, 0x81, 130][..], &concordat_sign::sha256(id.as_bytes()), &[7; 98]].concat();
    Member {
        id: body(id),
        name: format!("Office of {id}"),
        address: format!("127.0.0.1:{port}"),
        signing_key: key(id).verifier().clone(),
        certificate: der,
        valid: None,
    }
}

/// The federation of treasury and grants office.
pub(crate) fn federation() -> Federation {
    let members = [member(TREASURY, 7443), member(GRANTS, 7444)];
    Federation::of("Test", date("2026-01-01"), date("2030-12-31"), &members).unwrap()
}

/// A text as a note that some bodies have signed.
pub(crate) fn note(text: &str, signers: &[&str]) -> String {
    let mut note = Note::unsigned(text).unwrap();
    for signer in signers {
        note.add_signature(&key(signer));
    }
    note.to_string()
}

pub(crate) fn try_signed(text: &str, file: &str) -> Result<SignedAgreement, Problems> {
    SignedAgreement::open(&note(text, &[TREASURY, GRANTS]), &federation(), file)
}

pub(crate) fn signed(text: &str) -> SignedAgreement {
    try_signed(text, "agreements/test.note").unwrap()
}

pub(crate) fn agreement() -> Agreement {
    Agreement::parse(AGREEMENT, "test.toml").unwrap()
}

pub(crate) fn register() -> RegisterOutline {
    RegisterOutline {
        name: name("exempt-organisations"),
        class: "LegalEntity".into(),
        facts: names(&["isTaxExempt", "exemptSince", "deductible", "assets", "income"]),
    }
}

/// A question that the agreement allows.
pub(crate) fn question() -> Question {
    Question {
        exchange: "00112233445566778899aabbccddeeff".parse::<ExchangeId>().unwrap(),
        asked: moment("2026-06-01T12:00:00Z"),
        consumer: body(GRANTS),
        provider: body(TREASURY),
        register: name("exempt-organisations"),
        purpose: name("grant-eligibility"),
        case_reference: Some("G-2026-17".into()),
        user: None,
        subject: Subject::new("LegalEntity", [("legalName", "Bright River Trust")]),
        facts: names(&["isTaxExempt"]),
    }
}

/// The codes of problems, with their lines, for comparison: `share.twice:12`.
pub(crate) fn codes(problems: &Problems) -> Vec<String> {
    let line = |line: Option<u64>| line.map(|line| format!(":{line}")).unwrap_or_default();
    problems.0.iter().map(|problem| format!("{}{}", problem.code, line(problem.place.line))).collect()
}
