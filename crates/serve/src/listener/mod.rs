//! The accept loop: sockets in, requests out, and nothing that one visitor does can hurt another.
//!
//! Every wait has a deadline and every count a limit. A request runs in a task of its own: when it panics, its visitor gets
//! a 500 and the node goes on; when the visitor hangs up, an exchange that has begun is still finished and logged.

mod body;
mod connection;
mod limits;
mod seats;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use rustls::pki_types::CertificateDer;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

pub(crate) use body::{BodyError, read_body};
pub use limits::Limits;

use crate::Tls;
use connection::Connection;
use seats::Seats;

/// The certificate of the node at the other end, put into the extensions of each request.
#[derive(Clone)]
pub(crate) struct PeerCertificate(pub(crate) CertificateDer<'static>);

/// Serves a router over plain HTTP until `shutdown` turns true; then lets open requests end. For addresses that only this
/// body's own people and systems reach.
pub async fn serve_plain(
    socket: TcpListener,
    router: Router,
    limits: Limits,
    shutdown: watch::Receiver<bool>,
) {
    accept(socket, None, router, limits, shutdown).await;
}

pub(crate) async fn accept(
    socket: TcpListener,
    tls: Option<Arc<Tls>>,
    router: Router,
    limits: Limits,
    mut shutdown: watch::Receiver<bool>,
) {
    let connections = Arc::new(Semaphore::new(limits.connections));
    let template = Connection {
        router,
        requests: Arc::new(Semaphore::new(limits.requests)),
        limits,
        shutdown: shutdown.clone(),
        seats: Seats::default(),
        certificate: None,
    };
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = next(&socket, &connections) => accepted,
            // A dropped sender means that the program ends: the same as being told to.
            _ = shutdown.wait_for(|stop| *stop) => break,
            Some(_) = open.join_next() => continue,
        };
        let Some((stream, permit)) = accepted else { continue };
        let (connection, tls) = (template.clone(), tls.clone());
        open.spawn(async move {
            connection.run(stream, tls).await;
            drop(permit);
        });
    }
    drop(socket);
    while open.join_next().await.is_some() {}
}

/// The next connection, once there is room for one. While there is none, visitors wait in the kernel's queue.
async fn next(
    socket: &TcpListener,
    connections: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let permit = connections.clone().acquire_owned().await.ok()?;
    match socket.accept().await {
        Ok((stream, _)) => {
            // Best effort: without it answers only come a little later.
            stream.set_nodelay(true).ok();
            Some((stream, permit))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            // Out of file descriptors, mostly: pausing lets others close before the next try.
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}
