//! Requests of one server, and what its answers mean.
//!
//! Redirects are followed to the same server, and to another one when the settings say so: encrypted, and without our credentials.

use std::io;
use std::time::Duration;

use concordat_record::{Place, Problem};
use ureq::http::{Request, Response, header};
use ureq::{Agent, Body, Error};

use super::{HttpServer, origin, without_query};
use crate::secret::Secret;
use crate::transport::patience::Failure;

/// Redirects after which a server goes in circles.
const MOST_REDIRECTS: u32 = 5;

/// Makes requests of one server.
#[derive(Clone)]
pub(in crate::transport) struct Client {
    agent: Agent,
    login: Option<(String, Secret)>,
    follows_elsewhere: bool,
    pub most_bytes: u64,
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

pub(in crate::transport) fn changed(shown: &str) -> Problem {
    Problem::new("fetch.changed", format!("`{shown}` was changed while it was read"))
        .at(Place::file(shown))
        .advise("try again when nobody writes to it")
}

fn untrusted(shown: &str, why: &str) -> Problem {
    Problem::new("fetch.tls", format!("no trusted connection to the server of `{shown}` comes about: {why}"))
        .at(Place::file(shown))
        .advise("name the authority of its certificate with `ca_file`; if the server asks for ours, set `certificate_file` and `key_file`")
}

/// A header of a response, when it is text.
pub(super) fn text<'a>(response: &'a Response<Body>, name: &header::HeaderName) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}
