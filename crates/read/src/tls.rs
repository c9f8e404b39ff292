//! Encrypted connections to services and databases: rustls, with the authorities of this machine or of a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use concordat_record::{Place, Problem};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use crate::section::{Noted, OptionDoc, Section};

/// How TLS is spoken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tls {
    /// PEM, relative to the body's folder; the machine's authorities when none.
    ca_file: Option<String>,
    /// A certificate of our own and its key, in PEM files.
    identity: Option<(String, String)>,
}

pub(crate) const TLS: OptionDoc = OptionDoc {
    name: "tls",
    form: "`required`, `off`",
    default: "required",
    meaning: "whether the connection is encrypted; `off` is accepted for this machine only",
};
pub(crate) const CA_FILE: OptionDoc = OptionDoc {
    name: "ca_file",
    form: "text",
    default: "this machine's authorities",
    meaning: "a PEM file with the authorities that vouch for the server, relative to the body's folder",
};
pub(crate) const CERTIFICATE_FILE: OptionDoc = OptionDoc {
    name: "certificate_file",
    form: "text",
    default: "none",
    meaning: "a PEM file with our own certificate, for servers that ask for one",
};
pub(crate) const KEY_FILE: OptionDoc = OptionDoc {
    name: "key_file",
    form: "text",
    default: "none",
    meaning: "a PEM file with the key of that certificate",
};

/// What a connection is set up with.
#[derive(Debug)]
pub(crate) struct Trust {
    pub authorities: Vec<CertificateDer<'static>>,
    /// Our certificates, and the key as PEM.
    pub identity: Option<(Vec<CertificateDer<'static>>, Vec<u8>)>,
}

pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn wrong(sentence: String) -> Problem {
    Problem::new("source.tls", sentence)
}

impl Tls {
    /// Reads the options; none stands for a plain connection.
    pub fn configure(section: &mut Section<'_>) -> Result<Option<Self>, Noted> {
        let choices = [("required", true), ("off", false)];
        let required = if section.has("tls") { section.choice("tls", &choices).ok_or(Noted)? } else { true };
        let ca_file = section.text("ca_file").map(|file| file.value);
        let identity = match (section.text("certificate_file"), section.text("key_file")) {
            (Some(certificate), Some(key)) => Some((certificate.value, key.value)),
            (None, None) => None,
            (Some(one), None) | (None, Some(one)) => {
                let sentence = "`certificate_file` and `key_file` belong together, and one is missing";
                section.problems.push(Problem::new("source.missing-key", sentence).at(one.place));
                return Err(Noted);
            }
        };
        if !required && (ca_file.is_some() || identity.is_some()) {
            let problem =
                Problem::new("source.either-or", "with `tls = \"off\"` no certificate is looked at");
            section.problems.push(problem.at(section.here().field("tls")));
            return Err(Noted);
        }
        Ok(required.then_some(Self { ca_file, identity }))
    }

    /// The files with our certificate and its key, for clients that read them themselves.
    pub fn identity_files(&self, base: &Path) -> Option<(PathBuf, PathBuf)> {
        self.identity.as_ref().map(|(certificate, key)| (base.join(certificate), base.join(key)))
    }

    /// Reads the files.
    pub fn trust(&self, base: &Path) -> Result<Trust, Problem> {
        let authorities = match &self.ca_file {
            Some(file) => certificates(base, file, "ca_file")?,
            None => rustls_native_certs::load_native_certs().certs,
        };
        if authorities.is_empty() {
            return Err(wrong("this machine knows no authority that could vouch for the server".into())
                .advise(
                    "name the server's authority with `ca_file`, or install the package ca-certificates",
                ));
        }
        let identity = self.identity.as_ref().map(|(certificate, key)| {
            let chain = certificates(base, certificate, "certificate_file")?;
            let failed = |why: String| unreadable(key, "key_file", &why);
            let pem = std::fs::read(base.join(key)).map_err(|error| failed(error.to_string()))?;
            PrivateKeyDer::from_pem_slice(&pem).map_err(|error| failed(error.to_string()))?;
            Ok((chain, pem))
        });
        Ok(Trust { authorities, identity: identity.transpose()? })
    }

    /// The configuration of a client that is not HTTP.
    pub fn client(&self, base: &Path) -> Result<ClientConfig, Problem> {
        let trust = self.trust(base)?;
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(trust.authorities);
        let failed = |error: rustls::Error| wrong(format!("TLS cannot be set up: {error}"));
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(failed)?
            .with_root_certificates(roots);
        match trust.identity {
            Some((chain, pem)) => {
                let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|error| wrong(error.to_string()))?;
                builder.with_client_auth_cert(chain, key).map_err(failed)
            }
            None => Ok(builder.with_no_client_auth()),
        }
    }
}

fn certificates(base: &Path, file: &str, option: &str) -> Result<Vec<CertificateDer<'static>>, Problem> {
    let read =
        CertificateDer::pem_file_iter(base.join(file)).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(certificates) if certificates.is_empty() => {
            Err(unreadable(file, option, "it holds no certificate"))
        }
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(unreadable(file, option, &error.to_string())),
    }
}

fn unreadable(file: &str, option: &str, why: &str) -> Problem {
    wrong(format!("`{file}` cannot be read as PEM: {why}"))
        .at(Place::file(file).field(option))
        .advise("a PEM file begins with `-----BEGIN`; the path is relative to the body's folder")
}
