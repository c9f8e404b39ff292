//! Reads the rows of a table or query by a prepared statement, whose rows the server sends as they come, in binary form.

use std::path::PathBuf;

use concordat_record::Problem;
use mysql_async::prelude::Queryable;
use mysql_async::{Error, Statement, Value};

use super::decode::{ZeroDates, push, raw, size};
use super::failures::{NO_SUCH_TABLE, failed};
use super::session::Session;
use super::types::map;
use crate::databases::dialect::{Dialect, LimitStyle};
use crate::databases::feed::{FedReader, Feed, Layout, Opened, Stop, field_names};
use crate::databases::lexer::Quoting;
use crate::databases::rows::{From, Rows};
use crate::databases::select::{Candidate, Cursor, Select, select};
use crate::databases::server::Server;
use crate::databases::values::{Column, ColumnType, Misfit};
use crate::databases::{no_such_cursor, no_such_table, nothing_to_read, silent, within};
use crate::wanted::Wanted;

/// MySQL's SQL. Its collations decide which texts are equal.
pub(crate) const DIALECT: Dialect = Dialect {
    quoting: Quoting::MySql,
    name_marks: ('`', '`'),
    by_bytes: None,
    limit: LimitStyle::Limit,
    odbc_escapes: false,
};

/// What is read of which server.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub server: Server,
    pub rows: Rows,
    pub zero_dates: ZeroDates,
    /// The body's folder.
    pub base: PathBuf,
}

/// Rows before it is known which of them are wanted.
pub(super) struct Described {
    /// What stands behind FROM.
    pub source: String,
    pub columns: Vec<Candidate>,
}

impl Reading {
    /// Opens the rows; they are read on a thread of their own.
    pub fn open(self, wanted: &Wanted) -> Result<FedReader, Problem> {
        let wanted = wanted.clone();
        FedReader::start(&self.server.place(), move || {
            let session = Session::open(&self.server, &self.base)?;
            self.plan(session, &wanted)
        })
    }

    /// All that has to hold before rows are read.
    pub fn check(self) -> Result<(), Problem> {
        self.open(&Wanted { limit: Some(0), ..Wanted::default() }).map(drop)
    }

    fn plan(self, mut session: Session, wanted: &Wanted) -> Result<Opened, Problem> {
        let described = self.describe(&mut session)?;
        let select = self.select(&mut session, &described, wanted)?;
        let columns = select.columns.iter().filter_map(|place| described.columns.get(*place));
        let columns = columns.map(|column| (column.name.clone(), column.of)).collect();
        let layout = Layout::new(session.server.place(), columns, select.cursor);
        let is_whole = wanted.conditions.is_empty() && wanted.limit.is_none() && wanted.after.is_none();
        let total_records = if is_whole { self.estimate(&mut session)? } else { None };
        let (names, types, zero_dates) = (layout.names.clone(), layout.types.clone(), self.zero_dates);
        let work = move |feed: &mut Feed| {
            rows(session, &select.sql, |values| {
                feed.row(|columns| fill(columns, values, zero_dates), || raw(&names, &types, values))
            })
        };
        Ok(Opened { layout, total_records, work: Box::new(work) })
    }

    pub(super) fn describe(&self, session: &mut Session) -> Result<Described, Problem> {
        let server = &self.server;
        let (source, statement) = match &self.rows.from {
            From::Table { schema, name } => {
                let names: Vec<&str> = schema.iter().map(String::as_str).chain([name.as_str()]).collect();
                let schema = schema.as_deref().unwrap_or(&server.database);
                let Some(table) = DIALECT.path(&names) else {
                    return Err(no_such_table(&server.place(), &[], Some(schema), name));
                };
                match session.prepare(&format!("SELECT * FROM {table}"))? {
                    Ok(statement) => (table, statement),
                    Err(Error::Server(said)) if said.code == NO_SUCH_TABLE => {
                        let tables = session.catalogue()?.tables;
                        return Err(no_such_table(&server.place(), &tables, Some(schema), name));
                    }
                    Err(error) => return Err(failed(server, &error)),
                }
            }
            From::Query(query) => {
                let prepared = session.prepare(query)?;
                (format!("(\n{query}\n) AS q"), prepared.map_err(|error| failed(server, &error))?)
            }
            From::Unsaid => return Err(nothing_to_read(&server.place(), &session.catalogue()?.tables)),
        };
        Ok(Described { source, columns: self.candidates(&statement) })
    }

    fn candidates(&self, statement: &Statement) -> Vec<Candidate> {
        let columns = statement.columns();
        let names: Vec<String> = columns.iter().map(|column| column.name_str().into_owned()).collect();
        let fields = field_names(&names);
        columns
            .iter()
            .zip(names.into_iter().zip(fields))
            .map(|(column, (name, field))| {
                let of = map(column);
                let raw = DIALECT.name(&name).unwrap_or_default();
                let has_zeros = matches!(of, ColumnType::Date | ColumnType::DateTime | ColumnType::Moment);
                let makes_nulls = has_zeros && self.zero_dates == ZeroDates::Null;
                Candidate { name, field, of, fetched: raw.clone(), raw, makes_nulls }
            })
            .collect()
    }

    fn select(
        &self,
        session: &mut Session,
        described: &Described,
        wanted: &Wanted,
    ) -> Result<Select, Problem> {
        let columns = &described.columns;
        let cursor = match &self.rows.cursor {
            Some(name) => {
                let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
                let column = names.iter().position(|known| known == name);
                let column = column.ok_or_else(|| no_such_cursor(&self.server.place(), name, &names))?;
                Some(Cursor { column, from: wanted.after.as_deref().or(self.rows.after.as_deref()) })
            }
            None => None,
        };
        if let (From::Query(query), None, true) = (&self.rows.from, cursor, wanted.conditions.is_empty()) {
            // As it is: a query within another one loses its order, and must not have two columns of one name.
            if let Some(limit) = wanted.limit {
                session.execute(&format!("SET SESSION sql_select_limit = {limit}"))?;
            }
            return Ok(Select { sql: query.clone(), columns: (0..columns.len()).collect(), cursor: None });
        }
        select(&DIALECT, &described.source, columns, wanted, cursor)
            .map_err(|problem| problem.at(self.server.place().field("after")))
    }

    /// How many rows the server believes a table to have.
    fn estimate(&self, session: &mut Session) -> Result<Option<u64>, Problem> {
        let From::Table { schema, name } = &self.rows.from else { return Ok(None) };
        let sql =
            "SELECT table_rows FROM information_schema.tables WHERE table_schema = ? AND table_name = ?";
        let parameters = (schema.as_ref().unwrap_or(&self.server.database), name);
        let limit = self.server.answer_timeout;
        let answer = session.drive(async |conn, _| {
            tokio::time::timeout(limit, conn.exec_first::<Option<u64>, _, _>(sql, parameters)).await
        });
        let answer = answer.map_err(|_| silent(&self.server))?;
        Ok(answer.map_err(|error| failed(&self.server, &error))?.flatten())
    }
}

pub(super) fn fill(
    columns: &mut [Column],
    values: &[Value],
    zero_dates: ZeroDates,
) -> Result<usize, (usize, Misfit)> {
    if columns.len() != values.len() {
        return Err((0, Misfit::Form));
    }
    let mut bytes = 0;
    for (place, (column, value)) in columns.iter_mut().zip(values).enumerate() {
        push(column, value, zero_dates).map_err(|misfit| (place, misfit))?;
        bytes += size(value);
    }
    Ok(bytes)
}

/// Rows from the server, each given to `take`. They are one consistent view of the database, where its tables have one (InnoDB).
fn rows(
    mut session: Session,
    sql: &str,
    mut take: impl FnMut(&[Value]) -> Result<(), Stop>,
) -> Result<(), Stop> {
    session.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")?;
    session.drive(async |conn, server| {
        let limit = server.answer_timeout;
        let said = |error: Error| Stop::Failed(failed(server, &error));
        let quiet = || Stop::Failed(silent(server));
        let mut result = within(limit, conn.exec_iter(sql, ())).await.ok_or_else(quiet)?.map_err(said)?;
        while let Some(row) = within(limit, result.next()).await.ok_or_else(quiet)?.map_err(said)? {
            take(&row.unwrap())?;
        }
        Ok(())
    })
}
