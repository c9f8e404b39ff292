//! Plain REST: `POST /registers/INSTANCE/CLASS/MEMBER/SUBSYSTEM/REGISTER/ask`, the catalogue and its description.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use concordat_record::{BodyId, Name, Problem};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;

use super::percent::decode_segment;
use super::question::Draft;
use super::systems::NotAdmitted;
use super::{Interface, openapi};
use crate::listener::read_body;
use crate::problem::{problem_response, problems_response, refusal_response};
use crate::{Answered, NotAnswered, Offer};

pub(super) fn routes() -> Router<Arc<Interface>> {
    Router::new()
        .route("/registers", get(catalogue))
        .route("/registers/{instance}/{class}/{member}/{subsystem}/{register}/ask", post(ask))
        .route("/openapi.json", get(description))
        .method_not_allowed_fallback(|| async {
            let problem = Problem::new("serve.method", "this method is not for this address")
                .advise("GET /openapi.json tells which is");
            problem_response(StatusCode::METHOD_NOT_ALLOWED, &problem)
        })
}

/// Refusals that are more than a plain "you may not" (403).
const REFUSAL_STATUS: [(&str, StatusCode); 7] = [
    ("limit-reached", StatusCode::TOO_MANY_REQUESTS),
    ("not-available", StatusCode::SERVICE_UNAVAILABLE),
    ("question-malformed", StatusCode::UNPROCESSABLE_ENTITY),
    ("register-unknown", StatusCode::NOT_FOUND),
    ("source-busy", StatusCode::SERVICE_UNAVAILABLE),
    ("source-unavailable", StatusCode::SERVICE_UNAVAILABLE),
    ("subject-too-vague", StatusCode::UNPROCESSABLE_ENTITY),
];

async fn ask(State(interface): State<Arc<Interface>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let system = match admit(&interface, &parts.headers) {
        Ok(system) => system,
        Err(response) => return response,
    };
    let Some((provider, register)) = addressee(parts.uri.path()) else {
        let problem = Problem::new("serve.not-found", "the path does not name a body and a register")
            .advise("GET /registers lists what may be asked, with its paths");
        return problem_response(StatusCode::NOT_FOUND, &problem);
    };
    if !is_json(&parts.headers) {
        let problem = Problem::new("serve.not-json", "the body of the request is not said to be JSON")
            .advise("send it with `Content-Type: application/json`");
        return problem_response(StatusCode::UNSUPPORTED_MEDIA_TYPE, &problem);
    }
    let bytes = match read_body(&parts.headers, body, &interface.limits).await {
        Ok(bytes) => bytes,
        Err(error) => return problem_response(error.status(), &error.problem()),
    };
    let answered = match Draft::from_json(&bytes) {
        Ok(draft) => interface.ask(&system, provider, register, draft).await,
        Err(problems) => return problems_response(StatusCode::BAD_REQUEST, &problems),
    };
    match answered {
        Ok(answered) => json(&answered),
        Err(NotAnswered::Refused(refused)) => {
            let status = REFUSAL_STATUS.iter().find(|(code, _)| *code == refused.code);
            refusal_response(status.map_or(StatusCode::FORBIDDEN, |(_, status)| *status), &refused)
        }
        Err(NotAnswered::Invalid(problems)) => problems_response(StatusCode::UNPROCESSABLE_ENTITY, &problems),
        Err(NotAnswered::Failed(problem)) => problem_response(failure_status(&problem), &problem),
    }
}

/// What broke: the way to the other body (502, 504), or something in this node (500).
fn failure_status(problem: &Problem) -> StatusCode {
    match problem.code {
        "serve.timeout" => StatusCode::GATEWAY_TIMEOUT,
        code if code.starts_with("serve.") => StatusCode::BAD_GATEWAY,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// One entry of the catalogue, with where to ask.
#[derive(Serialize)]
struct Entry<'a> {
    ask: String,
    #[serde(flatten)]
    offer: &'a Offer,
}

#[derive(Serialize)]
struct Catalogue<'a> {
    registers: Vec<Entry<'a>>,
}

async fn catalogue(State(interface): State<Arc<Interface>>, headers: HeaderMap) -> Response {
    if let Err(response) = admit(&interface, &headers) {
        return response;
    }
    let offers = interface.desk.catalogue();
    let registers = offers.iter().map(|offer| Entry { ask: ask_path(offer), offer }).collect();
    json(&Catalogue { registers })
}

/// Open to all who reach the listener, as tools fetch it without a key; agreements are public documents.
async fn description(State(interface): State<Arc<Interface>>) -> Response {
    json(&openapi::describe(&interface.body, &interface.desk.catalogue()))
}

/// Where a register is asked.
pub(super) fn ask_path(offer: &Offer) -> String {
    // Bodies and names have no character that a path would need to encode.
    format!("/registers/{}/{}/ask", offer.provider, offer.register)
}

/// The system that calls, or the 401 for whoever it is.
fn admit(interface: &Interface, headers: &HeaderMap) -> Result<String, Response> {
    interface.systems.by_key(headers).map(str::to_owned).map_err(|why| {
        tracing::warn!(target: "concordat::security", event = "system-not-admitted", reason = ?why);
        let sentence = match why {
            NotAdmitted::NoKey => "the request has no key",
            NotAdmitted::WrongKey => "the key of the request is not one of this body's systems",
        };
        let problem = Problem::new("serve.not-admitted", sentence)
            .advise("send `Authorization: Bearer KEY` with the key of your system");
        let mut response = problem_response(StatusCode::UNAUTHORIZED, &problem);
        let challenge = HeaderValue::from_static("Bearer realm=\"concordat\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        response
    })
}

/// Body and register of an ask path: the raw path, each segment decoded once.
fn addressee(path: &str) -> Option<(BodyId, Name)> {
    let segments: Vec<&str> = path.strip_prefix("/registers/")?.strip_suffix("/ask")?.split('/').collect();
    let decoded: Vec<String> = segments.into_iter().map(decode_segment).collect::<Option<_>>()?;
    let (register, body) = decoded.split_last()?;
    let plain = body.iter().all(|segment| !segment.contains('/'));
    Some((body.join("/").parse().ok().filter(|_| plain)?, register.parse().ok()?))
}

fn is_json(headers: &HeaderMap) -> bool {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    given.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

fn json(value: &(impl Serialize + Sync)) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => {
            let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
            (headers, bytes).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written as JSON");
            let problem = Problem::new("serve.internal", "the answer cannot be written as JSON");
            problem_response(StatusCode::INTERNAL_SERVER_ERROR, &problem)
        }
    }
}

impl Answered {
    /// The body of an answer, on both faces.
    pub(super) fn to_json(&self) -> Response {
        json(self)
    }
}
