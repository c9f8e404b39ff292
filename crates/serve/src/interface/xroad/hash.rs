//! `X-Road-Request-Hash`: what an answer says about the request that it answers.

use aws_lc_rs::digest::{SHA512, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Headers that do not travel on, and so are not in the hash: those of the hop, and those that X-Road makes itself
/// (`RestMessage` and `RestRequest` of 7.8).
const LEFT_OUT: [&str; 15] = [
    "transfer-encoding",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "upgrade",
    "connection",
    "user-agent",
    "host",
    "content-length",
    "server",
    "expect",
    "x-road-request-id",
    "x-road-request-hash",
];

/// The head as X-Road serialises it: verb, raw path and query, then the headers in their order without a space after the
/// colon, the generated ones last, each line ended by CRLF. Names are in lower case, as HTTP compares them.
pub(super) fn request_head(parts: &http::request::Parts, generated: &[(&str, String)]) -> Vec<u8> {
    let mut head = format!("{}\r\n{}", parts.method, parts.uri.path()).into_bytes();
    if let Some(query) = parts.uri.query() {
        head.push(b'?');
        head.extend_from_slice(query.as_bytes());
    }
    head.extend_from_slice(b"\r\n");
    let received = parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let received = received.filter(|(name, _)| !LEFT_OUT.contains(name));
    for (name, value) in received.chain(generated.iter().map(|(name, value)| (*name, value.as_bytes()))) {
        head.extend_from_slice(name.as_bytes());
        head.push(b':');
        head.extend_from_slice(value);
        head.extend_from_slice(b"\r\n");
    }
    head
}

/// Base64 of SHA-512: of the digests of head and body one after the other, or of the head alone when there is no body.
pub(super) fn request_hash(head: &[u8], body: &[u8]) -> String {
    let of_head = digest(&SHA512, head);
    if body.is_empty() {
        return STANDARD.encode(of_head);
    }
    let both = [of_head.as_ref(), digest(&SHA512, body).as_ref()].concat();
    STANDARD.encode(digest(&SHA512, &both))
}
