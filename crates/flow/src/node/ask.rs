//! The consumer's side: a question goes out, and its answer is believed only when signature, binding and proof hold.

use concordat_prove::Side;
use concordat_record::{Answer, BodyId, ExchangeId, Name, Problem, Question, Refusal, Subject, Vocabulary};
use concordat_share::{Member, RefusalCode, Refused};
use concordat_sign::{sign_request, verify_response};
use http::header::CONTENT_TYPE;

use super::Node;
use super::evidence::Parts;
use crate::exchange::journal::{self, Became, Entry};
use crate::exchange::wire::{self, JSON, Outcome, Reply};

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
    /// Asks another body, and gives the answer once it is verified and logged.
    ///
    /// # Errors
    /// [`NotAsked`]. Refusals and failures are logged too.
    pub async fn ask(&self, ask: Ask) -> Result<Asked, NotAsked> {
        check_subject(&ask.subject).map_err(NotAsked::Invalid)?;
        let question = self.question(ask).map_err(NotAsked::Invalid)?;
        let sent = match self.send(&question).await {
            Ok(sent) => sent,
            Err(Unsent::Refused(refused)) => {
                let refusal = refused.refusal(&question.exchange, self.now());
                return Err(self.keep_refusal(&question, &[], &[], refusal, None).await);
            }
            Err(Unsent::Failed(problem)) => return Err(self.keep_failure(&question, problem).await),
        };
        let Believed { question_bytes, reply, outcome } = sent;
        let proof = reply.evidence.proof;
        let outcome_bytes = reply.outcome.get().as_bytes();
        match outcome {
            Outcome::Refusal(refusal) => {
                Err(self.keep_refusal(&question, &question_bytes, outcome_bytes, refusal, Some(proof)).await)
            }
            Outcome::Answer(answer) => {
                let became = if answer.matched.is_some() { Became::Answered } else { Became::NotRecognised };
                let facts: Vec<Name> = answer.facts.iter().map(|fact| fact.name.clone()).collect();
                let kept = Kept {
                    agreement: Some(answer.agreement.clone()),
                    facts,
                    became,
                    question_bytes: &question_bytes,
                    outcome_bytes,
                    proof: Some(proof.clone()),
                };
                let index = self.keep(&question, kept).await;
                let index = index.map_err(|problem| NotAsked::Failed(question.exchange.clone(), problem))?;
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
        let ours = self.body.agreements.iter().map(|signed| signed.agreement()).find(|agreement| {
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
        let federation = self.body.federation.as_ref();
        let provider = match federation.map(|federation| federation.admit(&question.provider, now)) {
            Some(admitted) => admitted.map_err(Unsent::Refused)?,
            None => return Err(Unsent::Refused(Refused::new(RefusalCode::BodyNotInFederation))),
        };
        let question_bytes = serde_json::to_vec(question).map_err(|error| {
            Unsent::Failed(Problem::new(
                "exchange.failed",
                format!("the question cannot be written: {error}"),
            ))
        })?;
        let mut request = http::Request::post(format!("https://{}{}", provider.address, wire::PATH))
            .header(CONTENT_TYPE, JSON)
            .body(question_bytes.clone())
            .map_err(|error| {
                Unsent::Failed(Problem::new(
                    "exchange.failed",
                    format!("the address cannot be used: {error}"),
                ))
            })?;
        let signature = sign_request(&mut request, &self.key, now, &*self.world.entropy)?;
        let response = self.transport.send(&provider.id, request).await?;
        if let Some(refused) = turned_away(&response) {
            return Err(refused);
        }
        let key = |keyid: &str| (provider.signing_key.keyid() == keyid).then(|| provider.signing_key.clone());
        verify_response(&response, &signature, key, self.now())?;
        Ok(believe(question, question_bytes, &response, provider)?)
    }

    async fn keep_refusal(
        &self,
        question: &Question,
        question_bytes: &[u8],
        outcome_bytes: &[u8],
        refusal: Refusal,
        proof: Option<String>,
    ) -> NotAsked {
        let became = Became::refused(&refusal);
        let kept = Kept { agreement: None, facts: Vec::new(), became, question_bytes, outcome_bytes, proof };
        match self.keep(question, kept).await {
            Ok(_) => NotAsked::Refused(refusal),
            Err(problem) => NotAsked::Failed(question.exchange.clone(), problem),
        }
    }

    async fn keep_failure(&self, question: &Question, problem: Problem) -> NotAsked {
        let became = Became::Failed { code: problem.code.to_owned() };
        let kept = Kept {
            agreement: None,
            facts: Vec::new(),
            became,
            question_bytes: &[],
            outcome_bytes: &[],
            proof: None,
        };
        let problem = self.keep(question, kept).await.err().unwrap_or(problem);
        NotAsked::Failed(question.exchange.clone(), problem)
    }

    /// Logs our side of an exchange and notes it in the journal.
    async fn keep(&self, question: &Question, kept: Kept<'_>) -> Result<u64, Problem> {
        let parts = Parts {
            side: Side::Consumer,
            question,
            other: &question.provider,
            agreement: kept.agreement.as_ref(),
            became: &kept.became,
            question_bytes: kept.question_bytes,
            outcome_bytes: kept.outcome_bytes,
        };
        let logged = self.log_exchange(&parts).await?;
        let entry = Entry {
            exchange: question.exchange.clone(),
            at: self.now(),
            side: Side::Consumer,
            other: question.provider.clone(),
            register: question.register.clone(),
            purpose: question.purpose.clone(),
            agreement: kept.agreement,
            case_reference: question.case_reference.clone(),
            user: question.user.clone(),
            facts: kept.facts,
            outcome: kept.became,
            index: logged.index,
            provider_proof: kept.proof,
        };
        journal::put(&self.store, &entry)?;
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

/// A reply that has passed every check.
struct Believed {
    question_bytes: Vec<u8>,
    reply: Reply,
    outcome: Outcome,
}

/// A node that cannot authenticate us cannot bind a signature to our request: all it says is a code.
fn turned_away(response: &http::Response<Vec<u8>>) -> Option<Unsent> {
    if response.status() != http::StatusCode::UNAUTHORIZED {
        return None;
    }
    let body: serde_json::Value = serde_json::from_slice(response.body()).ok()?;
    let code: RefusalCode = body.get("code")?.as_str()?.parse().ok()?;
    Some(Unsent::Refused(Refused::new(code)))
}

/// Reads a reply whose signature holds, and checks that it is about this question and that the provider has logged it.
fn believe(
    question: &Question,
    question_bytes: Vec<u8>,
    response: &http::Response<Vec<u8>>,
    provider: &Member,
) -> Result<Believed, Problem> {
    let malformed = |what: &str| Problem::new("exchange.malformed-reply", format!("the reply {what}"));
    let reply: Reply = serde_json::from_slice(response.body())
        .map_err(|_| malformed("is not of the form that this node reads"))?;
    let outcome: Outcome = serde_json::from_str(reply.outcome.get())
        .map_err(|_| malformed("holds no answer and no refusal that this node reads"))?;
    let exchange = match &outcome {
        Outcome::Answer(answer) => {
            let surplus = answer.facts.iter().find(|fact| !question.facts.contains(&fact.name));
            if let Some(fact) = surplus {
                return Err(malformed(&format!("tells the fact `{}`, which was not asked", fact.name)));
            }
            if answer.provider != question.provider || answer.register != question.register {
                return Err(malformed("is from another register than was asked"));
            }
            &answer.exchange
        }
        Outcome::Refusal(refusal) => &refusal.exchange,
    };
    if *exchange != question.exchange {
        return Err(malformed("is about another exchange"));
    }
    super::evidence::check(
        &reply.evidence,
        &provider.signing_key,
        question,
        &question_bytes,
        reply.outcome.get(),
    )?;
    Ok(Believed { question_bytes, reply, outcome })
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
