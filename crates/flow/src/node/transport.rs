//! The way to other nodes, as an argument.

use std::future::Future;
use std::pin::Pin;

use concordat_record::{BodyId, Problem};

/// A future on the heap, so that a transport can be a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Carries a signed request to another body's node and brings the response back.
pub trait Transport: Send + Sync {
    /// Sends; the URI names the address of the body as the federation list has it.
    fn send<'a>(
        &'a self,
        to: &'a BodyId,
        request: http::Request<Vec<u8>>,
    ) -> BoxFuture<'a, Result<http::Response<Vec<u8>>, Problem>>;
}
