//! Ports that are free.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use concordat_record::Problem;

/// The wanted port of this machine's loopback address, or another that is free when something listens there.
pub fn free(wanted: u16) -> Result<SocketAddr, Problem> {
    let bind =
        |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).and_then(|listener| listener.local_addr());
    bind(wanted)
        .or_else(|_| bind(0))
        .map_err(|error| Problem::new("demo.no-port", format!("this machine has no free port: {error}")))
}
