//! The provider's side: a request comes in, and an answer or a refusal goes out, logged and signed.

use std::sync::Arc;

use concordat_prove::Side;
use concordat_record::{Answer, Fact, Name, Problem, Question, Timestamp};
use concordat_share::{Decision, Member, Permit, RefusalCode, Refused, project};
use concordat_sign::{Verified, sign_response, verify_request};
use http::StatusCode;

use super::Node;
use super::declined::Declined;
use super::disk::wait_for_disk;
use super::evidence::Parts;
use super::live::Looked;
use super::response::{broken, cannot_write, response, stranger};
use crate::exchange::journal::{Became, Entry};
use crate::exchange::wire::{JSON, Outcome, Reply, parse_question};

/// What a node makes of a request.
#[derive(Debug)]
pub struct Received {
    /// The response to send.
    pub response: http::Response<Vec<u8>>,
    /// What the security log should note, for the operator: who was refused and by which policy, or what has failed here.
    /// None when the question was answered. Holds nothing personal.
    pub alarm: Option<Problem>,
}

impl Node {
    /// Answers a request that came over a connection with this client certificate.
    ///
    /// Whoever cannot be authenticated gets an unsigned problem and no leaf; so does everybody while this node cannot log.
    /// Everybody else gets a signed reply, and no reply leaves before its leaf is durable. A request that was taken in is
    /// dealt with to its end, even when the future is dropped because the connection has gone.
    pub async fn receive(self: &Arc<Self>, certificate: &[u8], request: http::Request<Vec<u8>>) -> Received {
        let (sender, verified) = match self.authenticate(certificate, &request) {
            Ok(known) => known,
            Err(declined) => return stranger(declined),
        };
        let node = self.clone();
        let work = tokio::spawn(async move { node.deal_with(sender, &verified, request.into_body()).await });
        let dealt_with = work.await.unwrap_or_else(|error| {
            Err(Problem::new("exchange.failed", format!("the answer was broken off: {error}")))
        });
        dealt_with.unwrap_or_else(broken)
    }

    /// Who sent it: the body of the certificate, if it is the same as that of the signature. A body that is changing its key
    /// or certificate has two entries in the list, and may mix them while both count.
    fn authenticate(
        &self,
        certificate: &[u8],
        request: &http::Request<Vec<u8>>,
    ) -> Result<(Member, Verified), Declined> {
        let now = self.now();
        let federation = self.body.federation.as_ref();
        let federation = federation.ok_or_else(|| Refused::new(RefusalCode::BodyNotInFederation))?;
        let sender = federation.admit_certificate(certificate, now)?;
        federation.admit(self.id(), now)?;
        let ours = federation.members().filter(|member| member.id == *self.id());
        let authorities: Vec<String> = ours.map(|member| member.address.clone()).collect();
        let key = |keyid: &str| {
            let member = federation.admit_keyid(keyid, now).ok().filter(|member| member.id == sender.id)?;
            Some(member.signing_key.clone())
        };
        match verify_request(request, key, now, &authorities) {
            Ok(verified) => Ok((sender.clone(), verified)),
            Err(problem) => {
                let code = match problem.code {
                    "sign.signature-time" => RefusalCode::ClockSkew,
                    _ => RefusalCode::SignatureInvalid,
                };
                Err(Declined::with(Refused::new(code), problem))
            }
        }
    }

    async fn deal_with(
        self: Arc<Self>,
        sender: Member,
        verified: &Verified,
        body: Vec<u8>,
    ) -> Result<Received, Problem> {
        let question = parse_question(&body)?;
        let (node, asking, signature) = (self.clone(), sender.clone(), verified.clone());
        let (question, decided) = wait_for_disk(move || {
            let decided = node.decide(&question, &asking, &signature);
            Ok((question, decided))
        })
        .await?;
        let reply = self.reply(&sender, &question, &body, &decided).await?;
        Ok(Received { response: self.signed(reply, verified)?, alarm: decided.alarm })
    }

    /// What to answer an authenticated sender. Blocks for the time of some disk accesses, or until a live source has answered.
    fn decide(&self, question: &Question, sender: &Member, verified: &Verified) -> Decided {
        let now = self.now();
        let answer = self
            .admit_once(question, verified, now)
            .and_then(|()| self.permit(question, sender, now))
            .and_then(|permit| self.look_up(question, &permit));
        match answer {
            Ok((answer, alarm)) => {
                let became = if answer.matched.is_some() { Became::Answered } else { Became::NotRecognised };
                Decided { outcome: Outcome::Answer(answer), became, alarm }
            }
            Err(declined) => {
                let refusal = declined.refused.refusal(&question.exchange, now);
                let alarm = Some(declined.alarm(&sender.id));
                Decided { became: Became::refused(&refusal), outcome: Outcome::Refusal(refusal), alarm }
            }
        }
    }

    /// Whether agreements and policies allow it, and the number for the day is not used up.
    fn permit(&self, question: &Question, sender: &Member, now: Timestamp) -> Result<Permit, Declined> {
        let unread = std::cell::RefCell::new(None);
        let let_through = |agreement: &concordat_record::Name| {
            // A count that cannot be read counts as used up: deny by default.
            self.let_through_today(agreement, now).unwrap_or_else(|problem| {
                unread.replace(Some(problem));
                u64::MAX
            })
        };
        let decision: Decision = self.decider.decide(question, &sender.id, now, &let_through);
        if let Some(problem) = unread.into_inner() {
            return Err(problem.into());
        }
        let permit = decision?;
        self.count(&permit, now)?;
        Ok(permit)
    }

    /// Recognises the subject, and reads the granted facts of its record and no others. What the operator should know comes with it.
    fn look_up(&self, question: &Question, permit: &Permit) -> Result<(Answer, Option<Problem>), Declined> {
        let Looked { found, alarm } = match self.live.get(&question.register) {
            Some(live) => live.recognise(&question.subject)?,
            None => Looked {
                found: self.shelf.recognise(&question.register, &self.body, &question.subject)?,
                alarm: None,
            },
        };
        let found = found.filter(|found| permit.is_sure(found.matched()));
        let now = self.now();
        permit.release(found.as_ref().map(|found| found.matched()), now)?;
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
        if let Some(found) = found {
            let held = project(&permit.granted, found.facts());
            if held.len() < permit.granted.len() {
                // A missing fact must not be taken for a missing value.
                return Err(lacks_facts(&question.register).into());
            }
            for name in held {
                let value = found.fact(&name)?;
                answer.facts.push(Fact { name, value });
            }
            answer.origin = Some(found.origin()?);
            answer.matched = Some(found.matched().clone());
        }
        Ok((answer, alarm))
    }

    /// Logs the exchange, notes it in the journal, and only then makes the reply.
    async fn reply(
        self: &Arc<Self>,
        sender: &Member,
        question: &Question,
        body: &[u8],
        decided: &Decided,
    ) -> Result<http::Response<Vec<u8>>, Problem> {
        let outcome_text = serde_json::value::to_raw_value(&decided.outcome).map_err(|e| cannot_write(&e))?;
        let (agreement, facts, status) = match &decided.outcome {
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
            became: &decided.became,
            question_bytes: body,
            outcome_bytes: outcome_text.get().as_bytes(),
        };
        let logged = self.log_exchange(&parts).await?;
        let entry = Entry { facts, ..parts.entry(logged.index, self.now()) };
        self.note_down(entry).await?;
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

/// A fact is granted that the snapshot was made without.
fn lacks_facts(register: &Name) -> Problem {
    let sentence = format!("the snapshot of `{register}` was made before the register had all these facts");
    Problem::new("flow.old-snapshot", sentence).advise("run `concordat refresh` for this register")
}

/// What was decided about a question.
struct Decided {
    outcome: Outcome,
    became: Became,
    alarm: Option<Problem>,
}
