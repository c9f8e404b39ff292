//! Where a database server is, and who asks it: each a field of its own, never a connection string.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use concordat_record::{Place, Problem};

use crate::secret::Secret;
use crate::section::{OptionDoc, Section};
use crate::tls::Tls;

/// A database server and an account on it.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    /// A name, an address, or the path of a socket on this machine.
    pub host: String,
    pub port: u16,
    pub database: String,
    pub user: String,
    password: Option<Secret>,
    /// None for a plain connection.
    pub tls: Option<Tls>,
    /// How long a connection may take.
    pub connect_timeout: Duration,
    /// How long the server may be silent.
    pub answer_timeout: Duration,
}

/// A password that no Debug output shows.
pub(crate) struct Password(pub String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

pub(crate) const HOST: OptionDoc = OptionDoc {
    name: "host",
    form: "text",
    default: "required",
    meaning: "the name or address of the server, or the path of its socket on this machine",
};
pub(crate) const DATABASE: OptionDoc =
    OptionDoc { name: "database", form: "text", default: "required", meaning: "the name of the database" };
pub(crate) const USER: OptionDoc = OptionDoc {
    name: "user",
    form: "text",
    default: "required",
    meaning: "the account; give it the right to read and no other",
};
pub(crate) const PASSWORD: OptionDoc = OptionDoc {
    name: "password",
    form: "table",
    default: "none",
    meaning: "where its password is kept: `{ env = \"NAME\" }` or `{ file = \"keys/NAME\" }`",
};
pub(crate) const TLS: OptionDoc = OptionDoc {
    name: "tls",
    form: "text",
    default: "`required`",
    meaning: "`required`: encrypted, and the server's certificate is verified; `off`: neither, for a machine that is reached in another safe way",
};
pub(crate) const CONNECT_TIMEOUT: OptionDoc = OptionDoc {
    name: "connect_timeout",
    form: "whole number",
    default: "10",
    meaning: "how many seconds connecting may take",
};
pub(crate) const ANSWER_TIMEOUT: OptionDoc = OptionDoc {
    name: "answer_timeout",
    form: "whole number",
    default: "600",
    meaning: "how many seconds the server may be silent, as while it sorts",
};

impl Server {
    /// Reads the options.
    pub fn configure(section: &mut Section<'_>, usual_port: u16) -> Option<Self> {
        let host = section.required_text("host", "the server");
        let database = section.required_text("database", "the name of the database");
        let user = section.required_text("user", "the account that reads");
        let port = section.number("port", 1).unwrap_or(usual_port.into());
        let port = u16::try_from(port).ok();
        if port.is_none() {
            let problem = Problem::new("source.wrong-form", "`port` is a number up to 65535");
            section.problems.push(problem.at(section.here().field("port")));
        }
        let password = section.secret("password");
        let tls = Tls::configure(section);
        let seconds = |number: Option<u64>, usual| Duration::from_secs(number.unwrap_or(usual).min(86_400));
        Some(Self {
            host: host?.value,
            port: port?,
            database: database?.value,
            user: user?.value,
            password,
            tls: tls.ok()?,
            connect_timeout: seconds(section.number("connect_timeout", 1), 10),
            answer_timeout: seconds(section.number("answer_timeout", 1), 600),
        })
    }

    /// The same server, for whoever waits no longer than this.
    pub fn bounded(&self, within: Option<Duration>) -> Self {
        let least = |usual: Duration| within.map_or(usual, |within| within.min(usual));
        let (connect_timeout, answer_timeout) = (least(self.connect_timeout), least(self.answer_timeout));
        Self { connect_timeout, answer_timeout, ..self.clone() }
    }

    /// The password's value.
    pub fn password(&self, base: &Path) -> Result<Option<Password>, Problem> {
        self.password.as_ref().map(|secret| secret.read(base).map(Password)).transpose()
    }

    /// Whether the server is reached by a socket of this machine.
    pub fn is_local_socket(&self) -> bool {
        self.host.starts_with('/')
    }

    /// The server and database, for problems.
    pub fn place(&self) -> Place {
        if self.is_local_socket() {
            return Place::file(format!("{} ({})", self.database, self.host));
        }
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        Place::file(format!("{host}:{}/{}", self.port, self.database))
    }
}
