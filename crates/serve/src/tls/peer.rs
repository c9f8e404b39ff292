//! A body of the federation, as the transport knows it.

use concordat_record::{BodyId, Place, Problem, Problems};
use rustls::pki_types::CertificateDer;
use rustls::server::ParsedCertificate;

/// What stands before the 32 bytes of an Ed25519 public key in a certificate (RFC 8410 §4).
const ED25519_PUBLIC_KEY: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A body of the federation: where its node is and which certificates it may present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The body.
    pub body: BodyId,
    /// `host:port` of its node.
    pub address: String,
    /// Its certificates in DER: one, or two while it changes from the old to the new.
    pub certificates: Vec<Vec<u8>>,
}

impl Peer {
    /// What keeps this entry from being used: all of it.
    pub(super) fn problems(&self) -> Problems {
        let mut problems = Problems::none();
        let place = Place::default().field(self.body.as_str());
        if let Err(problem) = host_and_port(&self.address) {
            problems.push(problem.at(place.clone()));
        }
        if self.certificates.is_empty() {
            problems.push(
                Problem::new(
                    "serve.peer-certificate",
                    format!("{} is listed without a certificate", self.body),
                )
                .at(place.clone()),
            );
        }
        for der in &self.certificates {
            if let Err(problem) = check_certificate(&self.body, der) {
                problems.push(problem.at(place.clone()));
            }
        }
        problems
    }
}

fn check_certificate(body: &BodyId, der: &[u8]) -> Result<(), Problem> {
    let advice = "make it again with `concordat init`, and have the keeper of the list sign it anew";
    let der = CertificateDer::from(der);
    let certificate = ParsedCertificate::try_from(&der).map_err(|error| {
        Problem::new("serve.peer-certificate", format!("the certificate of {body} cannot be read: {error}"))
            .advise(advice)
    })?;
    if certificate.subject_public_key_info().starts_with(&ED25519_PUBLIC_KEY) {
        return Ok(());
    }
    Err(Problem::new("serve.peer-certificate", format!("the certificate of {body} has no Ed25519 key"))
        .advise(advice))
}

/// The two parts of an address such as `node.example.org:7443` or `[2001:db8::1]:7443`; the host without brackets.
pub(crate) fn host_and_port(address: &str) -> Result<(String, u16), Problem> {
    let wrong = || {
        Problem::new("serve.address", format!("`{address}` is not an address of a node"))
            .advise("write host and port, such as `concordat.example.org:7443`")
    };
    let authority: http::uri::Authority = address.parse().map_err(|_| wrong())?;
    let port = authority.port_u16().filter(|_| !address.contains('@')).ok_or_else(wrong)?;
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    Ok((host.to_owned(), port))
}
