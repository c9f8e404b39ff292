//! Requests: signing and checking.

use concordat_record::{Entropy, Problem, Timestamp};
use http::Request;
use http::header::CONTENT_TYPE;

use super::component::{Message, Start, Target, normal_authority};
use super::input::SignatureInput;
use super::{
    CONTENT_DIGEST, Received, RequestSignature, SIGNATURE, SIGNATURE_INPUT, TAG, Verified, WINDOW_SECONDS,
    header, sign,
};
use crate::digest::hex;
use crate::{SigningKey, VerifierKey, content_digest};

const COMPONENTS: [&str; 4] = ["\"@method\"", "\"@target-uri\"", "\"content-digest\"", "\"content-type\""];
const PARAMETERS: [&str; 5] = ["created", "expires", "nonce", "keyid", "tag"];

/// Signs a request: sets `Content-Digest`, `Signature-Input` and `Signature`, in place of any that are there.
///
/// The URI is absolute (`https://host:port/path`) and a `Content-Type` is set. Keep what is returned, to check the response with.
///
/// # Errors
/// `sign.message` when the request lacks something that must be signed, `sign.message-ambiguous` for an unclear target.
pub fn sign_request<B: AsRef<[u8]>>(
    request: &mut Request<B>,
    key: &SigningKey,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<RequestSignature, Problem> {
    if !request.headers().contains_key(CONTENT_TYPE) {
        return Err(Problem::new("sign.message", "the request has no content type"));
    }
    let digest = content_digest(request.body().as_ref());
    request.headers_mut().insert(CONTENT_DIGEST, header(&digest)?);
    let parameters = format!(
        ";created={};expires={};nonce=\"{}\";keyid=\"{}\";tag=\"{TAG}\"",
        now.seconds(),
        now.plus_seconds(WINDOW_SECONDS).seconds(),
        nonce(entropy),
        key.verifier().keyid(),
    );
    let input = SignatureInput::new(&COMPONENTS, &parameters)?;
    let [signature_input, signature] = sign(&message(request)?, &input, key)?;
    let value = signature.to_str().unwrap_or_default();
    let value = super::field::only_member(value, super::LABEL).unwrap_or_default().to_string();
    request.headers_mut().insert(SIGNATURE_INPUT, signature_input);
    request.headers_mut().insert(SIGNATURE, signature);
    Ok(RequestSignature { value, content_digest: digest })
}

/// Checks the signature of a request.
///
/// * `keys` gives the registered key for a `keyid`; the algorithm is the key's. It sees the purported `keyid` only after the
///   covered set has been found complete.
/// * `authorities` are the `host:port` names this node answers to: a request signed for another node is refused.
/// * The caller must then refuse a nonce it has seen from the same key, and compare the key's name with the peer's certificate.
///
/// # Errors
/// `sign.signature-missing`, `-malformed`, `-incomplete`, `-purpose`, `-time`, `-wrong`; `sign.message-ambiguous`,
/// `sign.message-audience`, `sign.key-unknown`, `sign.digest-…`.
pub fn verify_request<B: AsRef<[u8]>>(
    request: &Request<B>,
    keys: impl Fn(&str) -> Option<VerifierKey>,
    now: Timestamp,
    authorities: &[String],
) -> Result<Verified, Problem> {
    let received = Received::read(request.headers())?;
    received.input.demand(&COMPONENTS, &PARAMETERS)?;
    let message = message(request)?;
    if let Start::Request { target, .. } = &message.start
        && !authorities.iter().any(|ours| normal_authority(ours) == target.authority)
    {
        let sentence =
            format!("the request is for `{}`, which is not this node", super::shown(&target.authority));
        return Err(Problem::new("sign.message-audience", sentence));
    }
    received.verify(&message, request.body().as_ref(), keys, now)
}

fn message<B>(request: &Request<B>) -> Result<Message<'_>, Problem> {
    let target = Target::of(request.uri(), request.headers())?;
    Ok(Message { start: Start::Request { method: request.method(), target }, headers: request.headers() })
}

/// 128 random bits in hexadecimal.
fn nonce(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    hex(&bytes)
}
