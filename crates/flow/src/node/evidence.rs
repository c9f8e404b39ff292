//! Logging an exchange, and checking that the other side has.

use concordat_prove::{Digest, Leaf, LeafFormat, Opening, Outcome as Ended, Salt, Side, verify_proof};
use concordat_record::{BodyId, Name, Problem, Question};
use concordat_sign::VerifierKey;

use super::Node;
use crate::exchange::journal::Became;
use crate::exchange::wire::Evidence;

/// What one side logs of an exchange.
pub(crate) struct Parts<'a> {
    pub(crate) side: Side,
    pub(crate) question: &'a Question,
    pub(crate) other: &'a BodyId,
    pub(crate) agreement: Option<&'a Name>,
    pub(crate) became: &'a Became,
    /// The question as it travelled; empty when it never did.
    pub(crate) question_bytes: &'a [u8],
    /// The outcome as it travelled; empty when none came.
    pub(crate) outcome_bytes: &'a [u8],
}

/// An exchange that stands in our log.
pub(crate) struct Logged {
    pub(crate) index: u64,
    pub(crate) evidence: Evidence,
}

impl Node {
    /// Logs an exchange; returns when its leaf is durable under a signed checkpoint.
    pub(crate) async fn log_exchange(&self, parts: &Parts<'_>) -> Result<Logged, Problem> {
        let opening =
            Opening::new(Salt::random(&*self.world.entropy), parts.question_bytes, parts.outcome_bytes);
        let leaf = Leaf {
            format: LeafFormat::One,
            exchange: parts.question.exchange.clone(),
            side: parts.side,
            peer: parts.other.clone(),
            register: parts.question.register.clone(),
            agreement: parts.agreement.cloned(),
            purpose: parts.question.purpose.clone(),
            facts: parts.question.facts.clone(),
            outcome: ended(parts.became),
            time: self.now(),
            commitment: opening.commitment(),
        };
        let appended = self.log.append(&leaf, opening.salt).await?;
        let proof = appended.proof()?;
        Ok(Logged { index: appended.index, evidence: Evidence { proof, salt: opening.salt } })
    }
}

fn ended(became: &Became) -> Ended {
    match became {
        Became::Answered => Ended::Answered,
        Became::NotRecognised => Ended::NotRecognised,
        Became::Refused { code, .. } => Ended::Refused(code.clone()),
        Became::Failed { .. } => Ended::Failed,
    }
}

/// Checks, with the provider's public key alone, that it has logged this question with this outcome.
pub(crate) fn check(
    evidence: &Evidence,
    provider: &VerifierKey,
    question: &Question,
    question_bytes: &[u8],
    outcome: &str,
) -> Result<(), Problem> {
    let proven = verify_proof(&evidence.proof, provider)?;
    let opening = Opening {
        salt: evidence.salt,
        request: Digest::of(question_bytes),
        answer: Digest::of(outcome.as_bytes()),
    };
    opening.verify(&proven.leaf)?;
    let is_ours = proven.leaf.exchange == question.exchange
        && proven.leaf.side == Side::Provider
        && proven.leaf.peer == question.consumer;
    if is_ours {
        return Ok(());
    }
    Err(Problem::new("exchange.other-leaf", "the provider's proof is about another exchange"))
}
