//! The kind `mysql`: its options and how it is opened.

use std::sync::Arc;

use concordat_record::{Problem, Problems};

use super::decode::ZeroDates;
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
use crate::databases::{no_file, no_proposal, on_own_thread};
use crate::kinds::{Kind, Lies, Location, Open};
use crate::reader::Reader;
use crate::section::{OptionDoc, Section};
use crate::services::live::Live;
use crate::tls;
use crate::wanted::Wanted;

/// A MySQL or MariaDB database.
pub(crate) const KIND: Kind = Kind {
    name: "mysql",
    meaning: "a table, view or query of a MySQL or MariaDB server",
    lies: Lies::Elsewhere,
    options: OPTIONS,
    recognise: no_file,
    propose: no_proposal,
    configure,
};

/// Registered with IANA for MySQL.
const PORT: u16 = 3306;

const OPTIONS: &[OptionDoc] = &[
    server::HOST,
    OptionDoc { name: "port", form: "whole number", default: "3306", meaning: "the port of the server" },
    server::DATABASE,
    server::USER,
    server::PASSWORD,
    server::TLS,
    tls::CA_FILE,
    tls::CERTIFICATE_FILE,
    tls::KEY_FILE,
    server::CONNECT_TIMEOUT,
    server::ANSWER_TIMEOUT,
    OptionDoc {
        name: "schema",
        form: "text",
        default: "the database",
        meaning: "another database of the same server, which the table is in",
    },
    rows::TABLE,
    rows::QUERY,
    asked::ASKED_BY,
    asked::PARAMETERS,
    rows::CURSOR,
    rows::AFTER,
    OptionDoc {
        name: "zero_dates",
        form: "text",
        default: "`reject`",
        meaning: "what becomes of dates such as `0000-00-00`: `reject` sends the record to quarantine, `null` leaves the value out",
    },
    asked::TIMEOUT,
    asked::RETRIES,
    asked::RATE,
    asked::BREAKER_FAILURES,
    asked::BREAKER_REST,
];

/// The options of one source.
#[derive(Debug)]
struct MysqlOptions {
    server: Server,
    rows: Rows,
    zero_dates: ZeroDates,
    idle: Arc<Idle<Prepared>>,
}

fn configure(section: &mut Section<'_>) -> Option<Box<dyn Open>> {
    let server = Server::configure(section, PORT);
    let rows = Rows::configure(section, Quoting::MySql);
    let choices = [("reject", ZeroDates::Reject), ("null", ZeroDates::Null)];
    let zero_dates = section.choice("zero_dates", &choices).unwrap_or_default();
    let (server, rows, idle) = (server?, rows?, Arc::default());
    Some(Box::new(MysqlOptions { server, rows, zero_dates, idle }))
}

impl MysqlOptions {
    fn reading(&self, at: &Location) -> Reading {
        let (server, rows) = (self.server.clone(), self.rows.clone());
        Reading { server, rows, zero_dates: self.zero_dates, base: at.base.clone() }
    }
}

impl Asks for MysqlOptions {
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

impl Open for MysqlOptions {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        if let Some(asked) = self.asked() {
            return Ok(Box::new(lookup::read(self.reading(at), asked)?));
        }
        Ok(Box::new(self.reading(at).open(wanted)?))
    }

    fn check(&self, at: &Location) -> Problems {
        if let Some(asked) = self.asked() {
            return lookup::check(self.reading(at), asked);
        }
        self.reading(at).check().map_or_else(Problems::from, |()| Problems::none())
    }

    fn live(&self) -> Option<&dyn Live> {
        Some(self)
    }

    fn catalogue(&self, at: &Location) -> Option<Result<Catalogue, Problem>> {
        let (server, base) = (self.server.clone(), at.base.clone());
        Some(on_own_thread(move || Session::open(&server, &base)?.catalogue()))
    }
}
