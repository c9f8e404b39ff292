//! A connection whose transaction is never committed, and is read-only where the database has such transactions.

use std::path::Path;

use concordat_record::Problem;
use odbc_api::{Connection, ConnectionOptions, environment};

use super::failures::Asked;
use super::kind::OdbcOptions;
use crate::databases::catalogue::{Catalogue, Table, TableColumn};
use crate::databases::dialect::{Dialect, LimitStyle};
use crate::databases::lexer::Quoting;
use crate::databases::server::Password;

/// A connection to a database of some maker.
pub(crate) struct Session {
    pub connection: Connection<'static>,
    pub options: OdbcOptions,
    pub dialect: Dialect,
    /// Whether values may be longer than their columns and of other types.
    pub is_untyped: bool,
    password: Option<Password>,
}

/// What is known of makers, by a part of the name that their database gives: how a limit is written, and how a transaction becomes one
/// that only reads. Of the others, no transaction is ever committed.
const MAKERS: [(&str, LimitStyle, Option<&str>); 12] = [
    ("POSTGRESQL", LimitStyle::Limit, Some("SET TRANSACTION READ ONLY")),
    ("MYSQL", LimitStyle::Limit, Some("SET SESSION TRANSACTION READ ONLY")),
    ("MARIADB", LimitStyle::Limit, Some("SET SESSION TRANSACTION READ ONLY")),
    ("SQLITE", LimitStyle::Limit, Some("PRAGMA query_only = ON")),
    ("ORACLE", LimitStyle::FetchFirst, Some("SET TRANSACTION READ ONLY")),
    ("DB2", LimitStyle::FetchFirst, None),
    ("SQL SERVER", LimitStyle::Top, None),
    ("ADAPTIVE SERVER", LimitStyle::Top, None),
    ("ASE", LimitStyle::Top, None),
    ("ACCESS", LimitStyle::Top, None),
    ("INFORMIX", LimitStyle::First, None),
    ("FIREBIRD", LimitStyle::First, None),
];

impl Session {
    /// Connects; `base` is the body's folder.
    pub fn open(options: &OdbcOptions, base: &Path) -> Result<Self, Problem> {
        let password = options.password.as_ref().map(|secret| secret.read(base).map(Password)).transpose()?;
        let told = password.as_ref().map(|password| password.0.as_str());
        let asked = Asked { options, password: told };
        let mut attributes = options.attributes.clone();
        for (keyword, value) in [("UID", options.user.as_deref()), ("PWD", told)] {
            if let Some(value) = value {
                attributes.add(keyword, value);
            }
        }
        let written = attributes.written().ok_or_else(|| {
            Problem::new("source.wrong-form", "an attribute holds a null character")
                .at(options.place().field("attributes"))
        })?;
        let seconds = u32::try_from(options.connect_timeout.as_secs()).ok();
        let connecting = ConnectionOptions { login_timeout_sec: seconds, ..ConnectionOptions::default() };
        let connection = environment()
            .and_then(|environment| environment.connect_with_connection_string(&written, connecting))
            .map_err(|error| asked.failed(&error))?;
        let name = connection.database_management_system_name().map_err(|error| asked.failed(&error))?;
        let name = name.to_uppercase();
        let maker = MAKERS.iter().find(|(part, _, _)| name.contains(part));
        // A database without transactions refuses; the statement is a query all the same.
        let _ = connection.set_autocommit(false);
        if let Some((_, _, Some(read_only))) = maker {
            connection.execute(read_only, (), None).map_err(|error| asked.failed(&error))?;
        }
        let mark = connection.identifier_quote_char().map_err(|error| asked.failed(&error))?.unwrap_or(' ');
        let dialect = Dialect {
            quoting: Quoting::Unknown,
            name_marks: (mark, mark),
            by_bytes: None,
            limit: maker.map_or(LimitStyle::Unknown, |(_, limit, _)| *limit),
            odbc_escapes: true,
        };
        let is_untyped = name.contains("SQLITE");
        Ok(Self { connection, options: options.clone(), dialect, is_untyped, password })
    }

    pub fn failed(&self, error: &odbc_api::Error) -> Problem {
        let password = self.password.as_ref().map(|password| password.0.as_str());
        Asked { options: &self.options, password }.failed(error)
    }

    /// How long a statement may take, where the driver can tell.
    pub fn timeout(&self) -> Option<usize> {
        // SQLite's driver and others take no timeout and refuse it.
        if self.is_untyped { None } else { usize::try_from(self.options.answer_timeout.as_secs()).ok() }
    }

    /// The tables and views, with columns; drivers know no numbers of rows.
    pub fn catalogue(&self) -> Result<Catalogue, Problem> {
        let failed = |error: odbc_api::Error| self.failed(&error);
        let found = self.connection.tables("", "%", "%", "TABLE,VIEW").map_err(failed)?;
        let mut tables = Vec::new();
        for row in found {
            let row = row.map_err(failed)?;
            let (schema, name) = (text(row.schema.as_bytes()), text(row.table.as_bytes()));
            let is_view = text(row.table_type.as_bytes()).is_some_and(|of| of.contains("VIEW"));
            let Some(name) = name else { continue };
            if matches!(
                schema.as_deref(),
                Some("information_schema" | "pg_catalog" | "sys" | "INFORMATION_SCHEMA")
            ) {
                continue;
            }
            tables.push(Table { schema, name, is_view, estimated_rows: None, columns: Vec::new() });
        }
        for table in &mut tables {
            table.columns = self.columns(table)?;
        }
        Ok(Catalogue { tables })
    }

    fn columns(&self, table: &Table) -> Result<Vec<TableColumn>, Problem> {
        let failed = |error: odbc_api::Error| self.failed(&error);
        let schema = table.schema.as_deref().unwrap_or("%");
        let found = self.connection.columns("", schema, &table.name, "%").map_err(failed)?;
        let mut columns = Vec::new();
        for row in found {
            let row = row.map_err(failed)?;
            // `_` and `%` in the name of a table are patterns here.
            if text(row.table.as_bytes()).as_ref() != Some(&table.name) {
                continue;
            }
            let name = text(row.column_name.as_bytes()).unwrap_or_default();
            let declared = text(row.type_name.as_bytes()).unwrap_or_default();
            columns.push(TableColumn { name, declared, nullable: row.nullable != 0 });
        }
        Ok(columns)
    }
}

fn text(bytes: Option<&[u8]>) -> Option<String> {
    bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned()).filter(|text| !text.is_empty())
}
