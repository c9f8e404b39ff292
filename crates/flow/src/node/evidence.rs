//! Logging an exchange, and checking that the other side has.

use std::sync::Arc;

use concordat_prove::{Digest, Leaf, LeafFormat, Opening, Outcome as Ended, Salt, Side, verify_proof};
use concordat_record::{BodyId, Name, Problem, Question, Timestamp};
use concordat_sign::VerifierKey;

use super::Node;
use super::disk::wait_for_disk;
use crate::exchange::journal::{self, Became, Entry};
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

impl Parts<'_> {
    /// The entry of the journal for an exchange that stands in our log. The provider's journal names no user: who asks is the
    /// consumer's affair.
    pub(crate) fn entry(&self, index: u64, at: Timestamp) -> Entry {
        Entry {
            exchange: self.question.exchange.clone(),
            at,
            side: self.side,
            other: self.other.clone(),
            register: self.question.register.clone(),
            purpose: self.question.purpose.clone(),
            agreement: self.agreement.cloned(),
            case_reference: self.question.case_reference.clone(),
            user: self.question.user.clone().filter(|_| self.side == Side::Consumer),
            facts: Vec::new(),
            outcome: self.became.clone(),
            index,
            provider_proof: None,
        }
    }
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
        let index = appended.index;
        let proof = wait_for_disk(move || appended.proof()).await?;
        Ok(Logged { index, evidence: Evidence { proof, salt: opening.salt } })
    }

    /// Notes an exchange in the journal. It stands there before anything of it leaves.
    pub(crate) async fn note_down(self: &Arc<Self>, entry: Entry) -> Result<(), Problem> {
        let node = self.clone();
        wait_for_disk(move || journal::put(&node.exchanges, &entry)).await
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
