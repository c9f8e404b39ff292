//! What other bodies reach: the exchange, the log's files and a sign of life.
//!
//! `POST /exchange/1` takes a question (the number is the version of the exchange protocol); `GET /log/checkpoint` and
//! `GET /log/tile/…` serve the log as C2SP tlog-tiles lays it out; `GET /health` says that the node is up.

mod log_file;
mod routes;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::listener::{Limits, accept};
use crate::{Exchange, Tls};

/// What a node listener serves.
#[derive(Clone)]
pub struct Node {
    /// `host:port` as the federation list names this node. A request for another host is refused, so that a question
    /// signed for one node cannot be brought to another.
    pub address: String,
    /// What happens to questions.
    pub exchange: Arc<dyn Exchange>,
    /// The folder of the log: `checkpoint` and `tile/` in it.
    pub log: PathBuf,
    /// How much and how long.
    pub limits: Limits,
}

/// Serves other bodies over TLS until `shutdown` turns true; then lets open requests end.
pub async fn serve_node(socket: TcpListener, tls: Arc<Tls>, node: Node, shutdown: watch::Receiver<bool>) {
    let limits = node.limits;
    accept(socket, Some(tls.clone()), routes::router(node, tls), limits, shutdown).await;
}
