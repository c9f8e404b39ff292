//! X-Road identifiers in paths and headers: parts of UTF-8, each percent-encoded for itself, `/` between them.

use std::fmt;

use concordat_record::BodyId;

use super::fault::{Code, Fault};
use crate::interface::percent::decode_segment;

/// The five parts of a service: instance, class, member, subsystem, service code; decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServiceId([String; 5]);

impl ServiceId {
    pub(super) fn code(&self) -> &str {
        let [.., code] = &self.0;
        code
    }

    /// The body that provides it; none when its parts could not be those of a body.
    pub(super) fn provider(&self) -> Option<BodyId> {
        let [body @ .., _] = &self.0;
        body_of(body)
    }

    /// As the response header `X-Road-Service` has it: each part encoded as a path segment.
    pub(super) fn encoded(&self) -> String {
        self.0.iter().map(|part| encode_segment(part)).collect::<Vec<_>>().join("/")
    }
}

impl fmt::Display for ServiceId {
    /// `SERVICE:US/GOV/TREASURY/EXEMPT/exempt-organisations`, as X-Road's messages have it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SERVICE:{}", self.0.join("/"))
    }
}

/// The client of a call: a member (three parts) or a subsystem (four); decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ClientId(Vec<String>);

impl ClientId {
    /// # Errors
    /// The fault for a client that has another number of parts, or parts that are not percent-encoded UTF-8.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let parts: Option<Vec<String>> = text.split('/').map(decode_segment).collect();
        parts
            .filter(|parts| matches!(parts.len(), 3 | 4) && parts.iter().all(|part| !part.is_empty()))
            .map(Self)
            .ok_or_else(|| Fault::new(Code::InvalidClientIdentifier, "The client identifier is invalid"))
    }

    pub(super) fn parts(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }
}

impl fmt::Display for ClientId {
    /// `SUBSYSTEM:US/GOV/GRANTS/OFFICE` or `MEMBER:US/GOV/GRANTS`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.0.len() == 3 { "MEMBER" } else { "SUBSYSTEM" };
        write!(f, "{kind}:{}", self.0.join("/"))
    }
}

/// The service of a request's raw path, and the raw path after it (with its slash; empty when there is none).
///
/// # Errors
/// The faults for a path of another version, with fewer than five parts, or with a part that is not percent-encoded UTF-8.
pub(super) fn service_path(path: &str) -> Result<(ServiceId, &str), Fault> {
    let invalid = || Fault::new(Code::InternalError, "Invalid request URI");
    let mut parts = path.splitn(8, '/').skip(1);
    let version = parts.next().and_then(|part| part.strip_prefix('r')).ok_or_else(invalid)?;
    let mut decoded = Vec::new();
    for part in parts.by_ref().take(5) {
        decoded.push(decode_segment(part).filter(|part| !part.is_empty()).ok_or_else(invalid)?);
    }
    let service = decoded.try_into().map(ServiceId).map_err(|_| invalid())?;
    if version != "1" {
        return Err(Fault::new(Code::InternalError, format!("Unsupported protocol version {version}")));
    }
    let rest = parts.next().map_or("", |rest| &path[path.len() - rest.len() - 1..]);
    Ok((service, rest))
}

/// A body of decoded parts. A part with a `/` inside is refused here: joined it would be another body.
fn body_of(parts: &[String]) -> Option<BodyId> {
    parts.iter().all(|part| !part.contains('/')).then(|| parts.join("/").parse().ok())?
}

fn encode_segment(part: &str) -> String {
    part.bytes().fold(String::with_capacity(part.len()), |encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte) {
            encoded + char::from(byte).encode_utf8(&mut [0; 4])
        } else {
            encoded + &format!("%{byte:02X}")
        }
    })
}
