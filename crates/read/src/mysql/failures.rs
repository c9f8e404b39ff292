//! What MySQL, MariaDB and the way to them say, for people: what happened and what to do.

use std::io::ErrorKind;

use concordat_record::Problem;
use mysql_async::{DriverError, Error, IoError, ServerError};

use crate::databases::server::Server;
use crate::databases::{tls_failed, unreachable};

/// The code of a table that is not there.
pub(crate) const NO_SUCH_TABLE: u16 = 1146;

/// What a failure means.
pub(crate) fn failed(server: &Server, error: &Error) -> Problem {
    match error {
        Error::Server(said) => said_by(server, said),
        // TLS speaks through the errors of the socket, too.
        Error::Io(IoError::Io(io)) if io.kind() == ErrorKind::InvalidData => {
            tls_failed(server, &io.to_string())
        }
        Error::Io(IoError::Io(io)) => unreachable(server, io),
        Error::Io(IoError::Tls(tls)) => tls_failed(server, &tls.to_string()),
        Error::Driver(DriverError::NoClientSslFlagFromServer) => {
            tls_failed(server, "the server does not support TLS")
        }
        Error::Driver(DriverError::ConnectionClosed) => {
            Problem::new("database.ended", "the server closed the connection")
                .at(server.place())
                .advise("read again; the server's log says why")
        }
        // What else the driver says may quote a value.
        _ => Problem::new("database.failed", "the server does not answer as MySQL does")
            .at(server.place())
            .advise("check `host` and `port`; is it a MySQL or MariaDB server, of version 5.7 or later?"),
    }
}

/// What the server itself said (MySQL 8.0, "Server Error Message Reference"; MariaDB has the same codes).
fn said_by(server: &Server, said: &ServerError) -> Problem {
    let (user, message, code) = (&server.user, &said.message, said.code);
    let problem = |name, sentence: String, field: &str, advice: &str| {
        let place = if field.is_empty() { server.place() } else { server.place().field(field) };
        Problem::new(name, sentence).at(place).advise(advice)
    };
    match code {
        1045 | 1251 | 1698 | 1862 | 4151 => problem(
            "database.sign-in",
            format!("the server does not let `{user}` in: {message}"),
            "user",
            "check `user` and what is kept under `password`; the account must be allowed from this machine",
        ),
        1049 => problem(
            "database.no-such-database",
            format!("the server has no database `{}`", server.database),
            "database",
            "ask for its name; `SHOW DATABASES` lists those that the account sees",
        ),
        1044 | 1142 | 1143 | 1227 | 1370 => problem(
            "database.no-permission",
            format!("`{user}` may not do this: {message}"),
            "user",
            "ask for `GRANT SELECT ON database.* TO` this account",
        ),
        1792 | 1223 => problem(
            "database.not-a-query",
            format!("the query does not only read rows: {message}"),
            "query",
            "write a single SELECT statement",
        ),
        1040 | 1129 | 1130 | 1203 | 1226 => problem(
            "database.busy",
            format!("the server takes no connection now: {message}"),
            "",
            "try again later; `1130` means that this machine may not connect at all",
        ),
        1053 | 1205 | 1213 | 1317 | 1927 | 1969 | 3024 => problem(
            "database.ended",
            format!("the server ended the reading: {message}"),
            "",
            "read again; ask for a longer time for this account if it ends again",
        ),
        // A message about data quotes it, and it may be personal.
        _ if said.state.starts_with("22") => problem(
            "database.failed",
            format!("a value made the query fail (error {code})"),
            "query",
            "run the query with the program `mysql`; cast or filter such values in it",
        ),
        _ if said.state.starts_with("42") => problem(
            "database.bad-query",
            format!("the server does not accept it: {message}"),
            "query",
            "try it with the program `mysql`",
        ),
        _ => problem(
            "database.failed",
            format!("the server says: {message} (error {code})"),
            "",
            "the server's log tells more",
        ),
    }
}
