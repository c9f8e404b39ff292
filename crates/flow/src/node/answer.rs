//! The provider's side: a request comes in, and an answer or a refusal goes out, logged and signed.

use std::sync::Arc;

use concordat_prove::Side;
use concordat_record::{Answer, Fact, Problem, Question};
use concordat_share::{Member, Permit, RefusalCode, Refused, project};
use concordat_sign::{Verified, WINDOW_SECONDS, sign_response, verify_request};
use http::StatusCode;
use http::header::CONTENT_TYPE;

use super::Node;
use super::evidence::Parts;
use super::shelf::Recognised;
use crate::exchange::journal::{self, Became, Entry};
use crate::exchange::wire::{JSON, Outcome, Reply, parse_question};

/// How long an exchange's number is remembered, in seconds: far longer than a signed message lives.
const REMEMBERED: i64 = 7 * 24 * 60 * 60;

/// What a node makes of a request, for its security log. Holds nothing personal.
#[derive(Debug)]
pub struct Received {
    /// The response to send.
    pub response: http::Response<Vec<u8>>,
    /// What to note when something was wrong with the request itself.
    pub alarm: Option<Problem>,
}

impl Node {
    /// Answers a request that came over a connection with this client certificate.
    ///
    /// Whoever cannot be authenticated gets an unsigned problem and no leaf. Everybody else gets a signed reply, and no
    /// reply leaves before its leaf is durable.
    pub async fn receive(self: &Arc<Self>, certificate: &[u8], request: http::Request<Vec<u8>>) -> Received {
        let (sender, verified) = match self.authenticate(certificate, &request) {
            Ok(known) => known,
            Err((refused, problem)) => return stranger(&refused, problem),
        };
        let node = self.clone();
        let body = request.into_body();
        let decided = tokio::task::spawn_blocking(move || {
            let decided = node.decide(&sender, &verified, &body);
            (sender, verified, body, decided)
        })
        .await;
        let (sender, verified, body, decided) = match decided {
            Ok(decided) => decided,
            Err(error) => {
                return broken(Problem::new("exchange.failed", format!("the answer failed: {error}")));
            }
        };
        let reply = match decided {
            Ok(Decided { question, outcome, became }) => {
                self.reply(&sender, &question, &body, &outcome, became).await
            }
            Err(problem) => Err(problem),
        };
        match reply.and_then(|reply| self.signed(reply, &verified)) {
            Ok(response) => Received { response, alarm: None },
            Err(problem) => broken(problem),
        }
    }

    /// Who sent it: the body of the certificate, if it is the same as that of the signature.
    fn authenticate(
        &self,
        certificate: &[u8],
        request: &http::Request<Vec<u8>>,
    ) -> Result<(Member, Verified), (Refused, Option<Problem>)> {
        let now = self.now();
        let federation = self.body.federation.as_ref();
        let federation = federation.ok_or_else(|| (Refused::new(RefusalCode::BodyNotInFederation), None))?;
        let sender = federation.admit_certificate(certificate, now).map_err(|refused| (refused, None))?;
        let ours = federation.admit(self.id(), now).map_err(|refused| (refused, None))?;
        let authorities = [ours.address.clone()];
        let key = |keyid: &str| (sender.signing_key.keyid() == keyid).then(|| sender.signing_key.clone());
        match verify_request(request, key, now, &authorities) {
            Ok(verified) => Ok((sender.clone(), verified)),
            Err(problem) => {
                let code = match problem.code {
                    "sign.signature-time" => RefusalCode::ClockSkew,
                    _ => RefusalCode::SignatureInvalid,
                };
                Err((Refused::new(code), Some(problem)))
            }
        }
    }

    /// What to answer an authenticated sender. Blocks for the time of some disk accesses.
    fn decide(&self, sender: &Member, verified: &Verified, body: &[u8]) -> Result<Decided, Problem> {
        let question = parse_question(body)?;
        let now = self.now();
        let nonce = format!("{} {}", verified.key.keyid(), verified.nonce);
        let fresh =
            self.store.claim_entry("nonce", nonce.as_bytes(), now.plus_seconds(3 * WINDOW_SECONDS))?
                && self.store.claim_entry(
                    "exchange-number",
                    question.exchange.as_str().as_bytes(),
                    now.plus_seconds(REMEMBERED),
                )?;
        let decision = if fresh {
            self.decider.decide(&question, &sender.id, now, &|agreement| self.used_today(agreement))
        } else {
            Err(Refused::new(RefusalCode::Replayed))
        };
        let answered = decision.and_then(|permit| match self.look_up(&question, &permit) {
            Ok(answer) => answer.map(|answer| (permit.agreement, answer)),
            // The register has no snapshot or cannot be read: the asker learns no more than that.
            Err(problem) => {
                Err(Refused { cause: Some(problem.to_string()), ..Refused::new(RefusalCode::NotAvailable) })
            }
        });
        Ok(match answered {
            Ok((agreement, answer)) => {
                self.count_answer(&agreement)?;
                let became = if answer.matched.is_some() { Became::Answered } else { Became::NotRecognised };
                Decided { question, outcome: Outcome::Answer(answer), became }
            }
            Err(refused) => {
                let refusal = refused.refusal(&question.exchange, now);
                Decided { question, became: Became::refused(&refusal), outcome: Outcome::Refusal(refusal) }
            }
        })
    }

    /// Recognises the subject and reads the granted facts, and no others, from the answer store.
    fn look_up(&self, question: &Question, permit: &Permit) -> Result<Result<Answer, Refused>, Problem> {
        let (register, reading) = self.shelf.register(&question.register, &self.body)?;
        let recognised =
            register.recognise(&reading, &question.subject)?.filter(|found| permit.is_sure(&found.matched));
        let now = self.now();
        if let Err(refused) = permit.release(recognised.as_ref().map(|found| &found.matched), now) {
            return Ok(Err(refused));
        }
        let mut answer = Answer {
            exchange: question.exchange.clone(),
            answered: now,
            provider: self.id().clone(),
            register: question.register.clone(),
            agreement: permit.agreement.clone(),
            matched: None,
            facts: Vec::new(),
            withheld: permit.withheld.clone(),
            origin: None,
        };
        if let Some(Recognised { row, matched }) = recognised {
            for name in project(&permit.granted, register.facts()) {
                let value = register.fact(&reading, row, &name)?;
                answer.facts.push(Fact { name, value });
            }
            answer.origin = Some(register.origin(&reading, row)?);
            answer.matched = Some(matched);
        }
        Ok(Ok(answer))
    }

    async fn reply(
        &self,
        sender: &Member,
        question: &Question,
        body: &[u8],
        outcome: &Outcome,
        became: Became,
    ) -> Result<http::Response<Vec<u8>>, Problem> {
        let outcome_text = serde_json::value::to_raw_value(outcome).map_err(|error| cannot_write(&error))?;
        let (agreement, facts, status) = match outcome {
            Outcome::Answer(answer) => {
                let facts = answer.facts.iter().map(|fact| fact.name.clone()).collect();
                (Some(answer.agreement.clone()), facts, StatusCode::OK)
            }
            Outcome::Refusal(_) => (None, Vec::new(), StatusCode::FORBIDDEN),
        };
        let parts = Parts {
            side: Side::Provider,
            question,
            other: &sender.id,
            agreement: agreement.as_ref(),
            became: &became,
            question_bytes: body,
            outcome_bytes: outcome_text.get().as_bytes(),
        };
        let logged = self.log_exchange(&parts).await?;
        let entry = Entry {
            exchange: question.exchange.clone(),
            at: self.now(),
            side: Side::Provider,
            other: sender.id.clone(),
            register: question.register.clone(),
            purpose: question.purpose.clone(),
            agreement,
            case_reference: question.case_reference.clone(),
            user: None,
            facts,
            outcome: became,
            index: logged.index,
            provider_proof: None,
        };
        journal::put(&self.store, &entry)?;
        let reply = Reply { outcome: outcome_text, evidence: logged.evidence };
        let body = serde_json::to_vec(&reply).map_err(|error| cannot_write(&error))?;
        Ok(response(status, JSON, body))
    }

    fn signed(
        &self,
        mut response: http::Response<Vec<u8>>,
        request: &Verified,
    ) -> Result<http::Response<Vec<u8>>, Problem> {
        sign_response(&mut response, &request.signature, &self.key, self.now())?;
        Ok(response)
    }
}

struct Decided {
    question: Question,
    outcome: Outcome,
    became: Became,
}

impl Became {
    pub(crate) fn refused(refusal: &concordat_record::Refusal) -> Self {
        Self::Refused {
            code: refusal.code.clone(),
            reason: refusal.reason.clone(),
            advice: refusal.advice.clone(),
        }
    }
}

/// The reply to somebody who could not be authenticated: why, and nothing else.
fn stranger(refused: &Refused, alarm: Option<Problem>) -> Received {
    let sentence = refused.reason();
    let problem = Problem::new("exchange.refused", sentence).advise(refused.code.advice());
    let body = problem_json(StatusCode::UNAUTHORIZED, refused.code.code(), &problem);
    Received { response: body, alarm: Some(alarm.unwrap_or(problem)) }
}

/// The reply when this node has failed. What has failed is for its own log.
fn broken(problem: Problem) -> Received {
    let status = match problem.code {
        "exchange.malformed-question" => StatusCode::BAD_REQUEST,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let code = if status == StatusCode::BAD_REQUEST { problem.code } else { "exchange.failed" };
    let shown = match status {
        StatusCode::BAD_REQUEST => problem.clone(),
        _ => Problem::new("exchange.failed", "this node cannot answer now").advise("ask again later"),
    };
    Received { response: problem_json(status, code, &shown), alarm: Some(problem) }
}

/// RFC 9457.
fn problem_json(status: StatusCode, code: &str, problem: &Problem) -> http::Response<Vec<u8>> {
    let body = serde_json::json!({
        "type": format!("urn:concordat:{code}"),
        "title": problem.sentence,
        "status": status.as_u16(),
        "detail": problem.advice,
        "code": code,
    });
    response(status, "application/problem+json", body.to_string().into_bytes())
}

fn response(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> http::Response<Vec<u8>> {
    let mut response = http::Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static(content_type));
    response
}

fn cannot_write(error: &serde_json::Error) -> Problem {
    Problem::new("exchange.failed", format!("the reply cannot be written: {error}"))
}
