//! A desk that answers from memory, and what it offers.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use concordat_record::{Answer, Datatype, Fact, Match, Origin, Problem};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{Counter, body, noon};
use crate::{
    Answered, Ask, BoxFuture, Desk, FaultSpelling, Interface, Limits, NotAnswered, Offer, OfferedFact,
    OfferedPurpose, Refused, System, Systems, interface,
};

/// The SHA-256 of `secret`.
pub(crate) const SECRET_SHA256: &str = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

/// Keeps what it was asked. The purpose decides what comes back.
#[derive(Default)]
pub(crate) struct Memory(pub(crate) Mutex<Vec<Ask>>);

impl Desk for Memory {
    fn ask(&self, ask: Ask) -> BoxFuture<'_, Result<Answered, NotAnswered>> {
        self.0.lock().unwrap().push(ask.clone());
        Box::pin(async move {
            match ask.purpose.as_str() {
                "grant-eligibility" => Ok(answered(&ask)),
                "panic" => panic!("as the test wants"),
                code if code.starts_with("serve") => Err(NotAnswered::Failed(Problem::new(
                    [
                        "serve.timeout",
                        "serve.unreachable",
                        "serve.untrusted",
                        "serve.unknown-body",
                        "sign.broken",
                    ]
                    .into_iter()
                    .find(|known| known.replace('.', "-") == code)
                    .unwrap_or("sign.broken"),
                    "something broke",
                ))),
                code => Err(NotAnswered::Refused(Refused {
                    exchange: Some("0123456789abcdef0123456789abcdef".parse().unwrap()),
                    code: code.into(),
                    reason: "the purpose of the question is not one of the agreement".into(),
                    advice: "ask for an agreed purpose".into(),
                })),
            }
        })
    }

    fn catalogue(&self) -> Vec<Offer> {
        vec![
            offer("EXEMPT", "exempt-organisations"),
            Offer { case_reference_required: true, ..offer("SCHOOLS", "institutions") },
        ]
    }
}

fn answered(ask: &Ask) -> Answered {
    let facts = ask.facts.iter().map(|name| Fact { name: name.clone(), value: Value::Bool(true) }).collect();
    Answered {
        answer: Answer {
            exchange: "0123456789abcdef0123456789abcdef".parse().unwrap(),
            answered: noon(),
            provider: ask.provider.clone(),
            register: ask.register.clone(),
            agreement: "grants-exempt-organisations".parse().unwrap(),
            matched: Some(Match { probability: 0.99, weight: 6.6, compared: vec![], confirmed: false }),
            facts,
            withheld: Vec::new(),
            origin: Some(Origin { source: "eo-master".into(), digest: "0".repeat(64), record_number: 7 }),
        },
        verified: true,
        proof: "c2sp.org/tlog-proof@v1\n".into(),
    }
}

fn offer(member: &str, register: &str) -> Offer {
    let fact = |name: &str, title: &str, datatype| OfferedFact {
        name: name.parse().unwrap(),
        title: title.into(),
        datatype,
    };
    Offer {
        provider: body(member),
        register: register.parse().unwrap(),
        class: "LegalEntity".into(),
        title: "Tax-exempt organisations for grants".into(),
        purposes: vec![OfferedPurpose {
            name: "grant-eligibility".parse().unwrap(),
            text: "To decide whether an applicant may get a grant.".into(),
        }],
        facts: vec![
            fact("isTaxExempt", "Is it tax-exempt?", Datatype::Boolean),
            fact("exemptSince", "Since when is it tax-exempt?", Datatype::Date),
        ],
        known: vec!["legalName".into(), "registeredAddress.postCode".into(), "registrationDate".into()],
        case_reference_required: false,
        agreement: "grants-exempt-organisations".parse().unwrap(),
        until: "2027-12-31".parse().unwrap(),
    }
}

/// The interface of GRANTS, with two systems: `portal` has the key `secret`, `legacy` is an X-Road client without one.
pub(crate) struct Face {
    pub(crate) desk: Arc<Memory>,
    pub(crate) router: Router,
}

pub(crate) fn face(spelling: FaultSpelling, without_key: bool) -> Face {
    let desk = Arc::new(Memory::default());
    let mut systems = vec![System::with_key("portal", SECRET_SHA256).unwrap()];
    if without_key {
        systems.push(System::xroad_client_without_key("legacy", body("GRANTS")));
    }
    let router = interface(Interface {
        body: body("GRANTS"),
        systems: Systems::new(systems).unwrap(),
        desk: desk.clone(),
        entropy: Arc::new(Counter::default()),
        limits: Limits::default(),
        fault_spelling: spelling,
    });
    Face { desk, router }
}

/// A response as a test looks at it.
pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Seen {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| json!({ "not JSON": self.text }))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Face {
    pub(crate) async fn call(&self, request: Request<Body>) -> Seen {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Seen {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// The last question that reached the desk.
    pub(crate) fn asked(&self) -> Option<Ask> {
        self.desk.0.lock().unwrap().pop()
    }
}

/// A request from lines: `METHOD PATH`, headers, an empty line, the body.
pub(crate) fn request(text: &str) -> Request<Body> {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines().map(str::trim);
    let (method, path) = lines.next().unwrap().split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(path);
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    request.body(Body::from(body.trim().to_owned())).unwrap()
}
