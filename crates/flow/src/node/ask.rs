//! The consumer's side: a question goes out, and its answer is believed only when signature, binding and proof hold.

use std::sync::Arc;

use concordat_prove::Side;
use concordat_record::{Answer, BodyId, ExchangeId, Name, Problem, Question, Refusal, Subject, Vocabulary};
use concordat_share::{RefusalCode, Refused, SignedAgreement};
use concordat_sign::{sign_request, verify_response};
use http::header::CONTENT_TYPE;

use super::Node;
use super::believe::{Believed, believe};
use super::evidence::Parts;
use super::response::turned_away;
use crate::exchange::journal::{Became, Entry};
use crate::exchange::wire::{self, JSON, Outcome};

/// What one of our people or systems asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The body that is asked.
    pub provider: BodyId,
    /// Its register.
    pub register: Name,
    /// What for.
    pub purpose: Name,
    /// The case that causes the question.
    pub case_reference: Option<String>,
    /// The person or system that asks, in our own naming.
    pub user: Option<String>,
    /// Whom or what it is about.
    pub subject: Subject,
    /// The facts asked for; all that the agreement grants when empty.
    pub facts: Vec<Name>,
}

/// An answer that has been verified.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The answer.
    pub answer: Answer,
    /// The provider's proof that it logged it, a C2SP tlog-proof; verified with the provider's public key alone.
    pub proof: String,
    /// Where the exchange stands in our own log.
    pub index: u64,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum NotAsked {
    /// It was refused, by the provider or by our own node before it left.
    Refused(Refusal),
    /// The question is wrong in itself.
    Invalid(Problem),
    /// The provider could not be reached, or what came back cannot be believed.
    Failed(ExchangeId, Problem),
}

impl Node {
    /// Asks another body, and gives the answer once it is verified and logged. A question that has begun is brought to its
    /// end, and logged, even when the future is dropped because nobody waits any more.
    ///
    /// # Errors
    /// [`NotAsked`]. Refusals and failures are logged too.
    pub async fn ask(self: &Arc<Self>, ask: Ask) -> Result<Asked, NotAsked> {
        check_subject(&ask.subject).map_err(NotAsked::Invalid)?;
        let question = self.question(ask).map_err(NotAsked::Invalid)?;
        let (node, exchange) = (self.clone(), question.exchange.clone());
        let work = tokio::spawn(async move { node.carry_out(&question).await });
        work.await.unwrap_or_else(|error| {
            let problem = Problem::new("exchange.failed", format!("the question was broken off: {error}"));
            Err(NotAsked::Failed(exchange, problem))
        })
    }

    async fn carry_out(self: &Arc<Self>, question: &Question) -> Result<Asked, NotAsked> {
        let believed = match self.send(question).await {
            Ok(believed) => believed,
            Err(Unsent::Refused(refused)) => {
                let refusal = refused.refusal(&question.exchange, self.now());
                let kept = Kept::of(Became::refused(&refusal));
                self.keep(question, kept).await?;
                return Err(NotAsked::Refused(refusal));
            }
            Err(Unsent::Failed(problem)) => {
                self.keep(question, Kept::of(Became::Failed { code: problem.code.to_owned() })).await?;
                return Err(NotAsked::Failed(question.exchange.clone(), problem));
            }
        };
        let proof = believed.reply.evidence.proof;
        let kept = |became| Kept {
            question_bytes: &believed.question_bytes,
            outcome_bytes: believed.reply.outcome.get().as_bytes(),
            proof: Some(proof.clone()),
            ..Kept::of(became)
        };
        match believed.outcome {
            Outcome::Refusal(refusal) => {
                self.keep(question, kept(Became::refused(&refusal))).await?;
                Err(NotAsked::Refused(refusal))
            }
            Outcome::Answer(answer) => {
                let became = if answer.matched.is_some() { Became::Answered } else { Became::NotRecognised };
                let facts = answer.facts.iter().map(|fact| fact.name.clone()).collect();
                let kept = Kept { agreement: Some(answer.agreement.clone()), facts, ..kept(became) };
                let index = self.keep(question, kept).await?;
                Ok(Asked { answer, proof, index })
            }
        }
    }

    fn question(&self, ask: Ask) -> Result<Question, Problem> {
        let facts = if ask.facts.is_empty() { self.all_granted(&ask) } else { ask.facts };
        if facts.is_empty() {
            return Err(Problem::new("exchange.no-facts", "the question asks for no fact")
                .advise("name at least one fact; the catalogue lists what may be asked"));
        }
        Ok(Question {
            exchange: ExchangeId::random(&*self.world.entropy),
            asked: self.now(),
            consumer: self.id().clone(),
            provider: ask.provider,
            register: ask.register,
            purpose: ask.purpose,
            case_reference: ask.case_reference,
            user: ask.user,
            subject: ask.subject,
            facts,
        })
    }

    /// What our agreements let us ask of that register for that purpose.
    fn all_granted(&self, ask: &Ask) -> Vec<Name> {
        let now = self.now();
        let ours = self.body.agreements.iter().map(SignedAgreement::agreement).find(|agreement| {
            agreement.consumer == *self.id()
                && agreement.provider == ask.provider
                && agreement.register == ask.register
                && agreement.is_in_force(now)
                && agreement.purposes.iter().any(|purpose| purpose.name == ask.purpose)
        });
        ours.map(|agreement| agreement.granted().cloned().collect()).unwrap_or_default()
    }

    async fn send(&self, question: &Question) -> Result<Believed, Unsent> {
        let now = self.now();
        let unlisted = || Unsent::Refused(Refused::new(RefusalCode::BodyNotInFederation));
        let federation = self.body.federation.as_ref().ok_or_else(unlisted)?;
        let provider = federation.admit(&question.provider, now).map_err(Unsent::Refused)?;
        let mut request = post(question, &provider.address)?;
        let question_bytes = request.body().clone();
        let signature = sign_request(&mut request, &self.key, now, &*self.world.entropy)?;
        let response = self.transport.send(&provider.id, request).await?;
        if let Some(refused) = turned_away(&response) {
            return Err(Unsent::Refused(refused));
        }
        let now = self.now();
        // A body that is changing its key has two entries in the list; either key is its own.
        let key = |keyid: &str| {
            let member = federation.admit_keyid(keyid, now).ok().filter(|member| member.id == provider.id)?;
            Some(member.signing_key.clone())
        };
        let verified = verify_response(&response, &signature, key, now)?;
        Ok(believe(question, question_bytes, &response, &verified.key)?)
    }

    /// Logs our side of an exchange and notes it in the journal; gives its place in our log. What is not logged has not
    /// happened, so without this nobody gets an answer.
    async fn keep(self: &Arc<Self>, question: &Question, kept: Kept<'_>) -> Result<u64, NotAsked> {
        let parts = Parts {
            side: Side::Consumer,
            question,
            other: &question.provider,
            agreement: kept.agreement.as_ref(),
            became: &kept.became,
            question_bytes: kept.question_bytes,
            outcome_bytes: kept.outcome_bytes,
        };
        let failed = |problem| NotAsked::Failed(question.exchange.clone(), problem);
        let logged = self.log_exchange(&parts).await.map_err(failed)?;
        let entry =
            Entry { facts: kept.facts, provider_proof: kept.proof, ..parts.entry(logged.index, self.now()) };
        self.note_down(entry).await.map_err(failed)?;
        Ok(logged.index)
    }
}

/// Our side of an exchange, ready to be logged.
struct Kept<'a> {
    agreement: Option<Name>,
    facts: Vec<Name>,
    became: Became,
    question_bytes: &'a [u8],
    outcome_bytes: &'a [u8],
    proof: Option<String>,
}

impl Kept<'_> {
    /// An exchange in which nothing came back that can be believed.
    fn of(became: Became) -> Self {
        Self {
            agreement: None,
            facts: Vec::new(),
            became,
            question_bytes: &[],
            outcome_bytes: &[],
            proof: None,
        }
    }
}

/// Why a question brought no reply that can be believed.
enum Unsent {
    Refused(Refused),
    Failed(Problem),
}

impl From<Problem> for Unsent {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

/// The request that carries a question, not yet signed.
fn post(question: &Question, address: &str) -> Result<http::Request<Vec<u8>>, Problem> {
    let body = serde_json::to_vec(question).map_err(|error| {
        Problem::new("exchange.failed", format!("the question cannot be written: {error}"))
    })?;
    http::Request::post(format!("https://{address}{}", wire::PATH))
        .header(CONTENT_TYPE, JSON)
        .body(body)
        .map_err(|error| {
            Problem::new("exchange.failed", format!("the provider's address cannot be used: {error}"))
        })
}

fn check_subject(subject: &Subject) -> Result<(), Problem> {
    for known in &subject.known {
        Vocabulary::core().path(&subject.class, &known.property)?;
    }
    if subject.known.is_empty() {
        return Err(Problem::new("exchange.unknown-subject", "nothing is said about whom the question is")
            .advise("give at least a name"));
    }
    Ok(())
}
