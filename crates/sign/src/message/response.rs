//! Responses: signing and checking, bound to their request.

use concordat_record::{Problem, Timestamp};
use http::Response;
use http::header::CONTENT_TYPE;

use super::component::{Message, Start};
use super::input::SignatureInput;
use super::{
    CONTENT_DIGEST, Received, RequestSignature, SIGNATURE, SIGNATURE_INPUT, TAG, Verified, header, sign,
};
use crate::{SigningKey, VerifierKey, content_digest};

const COMPONENTS: [&str; 5] = [
    "\"@status\"",
    "\"content-digest\"",
    "\"content-type\"",
    "\"signature\";req;key=\"concordat\"",
    "\"content-digest\";req",
];
const PARAMETERS: [&str; 3] = ["created", "keyid", "tag"];

/// Signs a response to a request: sets `Content-Digest`, `Signature-Input` and `Signature`, in place of any that are there.
///
/// # Errors
/// `sign.message` when the response has no content type.
pub fn sign_response<B: AsRef<[u8]>>(
    response: &mut Response<B>,
    request: &RequestSignature,
    key: &SigningKey,
    now: Timestamp,
) -> Result<(), Problem> {
    if !response.headers().contains_key(CONTENT_TYPE) {
        return Err(Problem::new("sign.message", "the response has no content type"));
    }
    let digest = content_digest(response.body().as_ref());
    response.headers_mut().insert(CONTENT_DIGEST, header(&digest)?);
    let parameters = format!(";created={};keyid=\"{}\";tag=\"{TAG}\"", now.seconds(), key.verifier().keyid());
    let input = SignatureInput::new(&COMPONENTS, &parameters)?;
    let [signature_input, signature] = sign(&message(response, request), &input, key)?;
    response.headers_mut().insert(SIGNATURE_INPUT, signature_input);
    response.headers_mut().insert(SIGNATURE, signature);
    Ok(())
}

/// Checks the signature of a response to the request that was signed as `request`.
///
/// `keys` should know the keys of the body that was asked and no others.
///
/// # Errors
/// As [`super::verify_request`]; `sign.signature-wrong` also when the response answers another request.
pub fn verify_response<B: AsRef<[u8]>>(
    response: &Response<B>,
    request: &RequestSignature,
    keys: impl Fn(&str) -> Option<VerifierKey>,
    now: Timestamp,
) -> Result<Verified, Problem> {
    let received = Received::read(response.headers())?;
    received.input.demand(&COMPONENTS, &PARAMETERS)?;
    received.verify(&message(response, request), response.body().as_ref(), keys, now)
}

fn message<'a, B>(response: &'a Response<B>, request: &'a RequestSignature) -> Message<'a> {
    Message { start: Start::Response { status: response.status(), request }, headers: response.headers() }
}
