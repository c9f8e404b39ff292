//! What must hold of a reply before anybody believes it, beside its signature.

use concordat_record::{Answer, Name, Problem, Question};
use concordat_sign::VerifierKey;

use super::evidence;
use crate::exchange::wire::{Outcome, Reply};

/// A reply that has passed every check.
pub(super) struct Believed {
    pub(super) question_bytes: Vec<u8>,
    pub(super) reply: Reply,
    pub(super) outcome: Outcome,
}

/// Reads a reply whose signature holds, and checks that it is about this question and that the provider has logged it.
pub(super) fn believe(
    question: &Question,
    question_bytes: Vec<u8>,
    response: &http::Response<Vec<u8>>,
    provider: &VerifierKey,
) -> Result<Believed, Problem> {
    let reply: Reply = serde_json::from_slice(response.body())
        .map_err(|_| malformed("is not of the form that this node reads"))?;
    let outcome: Outcome = serde_json::from_str(reply.outcome.get())
        .map_err(|_| malformed("holds no answer and no refusal that this node reads"))?;
    let exchange = match &outcome {
        Outcome::Answer(answer) => {
            check_answer(question, answer)?;
            &answer.exchange
        }
        Outcome::Refusal(refusal) => &refusal.exchange,
    };
    if *exchange != question.exchange {
        return Err(malformed("is about another exchange"));
    }
    evidence::check(&reply.evidence, provider, question, &question_bytes, reply.outcome.get())?;
    Ok(Believed { question_bytes, reply, outcome })
}

/// An answer tells each fact that was asked, once, and nothing else; of nobody it tells nothing.
fn check_answer(question: &Question, answer: &Answer) -> Result<(), Problem> {
    if answer.provider != question.provider || answer.register != question.register {
        return Err(malformed("is from another register than was asked"));
    }
    if let Some(fact) = answer.facts.iter().find(|fact| !question.facts.contains(&fact.name)) {
        return Err(malformed(&format!("tells the fact `{}`, which was not asked", fact.name)));
    }
    let times_told = |fact: &&Name| answer.facts.iter().filter(|told| told.name == **fact).count();
    let expected = usize::from(answer.matched.is_some());
    match question.facts.iter().find(|fact| times_told(fact) != expected) {
        Some(fact) if expected == 0 => Err(malformed(&format!("tells the fact `{fact}` of nobody"))),
        Some(fact) => Err(malformed(&format!("does not tell the fact `{fact}` once"))),
        None => Ok(()),
    }
}

fn malformed(what: &str) -> Problem {
    Problem::new("exchange.malformed-reply", format!("the reply {what}"))
        .advise("tell the contact of the body that was asked: its node does not keep to the exchange")
}
