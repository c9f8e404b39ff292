//! The values of covered components and the signature base made of them (RFC 9421 §2).

use concordat_record::Problem;
use http::header::{HOST, HeaderName};
use http::{HeaderMap, Method, StatusCode, Uri};

use super::input::{Component, SignatureInput};
use super::{CONTENT_DIGEST, LABEL, RequestSignature, SIGNATURE, SIGNATURE_INPUT, field};

/// The parts of a message that a signature can cover.
pub(super) struct Message<'a> {
    pub start: Start<'a>,
    pub headers: &'a HeaderMap,
}

/// What stands before the headers.
pub(super) enum Start<'a> {
    Request { method: &'a Method, target: Target },
    Response { status: StatusCode, request: &'a RequestSignature },
}

/// Where a request goes, written in one way only: `https`, lower-case authority without the default port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub authority: String,
    path: String,
    query: Option<String>,
}

impl Target {
    /// From the request line and, where that has no authority, the `Host` header.
    ///
    /// # Errors
    /// `sign.message-ambiguous` when the target is not plain, or both are there and differ.
    pub(super) fn of(uri: &Uri, headers: &HeaderMap) -> Result<Self, Problem> {
        let ambiguous = |sentence| Problem::new("sign.message-ambiguous", sentence);
        if uri.scheme_str().is_some_and(|scheme| scheme != "https") {
            return Err(ambiguous("nodes speak to each other over `https` only"));
        }
        let host = field::single(headers, &HOST)?.map(normal_authority);
        let authority = match (uri.authority().map(|authority| normal_authority(authority.as_str())), host) {
            (Some(one), Some(other)) if one != other => {
                return Err(ambiguous("the request names two different hosts"));
            }
            (Some(authority), _) | (None, Some(authority)) => authority,
            (None, None) => return Err(ambiguous("the request does not say which host it is for")),
        };
        if authority.contains('@') || !uri.path().starts_with('/') {
            return Err(ambiguous("the request's target is not a plain address"));
        }
        Ok(Self { authority, path: uri.path().into(), query: uri.query().map(Into::into) })
    }

    fn uri(&self) -> String {
        let query = self.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        format!("https://{}{}{query}", self.authority, self.path)
    }
}

/// RFC 9421 §2.2.3: lower case, without the default port.
pub(super) fn normal_authority(authority: &str) -> String {
    let lower = authority.to_ascii_lowercase();
    lower.strip_suffix(":443").map(ToString::to_string).unwrap_or(lower)
}

/// The text that is signed (RFC 9421 §2.5).
///
/// # Errors
/// `sign.signature-malformed` when a component is none of ours, `sign.signature-incomplete` when the message does not have it.
pub(super) fn signature_base(message: &Message<'_>, input: &SignatureInput) -> Result<String, Problem> {
    let mut base = String::new();
    for component in &input.components {
        let value = value(message, component)?;
        base.extend([&component.identifier, ": ", &value, "\n"]);
    }
    base.push_str("\"@signature-params\": ");
    base.push_str(input.text());
    Ok(base)
}

fn value(message: &Message<'_>, component: &Component) -> Result<String, Problem> {
    let unknown = || {
        let sentence =
            format!("the signature covers {}, which is not expected", super::shown(&component.identifier));
        Problem::new("sign.signature-malformed", sentence)
    };
    match (&message.start, component.of_request, &component.member) {
        (Start::Response { request, .. }, true, member) => match (component.name.as_str(), member.as_deref())
        {
            ("signature", Some(LABEL)) => Ok(request.value.clone()),
            ("content-digest", None) => Ok(request.content_digest.clone()),
            _ => Err(unknown()),
        },
        (Start::Request { method, target }, false, None) if component.name.starts_with('@') => {
            match component.name.as_str() {
                "@method" => Ok(method.as_str().into()),
                "@target-uri" => Ok(target.uri()),
                "@authority" => Ok(target.authority.clone()),
                "@scheme" => Ok("https".into()),
                "@path" => Ok(target.path.clone()),
                "@query" => Ok(format!("?{}", target.query.as_deref().unwrap_or_default())),
                _ => Err(unknown()),
            }
        }
        (Start::Response { status, .. }, false, None) if component.name == "@status" => {
            Ok(status.as_str().into())
        }
        (_, false, None) if !component.name.starts_with('@') => {
            header_value(message.headers, &component.name).ok_or_else(unknown)?
        }
        _ => Err(unknown()),
    }
}

/// The value of a covered header; none when the name is not one that a signature may cover.
fn header_value(headers: &HeaderMap, name: &str) -> Option<Result<String, Problem>> {
    let name = HeaderName::from_lowercase(name.as_bytes()).ok()?;
    if name == SIGNATURE || name == SIGNATURE_INPUT {
        return None;
    }
    Some(match field::single(headers, &name) {
        Ok(Some(value)) => Ok(value.into()),
        Ok(None) if name == CONTENT_DIGEST => {
            Err(Problem::new("sign.digest-missing", "the message has no content digest"))
        }
        Ok(None) => {
            let sentence = format!("the signature covers the header `{name}`, which is not there");
            Err(Problem::new("sign.signature-incomplete", sentence))
        }
        Err(problem) => Err(problem),
    })
}
