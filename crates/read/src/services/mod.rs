//! What sources behind a server have in common: where the server is and how TLS is spoken, requests that are bounded in time and size,
//! patience with a server that fails, parameters, and rows that come in pages.
//!
//! Such a source is read whole, as any other, or asked at the moment of a question: see [`live`].

pub(crate) mod http;
pub(crate) mod link;
pub(crate) mod live;
pub(crate) mod pages;
pub(crate) mod parameters;
pub(crate) mod resilience;
pub(crate) mod server;
pub(crate) mod table;
#[cfg(test)]
pub(crate) mod testing;
