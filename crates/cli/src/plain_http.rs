//! One request to the interface of this body's own node, over loopback.

use std::net::SocketAddr;

use concordat_record::Problem;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// Longest reply that is read, in bytes.
const LONGEST: usize = 4 << 20;

/// What came back.
pub struct Reply {
    /// Whether the status says success.
    pub is_success: bool,
    /// The JSON of the body.
    pub body: Value,
}

/// Posts a JSON text with a bearer key.
///
/// # Errors
/// `ask.node-not-running`, or `ask.broken-reply`.
pub async fn post(address: SocketAddr, path: &str, key: &str, body: &Value) -> Result<Reply, Problem> {
    let stream = TcpStream::connect(address).await.map_err(|error| {
        Problem::new("ask.node-not-running", format!("nothing answers at {address}: {error}"))
            .advise("start this body's node with `concordat run`")
    })?;
    let broken = |what: &dyn std::fmt::Display| {
        Problem::new("ask.broken-reply", format!("the node's reply broke off: {what}"))
    };
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| broken(&error))?;
    tokio::spawn(connection);
    let request = http::Request::post(path)
        .header("host", address.to_string())
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {key}"))
        .body(Full::new(Bytes::from(body.to_string())))
        .map_err(|error| broken(&error))?;
    let response = sender.send_request(request).await.map_err(|error| broken(&error))?;
    let is_success = response.status().is_success();
    let body = Limited::new(response.into_body(), LONGEST).collect().await.map_err(|error| broken(&error))?;
    let body = serde_json::from_slice(&body.to_bytes()).map_err(|error| broken(&error))?;
    Ok(Reply { is_success, body })
}
