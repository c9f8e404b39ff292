//! What may be answered, and the last look before it leaves.

use concordat_record::{Match, Name, Timestamp};

use crate::refusal::{RefusalCode, Refused};

/// What one question may have. Only a [`Decider`](super::Decider) makes one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Permit {
    /// The agreement that allows it.
    pub agreement: Name,
    /// Its version.
    pub version: u32,
    /// SHA-256 of its signed text, in lower-case hexadecimal.
    pub digest: String,
    /// The facts to read from the store: those asked for, in the order asked, and nothing else.
    pub granted: Vec<Name>,
    /// Facts of the register that the agreement does not grant.
    pub withheld: Vec<Name>,
    /// Least probability that record and subject are the same.
    pub threshold: f64,
    /// Whether a person must have confirmed the match.
    pub confirmed_by_person: bool,
    /// The first moment at which the agreement is no longer in force.
    pub ends: Timestamp,
}

impl Permit {
    /// The last look before an answer leaves: time has passed since the decision, and the subject has been looked for.
    ///
    /// `matched` is none when nobody was recognised; that answer carries no facts and needs no confirmation.
    ///
    /// # Errors
    /// `agreement-expired` when the agreement ended meanwhile, `match-not-sure` below its threshold, `match-not-confirmed`
    /// when a person must confirm and nobody has.
    pub fn release(&self, matched: Option<&Match>, now: Timestamp) -> Result<(), Refused> {
        let refuse = |code| Err(Refused::new(code).under(&self.agreement));
        if now >= self.ends {
            return refuse(RefusalCode::AgreementExpired);
        }
        let Some(matched) = matched else { return Ok(()) };
        if !self.is_sure(matched) {
            return refuse(RefusalCode::MatchNotSure);
        }
        if self.confirmed_by_person && !matched.confirmed {
            return refuse(RefusalCode::MatchNotConfirmed);
        }
        Ok(())
    }

    /// Whether a match reaches the threshold. A probability that is not a number does not.
    pub fn is_sure(&self, matched: &Match) -> bool {
        matched.probability >= self.threshold
    }
}

/// The granted ones of the facts that a store holds, in the order granted: exactly the list to read.
pub fn project(granted: &[Name], held: &[Name]) -> Vec<Name> {
    granted.iter().filter(|fact| held.contains(fact)).cloned().collect()
}
