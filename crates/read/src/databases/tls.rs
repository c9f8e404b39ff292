//! Encrypted connections to database servers: rustls, with the authorities of this machine or of a file.

use std::path::Path;
use std::sync::Arc;

use concordat_record::{Place, Problem};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use crate::section::Section;

/// Whether and how a connection is encrypted.
#[derive(Clone, Debug)]
pub(crate) enum Tls {
    Off,
    Required {
        /// PEM, relative to the body's folder; the machine's authorities when none.
        ca_file: Option<String>,
        identity: Option<Identity>,
    },
}

/// A certificate of our own and its key, in PEM files relative to the body's folder.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub certificate_file: String,
    pub key_file: String,
}

impl Tls {
    /// Reads the options `tls`, `ca_file`, `certificate_file` and `key_file`.
    pub fn configure(section: &mut Section<'_>) -> Option<Self> {
        let required = !section.has("tls") || section.choice("tls", &[("required", true), ("off", false)])?;
        let ca_file = section.text("ca_file").map(|file| file.value);
        let identity = match (section.text("certificate_file"), section.text("key_file")) {
            (Some(certificate), Some(key)) => {
                Some(Identity { certificate_file: certificate.value, key_file: key.value })
            }
            (None, None) => None,
            (Some(one), None) | (None, Some(one)) => {
                let sentence = "`certificate_file` and `key_file` belong together, and one is missing";
                section.problems.push(Problem::new("source.missing-key", sentence).at(one.place));
                return None;
            }
        };
        if !required && (ca_file.is_some() || identity.is_some()) {
            let sentence = "with `tls = \"off\"` no certificate is looked at";
            let problem = Problem::new("source.either-or", sentence).at(section.here().field("tls"));
            section.problems.push(problem.advise("leave `tls` out to have the connection encrypted"));
            return None;
        }
        Some(if required { Self::Required { ca_file, identity } } else { Self::Off })
    }
}

/// The authorities that may vouch for a server.
pub(crate) fn authorities(
    ca_file: Option<&str>,
    base: &Path,
) -> Result<Vec<CertificateDer<'static>>, Problem> {
    let Some(file) = ca_file else {
        return Ok(rustls_native_certs::load_native_certs().certs);
    };
    let failed = |why: String| {
        Problem::new("database.tls", format!("`{file}` holds no certificate that can be read: {why}"))
            .at(Place::file(file).field("ca_file"))
            .advise("it is a PEM file: `-----BEGIN CERTIFICATE-----` and what follows")
    };
    let certificates: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(base.join(file)).map_err(|error| failed(error.to_string()))?.collect();
    let certificates = certificates.map_err(|error| failed(error.to_string()))?;
    if certificates.is_empty() {
        return Err(failed("it is empty".into()));
    }
    Ok(certificates)
}

/// The configuration of a client.
pub(crate) fn client(
    ca_file: Option<&str>,
    identity: Option<&Identity>,
    base: &Path,
) -> Result<ClientConfig, Problem> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(authorities(ca_file, base)?);
    if roots.is_empty() {
        return Err(Problem::new(
            "database.tls",
            "this machine knows no authority that could vouch for the server",
        )
        .advise("name the server's authority with `ca_file`, or install the package ca-certificates"));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let wrong = |error: rustls::Error| Problem::new("database.tls", format!("TLS cannot be set up: {error}"));
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(wrong)?
        .with_root_certificates(roots);
    let Some(identity) = identity else { return Ok(builder.with_no_client_auth()) };
    let unreadable = |file: &str, error: rustls::pki_types::pem::Error| {
        Problem::new("database.tls", format!("`{file}` cannot be read: {error}")).at(Place::file(file))
    };
    let chain: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(base.join(&identity.certificate_file)).and_then(Iterator::collect);
    let chain = chain.map_err(|error| unreadable(&identity.certificate_file, error))?;
    let key = PrivateKeyDer::from_pem_file(base.join(&identity.key_file))
        .map_err(|error| unreadable(&identity.key_file, error))?;
    builder.with_client_auth_cert(chain, key).map_err(wrong)
}
