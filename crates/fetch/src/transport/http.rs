//! Files on HTTP servers (RFC 9110): one GET, gone on with by `Range` where it breaks off.
//!
//! Redirects are followed where that is harmless: to the same server, encrypted, or to another one when the settings say so, and
//! then without our credentials.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use concordat_record::{Place, Problem};
use rustls::crypto::aws_lc_rs;
use ureq::http::{Request, Response, Uri, header};
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};
use ureq::{Agent, Body, Error};

use super::patience::{Failure, Patience, Reopen, Resuming};
use super::{Found, Raw, Remote};
use crate::ahead::Bytes;
use crate::fault::carry;
use crate::secret::Secret;

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

/// Redirects after which a server goes in circles.
const MOST_REDIRECTS: u32 = 5;

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

/// Makes requests of one server.
#[derive(Clone)]
pub(super) struct Client {
    agent: Agent,
    login: Option<(String, Secret)>,
    follows_elsewhere: bool,
    most_bytes: u64,
    timeout: Duration,
}

impl Client {
    pub fn new(server: &HttpServer) -> Result<Self, Problem> {
        let wait = Some(server.patience.timeout);
        let mut settings = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .https_only(server.tls.is_some())
            .accept_encoding("identity")
            .timeout_resolve(wait)
            .timeout_connect(wait)
            .timeout_recv_response(wait)
            .timeout_per_read(wait)
            .user_agent(concat!("concordat/", env!("CARGO_PKG_VERSION")));
        match &server.tls {
            Some(tls) => settings = settings.tls_config(tls.client()?),
            // Without TLS it is this machine: no proxy stands between.
            None => settings = settings.proxy(None),
        }
        Ok(Self {
            agent: settings.build().into(),
            login: server.login.clone(),
            follows_elsewhere: server.follows_elsewhere,
            most_bytes: server.most_bytes,
            timeout: server.patience.timeout,
        })
    }

    /// A file from an offset on. `unchanged` is the entity tag that it must still have.
    pub fn get(
        &self,
        address: &str,
        shown: &str,
        offset: u64,
        unchanged: Option<&str>,
    ) -> Result<Response<Body>, Failure> {
        let mut address = address.to_owned();
        let mut login = self.login.as_ref();
        for _ in 0..=MOST_REDIRECTS {
            let mut request = Request::get(&address);
            if let Some((name, value)) = login {
                request = request.header(name, value.reveal());
            }
            if offset > 0 {
                request = request.header(header::RANGE, format!("bytes={offset}-"));
            }
            // A weak tag says nothing about bytes (section 13.1.5).
            if let Some(tag) = unchanged.filter(|tag| offset > 0 && !tag.starts_with("W/")) {
                request = request.header(header::IF_RANGE, tag);
            }
            let request = request.body(()).map_err(|_| {
                let sentence = format!("the address of `{shown}` is malformed");
                Failure::lasting(
                    Problem::new("fetch.bad-address", sentence).at(Place::file(shown)).advise("check `path`"),
                )
            })?;
            let response = self.agent.run(request).map_err(|error| self.explained(&error, shown))?;
            if !response.status().is_redirection() {
                return accepted(response, shown);
            }
            let next = redirected(&address, &response, shown)?;
            let (here, there) = (origin(&address), origin(&next));
            if here != there {
                if !self.follows_elsewhere || !next.starts_with("https://") {
                    return Err(Failure::lasting(elsewhere(shown, &there)));
                }
                login = None;
            }
            address = next;
        }
        let sentence = format!("`{shown}` redirects in circles");
        Err(Failure::lasting(Problem::new("fetch.redirect", sentence).at(Place::file(shown))))
    }

    /// What a connection says when it fails. No address with a query is quoted: it may hold a signature.
    fn explained(&self, error: &Error, shown: &str) -> Failure {
        let problem = |code, sentence: String| Problem::new(code, sentence).at(Place::file(shown));
        match error {
            Error::Timeout(_) => {
                let sentence = format!("`{shown}` did not come within {} s", self.timeout.as_secs_f32());
                Failure::passing(problem("fetch.timeout", sentence))
            }
            Error::HostNotFound => {
                let sentence = format!("the name of the server of `{shown}` is not known");
                Failure::passing(problem("fetch.no-connection", sentence).advise("check `host`"))
            }
            Error::Rustls(_) | Error::Tls(_) | Error::Pem(_) => {
                Failure::lasting(untrusted(shown, &error.to_string()))
            }
            Error::Io(io) if io.kind() == io::ErrorKind::InvalidData => {
                Failure::lasting(untrusted(shown, &io.to_string()))
            }
            Error::Io(io) => {
                let sentence = format!("the server of `{shown}` cannot be reached: {io}");
                Failure::passing(problem("fetch.no-connection", sentence).advise("check `host` and `port`"))
            }
            Error::ConnectionFailed => {
                let sentence = format!("the server of `{shown}` cannot be reached");
                Failure::passing(problem("fetch.no-connection", sentence).advise("check `host` and `port`"))
            }
            _ => {
                let sentence = format!("the server of `{shown}` does not speak HTTP well");
                Failure::lasting(problem("fetch.bad-response", sentence))
            }
        }
    }
}

/// The response, when its status is a success.
fn accepted(response: Response<Body>, shown: &str) -> Result<Response<Body>, Failure> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let sentence = format!("the server answers {status} for `{shown}`");
    let problem = Problem::new("fetch.status", sentence).at(Place::file(shown));
    Err(match status.as_u16() {
        401 | 403 => Failure::lasting(problem.advise("check the credentials, and what they allow")),
        404 => Failure::lasting(Problem { code: "fetch.no-such-file", ..problem }.advise("check `path`")),
        408 | 429 | 500 | 502 | 503 | 504 => {
            let after = text(&response, &header::RETRY_AFTER).and_then(|after| after.trim().parse().ok());
            Failure { after: after.map(Duration::from_secs), ..Failure::passing(problem) }
        }
        416 => Failure::lasting(changed(shown)),
        _ => Failure::lasting(problem),
    })
}

/// Where a redirect leads, as a whole address.
fn redirected(from: &str, response: &Response<Body>, shown: &str) -> Result<String, Failure> {
    let location = text(response, &header::LOCATION).ok_or_else(|| {
        let sentence = format!("the server of `{shown}` redirects to nowhere");
        Failure::lasting(Problem::new("fetch.redirect", sentence).at(Place::file(shown)))
    })?;
    let folder = without_query(from).rsplit_once('/').map_or(from, |(folder, _)| folder);
    Ok(if location.starts_with("//") {
        format!("{}:{location}", from.split(':').next().unwrap_or("https"))
    } else if location.starts_with('/') {
        format!("{}{location}", origin(from))
    } else if location.contains("://") {
        location.to_owned()
    } else {
        format!("{folder}/{location}")
    })
}

fn elsewhere(shown: &str, to: &str) -> Problem {
    Problem::new("fetch.redirect", format!("the server redirects from `{shown}` to another one, {to}"))
        .at(Place::file(shown))
        .advise(
            "write that server as `host` if it is the right one, or allow it with `redirects = \"anywhere\"`",
        )
}

pub(super) fn changed(shown: &str) -> Problem {
    Problem::new("fetch.changed", format!("`{shown}` was changed while it was read"))
        .at(Place::file(shown))
        .advise("try again when nobody writes to it")
}

fn untrusted(shown: &str, why: &str) -> Problem {
    Problem::new("fetch.tls", format!("no trusted connection to the server of `{shown}` comes about: {why}"))
        .at(Place::file(shown))
        .advise("name the authority of its certificate with `ca_file`; if the server asks for ours, set `certificate_file` and `key_file`")
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

/// Where a file is asked for: at the same address each time, or at one that is signed anew.
#[derive(Clone)]
pub(super) enum Address {
    Fixed(String),
    Signed(Arc<dyn Fn() -> String + Send + Sync>),
}

/// A file on a server.
#[derive(Clone)]
pub(super) struct HttpFile {
    pub client: Client,
    pub address: Address,
    pub shown: String,
    pub patience: Patience,
}

impl fmt::Debug for HttpFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HttpFile").field(&self.shown).finish()
    }
}

impl Remote for HttpFile {
    fn open(&self) -> Result<Raw, Problem> {
        let open = OpenFile { file: self.clone(), tag: None, size: None, resumable: true };
        let bytes = Resuming::open(Box::new(open), self.patience, &self.shown)?;
        let size = bytes.size();
        Ok(Raw { bytes: Box::new(bytes), size })
    }

    fn size(&self) -> Option<u64> {
        None
    }
}

/// A file that is being read.
struct OpenFile {
    file: HttpFile,
    tag: Option<String>,
    size: Option<u64>,
    /// Whether bytes of the middle mean the same each time: not when the server packs its answers on the way.
    resumable: bool,
}

impl Reopen for OpenFile {
    fn open_at(&mut self, offset: u64) -> Result<Bytes, Failure> {
        let HttpFile { client, address, shown, .. } = &self.file;
        if offset > 0 && !self.resumable {
            return Err(Failure::lasting(changed(shown)));
        }
        let address = match address {
            Address::Fixed(address) => address.clone(),
            Address::Signed(sign) => sign(),
        };
        let response = client.get(&address, shown, offset, self.tag.as_deref())?;
        let tag = text(&response, &header::ETAG).map(str::to_owned);
        if offset > 0 && tag != self.tag {
            return Err(Failure::lasting(changed(shown)));
        }
        let is_part = response.status().as_u16() == 206;
        if is_part && !begins_at(&response, offset) {
            let sentence = format!("the server of `{shown}` sends another part than was asked for");
            return Err(Failure::lasting(
                Problem::new("fetch.bad-response", sentence).at(Place::file(shown)),
            ));
        }
        if offset == 0 {
            self.resumable = !response.headers().contains_key(header::CONTENT_ENCODING);
            self.size = response.body().content_length().filter(|_| self.resumable);
            self.tag = tag;
        }
        if self.size.is_some_and(|size| size > client.most_bytes) {
            return Err(Failure::lasting(too_large(shown, client.most_bytes)));
        }
        let body = response.into_body().into_with_config().limit(u64::MAX).reader();
        let mut bytes = Limited {
            inner: body,
            left: client.most_bytes - offset.min(client.most_bytes),
            shown: shown.clone(),
        };
        if offset > 0 && !is_part {
            // The server knows no ranges: what was read before is read again, and passed over.
            let passed = io::copy(&mut (&mut bytes).take(offset), &mut io::sink());
            if passed.is_ok_and(|passed| passed == offset) {
                bytes.left = client.most_bytes - offset.min(client.most_bytes);
                return Ok(Box::new(bytes));
            }
            let sentence = format!("the server of `{shown}` broke off again");
            return Err(Failure::passing(Problem::new("fetch.broke-off", sentence)));
        }
        Ok(Box::new(bytes))
    }

    fn size(&self) -> Option<u64> {
        self.size
    }
}

/// Section 14.4.
fn begins_at(response: &Response<Body>, offset: u64) -> bool {
    let range = text(response, &header::CONTENT_RANGE).and_then(|range| range.strip_prefix("bytes "));
    range.and_then(|range| range.split('-').next()?.parse::<u64>().ok()) == Some(offset)
}

/// Bytes that end with a problem when there are too many.
struct Limited<R> {
    inner: R,
    left: u64,
    shown: String,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(carry(too_large(&self.shown, 0))),
        }
        Ok(read)
    }
}

fn too_large(shown: &str, most: u64) -> Problem {
    let than = if most == 0 { "the limit".to_owned() } else { format!("{most} bytes") };
    Problem::new("fetch.too-large", format!("`{shown}` is larger than {than}"))
        .at(Place::file(shown))
        .advise("raise `max_file_bytes` under `[from]` if that is right")
}

pub(super) fn text<'a>(response: &'a Response<Body>, name: &header::HeaderName) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
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
