//! What this body's own systems call: the X-Road REST protocol, and plain REST with an OpenAPI description.
//!
//! Both faces are thin: each turns its request into a [`Draft`](question::Draft), the draft becomes an [`Ask`](crate::Ask) with the
//! help of the catalogue, and the answer goes back in the face's own manner.

mod openapi;
mod percent;
mod question;
mod rest;
mod subject;
mod systems;
mod xroad;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use concordat_record::{BodyId, Entropy};

use crate::{Desk, Limits};

pub use systems::{System, Systems};
pub use xroad::FaultSpelling;

/// What the interface needs to know.
#[derive(Clone)]
pub struct Interface {
    /// This body: the only X-Road client that is served here.
    pub body: BodyId,
    /// The systems that may call.
    pub systems: Systems,
    /// Where questions are put.
    pub desk: Arc<dyn Desk>,
    /// For message identifiers.
    pub entropy: Arc<dyn Entropy>,
    /// How much and how long; only the limits of the body are used here, the others are the listener's.
    pub limits: Limits,
    /// How X-Road fault codes are written.
    pub fault_spelling: FaultSpelling,
}

/// The routes for consuming systems: `/r1/…`, `/registers…`, `/openapi.json`. To be merged into the router of the listener
/// that only this body reaches.
pub fn interface(interface: Interface) -> Router {
    let shared = Arc::new(interface);
    xroad::routes().merge(rest::routes()).with_state(shared)
}

/// A version 4 UUID (RFC 9562 §5.4).
fn uuid(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if [4, 6, 8, 10].contains(&index) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 0x0f] {
            text.extend(char::from_digit(digit.into(), 16));
        }
    }
    text
}
