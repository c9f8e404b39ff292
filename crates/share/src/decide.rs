//! May this question be answered, and with which facts?
//!
//! Agreements are indexed by consumer and register, so that Cedar sees one agreement at a time with all of the body's own
//! policies (1,000 agreements in one policy set cost a millisecond a decision, one costs some microseconds). Deny is the
//! default; an evaluation error denies. What is granted is exactly what was asked: a question with one fact too many
//! is refused whole, naming that fact, so that nobody takes a missing fact for a missing value.

mod candidate;
mod index;
mod obligation;
mod permit;
mod request;
#[cfg(test)]
mod tests;
mod wellformed;

use std::collections::BTreeMap;

use concordat_record::{BodyId, Name, Problems, Question, Timestamp};

use crate::agreement::{RegisterOutline, SignedAgreement};
use crate::policy::OwnPolicy;
use crate::refusal::{RefusalCode, Refused};

pub use permit::{Permit, project};

use index::Index;

/// What may be answered, or why nothing is.
pub type Decision = Result<Permit, Refused>;

/// Decides for one body which questions it answers.
#[derive(Debug)]
pub struct Decider {
    body: BodyId,
    registers: BTreeMap<Name, RegisterOutline>,
    agreements: Index,
}

impl Decider {
    /// A decider for a body with its registers, the agreements in its folder and its own policies.
    ///
    /// Agreements in which the body is the consumer are let through and not used: the provider decides.
    ///
    /// # Errors
    /// All problems: an agreement the body is no party of, one about an unknown register, fact or property, a version
    /// twice or with other parties, and a policy that names an unknown register or agreement.
    pub fn new(
        body: BodyId,
        registers: impl IntoIterator<Item = RegisterOutline>,
        agreements: impl IntoIterator<Item = SignedAgreement>,
        own_policies: &[OwnPolicy],
    ) -> Result<Self, Problems> {
        let registers: BTreeMap<Name, RegisterOutline> =
            registers.into_iter().map(|register| (register.name.clone(), register)).collect();
        let agreements: Vec<SignedAgreement> = agreements.into_iter().collect();
        let agreements = Index::build(&body, &registers, agreements, own_policies)?;
        Ok(Self { body, registers, agreements })
    }

    /// Decides one question.
    ///
    /// `sender` is the body that certificate and signature have shown to be the sender; `used_today` counts the questions
    /// answered today (UTC) under an agreement.
    ///
    /// # Errors
    /// The refusal, with the code of the nearest miss when several agreements could have answered.
    pub fn decide(
        &self,
        question: &Question,
        sender: &BodyId,
        now: Timestamp,
        used_today: &dyn Fn(&Name) -> u64,
    ) -> Decision {
        if question.consumer != *sender {
            return Err(Refused::new(RefusalCode::ConsumerMismatch));
        }
        wellformed::check(question)?;
        if question.provider != self.body {
            return Err(Refused::new(RefusalCode::ProviderMismatch));
        }
        let register = self
            .registers
            .get(&question.register)
            .ok_or_else(|| Refused::new(RefusalCode::RegisterUnknown))?;
        if question.subject.class != register.class {
            let detail = format!("register `{}` is of class {}", register.name, register.class);
            return Err(Refused::new(RefusalCode::QuestionMalformed).detail(detail));
        }
        let mut nearest: Option<Refused> = None;
        for candidate in self.agreements.candidates(&question.consumer, &question.register, now) {
            match candidate.judge(question, now, used_today) {
                Ok(()) => return Ok(candidate.permit(question, register)),
                Err(refused) if nearest.as_ref().is_none_or(|other| refused.code > other.code) => {
                    nearest = Some(refused);
                }
                Err(_) => {}
            }
        }
        Err(nearest.unwrap_or_else(|| Refused::new(RefusalCode::NoAgreement)))
    }

    /// The agreements in which this body is the provider, by name and version.
    pub fn agreements(&self) -> impl Iterator<Item = &SignedAgreement> {
        self.agreements.all()
    }
}
