//! Runs the practice host: `cargo run -p concordat-tn3270 --features host --example practice-host -- 3270`.

#![allow(clippy::print_stderr, reason = "a program for the terminal")]

use concordat_tn3270::host::{Manners, PracticeHost};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().and_then(|port| port.parse().ok()).unwrap_or(0);
    let extended = arguments.next().as_deref() != Some("plain");
    let manners = Manners { extended, organisations: 40, ..Manners::default() };
    let host = PracticeHost::start(port, manners)?;
    eprintln!("listening on 127.0.0.1:{}", host.port());
    host.wait();
    Ok(())
}
