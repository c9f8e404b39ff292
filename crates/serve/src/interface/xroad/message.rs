//! The headers of a call and of its answer (PR-REST §4.3).

use concordat_record::{BodyId, Entropy};
use http::{HeaderMap, HeaderValue};

use super::fault::{Code, Fault};
use super::hash::request_hash;
use super::identifier::{ClientId, ServiceId};
use crate::interface::{percent::decode_segment, uuid};

/// What the headers of a call say.
#[derive(Debug)]
pub(super) struct Headers {
    pub(super) client: ClientId,
    pub(super) id: Option<String>,
    pub(super) issue: Option<String>,
    pub(super) user: Option<String>,
}

impl Headers {
    /// Of a header that is there twice, the last counts.
    ///
    /// # Errors
    /// The faults for a missing or malformed client, for headers that are not UTF-8, and for the two headers that would
    /// change who asks or who answers, which this edge cannot do.
    pub(super) fn parse(headers: &HeaderMap) -> Result<Self, Fault> {
        let client = last(headers, "x-road-client")?
            .ok_or_else(|| Fault::new(Code::InvalidClientIdentifier, "The client identifier is missing"))?;
        if last(headers, "x-road-represented-party")?.is_some() {
            return Err(Fault::new(Code::BadRequest, "X-Road-Represented-Party is not supported"));
        }
        if let Some(server) = last(headers, "x-road-security-server")? {
            return Err(security_server(&server));
        }
        Ok(Self {
            client: ClientId::parse(&client)?,
            id: last(headers, "x-road-id")?,
            issue: last(headers, "x-road-issue")?,
            user: last(headers, "x-road-userid")?,
        })
    }
}

fn security_server(server: &str) -> Fault {
    let parts: Option<Vec<String>> = server.split('/').map(decode_segment).collect();
    match parts {
        Some(parts) if parts.len() == 4 => Fault::new(
            Code::InvalidSecurityServer,
            format!("Could not find security server {}", parts.join("/")),
        ),
        _ => Fault::new(Code::InternalError, "Invalid SecurityServer Id"),
    }
}

fn last(headers: &HeaderMap, name: &str) -> Result<Option<String>, Fault> {
    let Some(value) = headers.get_all(name).iter().next_back() else { return Ok(None) };
    let text = std::str::from_utf8(value.as_bytes()).ok().map(str::trim).filter(|text| !text.is_empty());
    match text {
        Some(text) => Ok(Some(text.to_owned())),
        None => Err(Fault::new(Code::BadRequest, format!("The header {name} is empty or not UTF-8"))),
    }
}

/// One call under way: its identifiers, and its head as the hash needs it.
pub(super) struct Message {
    service: ServiceId,
    id: String,
    request_id: String,
    /// The request's head with the generated headers at its end.
    head: Vec<u8>,
}

impl Message {
    pub(super) fn new(
        parts: &http::request::Parts,
        headers: &Headers,
        service: ServiceId,
        entropy: &dyn Entropy,
    ) -> Self {
        let request_id = uuid(entropy);
        let mut generated = vec![("x-road-request-id", request_id.clone())];
        let id = headers.id.clone().unwrap_or_else(|| {
            let instance = service.encoded().split('/').next().unwrap_or_default().to_owned();
            let id = format!("{instance}-{}", uuid(entropy));
            generated.push(("x-road-id", id.clone()));
            id
        });
        let head = super::hash::request_head(parts, &generated);
        Self { service, id, request_id, head }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn service(&self) -> &ServiceId {
        &self.service
    }

    /// Adds the headers that every answer of a service has.
    pub(super) fn sign_off(&self, headers: &mut HeaderMap, client: &BodyId, body: &[u8]) {
        for (name, value) in [
            ("x-road-id", self.id.as_str()),
            ("x-road-client", client.as_str()),
            ("x-road-service", &self.service.encoded()),
            ("x-road-request-id", &self.request_id),
            ("x-road-request-hash", &request_hash(&self.head, body)),
        ] {
            // INVARIANT: identifiers come from a header or are encoded, so they are values of a header.
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                headers.insert(name, value);
            }
        }
    }
}
