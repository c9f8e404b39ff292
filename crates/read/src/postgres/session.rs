//! A connection that only reads: in UTC, with values written in the forms that are decoded here.

use std::future::Future;
use std::path::Path;

use concordat_record::Problem;
use tokio::runtime::Runtime;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, Error, NoTls, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::failures::Asked;
use crate::databases::catalogue::{Catalogue, Table, TableColumn};
use crate::databases::server::Server;
use crate::databases::{runtime, silent};

/// What each session begins with. Whatever the server's and the account's settings are, rows are read the same.
///
/// `default_transaction_read_only` holds for all that follows; within a transaction it cannot be taken back.
const SETTINGS: &str = "
    SET default_transaction_read_only = on;
    SET standard_conforming_strings = on;
    SET TimeZone = 'UTC';
    SET DateStyle = 'ISO, YMD';
    SET IntervalStyle = 'iso_8601';
    SET bytea_output = 'hex';
    SET extra_float_digits = 1;
    SET statement_timeout = 0;
    SET lock_timeout = '30s';";

/// A connection and the runtime it lives on; the thread that has it drives both.
pub(crate) struct Session {
    runtime: Runtime,
    pub client: Client,
    pub server: Server,
}

impl Session {
    /// Connects; `base` is the body's folder.
    pub fn open(server: &Server, base: &Path) -> Result<Self, Problem> {
        let runtime = runtime()?;
        let mut config = Config::new();
        config
            .host(&server.host)
            .port(server.port)
            .dbname(&server.database)
            .user(&server.user)
            .application_name("concordat")
            .connect_timeout(server.connect_timeout);
        if let Some(password) = server.password(base)? {
            config.password(password.0);
        }
        let connect = connect(&config, server, base);
        let limit = server.connect_timeout;
        let client = runtime.block_on(async move {
            let late = std::io::Error::from(std::io::ErrorKind::TimedOut);
            tokio::time::timeout(limit, connect)
                .await
                .unwrap_or_else(|_| Err(crate::databases::unreachable(server, &late)))
        })?;
        let session = Self { runtime, client, server: server.clone() };
        session.run(session.client.batch_execute(SETTINGS))?;
        Ok(session)
    }

    /// Runs something on the connection. A server that is silent for too long is given up.
    pub fn run<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Problem> {
        let limit = self.server.answer_timeout;
        let done = self.runtime.block_on(async { tokio::time::timeout(limit, work).await });
        match done {
            Ok(result) => result.map_err(|error| self.failed(&error)),
            Err(_) => Err(silent(&self.server)),
        }
    }

    /// Runs something that watches the silence itself.
    pub fn drive<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    pub fn failed(&self, error: &Error) -> Problem {
        Asked { server: &self.server }.failed(error)
    }

    /// What a statement would give.
    pub fn prepare(&self, sql: &str) -> Result<Statement, Problem> {
        self.run(self.client.prepare(sql))
    }

    /// The same; what the server says is left to the caller.
    pub fn try_prepare(&self, sql: &str) -> Result<Result<Statement, Error>, Problem> {
        self.run(async { Ok(self.client.prepare(sql).await) })
    }

    /// The tables and views that the account can see, with columns and estimated rows.
    pub fn catalogue(&self) -> Result<Catalogue, Problem> {
        // `reltuples` is -1 where nothing was counted yet; a view has none.
        let rows = self.run(self.client.query(
            "SELECT n.nspname::text, c.relname::text, c.relkind IN ('v', 'm'), c.reltuples::bigint, a.attname::text,
                    format_type(a.atttypid, a.atttypmod), a.attnotnull
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
                    AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
              ORDER BY n.nspname, c.relname, a.attnum",
            &[],
        ))?;
        let mut tables: Vec<Table> = Vec::new();
        for row in rows {
            let (schema, name): (String, String) = (row.get(0), row.get(1));
            let is_same = |table: &Table| table.schema.as_deref() == Some(&schema) && table.name == name;
            if !tables.last().is_some_and(is_same) {
                let rows = u64::try_from(row.get::<_, i64>(3)).ok();
                let is_view: bool = row.get(2);
                tables.push(Table {
                    schema: Some(schema),
                    name,
                    is_view,
                    estimated_rows: rows.filter(|_| !is_view),
                    columns: Vec::new(),
                });
            }
            let column =
                TableColumn { name: row.get(4), declared: row.get(5), nullable: !row.get::<_, bool>(6) };
            if let Some(table) = tables.last_mut() {
                table.columns.push(column);
            }
        }
        Ok(Catalogue { tables })
    }

    /// The problem of a table that is not there, with the nearest one that is.
    pub fn no_such_table(&self, schema: Option<&str>, name: &str) -> Problem {
        let tables = self.catalogue().map(|catalogue| catalogue.tables).unwrap_or_default();
        crate::databases::no_such_table(&self.server.place(), &tables, schema, name)
    }
}

async fn connect(config: &Config, server: &Server, base: &Path) -> Result<Client, Problem> {
    let asked = Asked { server };
    let mut config = config.clone();
    let Some(tls) = &server.tls else {
        config.ssl_mode(SslMode::Disable);
        return start(config.connect(NoTls).await, &asked);
    };
    if server.is_local_socket() {
        // Nothing leaves the machine, and PostgreSQL has no TLS on such a socket.
        config.ssl_mode(SslMode::Disable);
        return start(config.connect(NoTls).await, &asked);
    }
    config.ssl_mode(SslMode::Require);
    start(config.connect(MakeRustlsConnect::new(tls.client(base)?)).await, &asked)
}

/// Lets the connection run beside the client, on the same thread.
fn start<C>(connected: Result<(Client, C), Error>, asked: &Asked<'_>) -> Result<Client, Problem>
where
    C: Future<Output = Result<(), Error>> + Send + 'static,
{
    let (client, connection) = connected.map_err(|error| asked.not_connected(&error))?;
    // What the connection says is also told to whoever waits for an answer.
    tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(client)
}
