//! The X-Road REST message protocol as consuming systems speak it to their Security Server (PR-REST 1.0), so that an
//! existing client works unchanged: `/r1/INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE`, where the service is a register.
//!
//! A register is asked with `GET …?purpose=P&fact=F&legalName=…` or with `POST` and the JSON body of the plain interface. Where
//! document and X-Road 7.8 differ, we do as the code does.
//! Left out: the metadata services, representing a third party, SOAP.

mod fault;
mod hash;
mod identifier;
mod message;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::any;
use concordat_record::{BodyId, Name, Problem};
use http::{HeaderMap, Method};

use super::Interface;
use super::question::Draft;
use crate::listener::{BodyError, read_body};
use crate::{Answered, NotAnswered, Refused};
use fault::{Code, Fault};
use identifier::{ServiceId, service_path};
use message::{Headers, Message};

pub use fault::FaultSpelling;

pub(super) fn routes() -> Router<Arc<Interface>> {
    // All ten version digits: another one than 1 deserves the answer that X-Road gives, not a 404.
    (0..=9).fold(Router::new(), |router, version| {
        router.route(&format!("/r{version}"), any(call)).route(&format!("/r{version}/{{*path}}"), any(call))
    })
}

/// Service codes that X-Road keeps for itself (PR-META, PR-MREST).
const METADATA_SERVICES: [&str; 7] = [
    "listMethods",
    "allowedMethods",
    "getOpenAPI",
    "getWsdl",
    "getSecurityServerMetrics",
    "getSecurityServerOperationalData",
    "getSecurityServerHealthData",
];

async fn call(State(interface): State<Arc<Interface>>, request: Request) -> Response {
    let accept = request.headers().clone();
    match answer(&interface, request).await {
        Ok(response) => response,
        Err(fault) => {
            let detail = super::uuid(interface.entropy.as_ref());
            let code = fault.code.spelt(FaultSpelling::SnakeCase);
            tracing::warn!(target: "concordat::security", event = "xroad-fault", code, detail);
            fault.response(interface.fault_spelling, &detail, &accept)
        }
    }
}

async fn answer(interface: &Interface, request: Request) -> Result<Response, Fault> {
    let (parts, body) = request.into_parts();
    if parts.method != Method::GET && parts.method != Method::POST {
        return Err(Fault::new(Code::InvalidHttpMethod, "Registers are asked by GET or POST"));
    }
    let (service, rest) = service_path(parts.uri.path())?;
    let headers = Headers::parse(&parts.headers)?;
    let client = own_client(interface, &headers)?;
    let system = admit(interface, &parts.headers, &client)?;
    let (provider, register) = addressee(&service, rest)?;
    let body = read_body(&parts.headers, body, &interface.limits).await.map_err(broken_body)?;
    let mut draft = draft(&parts, &body)?;
    let message = Message::new(&parts, &headers, service, interface.entropy.as_ref());
    draft.case_reference = headers.issue.or(draft.case_reference);
    draft.user = headers.user.or(draft.user);
    draft.message_id = Some(message.id().to_owned());
    match interface.ask(&system, provider, register, draft).await {
        Ok(answered) => Ok(respond(&answered, &message, &client, &body)),
        Err(not_answered) => Err(not_answered_fault(not_answered, message.service())),
    }
}

/// The client of the call, which must be this body.
fn own_client(interface: &Interface, headers: &Headers) -> Result<BodyId, Fault> {
    if headers.client.parts() == interface.body.parts().collect::<Vec<_>>() {
        return Ok(interface.body.clone());
    }
    Err(Fault::new(Code::UnknownClient, format!("Client '{}' not found", headers.client)))
}

/// The system of this body that calls.
fn admit(interface: &Interface, headers: &HeaderMap, client: &BodyId) -> Result<String, Fault> {
    use super::systems::NotAdmitted;
    let why = match interface.systems.by_key(headers) {
        Ok(system) => return Ok(system.to_owned()),
        Err(why) => why,
    };
    match interface.systems.by_xroad_client(client).filter(|_| why == NotAdmitted::NoKey) {
        Some(system) => Ok(system.to_owned()),
        None => Err(Fault::new(
            Code::SslAuthenticationFailed,
            format!("Client (SUBSYSTEM:{client}) has not shown who it is: send 'Authorization: Bearer KEY'"),
        )),
    }
}

fn addressee(service: &ServiceId, rest: &str) -> Result<(BodyId, Name), Fault> {
    if METADATA_SERVICES.contains(&service.code()) {
        return Err(Fault::new(
            Code::UnknownService,
            format!("Unknown service: {service} is not served here"),
        ));
    }
    if !rest.is_empty() && rest != "/" {
        return Err(Fault::new(Code::BadRequest, "A register has no paths below it"));
    }
    let provider = service.provider().ok_or_else(|| {
        let sentence = format!("Could not find addresses for service provider \"{service}\"");
        Fault::new(Code::UnknownProvider, sentence)
    })?;
    let register =
        service.code().parse().map_err(|_| not_allowed(service, "no register can have this name"))?;
    Ok((provider, register))
}

fn draft(parts: &http::request::Parts, body: &[u8]) -> Result<Draft, Fault> {
    let draft = if parts.method == Method::POST {
        Draft::from_json(body)
    } else {
        Draft::from_query(parts.uri.query().unwrap_or_default())
    };
    draft.map_err(|problems| bad_request(&problems.0))
}

fn respond(answered: &Answered, message: &Message, client: &BodyId, body: &[u8]) -> Response {
    let mut response = answered.to_json();
    message.sign_off(response.headers_mut(), client, body);
    response
}

fn not_answered_fault(not_answered: NotAnswered, service: &ServiceId) -> Fault {
    match not_answered {
        NotAnswered::Refused(refused) => refused_fault(&refused, service),
        NotAnswered::Invalid(problems) => bad_request(&problems.0),
        NotAnswered::Failed(problem) => Fault::new(failed_code(problem.code), problem.sentence),
    }
}

fn refused_fault(refused: &Refused, service: &ServiceId) -> Fault {
    match refused.code.as_str() {
        "register-unknown" => Fault::new(Code::UnknownService, format!("Unknown service: {service}")),
        "not-available" | "source-busy" | "source-unavailable" => {
            let sentence = format!("Service {service} is disabled: {}", refused.reason);
            Fault::new(Code::ServiceDisabled, sentence)
        }
        "question-malformed" => Fault::new(Code::BadRequest, refused.reason.clone()),
        code => not_allowed(service, &format!("{} ({code}); {}", refused.reason, refused.advice)),
    }
}

fn not_allowed(service: &ServiceId, reason: &str) -> Fault {
    Fault::new(Code::AccessDenied, format!("Request is not allowed: {service}: {reason}"))
}

/// What broke, by the codes of this crate's client; all else broke inside.
fn failed_code(code: &str) -> Code {
    match code {
        "serve.unknown-body" => Code::UnknownProvider,
        "serve.unreachable" | "serve.timeout" => Code::NetworkError,
        "serve.untrusted" | "serve.wrong-certificate" | "serve.not-accepted" => Code::SslAuthenticationFailed,
        "serve.broken-connection" | "serve.answer-too-large" => Code::IoError,
        _ => Code::InternalError,
    }
}

fn bad_request(problems: &[Problem]) -> Fault {
    let sentences = problems.iter().map(|problem| match &problem.advice {
        Some(advice) => format!("{} ({advice})", problem.sentence),
        None => problem.sentence.clone(),
    });
    Fault::new(Code::BadRequest, sentences.collect::<Vec<_>>().join("; "))
}

fn broken_body(error: BodyError) -> Fault {
    bad_request(&[error.problem()])
}
