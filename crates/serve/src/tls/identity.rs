//! The certificate that a node presents, with its key.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use concordat_record::Problem;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// A certificate and its private key.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Identity {
    /// From DER: an X.509 certificate and a PKCS#8 key.
    pub fn from_der(certificate: Vec<u8>, key: Vec<u8>) -> Self {
        Self { certificate, key }
    }

    /// From two PEM texts (RFC 7468), as `keys/tls.crt` and `keys/tls.key` hold them.
    ///
    /// # Errors
    /// `serve.certificate-file` or `serve.key-file` when a text holds no such thing.
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self, Problem> {
        let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).map_err(|error| {
            unreadable("serve.certificate-file", "TLS certificate", "CERTIFICATE", &error)
        })?;
        let key = PrivatePkcs8KeyDer::from_pem_slice(key.as_bytes())
            .map_err(|error| unreadable("serve.key-file", "TLS key", "PRIVATE KEY", &error))?;
        Ok(Self { certificate: certificate.to_vec(), key: key.secret_pkcs8_der().to_vec() })
    }

    /// The certificate in DER, as the federation list carries it.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// The certificate as a PEM text.
    pub fn certificate_pem(&self) -> String {
        pem("CERTIFICATE", &self.certificate)
    }

    /// The private key as a PEM text; to be written where only this node can read it.
    pub fn key_pem(&self) -> String {
        pem("PRIVATE KEY", &self.key)
    }

    #[cfg(test)]
    pub(crate) fn key_der(&self) -> &[u8] {
        &self.key
    }

    pub(super) fn chain(&self) -> Vec<CertificateDer<'static>> {
        vec![CertificateDer::from(self.certificate.clone())]
    }

    pub(super) fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.key.clone()).into()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(key not shown)")
    }
}

fn unreadable(code: &'static str, what: &str, label: &str, error: &impl fmt::Display) -> Problem {
    Problem::new(code, format!("the {what} is not a PEM text: {error}"))
        .advise(format!("it begins with `-----BEGIN {label}-----`; make a new pair if it is lost"))
}

/// RFC 7468 §2: base64 in lines of 64 between two labels.
fn pem(label: &str, der: &[u8]) -> String {
    let mut lines = String::new();
    for (index, character) in STANDARD.encode(der).chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            lines.push('\n');
        }
        lines.push(character);
    }
    format!("-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n")
}
