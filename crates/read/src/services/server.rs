//! Where a server is.

use std::net::IpAddr;

use concordat_record::Problem;

use crate::section::{OptionDoc, Section};
use crate::tls::Tls;

/// A server, by structured options: there is no address to put together by hand, and none that hides a password.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub host: String,
    pub port: u16,
    /// None for a plain connection.
    pub tls: Option<Tls>,
}

pub(crate) const HOST: OptionDoc =
    OptionDoc { name: "host", form: "text", default: "required", meaning: "the server's name or address" };

impl Server {
    /// Reads `host`, `port` and the options of TLS. `ports` are the usual ones, plain and encrypted.
    pub fn configure(section: &mut Section<'_>, ports: (u16, u16)) -> Option<Self> {
        let host = section.required_text("host", "the server's name or address");
        let tls = Tls::configure(section);
        let port = section.number("port", 1);
        let port = match port {
            Some(port) => u16::try_from(port).map_err(|_| {
                let problem =
                    Problem::new("source.wrong-form", "`port` must be a whole number from 1 to 65535");
                section.problems.push(problem.at(section.here().field("port")));
            }),
            None => Ok(if matches!(tls, Ok(None)) { ports.0 } else { ports.1 }),
        };
        let (host, tls, port) = (host?, tls.ok()?, port.ok()?);
        let usual = |letter: char| letter.is_ascii_alphanumeric() || "-._:".contains(letter);
        if host.value.is_empty() || !host.value.chars().all(usual) {
            let problem = Problem::new(
                "source.wrong-form",
                "`host` is a name or an address, nothing before or behind it",
            );
            section.problems.push(problem.at(host.place).advise("port and path have options of their own"));
            return None;
        }
        if tls.is_none() && !is_this_machine(&host.value) {
            let sentence = "a connection without TLS to another machine can be read and changed on the way";
            let advice = "leave `tls` out; if the server cannot speak it, put a TLS proxy (stunnel, nginx) in front of it";
            section.problems.push(Problem::new("source.plain-text", sentence).at(host.place).advise(advice));
            return None;
        }
        Some(Self { host: host.value, port, tls })
    }

    /// The scheme, host and port of an address of the web.
    pub fn origin(&self) -> String {
        let (scheme, usual) = if self.tls.is_some() { ("https", 443) } else { ("http", 80) };
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        if self.port == usual {
            format!("{scheme}://{host}")
        } else {
            format!("{scheme}://{host}:{}", self.port)
        }
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
