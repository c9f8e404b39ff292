//! Why a question is not answered: what the asker is told, and what only our own operator is.

use concordat_record::{BodyId, Problem};
use concordat_share::{RefusalCode, Refused};

/// A question that is not answered.
pub(super) struct Declined {
    /// What the asker is told.
    pub(super) refused: Refused,
    /// What has failed, when that is the reason. It does not travel.
    failure: Option<Box<Problem>>,
}

impl From<Refused> for Declined {
    fn from(refused: Refused) -> Self {
        Self { refused, failure: None }
    }
}

/// Whatever fails in our own node, the asker learns no more than that it cannot answer now.
impl From<Problem> for Declined {
    fn from(problem: Problem) -> Self {
        Self { refused: Refused::new(RefusalCode::NotAvailable), failure: Some(Box::new(problem)) }
    }
}

impl Declined {
    /// A refusal, and what the operator should know of it.
    pub(super) fn with(refused: Refused, problem: Problem) -> Self {
        Self { refused, failure: Some(Box::new(problem)) }
    }

    /// The line for our security log about somebody who could not be authenticated.
    pub(super) fn alarm_of_stranger(self) -> Problem {
        let sentence = format!("a stranger was turned away: {}", self.refused);
        self.failure.map_or_else(|| Problem::new("exchange.refused", sentence), |failure| *failure)
    }

    /// The line for our security log: a failure of ours, or who was refused what and by which policy. It names nobody but
    /// bodies, registers, agreements and facts.
    pub(super) fn alarm(&self, sender: &BodyId) -> Problem {
        if let Some(failure) = &self.failure {
            return (**failure).clone();
        }
        let Refused { agreement, cause, .. } = &self.refused;
        let under = agreement.as_ref().map(|name| format!(" under agreement `{name}`")).unwrap_or_default();
        let because = cause.as_ref().map(|cause| format!(" because of {cause}")).unwrap_or_default();
        Problem::new(
            "exchange.refused",
            format!("a question of `{sender}` was refused{under}{because}: {}", self.refused),
        )
    }
}
