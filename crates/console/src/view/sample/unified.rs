//! Answers of three bodies about an invented college, and three replies without an answer.

use concordat_record::{Compared, Match};
use serde_json::{Value, json};

use super::known;
use crate::view::{
    AgreementRef, FactAnswer, Inquiry, Outcome, ProofState, ProviderReply, Questions, UnifiedView,
};

impl UnifiedView {
    /// One provider that recognises well, one less well, one that does not.
    pub fn sample() -> Self {
        let mut replies = replies(&Inquiry::sample());
        if let [treasury, education, ..] = replies.as_mut_slice() {
            treasury.outcome = treasury_facts();
            education.outcome = education_facts();
        }
        Self::with(replies)
    }

    /// Nobody answers: refused, unreachable, and a proof that fails.
    pub fn sample_without_answers() -> Self {
        let mut replies = replies(&Inquiry::sample());
        if let [treasury, education, health] = replies.as_mut_slice() {
            treasury.outcome = Outcome::Refused {
                code: "purpose-not-agreed".into(),
                reason: "The agreement does not cover the purpose you chose.".into(),
                advice: "Choose a purpose that the agreement names, or ask your data protection officer to extend it."
                    .into(),
            };
            education.outcome = Outcome::Unreachable {
                reason: "The node of this body did not answer within 10 seconds.".into(),
                advice: "Ask again in a few minutes. If it stays away, call the body.".into(),
            };
            education.proof = ProofState::Absent("No reply came, so there is nothing to verify.".into());
            health.proof = ProofState::Failed("The checkpoint is not signed by the body's key.".into());
        }
        Self::with(replies)
    }

    fn with(replies: Vec<ProviderReply>) -> Self {
        let inquiry = Inquiry::sample();
        Self {
            asked: known::moment("2026-11-23T09:12:07Z"),
            subject: inquiry.subject,
            purpose: "Decide whether an applicant may receive a grant".into(),
            case_reference: inquiry.case_reference,
            replies,
        }
    }
}

fn replies(inquiry: &Inquiry) -> Vec<ProviderReply> {
    let ids = [
        "6f1c0a52b7d94e0f8a3b5c7d9e1f2a34",
        "0b9e4d7721c84a6f9d2e3f405162738a",
        "c4d5e6f708192a3b4c5d6e7f8091a2b3",
    ];
    Questions::sample()
        .offers
        .into_iter()
        .zip(ids)
        .filter(|(offer, _)| inquiry.ask.contains(&(offer.provider.body.clone(), offer.register.clone())))
        .map(|(offer, id)| ProviderReply {
            provider: offer.provider,
            register: offer.register,
            register_title: offer.title,
            exchange: Some(known::exchange(id)),
            agreement: Some(AgreementRef {
                name: offer.agreement,
                title: offer.agreement_title,
                until: offer.until,
            }),
            outcome: Outcome::NotRecognised,
            proof: ProofState::Verified,
        })
        .collect()
}

fn treasury_facts() -> Outcome {
    Outcome::Recognised {
        matched: Match {
            probability: 0.9994,
            weight: 10.7,
            compared: vec![
                compared("Name", "same rare words", 9.8),
                compared("Street", "differs", -2.1),
                compared("Town", "same", 4.4),
                compared("Post code", "first three digits same", 3.2),
            ],
            confirmed: false,
        },
        facts: vec![
            fact("isTaxExempt", "Is it tax-exempt?", json!(true)),
            fact("exemptSince", "Exempt since", json!("1987-06-01")),
            fact(
                "donationsDeductible",
                "May donors deduct their gifts?",
                json!("Contributions are deductible"),
            ),
        ],
        withheld: vec!["Assets".into(), "Income".into(), "Address".into()],
    }
}

fn education_facts() -> Outcome {
    Outcome::Recognised {
        matched: Match {
            probability: 0.934,
            weight: 3.8,
            compared: vec![compared("Name", "similar words", 5.1), compared("Town", "same", 4.0)],
            confirmed: true,
        },
        facts: vec![
            fact("isRegistered", "Is it a registered institution?", json!(true)),
            fact("federalAidEligible", "Is it eligible for federal student aid?", json!(false)),
            fact("level", "Level", Value::Null),
            fact("control", "Who controls it?", json!("Public")),
        ],
        withheld: Vec::new(),
    }
}

fn compared(comparison: &str, level: &str, weight: f64) -> Compared {
    Compared { comparison: comparison.into(), level: level.into(), weight }
}

fn fact(name: &str, title: &str, value: Value) -> FactAnswer {
    FactAnswer { name: known::name(name), title: title.into(), value }
}
