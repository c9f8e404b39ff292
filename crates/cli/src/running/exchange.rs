//! Questions that other nodes send.

use std::sync::Arc;

use concordat_flow::Node;
use concordat_serve::{BoxFuture, Exchange};

/// Hands questions to the node.
pub struct NodeExchange(pub Arc<Node>);

impl Exchange for NodeExchange {
    fn receive<'a>(
        &'a self,
        peer_certificate_der: &'a [u8],
        request: http::Request<Vec<u8>>,
    ) -> BoxFuture<'a, http::Response<Vec<u8>>> {
        Box::pin(async move {
            let received = self.0.receive(peer_certificate_der, request).await;
            if let Some(problem) = received.alarm {
                tracing::warn!(code = problem.code, sentence = %problem.sentence, "question not taken");
            }
            received.response
        })
    }
}
