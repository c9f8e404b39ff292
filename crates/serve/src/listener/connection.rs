//! One connection, from the handshake to its end.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use concordat_record::Problem;
use http::{Request, StatusCode, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

use super::seats::Seats;
use super::{Limits, PeerCertificate};
use crate::Tls;
use crate::problem::problem_response;

/// What a connection needs to know; one copy for each.
#[derive(Clone)]
pub(super) struct Connection {
    pub(super) router: Router,
    pub(super) requests: Arc<Semaphore>,
    pub(super) limits: Limits,
    pub(super) shutdown: watch::Receiver<bool>,
    pub(super) seats: Seats,
    pub(super) certificate: Option<PeerCertificate>,
}

impl Connection {
    pub(super) async fn run(mut self, stream: TcpStream, tls: Option<Arc<Tls>>) {
        let Some(tls) = tls else { return self.serve(stream).await };
        let from = stream.peer_addr().ok();
        let acceptor = tls.current().acceptor.clone();
        let accepted = tokio::select! {
            accepted = timeout(self.limits.handshake, acceptor.accept(stream)) => accepted,
            _ = self.shutdown.wait_for(|stop| *stop) => return,
        };
        let stream = match accepted {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                tracing::warn!(target: "concordat::security", event = "handshake-refused", ?from, reason = %error);
                return;
            }
            Err(_) => {
                tracing::warn!(target: "concordat::security", event = "handshake-too-slow", ?from);
                return;
            }
        };
        let presented = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        // INVARIANT: the verifier demands a certificate, so there is one; an unlisted one is refused request by request.
        let Some(certificate) = presented else { return };
        let Some(_seat) = self.seats.take(certificate, self.limits.connections_of_one) else {
            tracing::warn!(target: "concordat::security", event = "too-many-connections", ?from);
            return;
        };
        self.certificate = Some(PeerCertificate(certificate.clone().into_owned()));
        self.serve(stream).await;
    }

    async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(mut self, stream: S) {
        let service = {
            let connection = self.clone();
            service_fn(move |request| connection.clone().answer(request))
        };
        let serving = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.head)
            .max_headers(self.limits.headers)
            .max_header_size(self.limits.head_bytes)
            .serve_connection(TokioIo::new(stream), service);
        let mut serving = std::pin::pin!(serving);
        tokio::select! {
            ended = serving.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended badly");
                }
                return;
            }
            _ = self.shutdown.wait_for(|stop| *stop) => {}
            () = sleep(self.limits.lifetime) => {}
        }
        serving.as_mut().graceful_shutdown();
        timeout(self.limits.drain, serving).await.ok();
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Response, Infallible> {
        let Ok(permit) = self.requests.clone().try_acquire_owned() else {
            return Ok(overloaded());
        };
        let mut request = request.map(Body::new);
        if let Some(certificate) = &self.certificate {
            request.extensions_mut().insert(certificate.clone());
        }
        let method = request.method().clone();
        let work = tokio::spawn(async move {
            let Ok(response) = self.router.oneshot(request).await;
            drop(permit);
            response
        });
        Ok(match timeout(self.limits.answer, work).await {
            Ok(Ok(response)) => response,
            Ok(Err(panic)) => {
                tracing::error!(target: "concordat::security", event = "handler-panicked", %method, reason = %panic);
                let problem = Problem::new("serve.internal", "something in this node is broken").advise(
                    "tell the people who run it; the time of the request finds the lines of their log",
                );
                problem_response(StatusCode::INTERNAL_SERVER_ERROR, &problem)
            }
            Err(_) => {
                let problem = Problem::new("serve.too-slow", "the answer took too long");
                problem_response(StatusCode::GATEWAY_TIMEOUT, &problem)
            }
        })
    }
}

fn overloaded() -> Response {
    let problem =
        Problem::new("serve.overloaded", "this node has too much to do").advise("ask again in a second");
    let mut response = problem_response(StatusCode::SERVICE_UNAVAILABLE, &problem);
    response.headers_mut().insert(header::RETRY_AFTER, http::HeaderValue::from_static("1"));
    response
}
