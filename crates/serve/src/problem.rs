//! A problem on the wire: `application/problem+json`, RFC 9457.

use axum::body::Body;
use axum::response::Response;
use concordat_record::{ExchangeId, Place, Problem, Problems};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

/// RFC 9457 §3.1, with our extension members.
#[derive(Serialize)]
struct ProblemDocument<'a> {
    /// The code again, as the URI that RFC 9457 wants; nothing is to be fetched there.
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exchange: Option<&'a ExchangeId>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    problems: &'a [Problem],
}

/// One problem as a response. Only what was written for the asker leaves: no file names and line numbers of this node.
pub(crate) fn problem_response(status: StatusCode, problem: &Problem) -> Response {
    let Place { field, .. } = &problem.place;
    respond(
        status,
        &ProblemDocument {
            advice: problem.advice.as_deref(),
            field: field.as_deref(),
            ..document(status, problem.code, &problem.sentence)
        },
    )
}

/// Several problems as one response: the first in full, all of them in `problems`.
pub(crate) fn problems_response(status: StatusCode, problems: &Problems) -> Response {
    let first = problems.0.first();
    let (code, sentence) =
        first.map_or(("serve.invalid", "the request is wrong"), |p| (p.code, p.sentence.as_str()));
    respond(
        status,
        &ProblemDocument {
            advice: first.and_then(|problem| problem.advice.as_deref()),
            problems: &problems.0,
            ..document(status, code, sentence)
        },
    )
}

/// A refusal as a response.
pub(crate) fn refusal_response(status: StatusCode, refused: &crate::Refused) -> Response {
    respond(
        status,
        &ProblemDocument {
            kind: format!("urn:concordat:refusal:{}", refused.code),
            advice: Some(&refused.advice),
            exchange: refused.exchange.as_ref(),
            ..document(status, &refused.code, &refused.reason)
        },
    )
}

fn document<'a>(status: StatusCode, code: &'a str, detail: &'a str) -> ProblemDocument<'a> {
    ProblemDocument {
        kind: format!("urn:concordat:problem:{code}"),
        title: status.canonical_reason().unwrap_or("Problem"),
        status: status.as_u16(),
        detail,
        code,
        advice: None,
        field: None,
        exchange: None,
        problems: &[],
    }
}

fn respond(status: StatusCode, document: &ProblemDocument<'_>) -> Response {
    // INVARIANT: strings and numbers always serialise; an empty body would be the worst that could come of it.
    let body = serde_json::to_vec(document).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
