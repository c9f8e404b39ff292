//! Who says what, and that it was not changed: Ed25519 keys, C2SP signed notes, digests and RFC 9421 message signatures.
//!
//! * [`SigningKey`] and [`VerifierKey`]: one pair for each body, written as text.
//! * [`Note`]: whatever people sign and keep (agreements, the federation list, checkpoints of the log).
//! * [`sign_request`], [`verify_request`], [`sign_response`], [`verify_response`]: what nodes say to each other.
//!
//! No disk, no network, no clock of its own: keys come in as text, time and randomness as arguments. Only Ed25519 is spoken;
//! another algorithm would be another line in the list of signature types of the note specification. Certificates and TLS are
//! not here, and neither is the memory of nonces: whoever answers must keep that durably.

mod digest;
mod key;
mod message;
mod note;

pub use digest::{content_digest, hmac_sha256, sha256, verify_content_digest};
pub use key::{SigningKey, VerifierKey};
pub use message::{
    LABEL, RequestSignature, TAG, Verified, WINDOW_SECONDS, sign_request, sign_response, verify_request,
    verify_response,
};
pub use note::{Note, VerifiedNote};
