//! The kind `postgres`: its options and how it is opened.

use std::sync::Arc;

use concordat_record::{Problem, Problems};

use super::changes::{self, Changes};
use super::lookup::Prepared;
use super::reader::Reading;
use super::session::Session;
use crate::databases::asked::{self, Asked};
use crate::databases::catalogue::Catalogue;
use crate::databases::idle::Idle;
use crate::databases::lexer::Quoting;
use crate::databases::lookup::{self, Asks};
use crate::databases::rows::{self, Rows};
use crate::databases::server::{self, Server};
use crate::databases::text::Infinity;
use crate::databases::{no_file, no_proposal};
use crate::kinds::{Kind, Lies, Location, Open};
use crate::reader::Reader;
use crate::section::{OptionDoc, Section};
use crate::services::live::Live;
use crate::tls;
use crate::wanted::Wanted;

/// A PostgreSQL database.
pub(crate) const KIND: Kind = Kind {
    name: "postgres",
    meaning: "a table, view or query of a PostgreSQL server, or the changes of a table by logical replication",
    lies: Lies::Elsewhere,
    options: OPTIONS,
    recognise: no_file,
    propose: no_proposal,
    configure,
};

/// Registered with IANA for PostgreSQL.
const PORT: u16 = 5432;

const OPTIONS: &[OptionDoc] = &[
    server::HOST,
    OptionDoc { name: "port", form: "whole number", default: "5432", meaning: "the port of the server" },
    server::DATABASE,
    server::USER,
    server::PASSWORD,
    server::TLS,
    tls::CA_FILE,
    tls::CERTIFICATE_FILE,
    tls::KEY_FILE,
    server::CONNECT_TIMEOUT,
    server::ANSWER_TIMEOUT,
    rows::SCHEMA,
    rows::TABLE,
    rows::QUERY,
    asked::ASKED_BY,
    asked::PARAMETERS,
    rows::CURSOR,
    rows::AFTER,
    OptionDoc {
        name: "infinity",
        form: "text",
        default: "`reject`",
        meaning: "what becomes of the dates `infinity` and `-infinity`: `reject` sends the record to quarantine, `null` leaves the value out",
    },
    changes::SLOT,
    changes::PUBLICATION,
    asked::TIMEOUT,
    asked::RETRIES,
    asked::RATE,
    asked::BREAKER_FAILURES,
    asked::BREAKER_REST,
];

/// The options of one source.
#[derive(Debug)]
struct PostgresOptions {
    server: Server,
    rows: Rows,
    infinity: Infinity,
    changes: Option<Changes>,
    idle: Arc<Idle<Prepared>>,
}

fn configure(section: &mut Section<'_>) -> Option<Box<dyn Open>> {
    let server = Server::configure(section, PORT);
    let rows = Rows::configure(section, Quoting::Postgres);
    let choices = [("reject", Infinity::Reject), ("null", Infinity::Null)];
    let infinity = section.choice("infinity", &choices).unwrap_or_default();
    let changes = Changes::configure(section, rows.as_ref());
    let (server, rows, idle) = (server?, rows?, Arc::default());
    Some(Box::new(PostgresOptions { server, rows, infinity, changes, idle }))
}

impl PostgresOptions {
    fn reading(&self, at: &Location) -> Reading {
        let (server, rows) = (self.server.clone(), self.rows.clone());
        Reading { server, rows, infinity: self.infinity, base: at.base.clone() }
    }
}

impl Asks for PostgresOptions {
    type Of = Reading;

    fn asked(&self) -> Option<&Asked> {
        self.rows.asked.as_ref()
    }

    fn lookup(&self, at: &Location) -> Reading {
        self.reading(at)
    }

    fn idle(&self) -> &Arc<Idle<Prepared>> {
        &self.idle
    }
}

impl Open for PostgresOptions {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        match &self.changes {
            Some(changes) => changes.open(self.reading(at), wanted),
            None => match self.asked() {
                Some(asked) => Ok(Box::new(lookup::read(self.reading(at), asked)?)),
                None => Ok(Box::new(self.reading(at).open(wanted)?)),
            },
        }
    }

    fn check(&self, at: &Location) -> Problems {
        if let Some(asked) = self.asked() {
            return lookup::check(self.reading(at), asked);
        }
        let checked = match &self.changes {
            Some(changes) => changes.check(self.reading(at)),
            None => self.reading(at).check(),
        };
        checked.map_or_else(Problems::from, |()| Problems::none())
    }

    fn live(&self) -> Option<&dyn Live> {
        Some(self)
    }

    fn confirm(&self, at: &Location, position: &str) -> Result<(), Problem> {
        match &self.changes {
            Some(changes) => changes.confirm(self.reading(at), position),
            None => Ok(()),
        }
    }

    fn catalogue(&self, at: &Location) -> Option<Result<Catalogue, Problem>> {
        let (server, base) = (self.server.clone(), at.base.clone());
        Some(crate::databases::on_own_thread(move || Session::open(&server, &base)?.catalogue()))
    }
}
