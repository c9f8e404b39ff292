//! Questions of this body's own systems.

use std::sync::Arc;

use concordat_flow::{Node, NotAsked};
use concordat_serve::{
    Answered, Ask, BoxFuture, Desk, NotAnswered, Offer, OfferedFact, OfferedPurpose, Refused,
};

/// Puts questions to the node.
pub struct NodeDesk(pub Arc<Node>);

impl Desk for NodeDesk {
    fn ask(&self, ask: Ask) -> BoxFuture<'_, Result<Answered, NotAnswered>> {
        Box::pin(async move {
            let user = ask.user.map_or_else(|| ask.system.clone(), |user| format!("{user} ({})", ask.system));
            let ask = concordat_flow::Ask {
                provider: ask.provider,
                register: ask.register,
                purpose: ask.purpose,
                case_reference: ask.case_reference,
                user: Some(user),
                subject: ask.subject,
                facts: ask.facts,
            };
            match self.0.ask(ask).await {
                // Only a reply whose proof holds comes back as an answer.
                Ok(asked) => Ok(Answered { answer: asked.answer, verified: true, proof: asked.proof }),
                Err(NotAsked::Refused(refusal)) => Err(NotAnswered::Refused(Refused {
                    exchange: Some(refusal.exchange),
                    code: refusal.code,
                    reason: refusal.reason,
                    advice: refusal.advice,
                })),
                Err(NotAsked::Invalid(problem)) => Err(NotAnswered::Invalid(problem.into())),
                Err(NotAsked::Failed(_, problem)) => Err(NotAnswered::Failed(problem)),
            }
        })
    }

    fn catalogue(&self) -> Vec<Offer> {
        let offers = self.0.offers().into_iter();
        offers
            .map(|offer| Offer {
                provider: offer.provider,
                register: offer.register,
                class: offer.class,
                title: offer.title,
                purposes: offer
                    .purposes
                    .into_iter()
                    .map(|purpose| OfferedPurpose { name: purpose.name, text: purpose.text })
                    .collect(),
                facts: offer
                    .facts
                    .into_iter()
                    .map(|fact| OfferedFact { name: fact.name, title: fact.title, datatype: fact.datatype })
                    .collect(),
                known: offer.known,
                case_reference_required: offer.case_reference_required,
                agreement: offer.agreement,
                until: offer.until,
            })
            .collect()
    }
}
