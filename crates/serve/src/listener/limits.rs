//! How much, and how long.

use std::time::Duration;

/// What one listener puts up with. The defaults suit a node; tests set their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Open connections; further ones wait in the kernel's queue.
    pub connections: usize,
    /// Open connections of one body, so that a single one cannot take them all.
    pub connections_of_one: usize,
    /// Requests in work at a time; further ones get a 503 with `Retry-After`.
    pub requests: usize,
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Headers of a request.
    pub headers: usize,
    /// Bytes of a request's head, request line included.
    pub head_bytes: usize,
    /// Longest TLS handshake.
    pub handshake: Duration,
    /// Longest wait for the head of a request, idle time on a kept connection included.
    pub head: Duration,
    /// Longest time for the whole body to arrive.
    pub body: Duration,
    /// Longest time from the head of a request to the head of its answer.
    pub answer: Duration,
    /// Longest life of a connection; after it the answer in work is the last one.
    pub lifetime: Duration,
    /// How long open requests may take to end when the node stops.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            connections_of_one: 64,
            requests: 256,
            body_bytes: 1024 * 1024,
            headers: 64,
            head_bytes: 16 * 1024,
            handshake: Duration::from_secs(5),
            head: Duration::from_secs(30),
            body: Duration::from_secs(10),
            answer: Duration::from_secs(30),
            lifetime: Duration::from_hours(1),
            drain: Duration::from_secs(10),
        }
    }
}
