//! The way to other nodes: TLS with client certificates.

use concordat_flow::{BoxFuture, Transport};
use concordat_record::{BodyId, Problem};
use concordat_serve::Client;

/// Sends over TLS.
pub struct TlsTransport(pub Client);

impl Transport for TlsTransport {
    fn send<'a>(
        &'a self,
        to: &'a BodyId,
        request: http::Request<Vec<u8>>,
    ) -> BoxFuture<'a, Result<http::Response<Vec<u8>>, Problem>> {
        Box::pin(self.0.send(to, request))
    }
}
