//! Files on HTTP servers (RFC 9110): one GET, gone on with by `Range` where it breaks off.
//!
//! `client` makes requests and follows redirects where that is harmless, `file` reads one file.

mod client;
mod file;

use std::sync::Arc;

use concordat_record::Problem;
use rustls::crypto::aws_lc_rs;
use ureq::http::Uri;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

use super::Found;
use super::patience::Patience;
use crate::secret::Secret;

pub(super) use client::{Client, changed};
pub(super) use file::{Address, HttpFile};

/// A server that speaks HTTP.
#[derive(Clone, Debug)]
pub struct HttpServer {
    /// Scheme, host and port: `https://files.example.org`.
    pub origin: String,
    /// How an encrypted connection is set up; none for a plain one.
    pub tls: Option<TlsSettings>,
    /// The header that says who we are, and its value.
    pub login: Option<(String, Secret)>,
    /// Whether a redirect may lead to another server.
    pub follows_elsewhere: bool,
    /// The most bytes that a file may have.
    pub most_bytes: u64,
    /// How long it is waited for.
    pub patience: Patience,
}

/// Whom we trust, and who we are.
#[derive(Clone, Debug, Default)]
pub struct TlsSettings {
    /// Certificates of the authorities that vouch for the server, DER.
    pub authorities: Vec<Vec<u8>>,
    /// Our own certificates, DER, and their key, PEM.
    pub identity: Option<(Vec<Vec<u8>>, Secret)>,
}

impl HttpServer {
    /// The file at a path, which may have a query. There are no patterns: a server has no list of its files.
    pub(super) fn find(&self, path: &str) -> Result<Vec<Found>, Problem> {
        let address = format!("{}/{}", self.origin, encoded(path.trim_start_matches('/')));
        let shown = without_query(&address).to_owned();
        let client = Client::new(self)?;
        let file = HttpFile {
            client,
            address: Address::Fixed(address),
            shown: shown.clone(),
            patience: self.patience,
        };
        Ok(vec![Found::there(shown, Arc::new(file))])
    }
}

impl TlsSettings {
    fn client(&self) -> Result<TlsConfig, Problem> {
        let certificates = |all: &[Vec<u8>]| -> Vec<Certificate<'static>> {
            all.iter().map(|one| Certificate::from_der(one).to_owned()).collect()
        };
        let identity = match &self.identity {
            None => None,
            Some((chain, key)) => {
                let key = PrivateKey::from_pem(key.reveal().as_bytes())
                    .map_err(|_| Problem::new("fetch.tls", "the key of our certificate is not PEM"))?;
                Some(ClientCert::new_with_certs(&certificates(chain), key))
            }
        };
        Ok(TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&certificates(&self.authorities)))
            .client_cert(identity)
            .unversioned_rustls_crypto_provider(Arc::new(aws_lc_rs::default_provider()))
            .build())
    }
}

/// An address without its query, which may hold a key or a signature.
pub(super) fn without_query(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

/// Scheme, host and port of an address.
fn origin(address: &str) -> String {
    let Ok(uri) = address.parse::<Uri>() else { return String::new() };
    let (scheme, host) = (uri.scheme_str().unwrap_or_default(), uri.host().unwrap_or_default());
    let port = uri.port_u16().unwrap_or(if scheme == "http" { 80 } else { 443 });
    format!("{scheme}://{}:{port}", host.to_ascii_lowercase())
}

/// A path as an address may hold it (RFC 3986, section 3.3): what is written encoded stays so.
fn encoded(path: &str) -> String {
    const KEPT: &[u8] = b"-._~!$&'()*+,;=:@/?%";
    let mut out = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || KEPT.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.extend(['%', digit(byte >> 4), digit(byte & 0x0f)]);
        }
    }
    out
}

fn digit(value: u8) -> char {
    char::from_digit(value.into(), 16).unwrap_or('0').to_ascii_uppercase()
}
