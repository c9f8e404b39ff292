//! Who this node is and whom it trusts, on the wire: TLS 1.3 only, client certificates always.
//!
//! Trust is the federation list and nothing else. Each listed certificate is self-signed and its own trust anchor, so
//! `webpki` checks signature, validity, usage and host name; after the handshake the presented certificate must
//! moreover be, byte for byte, the listed one (a listed key that signs further certificates gains nothing).
//! No certificate authority, no revocation list: a certificate is withdrawn by leaving the list.

mod certificate;
mod credentials;
mod identity;
mod peer;

#[cfg(test)]
mod tests;

pub use certificate::make_certificate;
pub(crate) use credentials::Credentials;
pub use credentials::Tls;
pub use identity::Identity;
pub use peer::Peer;
pub(crate) use peer::host_and_port;
