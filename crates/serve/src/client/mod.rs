//! The way to other bodies' nodes: by body, over kept connections, with an end to every wait.
//!
//! No redirect is followed, no cookie kept, nothing decompressed: an answer is bytes, and a peer's answer is not trusted to be
//! short or quick.

mod connection;
mod pool;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use concordat_record::{BodyId, Problem};
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Response, Uri, header};
use tokio::time::timeout;

use crate::Tls;
use connection::{Connection, NotSent};
use pool::Pool;

/// How long the client waits and how much it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// For a new connection: name, TCP and TLS together.
    pub connect: Duration,
    /// For the whole of one request, connecting included.
    pub total: Duration,
    /// How long a connection is kept for the next request; shorter than what servers keep.
    pub idle: Duration,
    /// Bytes of an answer's body.
    pub answer_bytes: usize,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(2),
            total: Duration::from_secs(10),
            idle: Duration::from_secs(20),
            answer_bytes: 8 * 1024 * 1024,
        }
    }
}

/// Sends requests to the nodes of the federation.
pub struct Client {
    tls: Arc<Tls>,
    deadlines: Deadlines,
    pool: Pool,
}

impl Client {
    /// A client that presents and trusts what `tls` says at the time of each request.
    pub fn new(tls: Arc<Tls>, deadlines: Deadlines) -> Self {
        Self { tls, deadlines, pool: Pool::new(deadlines.idle) }
    }

    #[cfg(test)]
    pub(crate) fn tls(&self) -> &Tls {
        &self.tls
    }

    /// `https://host:port` of a body's node and a path: the URI to sign and to send.
    ///
    /// # Errors
    /// `serve.unknown-body` when the list does not name the body; `serve.address` when the two do not make a URI.
    pub fn uri(&self, body: &BodyId, path: &str) -> Result<Uri, Problem> {
        let address = self.tls.address(body).ok_or_else(|| unknown(body))?;
        format!("https://{address}{path}")
            .parse()
            .map_err(|_| Problem::new("serve.address", format!("`{path}` at {body} is not an address")))
    }

    /// Sends a request to a body's node and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// `serve.unknown-body`, `serve.other-address` (the URI names another host than the list), `serve.unreachable`,
    /// `serve.untrusted`, `serve.wrong-certificate`, `serve.not-accepted` (the node does not accept our certificate),
    /// `serve.timeout`, `serve.answer-too-large`, `serve.broken-connection`.
    pub async fn send(&self, body: &BodyId, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Problem> {
        let slow = || {
            let seconds = self.deadlines.total.as_secs_f32();
            Problem::new("serve.timeout", format!("the node of {body} did not answer within {seconds} s"))
                .advise("ask again; if it lasts, tell the people who run that node")
        };
        timeout(self.deadlines.total, self.exchange(body, request)).await.unwrap_or_else(|_| Err(slow()))
    }

    async fn exchange(&self, body: &BodyId, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Problem> {
        let credentials = self.tls.current();
        let peer = credentials.peer(body).ok_or_else(|| unknown(body))?;
        let mut request = addressed(request, body, &peer.address)?;
        // A kept connection may have been closed by the other side meanwhile: then nothing was sent and the next one is tried.
        while let Some(mut kept) = self.pool.take(body, &credentials) {
            match kept.send(request, self.deadlines.answer_bytes).await {
                Ok(response) => {
                    self.pool.keep(body, &credentials, kept);
                    return Ok(response);
                }
                Err(NotSent::Returned(unsent)) => request = *unsent,
                Err(NotSent::Failed(problem)) => return Err(problem),
            }
        }
        let mut fresh = Connection::open(&credentials, peer, self.deadlines.connect).await?;
        match fresh.send(request, self.deadlines.answer_bytes).await {
            Ok(response) => {
                self.pool.keep(body, &credentials, fresh);
                Ok(response)
            }
            Err(NotSent::Failed(problem)) => Err(problem),
            Err(NotSent::Returned(_)) => Err(connection::broken(body, "it was closed at once")),
        }
    }
}

fn unknown(body: &BodyId) -> Problem {
    Problem::new("serve.unknown-body", format!("{body} is not in the federation list"))
        .advise("check how the body is written, or renew the federation list")
}

/// The request as it goes onto the wire: path and `Host` from the list. An absolute URI must agree with the list.
fn addressed(request: Request<Vec<u8>>, body: &BodyId, address: &str) -> Result<Request<Vec<u8>>, Problem> {
    let (mut parts, bytes) = request.into_parts();
    let elsewhere =
        parts.uri.authority().is_some_and(|authority| !authority.as_str().eq_ignore_ascii_case(address));
    let host = HeaderValue::from_str(address).ok().filter(|_| !elsewhere).ok_or_else(|| {
        Problem::new(
            "serve.other-address",
            format!("the request is addressed to another host than `{address}`, where {body} is"),
        )
    })?;
    let path = parts.uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    parts.uri = Uri::from(path);
    parts.headers.insert(header::HOST, host);
    Ok(Request::from_parts(parts, bytes))
}
