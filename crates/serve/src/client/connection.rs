//! One TLS connection to another body's node.

use std::error::Error;
use std::io;
use std::time::Duration;

use concordat_record::{BodyId, Problem};
use http::{Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use crate::tls::{Credentials, Peer, host_and_port};

pub(super) struct Connection {
    body: BodyId,
    sender: SendRequest<Full<Bytes>>,
}

/// Why a request got no answer.
pub(super) enum NotSent {
    /// The connection was closed before the first byte went out: the request may go over another one.
    Returned(Box<Request<Vec<u8>>>),
    /// It may have been seen over there: never to be sent again unasked.
    Failed(Problem),
}

impl Connection {
    /// Connects, shakes hands and makes sure that the certificate is the one that the list has for this body.
    pub(super) async fn open(
        credentials: &Credentials,
        peer: &Peer,
        deadline: Duration,
    ) -> Result<Self, Problem> {
        let stream = match timeout(deadline, handshake(credentials, peer)).await {
            Ok(stream) => stream?,
            Err(_) => {
                return Err(unreachable(peer, &format!("no connection within {} s", deadline.as_secs_f32())));
            }
        };
        let (sender, driver) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| broken(&peer.body, &cause(&error).to_string()))?;
        // Ends by itself when the sender is dropped or the other side closes.
        tokio::spawn(async move {
            if let Err(error) = driver.await {
                tracing::debug!(%error, "a connection to another node ended badly");
            }
        });
        Ok(Self { body: peer.body.clone(), sender })
    }

    pub(super) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    pub(super) async fn send(
        &mut self,
        request: Request<Vec<u8>>,
        answer_bytes: usize,
    ) -> Result<Response<Vec<u8>>, NotSent> {
        if self.sender.ready().await.is_err() {
            return Err(NotSent::Returned(Box::new(request)));
        }
        let (parts, bytes) = request.into_parts();
        let bytes = Bytes::from(bytes);
        let again = (parts.clone(), bytes.clone());
        let request = Request::from_parts(parts, Full::new(bytes));
        let response = self.sender.try_send_request(request).await.map_err(|mut error| {
            if error.take_message().is_some() {
                NotSent::Returned(Box::new(Request::from_parts(again.0, again.1.to_vec())))
            } else {
                NotSent::Failed(failed(&self.body, error.error()))
            }
        })?;
        self.read(response, answer_bytes).await.map_err(NotSent::Failed)
    }

    async fn read(
        &self,
        response: Response<hyper::body::Incoming>,
        answer_bytes: usize,
    ) -> Result<Response<Vec<u8>>, Problem> {
        let (parts, body) = response.into_parts();
        let bytes = Limited::new(body, answer_bytes).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                let sentence = format!("the answer of {} is larger than {answer_bytes} bytes", self.body);
                return Problem::new("serve.answer-too-large", sentence);
            }
            failed(&self.body, error.as_ref())
        })?;
        Ok(Response::from_parts(parts, bytes.to_bytes().to_vec()))
    }
}

async fn handshake(credentials: &Credentials, peer: &Peer) -> Result<TlsStream<TcpStream>, Problem> {
    let (host, port) = host_and_port(&peer.address)?;
    let stream = TcpStream::connect((host.as_str(), port))
        .await
        .map_err(|error| unreachable(peer, &error.to_string()))?;
    // Best effort: without it requests only leave a little later.
    stream.set_nodelay(true).ok();
    let name = ServerName::try_from(host)
        .map_err(|_| unreachable(peer, "its host is neither a name nor an IP address"))?;
    let stream =
        credentials.connector.connect(name, stream).await.map_err(|error| untrusted(peer, &error))?;
    let presented = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
    match presented.and_then(|certificate| credentials.body_of(certificate)) {
        Some(body) if *body == peer.body => Ok(stream),
        other => {
            tracing::warn!(target: "concordat::security", event = "wrong-certificate", expected = %peer.body);
            let whose = other.map_or_else(|| "that is not listed".to_owned(), |body| format!("of {body}"));
            let sentence = format!(
                "the node at `{}` has the certificate {whose}, not that of {}",
                peer.address, peer.body
            );
            Err(Problem::new("serve.wrong-certificate", sentence)
                .advise("nothing was sent; check the address in the federation list"))
        }
    }
}

fn unreachable(peer: &Peer, reason: &str) -> Problem {
    let sentence = format!("the node of {} at `{}` cannot be reached: {reason}", peer.body, peer.address);
    Problem::new("serve.unreachable", sentence)
        .advise("ask again; if it lasts, tell the people who run that node")
}

fn untrusted(peer: &Peer, error: &io::Error) -> Problem {
    let Some(tls) = tls_error(error) else { return unreachable(peer, &error.to_string()) };
    tracing::warn!(target: "concordat::security", event = "server-not-trusted", expected = %peer.body, reason = %tls);
    Problem::new(
        "serve.untrusted",
        format!("the node of {} at `{}` cannot be trusted: {tls}", peer.body, peer.address),
    )
    .advise("nothing was sent; renew the federation list, or have that body renew its certificate")
}

/// What an error while sending or reading means. A refused client certificate comes to light only here: in TLS 1.3 the
/// server speaks last (RFC 8446 §4.4.2), after our handshake has ended.
fn failed(body: &BodyId, error: &(dyn Error + 'static)) -> Problem {
    let cause = cause(error);
    match cause.downcast_ref::<io::Error>().and_then(tls_error) {
        Some(tls @ rustls::Error::AlertReceived(_)) => Problem::new(
            "serve.not-accepted",
            format!("the node of {body} does not accept this node's certificate: {tls}"),
        )
        .advise("renew this node's certificate and have it put into the federation list of both sides"),
        _ => broken(body, &cause.to_string()),
    }
}

pub(super) fn broken(body: &BodyId, reason: &str) -> Problem {
    Problem::new("serve.broken-connection", format!("the connection to the node of {body} broke: {reason}"))
        .advise("whether the question arrived is unknown; ask again under a new exchange")
}

/// The innermost error of a chain, which says most.
fn cause<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause
}

fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}
