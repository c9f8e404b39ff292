//! What PostgreSQL and the way to it say, for people: what happened and what to do.

use std::error::Error as _;
use std::io::ErrorKind;

use concordat_record::{Place, Problem};
use tokio_postgres::Error;
use tokio_postgres::error::{DbError, ErrorPosition, SqlState};

use crate::databases::server::Server;
use crate::databases::unreachable;

/// Who was asked.
pub(crate) struct Asked<'a> {
    pub server: &'a Server,
}

impl Asked<'_> {
    /// A connection that was not made.
    pub fn not_connected(&self, error: &Error) -> Problem {
        if let Some(said) = error.as_db_error() {
            return self.said(said);
        }
        if error.is_closed() {
            let ended = std::io::Error::from(ErrorKind::UnexpectedEof);
            return unreachable(self.server, &ended);
        }
        let mut cause = error.source();
        while let Some(inner) = cause {
            if let Some(io) = inner.downcast_ref::<std::io::Error>()
                && !matches!(io.kind(), ErrorKind::Other | ErrorKind::InvalidData)
            {
                return unreachable(self.server, io);
            }
            cause = inner.source();
        }
        let text = full(error);
        if text.contains("TLS") || text.contains("certificate") {
            return crate::databases::tls_failed(self.server, &text);
        }
        if text.contains("password missing") {
            return Problem::new("database.sign-in", "the server asks for a password, and there is none")
                .at(self.server.place().field("password"))
                .advise("write `password = { env = \"NAME\" }` or `password = { file = \"keys/NAME\" }`");
        }
        Problem::new("database.failed", format!("the server does not answer as PostgreSQL does: {text}"))
            .at(self.server.place())
            .advise("check `host` and `port`")
    }

    /// A statement that failed.
    pub fn failed(&self, error: &Error) -> Problem {
        match error.as_db_error() {
            Some(said) => self.said(said),
            None => Problem::new("database.ended", format!("the connection was lost: {}", full(error)))
                .at(self.server.place())
                .advise("read again; rows that were not committed here were not kept"),
        }
    }

    /// What the server itself said (PostgreSQL 15, appendix A, "PostgreSQL Error Codes").
    fn said(&self, said: &DbError) -> Problem {
        let (place, user) = (self.server.place(), &self.server.user);
        let message = said.message();
        let problem = |code, sentence: String, field: &str, advice: &str| {
            let place = if field.is_empty() { place.clone() } else { place.clone().field(field) };
            Problem::new(code, sentence).at(place).advise(advice)
        };
        match *said.code() {
            SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => problem(
                "database.sign-in",
                format!("the server does not let `{user}` in: {message}"),
                "user",
                "check `user` and what is kept under `password`; the server's pg_hba.conf must allow this machine, database and user",
            ),
            SqlState::INVALID_CATALOG_NAME => problem(
                "database.no-such-database",
                format!("the server has no database `{}`", self.server.database),
                "database",
                "ask for its name; `psql --list` shows the databases",
            ),
            SqlState::INSUFFICIENT_PRIVILEGE => problem(
                "database.no-permission",
                format!("`{user}` may not do this: {message}"),
                "user",
                "ask the owner for `GRANT USAGE ON SCHEMA …` and `GRANT SELECT ON …`; changes need the attribute REPLICATION",
            ),
            SqlState::READ_ONLY_SQL_TRANSACTION => problem(
                "database.not-a-query",
                format!("the query does not only read rows: {message}"),
                "query",
                "write a single SELECT statement",
            ),
            SqlState::TOO_MANY_CONNECTIONS | SqlState::CANNOT_CONNECT_NOW => problem(
                "database.busy",
                format!("the server takes no connection now: {message}"),
                "",
                "try again later",
            ),
            SqlState::QUERY_CANCELED | SqlState::ADMIN_SHUTDOWN | SqlState::T_R_SERIALIZATION_FAILURE => {
                problem(
                    "database.ended",
                    format!("the server ended the reading: {message}"),
                    "",
                    "read again; on a standby, ask for a larger `max_standby_streaming_delay`",
                )
            }
            _ => other(said, &place),
        }
    }
}

/// What has no words of its own.
fn other(said: &DbError, place: &Place) -> Problem {
    let state = said.code().code();
    match state.get(..2) {
        // A message about data quotes it, and it may be personal.
        Some("22") => {
            Problem::new("database.failed", format!("a value made the query fail (SQLSTATE {state})"))
                .at(place.clone().field("query"))
                .advise("run the query with psql; cast or filter such values in it")
        }
        Some("42" | "3F" | "0A") => {
            let position = match said.position() {
                Some(ErrorPosition::Original(position)) => format!(", at letter {position}"),
                _ => String::new(),
            };
            let hint = said.hint().unwrap_or("try it with psql");
            Problem::new(
                "database.bad-query",
                format!("PostgreSQL does not accept it: {}{position}", said.message()),
            )
            .at(place.clone().field("query"))
            .advise(hint)
        }
        _ => {
            Problem::new("database.failed", format!("PostgreSQL says: {} (SQLSTATE {state})", said.message()))
                .at(place.clone())
                .advise(said.hint().unwrap_or("the server's log tells more"))
        }
    }
}

/// An error with what caused it.
fn full(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text
}
