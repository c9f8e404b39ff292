//! The HTTP responses of the provider's side.

use concordat_record::Problem;
use concordat_share::{RefusalCode, Refused};
use http::StatusCode;
use http::header::CONTENT_TYPE;

use super::answer::Received;
use super::declined::Declined;

/// The reply to somebody who could not be authenticated: why, and nothing else.
pub(super) fn stranger(declined: Declined) -> Received {
    let refused = &declined.refused;
    let problem = Problem::new("exchange.refused", refused.reason()).advise(refused.code.advice());
    let response = problem_json(StatusCode::UNAUTHORIZED, refused.code, &problem);
    Received { response, alarm: Some(declined.alarm_of_stranger()) }
}

/// The reply to a question that cannot be read, or while this node cannot log. It has no leaf, so it is not signed. What
/// has failed is for our own operator.
pub(super) fn broken(problem: Problem) -> Received {
    let (status, code, shown) = if problem.code == "exchange.malformed-question" {
        (StatusCode::BAD_REQUEST, RefusalCode::QuestionMalformed, problem.clone())
    } else {
        let code = RefusalCode::NotAvailable;
        let shown = Problem::new("exchange.failed", code.reason()).advise(code.advice());
        (StatusCode::SERVICE_UNAVAILABLE, code, shown)
    };
    Received { response: problem_json(status, code, &shown), alarm: Some(problem) }
}

/// RFC 9457.
fn problem_json(status: StatusCode, code: RefusalCode, problem: &Problem) -> http::Response<Vec<u8>> {
    let body = serde_json::json!({
        "type": format!("urn:concordat:{code}"),
        "title": problem.sentence,
        "status": status.as_u16(),
        "detail": problem.advice,
        "code": code.code(),
    });
    response(status, "application/problem+json", body.to_string().into_bytes())
}

/// The refusal in a response that could not be signed, because the other node knows neither us nor the exchange. Only what a
/// node may say unsigned is believed.
pub(super) fn turned_away(response: &http::Response<Vec<u8>>) -> Option<Refused> {
    let unsigned: &[RefusalCode] = match response.status() {
        StatusCode::UNAUTHORIZED => {
            &[RefusalCode::BodyNotInFederation, RefusalCode::SignatureInvalid, RefusalCode::ClockSkew]
        }
        StatusCode::BAD_REQUEST => &[RefusalCode::QuestionMalformed],
        StatusCode::SERVICE_UNAVAILABLE => &[RefusalCode::NotAvailable],
        _ => return None,
    };
    let body: serde_json::Value = serde_json::from_slice(response.body()).ok()?;
    let code: RefusalCode = body.get("code")?.as_str()?.parse().ok()?;
    unsigned.contains(&code).then(|| Refused::new(code))
}

pub(super) fn response(
    status: StatusCode,
    content_type: &'static str,
    body: Vec<u8>,
) -> http::Response<Vec<u8>> {
    let mut response = http::Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static(content_type));
    response
}

pub(super) fn cannot_write(error: &serde_json::Error) -> Problem {
    Problem::new("exchange.failed", format!("the reply cannot be written: {error}"))
}
