//! TLS transport between nodes, and the interfaces for consuming systems.
//!
//! Three faces, one accept loop:
//! * [`serve_node`]: what other bodies reach, TLS 1.3 with client certificates: `POST /exchange/1`, the log's files, health;
//! * [`Client`]: the other end of it, pooled connections to other bodies by their identifier;
//! * [`interface`]: the routes for this body's own systems, X-Road REST and plain REST, to be mounted on [`serve_plain`].
//!
//! Left out: signatures, decisions, the log itself. They are behind the traits [`Exchange`] and [`Desk`].

mod client;
mod door;
mod interface;
mod listener;
mod node;
mod problem;
mod tls;

pub use client::{Client, Deadlines};
pub use door::{
    Answered, Ask, BoxFuture, Desk, Exchange, NotAnswered, Offer, OfferedFact, OfferedPurpose, Refused,
};
pub use interface::{FaultSpelling, Interface, System, Systems, interface};
pub use listener::{Limits, serve_plain};
pub use node::{Node, serve_node};
pub use tls::{Identity, Peer, Tls, make_certificate};

#[cfg(test)]
mod samples;
