//! The narrow doors to the use cases: what a provider does with a question, and what a consuming system may ask.
//!
//! This crate moves bytes and speaks protocols. Who signs, who decides and what is logged is behind these two traits.

use std::future::Future;
use std::pin::Pin;

use chrono::NaiveDate;
use concordat_record::{Answer, BodyId, Datatype, ExchangeId, Name, Problem, Problems, Subject};
use serde::{Serialize, Serializer};

/// A future on the heap, so that the doors can be trait objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The provider's side: what happens to a question that another node sends.
pub trait Exchange: Send + Sync {
    /// Checks a request and answers it. The request has come whole over a connection whose client certificate is listed;
    /// its URI is absolute and names this node as the federation list does, so it is the `@target-uri` of RFC 9421 §2.2.2.
    ///
    /// Still to be checked by whoever implements it: that the signer is the body of this certificate.
    fn receive<'a>(
        &'a self,
        peer_certificate_der: &'a [u8],
        request: http::Request<Vec<u8>>,
    ) -> BoxFuture<'a, http::Response<Vec<u8>>>;
}

/// The consumer's side: where a system of this body puts its question.
pub trait Desk: Send + Sync {
    /// Asks another body, and comes back with the logged and verified answer.
    fn ask(&self, ask: Ask) -> BoxFuture<'_, Result<Answered, NotAnswered>>;

    /// What may be asked now, one entry for each agreement in force. Called for each request, so it should come from memory.
    fn catalogue(&self) -> Vec<Offer>;
}

/// A question of a consuming system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The consuming system, as the configuration names it.
    pub system: String,
    /// The body that is asked.
    pub provider: BodyId,
    /// The register that is asked.
    pub register: Name,
    /// What for.
    pub purpose: Name,
    /// The case that caused the question.
    pub case_reference: Option<String>,
    /// The person behind the system, in the consumer's naming.
    pub user: Option<String>,
    /// Whom or what it is about.
    pub subject: Subject,
    /// The facts asked for. Never empty: a caller who names none gets all that the agreement grants for the purpose.
    pub facts: Vec<Name>,
    /// The caller's own identifier of the message (X-Road-Id), for his log.
    pub message_id: Option<String>,
}

/// What a consuming system gets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answered {
    /// The provider's answer.
    pub answer: Answer,
    /// Whether its signature, its binding to the question and its proof have been verified.
    pub verified: bool,
    /// The proof that the provider logged it, as a C2SP tlog-proof text.
    pub proof: String,
}

/// Why a consuming system gets no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum NotAnswered {
    /// No agreement allows it; said by the provider or by this node.
    Refused(Refused),
    /// The question itself is wrong: an unknown property, a fact twice.
    Invalid(Problems),
    /// The question is right, but something in the way is broken: the network, a node, a signature.
    Failed(Problem),
}

/// A refusal, for the person behind the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The exchange that was refused, when it got as far as being logged.
    pub exchange: Option<ExchangeId>,
    /// A code of the list of refusal codes.
    pub code: String,
    /// The reason.
    pub reason: String,
    /// What the person can do.
    pub advice: String,
}

/// What one agreement in force lets this body ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// The body that may be asked.
    pub provider: BodyId,
    /// Its register.
    pub register: Name,
    /// The class of the subjects, such as `LegalEntity`.
    pub class: String,
    /// How people call the register or the agreement.
    pub title: String,
    /// What for.
    pub purposes: Vec<OfferedPurpose>,
    /// What may be learnt.
    pub facts: Vec<OfferedFact>,
    /// What may be said about the subject: property paths of the class.
    pub known: Vec<String>,
    /// Whether a question must name the case that caused it.
    pub case_reference_required: bool,
    /// The agreement.
    pub agreement: Name,
    /// Its last day.
    #[serde(serialize_with = "as_text")]
    pub until: NaiveDate,
}

/// A purpose of an agreement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfferedPurpose {
    /// Its name, as a question gives it.
    pub name: Name,
    /// In plain language.
    pub text: String,
}

/// A fact of an agreement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfferedFact {
    /// Its name, as a question gives it.
    pub name: Name,
    /// How people call it.
    pub title: String,
    /// The kind of its value.
    #[serde(rename = "type")]
    pub datatype: Datatype,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
fn as_text<S: Serializer>(date: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}
