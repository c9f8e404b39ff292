//! Problems that every database has in the same words.

use std::io::ErrorKind;

use concordat_record::{Place, Problem, nearest};

use super::catalogue::Table;
use super::server::Server;

/// A server that cannot be reached.
pub(crate) fn unreachable(server: &Server, error: &std::io::Error) -> Problem {
    let place = server.place();
    let (host, port) = (&server.host, server.port);
    if server.is_local_socket() {
        return Problem::new("database.refused", format!("nobody listens at the socket `{host}`: {error}"))
            .at(place.field("host"))
            .advise("is the database running, and may this account open its socket?");
    }
    match error.kind() {
        ErrorKind::ConnectionRefused => {
            Problem::new("database.refused", format!("`{host}` refuses connections on port {port}"))
                .at(place.field("port"))
                .advise("is the database running, is it the right `port`, does it listen on this network?")
        }
        ErrorKind::TimedOut => {
            let seconds = server.connect_timeout.as_secs();
            let sentence = format!("`{host}` did not answer on port {port} within {seconds} seconds");
            Problem::new("database.timeout", sentence).at(place.field("host")).advise(
                "a firewall may be in between; ask the network's keeper, or set a larger `connect_timeout`",
            )
        }
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::UnexpectedEof
        | ErrorKind::BrokenPipe => {
            Problem::new("database.ended", format!("`{host}` closed the connection: {error}"))
                .at(place)
                .advise("the server's log says why; does it expect TLS, is it a database server at all?")
        }
        _ => Problem::new("database.no-such-host", format!("`{host}` cannot be reached: {error}"))
            .at(place.field("host"))
            .advise("check `host`; can this machine look the name up?"),
    }
}

/// An encrypted connection that failed.
pub(crate) fn tls_failed(server: &Server, why: &str) -> Problem {
    let (field, advice) = if why.contains("does not support TLS") || why.contains("no TLS") {
        (
            "tls",
            "ask for TLS to be switched on; only if nobody else can listen on the way, write `tls = \"off\"`",
        )
    } else if why.contains("UnknownIssuer") {
        ("ca_file", "name the authority that issued the server's certificate with `ca_file`")
    } else if why.contains("NotValidForName") || why.contains("not valid for name") {
        ("host", "write `host` as the server's certificate names it")
    } else if why.contains("Expired") || why.contains("expired") {
        ("host", "the server needs a new certificate; is the clock of this machine right?")
    } else {
        ("tls", "TLS 1.2 and 1.3 are spoken; check `ca_file`, `certificate_file` and `key_file`")
    };
    Problem::new("database.tls", format!("no encrypted connection could be made: {why}"))
        .at(server.place().field(field))
        .advise(advice)
}

/// A server that says nothing for too long.
pub(crate) fn silent(server: &Server) -> Problem {
    let seconds = server.answer_timeout.as_secs();
    Problem::new("database.timeout", format!("the server has said nothing for {seconds} seconds"))
        .at(server.place())
        .advise("if it sorts or counts for so long, set a larger `answer_timeout`")
}

/// A table that is not there.
pub(crate) fn no_such_table(place: &Place, tables: &[Table], schema: Option<&str>, name: &str) -> Problem {
    let shown = schema.map_or_else(|| name.to_owned(), |schema| format!("{schema}.{name}"));
    let problem = Problem::new("database.no-such-table", format!("the database has no table `{shown}`"))
        .at(place.clone().field("table"));
    if let Some((schema, table)) = name.split_once('.')
        && tables.iter().any(|known| known.schema.as_deref() == Some(schema) && known.name == table)
    {
        return problem.advise(format!("write `schema = \"{schema}\"` and `table = \"{table}\"`"));
    }
    let elsewhere = tables.iter().find(|known| known.name == name && known.schema.as_deref() != schema);
    if let Some(schema) = elsewhere.and_then(|known| known.schema.as_ref()) {
        return problem
            .advise(format!("there is one in the schema `{schema}`: write `schema = \"{schema}\"`"));
    }
    match nearest(name, tables.iter().map(|table| table.name.as_str())) {
        Some(near) => problem.advise(format!("did you mean `{near}`?")),
        None => problem.advise(listed(tables)),
    }
}

/// A cursor that is no column.
pub(crate) fn no_such_cursor(place: &Place, name: &str, columns: &[String]) -> Problem {
    let problem = Problem::new("database.no-such-column", format!("there is no column `{name}`"))
        .at(place.clone().field("cursor"));
    match nearest(name, columns.iter().map(String::as_str)) {
        Some(near) => problem.advise(format!("did you mean `{near}`?")),
        None => problem.advise(format!("the columns are {}", columns.join(", "))),
    }
}

/// A column to ask by that is none.
pub(crate) fn no_such_parameter(place: &Place, name: &str, columns: &[String]) -> Problem {
    Problem { place: place.clone().field("asked_by"), ..no_such_cursor(place, name, columns) }
}

/// A source file that does not say yet which rows to read.
pub(crate) fn nothing_to_read(place: &Place, tables: &[Table]) -> Problem {
    Problem::new("source.missing-key", "`table` or `query` is missing: which rows to read")
        .at(place.clone().field("table"))
        .advise(listed(tables))
}

/// How many tables are named.
const NAMED: usize = 20;

fn listed(tables: &[Table]) -> String {
    if tables.is_empty() {
        return "the account sees no table at all: is it the right database, and may it read?".into();
    }
    let name = |table: &Table| match &table.schema {
        Some(schema) => format!("{schema}.{}", table.name),
        None => table.name.clone(),
    };
    let names: Vec<String> = tables.iter().take(NAMED).map(name).collect();
    let more = tables.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("its tables are {}{more}", names.join(", "))
}
