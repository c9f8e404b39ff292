//! A connection that only reads: in UTC and UTF-8.

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use concordat_record::Problem;
use mysql_async::prelude::Queryable;
use mysql_async::{ClientIdentity, Conn, Error, OptsBuilder, SslOpts, Value};
use tokio::runtime::Runtime;

use super::failures::failed;
use crate::databases::catalogue::{Catalogue, Table, TableColumn};
use crate::databases::server::Server;
use crate::databases::{runtime, silent, unreachable};

/// What each session begins with. Whatever the server's and the account's settings are, rows are read the same.
///
/// A server gives a client up that takes no rows for `net_write_timeout` seconds; whoever writes the rows on may be slow.
const SETTINGS: [&str; 5] = [
    "SET SESSION TRANSACTION READ ONLY",
    "SET NAMES utf8mb4",
    "SET SESSION time_zone = '+00:00'",
    "SET SESSION sql_mode = ''",
    "SET SESSION net_write_timeout = 3600",
];

/// A connection and the runtime it lives on; the thread that has it drives both.
pub(crate) struct Session {
    runtime: Runtime,
    pub conn: Conn,
    pub server: Server,
}

impl Session {
    /// Connects; `base` is the body's folder.
    pub fn open(server: &Server, base: &Path) -> Result<Self, Problem> {
        let runtime = runtime()?;
        let password = server.password(base)?.map(|password| password.0);
        let options = OptsBuilder::default()
            .user(Some(&server.user))
            .pass(password)
            .db_name(Some(&server.database))
            // A socket that a server on this machine mentions would be taken instead of the host that was named.
            .prefer_socket(false);
        let options = if server.is_local_socket() {
            options.socket(Some(&server.host))
        } else {
            options.ip_or_hostname(&server.host).tcp_port(server.port).ssl_opts(tls(server, base)?)
        };
        let connected = runtime
            .block_on(async { tokio::time::timeout(server.connect_timeout, Conn::new(options)).await });
        let late = std::io::Error::from(std::io::ErrorKind::TimedOut);
        let conn =
            connected.map_err(|_| unreachable(server, &late))?.map_err(|error| failed(server, &error))?;
        let mut session = Self { runtime, conn, server: server.clone() };
        for setting in SETTINGS {
            session.execute(setting)?;
        }
        Ok(session)
    }

    /// Runs a statement without rows.
    pub fn execute(&mut self, sql: &str) -> Result<(), Problem> {
        run(&self.runtime, &self.server, self.conn.query_drop(sql))?
            .map_err(|error| failed(&self.server, &error))
    }

    /// Bounds the statements that follow: what they may take on the server, and one row more than are of use.
    pub fn bound(&mut self, within: Option<Duration>, most: Option<u64>) -> Result<(), Problem> {
        if let Some(most) = most {
            self.execute(&format!("SET SESSION sql_select_limit = {}", most.saturating_add(1)))?;
        }
        let Some(within) = within else { return Ok(()) };
        // One name in MariaDB and another in MySQL; each runs the comment that is its own ("Executable Comments").
        let (seconds, milliseconds) = (within.as_secs_f64(), within.as_millis().max(1));
        self.execute(&format!(
            "SET SESSION net_read_timeout = 30 /*M!100101 , SESSION max_statement_time = {seconds} */ /*!50708 , SESSION max_execution_time = {milliseconds} */"
        ))
    }

    /// What a statement would give; what the server says is left to the caller.
    pub fn prepare(&mut self, sql: &str) -> Result<Result<mysql_async::Statement, Error>, Problem> {
        run(&self.runtime, &self.server, self.conn.prep(sql))
    }

    /// Runs something that watches the silence itself.
    pub fn drive<T>(&mut self, work: impl AsyncFnOnce(&mut Conn, &Server) -> T) -> T {
        let Self { runtime, conn, server } = self;
        runtime.block_on(work(conn, server))
    }

    /// The tables and views that the account can see, with columns and estimated rows.
    pub fn catalogue(&mut self) -> Result<Catalogue, Problem> {
        let sql = "SELECT t.table_schema, t.table_name, t.table_type LIKE '%VIEW', t.table_rows, c.column_name, c.column_type,
                          c.is_nullable = 'YES'
                     FROM information_schema.tables t
                          JOIN information_schema.columns c ON c.table_schema = t.table_schema AND c.table_name = t.table_name
                    WHERE t.table_schema NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
                    ORDER BY t.table_schema, t.table_name, c.ordinal_position";
        let rows: Vec<mysql_async::Row> = run(&self.runtime, &self.server, self.conn.query(sql))?
            .map_err(|error| failed(&self.server, &error))?;
        let mut tables: Vec<Table> = Vec::new();
        for row in rows {
            let text = |place: usize| match row.as_ref(place) {
                Some(Value::Bytes(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
                _ => String::new(),
            };
            let (schema, name) = (text(0), text(1));
            let is_same = |table: &Table| table.schema.as_deref() == Some(&schema) && table.name == name;
            if !tables.last().is_some_and(is_same) {
                let (is_view, estimated_rows) = (text(2) == "1", text(3).parse().ok());
                tables.push(Table {
                    schema: Some(schema),
                    name,
                    is_view,
                    estimated_rows,
                    columns: Vec::new(),
                });
            }
            if let Some(table) = tables.last_mut() {
                let column = TableColumn { name: text(4), declared: text(5), nullable: text(6) == "1" };
                table.columns.push(column);
            }
        }
        Ok(Catalogue { tables })
    }
}

/// Waits for an answer, but not for ever.
fn run<T>(runtime: &Runtime, server: &Server, work: impl Future<Output = T>) -> Result<T, Problem> {
    let answered = runtime.block_on(async { tokio::time::timeout(server.answer_timeout, work).await });
    answered.map_err(|_| silent(server))
}

/// The authorities that may vouch for the server, and no others that the driver knows.
fn tls(server: &Server, base: &Path) -> Result<Option<SslOpts>, Problem> {
    let Some(tls) = &server.tls else { return Ok(None) };
    // Reads all files once, so that what is wrong with them is told in our words.
    let roots = tls.trust(base)?.authorities.into_iter().map(|root| root.to_vec().into()).collect();
    let identity = tls.identity_files(base);
    let identity = identity.map(|(certificate, key)| ClientIdentity::new(certificate.into(), key.into()));
    let options = SslOpts::default().with_disable_built_in_roots(true).with_root_certs(roots);
    Ok(Some(options.with_client_identity(identity)))
}
