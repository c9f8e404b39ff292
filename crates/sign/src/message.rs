//! RFC 9421 message signatures between nodes, in the one profile that nodes speak.
//!
//! A request covers `@method`, `@target-uri`, `content-digest` and `content-type`, with `created`, `expires`, `nonce`, `keyid` and
//! `tag`. A response covers `@status`, `content-digest` and `content-type`, and, as `;req`, the signature and the digest of the
//! request it answers; so an answer cannot be passed off for another question. The verifier demands that set **before** any
//! arithmetic, takes the algorithm from the registered key, and refuses whatever could be read in two ways: a second field of
//! the same name, a second label, a parameter it does not know.
//!
//! Left out: algorithm negotiation, several signatures on one message, trailers, and the memory of nonces, which must be
//! durable and so belongs to the caller.

mod component;
mod field;
mod input;
mod request;
mod response;

pub use request::{sign_request, verify_request};
pub use response::{sign_response, verify_response};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use concordat_record::{Problem, Timestamp};
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};

use crate::{SigningKey, VerifierKey};
use component::Message;
use input::SignatureInput;

/// The label of the only signature on a message.
pub const LABEL: &str = "concordat";
/// The `tag` of every signature: what the signature is for (RFC 9421 §2.3).
pub const TAG: &str = "concordat-exchange-1";
/// How far two clocks may differ, and how long a message lives, in seconds.
pub const WINDOW_SECONDS: i64 = 60;

const SIGNATURE: HeaderName = HeaderName::from_static("signature");
const SIGNATURE_INPUT: HeaderName = HeaderName::from_static("signature-input");
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// The two fields of a request that its response is bound to. Whoever signs or verifies a request gets it; whoever signs
/// or verifies the response needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestSignature {
    /// The signature as it stands in the field, `:base64:`.
    pub(crate) value: String,
    /// The request's `Content-Digest`.
    pub(crate) content_digest: String,
}

impl RequestSignature {
    /// The bytes of the signature, for a record of what was asked.
    pub fn bytes(&self) -> Vec<u8> {
        field::byte_sequence(&self.value).unwrap_or_default()
    }
}

/// A message whose signature has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The registered key that made the signature; its name is the body that speaks.
    pub key: VerifierKey,
    /// When it was signed, by the clock of the signer.
    pub created: Timestamp,
    /// The number used once. The caller refuses one that it has seen from this key within two windows, and remembers durably.
    /// Empty in a response, which needs none: it is bound to a request that has one.
    pub nonce: String,
    /// What a response to this message is bound to.
    pub signature: RequestSignature,
}

/// Puts the signature on a message whose `Content-Digest` is in place.
fn sign(
    message: &Message<'_>,
    input: &SignatureInput,
    key: &SigningKey,
) -> Result<[HeaderValue; 2], Problem> {
    let base = component::signature_base(message, input)?;
    let signature = STANDARD.encode(key.sign(base.as_bytes()));
    Ok([header(&format!("{LABEL}={}", input.text()))?, header(&format!("{LABEL}=:{signature}:"))?])
}

fn header(value: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(value)
        .map_err(|_| Problem::new("sign.message", "the message holds characters that cannot be in a header"))
}

/// The fields of a received message, read but not believed.
struct Received {
    input: SignatureInput,
    signature: String,
}

impl Received {
    fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        let input = field::single(headers, &SIGNATURE_INPUT)?.ok_or_else(unsigned)?;
        let signature = field::single(headers, &SIGNATURE)?.ok_or_else(unsigned)?;
        let signature = field::only_member(signature, LABEL)
            .filter(|value| field::byte_sequence(value).is_some())
            .ok_or_else(|| Problem::new("sign.signature-malformed", "the signature cannot be read"))?;
        Ok(Self { input: SignatureInput::parse(input)?, signature: signature.into() })
    }

    /// Checks everything but what the message must cover, which [`SignatureInput::demand`] has done before.
    fn verify(
        self,
        message: &Message<'_>,
        body: &[u8],
        keys: impl Fn(&str) -> Option<VerifierKey>,
        now: Timestamp,
    ) -> Result<Verified, Problem> {
        let digest = field::single(message.headers, &CONTENT_DIGEST)?
            .ok_or_else(|| Problem::new("sign.digest-missing", "the message has no content digest"))?;
        self.check_time(now)?;
        let keyid = self.input.text_parameter("keyid").unwrap_or_default();
        let key = keys(keyid).filter(|key| key.keyid() == keyid).ok_or_else(|| {
            Problem::new("sign.key-unknown", format!("no key `{}` is registered", shown(keyid)))
                .advise("the federation list names the keys: is it the newest on both sides?")
        })?;
        let base = component::signature_base(message, &self.input)?;
        let bytes = field::byte_sequence(&self.signature).unwrap_or_default();
        if !key.verifies(base.as_bytes(), &bytes) {
            let sentence = format!("the signature of `{}` does not belong to this message", key.name());
            return Err(Problem::new("sign.signature-wrong", sentence));
        }
        crate::verify_content_digest(digest, body)?;
        Ok(Verified {
            key,
            created: Timestamp::from_seconds(self.input.number("created").unwrap_or_default()),
            nonce: self.input.text_parameter("nonce").unwrap_or_default().into(),
            signature: RequestSignature { value: self.signature, content_digest: digest.into() },
        })
    }

    fn check_time(&self, now: Timestamp) -> Result<(), Problem> {
        let now = now.seconds();
        let created = self.input.number("created").unwrap_or(i64::MIN);
        let expires = self.input.number("expires").unwrap_or(i64::MAX);
        let wrong = if created > now.saturating_add(WINDOW_SECONDS) {
            "was signed in the future"
        } else if created < now.saturating_sub(WINDOW_SECONDS) || now > expires {
            "is too old"
        } else {
            return Ok(());
        };
        let apart = now.saturating_sub(created);
        Err(Problem::new("sign.signature-time", format!("the message {wrong} ({apart} seconds apart)"))
            .advise(format!("set the clocks of both nodes: they may differ by {WINDOW_SECONDS} seconds")))
    }
}

fn unsigned() -> Problem {
    Problem::new("sign.signature-missing", "the message is not signed")
}

/// A stranger's text, cut to a length that fits a message for people.
fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod foreign_tests;
#[cfg(test)]
mod tests;
