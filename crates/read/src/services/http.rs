//! Requests over HTTP: bounded in time and size, to one server only, with what failed told apart by whether it may pass.
//!
//! Redirects are not followed: credentials would go where nobody said that they may go.

use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use concordat_record::{Place, Problem};
use ureq::http::{HeaderMap, Method, Request, StatusCode, header};
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};
use ureq::{Agent, Error};

use super::resilience::Failure;
use super::server::Server;
use crate::secret::Secret;
use crate::section::{OptionDoc, Section};
use crate::tls::{Tls, provider};

/// How we say who we are.
#[derive(Clone, Debug)]
pub(crate) enum Login {
    None,
    /// RFC 7617.
    Basic {
        user: String,
        password: Secret,
    },
    /// RFC 6750.
    Bearer(Secret),
    /// A key in a header of the service's own.
    Key {
        header: String,
        key: Secret,
    },
}

pub(crate) const USER: OptionDoc = OptionDoc {
    name: "user",
    form: "text",
    default: "none",
    meaning: "the user of HTTP Basic authentication",
};
pub(crate) const PASSWORD: OptionDoc = OptionDoc {
    name: "password",
    form: "secret",
    default: "none",
    meaning: "the user's password: `{ env = \"NAME\" }` or `{ file = \"keys/NAME\" }`",
};
pub(crate) const TOKEN: OptionDoc = OptionDoc {
    name: "token",
    form: "secret",
    default: "none",
    meaning: "a bearer token, instead of user and password",
};
pub(crate) const KEY: OptionDoc =
    OptionDoc { name: "key", form: "secret", default: "none", meaning: "a key that goes into a header" };
pub(crate) const KEY_HEADER: OptionDoc =
    OptionDoc { name: "key_header", form: "text", default: "X-API-Key", meaning: "the header of that key" };
pub(crate) const MAX_MEGABYTES: OptionDoc = OptionDoc {
    name: "max_megabytes",
    form: "whole number",
    default: "64",
    meaning: "the size of a response, unpacked, beyond which it is refused",
};

impl Login {
    pub fn configure(section: &mut Section<'_>) -> Option<Self> {
        let user = section.text("user");
        let password = section.secret("password");
        let token = section.secret("token");
        let key = section.secret("key");
        let header = section.text("key_header").map_or_else(|| "X-API-Key".into(), |header| header.value);
        match (user, password, token, key) {
            (None, None, None, None) => Some(Self::None),
            (Some(user), Some(password), None, None) => Some(Self::Basic { user: user.value, password }),
            (None, None, Some(token), None) => Some(Self::Bearer(token)),
            (None, None, None, Some(key)) => Some(Self::Key { header, key }),
            (Some(_), None, None, None) | (None, Some(_), None, None) => {
                let sentence = "`user` and `password` belong together, and one is missing";
                section.problems.push(Problem::new("source.missing-key", sentence).at(section.here()));
                None
            }
            _ => {
                let sentence = "either `user` and `password`, or `token`, or `key` can be set";
                section.problems.push(Problem::new("source.either-or", sentence).at(section.here()));
                None
            }
        }
    }

    /// The header, if there is one; secrets are read here and kept nowhere else.
    pub fn header(&self, base: &Path) -> Result<Option<(String, String)>, Problem> {
        Ok(match self {
            Self::None => None,
            Self::Basic { user, password } => {
                let both = format!("{user}:{}", password.read(base)?);
                Some(("authorization".into(), format!("Basic {}", STANDARD.encode(both))))
            }
            Self::Bearer(token) => Some(("authorization".into(), format!("Bearer {}", token.read(base)?))),
            Self::Key { header, key } => Some((header.clone(), key.read(base)?)),
        })
    }
}

/// Reads `max_megabytes`.
pub(crate) fn max_bytes(section: &mut Section<'_>) -> u64 {
    section.number("max_megabytes", 1).unwrap_or(64).min(1 << 20) << 20
}

/// A client of one server.
pub(crate) struct Client {
    agent: Agent,
    origin: String,
    login: Option<(String, String)>,
    max_bytes: u64,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// What is sent.
pub(crate) struct Call<'a> {
    pub method: Method,
    /// From the root of the server, with the query.
    pub path: &'a str,
    pub headers: &'a [(String, String)],
    pub body: &'a [u8],
}

impl Client {
    pub fn new(server: &Server, login: &Login, base: &Path, max_bytes: u64) -> Result<Self, Problem> {
        let mut configuration = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .https_only(server.tls.is_some())
            .user_agent(concat!("concordat/", env!("CARGO_PKG_VERSION")));
        match &server.tls {
            Some(tls) => configuration = configuration.tls_config(tls_config(tls, base)?),
            // Without TLS it is this machine: no proxy stands between.
            None => configuration = configuration.proxy(None),
        }
        let login = login.header(base)?;
        Ok(Self { agent: configuration.build().into(), origin: server.origin(), login, max_bytes })
    }

    /// The scheme, host and port.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Makes one request. Any status is an answer here; see [`refused`].
    pub fn request(&self, call: &Call<'_>, timeout: Duration) -> Result<Response, Failure> {
        let uri = format!("{}{}", self.origin, call.path);
        let place = || Place::file(shown(&uri));
        let mut request = Request::builder().method(call.method.clone()).uri(&uri);
        for (name, value) in self.login.iter().chain(call.headers) {
            request = request.header(name, value);
        }
        let wrong = |error: ureq::http::Error| {
            let sentence = format!("the request cannot be written: {error}");
            Failure::lasting(Problem::new("http.bad-request", sentence).at(place()))
        };
        let answer = if call.method == Method::GET {
            let request = request.body(()).map_err(wrong)?;
            let request = self.agent.configure_request(request).timeout_global(Some(timeout)).build();
            self.agent.run(request)
        } else {
            let request = request.body(call.body).map_err(wrong)?;
            let request = self.agent.configure_request(request).timeout_global(Some(timeout)).build();
            self.agent.run(request)
        };
        let explain = |error: Error| explained(&error, timeout, self.max_bytes, &place());
        let (parts, body) = answer.map_err(explain)?.into_parts();
        let body = body.into_with_config().limit(self.max_bytes).read_to_vec().map_err(explain)?;
        Ok(Response { status: parts.status, headers: parts.headers, body })
    }
}

/// An address without its query, which may hold what was asked.
pub(crate) fn shown(uri: &str) -> String {
    uri.split('?').next().unwrap_or_default().to_owned()
}

fn tls_config(tls: &Tls, base: &Path) -> Result<TlsConfig, Problem> {
    let trust = tls.trust(base)?;
    let authorities: Vec<_> =
        trust.authorities.iter().map(|one| Certificate::from_der(one).to_owned()).collect();
    let identity = trust.identity.map(|(chain, pem)| {
        let chain: Vec<_> = chain.iter().map(|one| Certificate::from_der(one).to_owned()).collect();
        let key = PrivateKey::from_pem(&pem)
            .map_err(|error| Problem::new("source.tls", format!("the key cannot be read: {error}")))?;
        Ok(ClientCert::new_with_certs(&chain, key))
    });
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&authorities))
        .client_cert(identity.transpose()?)
        .unversioned_rustls_crypto_provider(provider())
        .build())
}

fn explained(error: &Error, timeout: Duration, max_bytes: u64, place: &Place) -> Failure {
    let failed = |code, sentence: String| Problem::new(code, sentence).at(place.clone());
    match error {
        Error::Timeout(_) => {
            let sentence = format!("the server did not answer within {} s", timeout.as_secs_f32());
            Failure::passing(failed("http.timeout", sentence))
        }
        Error::BodyExceedsLimit(_) => {
            let sentence = format!("the response has more than {} MiB", max_bytes >> 20);
            let advice = "ask for smaller pages, or allow more with `max_megabytes`";
            Failure::lasting(failed("http.too-large", sentence).advise(advice))
        }
        Error::Rustls(_) | Error::Tls(_) | Error::Pem(_) => not_trusted(&failed, &error.to_string()),
        // What rustls finds wrong within a handshake comes as an error of the connection.
        Error::Io(io) if io.kind() == std::io::ErrorKind::InvalidData => {
            not_trusted(&failed, &io.to_string())
        }
        Error::HostNotFound => {
            let problem = failed("http.no-connection", "the server's name is not known".into());
            Failure::passing(problem.advise("check `host`"))
        }
        Error::Io(_) | Error::ConnectionFailed => {
            let sentence = format!("the server cannot be reached: {error}");
            Failure::passing(failed("http.no-connection", sentence).advise("check `host` and `port`"))
        }
        other => Failure::lasting(failed(
            "http.bad-response",
            format!("the server does not speak HTTP well: {other}"),
        )),
    }
}

fn not_trusted(failed: &dyn Fn(&'static str, String) -> Problem, why: &str) -> Failure {
    let problem = failed("http.tls", format!("no trusted connection to the server comes about: {why}"));
    Failure::lasting(problem.advise("name the authority of its certificate with `ca_file`; if the server asks for ours, set `certificate_file` and `key_file`"))
}

/// What a status other than success means. The body is not quoted: it may hold what a record holds.
pub(crate) fn refused(response: &Response, place: &Place) -> Failure {
    let status = response.status;
    let problem = |sentence: String| Problem::new("http.status", sentence).at(place.clone());
    let answered = format!("the server answers {status}");
    let failure = match status.as_u16() {
        300..=399 => {
            let to = text(&response.headers, header::LOCATION.as_str()).map(shown);
            let to = to.map_or_else(String::new, |to| format!(" and sends us to {to}"));
            Failure::lasting(
                problem(format!("{answered}{to}"))
                    .advise("redirects are not followed; write the final address"),
            )
        }
        401 | 403 => Failure::lasting(problem(answered).advise("check the credentials, and what they allow")),
        404 => Failure::lasting(problem(answered).advise("check `path`")),
        408 | 429 | 500 | 502 | 503 | 504 => Failure::passing(problem(answered)),
        _ => Failure::lasting(problem(answered)),
    };
    Failure { after: retry_after(&response.headers), ..failure }
}

pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// RFC 9110, §10.2.3: seconds, or a date, which is compared with the server's own `Date`, so that no two clocks need agree.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let after = text(headers, "retry-after")?.trim();
    if let Ok(seconds) = after.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = http_date(after)?;
    let now = http_date(text(headers, "date")?)?;
    Some(Duration::from_secs(u64::try_from(until - now).unwrap_or(0)))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` in seconds since 1970 (RFC 9110, §5.6.7, the preferred form).
fn http_date(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let parts: Vec<&str> = text.split_whitespace().collect();
    let &[_, day, month, year, time, "GMT"] = parts.as_slice() else { return None };
    let month = MONTHS.iter().position(|known| *known == month)? as i32 + 1;
    let (year, day): (u16, u8) = (year.parse().ok()?, day.parse().ok()?);
    let days = crate::types::days_from_civil(year.into(), month, day.into());
    let mut seconds = 0;
    for part in time.split(':') {
        seconds = seconds * 60 + part.parse::<u32>().ok().filter(|part| *part < 61)?;
    }
    Some(i64::from(days) * 86_400 + i64::from(seconds))
}

#[cfg(test)]
mod tests {
    use super::http_date;

    #[test]
    fn dates_of_http_are_read() {
        assert_eq!(http_date("Thu, 01 Jan 1970 00:00:10 GMT"), Some(10));
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(http_date("Sun Nov  6 08:49:37 1994"), None);
    }
}
