//! Reads the rows of a table or query by `COPY … TO STDOUT` in binary form: the way that costs the server least.

use std::future::poll_fn;
use std::path::PathBuf;
use std::pin::pin;

use concordat_record::Problem;
use futures_util::Stream;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

use super::copy::{Malformed, Piece, Tuple, behind_header, piece};
use super::session::Session;
use super::types::map;
use crate::databases::dialect::{Dialect, LimitStyle};
use crate::databases::feed::{FedReader, Feed, Layout, Opened, Stop, field_names};
use crate::databases::lexer::Quoting;
use crate::databases::rows::{From, Rows};
use crate::databases::select::{Candidate, Cursor, select};
use crate::databases::server::Server;
use crate::databases::text::Infinity;
use crate::databases::values::ColumnType;
use crate::databases::{no_such_cursor, nothing_to_read, silent, within};
use crate::wanted::Wanted;

/// PostgreSQL's SQL. `C` compares texts by their bytes.
pub(crate) const DIALECT: Dialect = Dialect {
    quoting: Quoting::Postgres,
    name_marks: ('"', '"'),
    by_bytes: Some(" COLLATE \"C\""),
    limit: LimitStyle::Limit,
    odbc_escapes: false,
};

/// What is read of which server.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub server: Server,
    pub rows: Rows,
    pub infinity: Infinity,
    /// The body's folder.
    pub base: PathBuf,
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

    fn plan(self, session: Session, wanted: &Wanted) -> Result<Opened, Problem> {
        let described = describe(&session, &self.rows.from, self.infinity)?;
        let cursor = self.cursor(&session, &described, wanted)?;
        let select = select(&DIALECT, &described.source, &described.columns, wanted, cursor)
            .map_err(|problem| problem.at(session.server.place().field("after")))?;
        let columns = select.columns.iter().filter_map(|place| described.columns.get(*place));
        let columns = columns.map(|column| (column.name.clone(), column.of)).collect();
        let layout = Layout::new(session.server.place(), columns, select.cursor);
        let is_whole =
            wanted.conditions.is_empty() && wanted.limit.is_none() && cursor.is_none_or(|c| c.from.is_none());
        let total_records = if is_whole { estimate(&session, &self.rows.from) } else { None };
        let (names, types, infinity) = (layout.names.clone(), layout.types.clone(), self.infinity);
        let work = move |feed: &mut Feed| {
            copy(&session, &select.sql, |row| {
                feed.row(|columns| row.push(columns, infinity), || row.raw(&names, &types))
            })
        };
        Ok(Opened { layout, total_records, work: Box::new(work) })
    }

    fn cursor<'a>(
        &'a self,
        session: &Session,
        described: &Described,
        wanted: &'a Wanted,
    ) -> Result<Option<Cursor<'a>>, Problem> {
        let Some(name) = &self.rows.cursor else { return Ok(None) };
        let names: Vec<String> = described.columns.iter().map(|column| column.name.clone()).collect();
        let column = names.iter().position(|known| known == name);
        let column = column.ok_or_else(|| no_such_cursor(&session.server.place(), name, &names))?;
        Ok(Some(Cursor { column, from: wanted.after.as_deref().or(self.rows.after.as_deref()) }))
    }
}

/// Rows before it is known which of them are wanted.
pub(crate) struct Described {
    /// What stands behind FROM.
    pub source: String,
    pub columns: Vec<Candidate>,
    /// Which of them PostgreSQL pads with spaces.
    pub padded: Vec<bool>,
}

/// The columns of a table or query.
pub(crate) fn describe(session: &Session, from: &From, infinity: Infinity) -> Result<Described, Problem> {
    let (source, statement, is_query) = match from {
        From::Table { schema, name } => {
            let names: Vec<&str> = schema.iter().map(String::as_str).chain([name.as_str()]).collect();
            let no_such_table = || session.no_such_table(schema.as_deref(), name);
            let table = DIALECT.path(&names).ok_or_else(no_such_table)?;
            let prepared = session.try_prepare(&format!("SELECT * FROM {table}"))?;
            let is_missing = |error: &Error| {
                matches!(error.code(), Some(&(SqlState::UNDEFINED_TABLE | SqlState::INVALID_SCHEMA_NAME)))
            };
            let statement = prepared
                .map_err(|error| if is_missing(&error) { no_such_table() } else { session.failed(&error) })?;
            (table, statement, false)
        }
        From::Query(query) => (format!("(\n{query}\n) AS q"), session.prepare(query)?, true),
        From::Unsaid => return Err(nothing_to_read(&session.server.place(), &session.catalogue()?.tables)),
    };
    let names: Vec<String> = statement.columns().iter().map(|column| column.name().to_owned()).collect();
    let fields = field_names(&names);
    let columns = statement.columns().iter().zip(names.iter().zip(fields)).enumerate();
    let columns: Vec<Candidate> = columns
        .map(|(place, (column, (name, field)))| {
            // A query may have two columns of one name: within it they are called by their place.
            let raw = if is_query { format!("c{place}") } else { DIALECT.name(name).unwrap_or_default() };
            let mapped = map(column.type_(), column.type_modifier());
            let fetched = if mapped.cast { format!("{raw}::text") } else { raw.clone() };
            let has_infinity =
                matches!(mapped.of, ColumnType::Date | ColumnType::DateTime | ColumnType::Moment);
            let makes_nulls = has_infinity && infinity == Infinity::Null;
            Candidate { name: name.clone(), field, of: mapped.of, raw, fetched, makes_nulls }
        })
        .collect();
    let padded = statement.columns().iter().map(|column| *column.type_() == Type::BPCHAR).collect();
    if !is_query {
        return Ok(Described { source, columns, padded });
    }
    let places: Vec<&str> = columns.iter().map(|column| column.raw.as_str()).collect();
    Ok(Described { source: format!("{source}({})", places.join(", ")), columns, padded })
}

/// How many rows the server believes a table to have.
fn estimate(session: &Session, from: &From) -> Option<u64> {
    let From::Table { schema, name } = from else { return None };
    let sql = "SELECT c.reltuples::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relname = $1 AND ($2::text IS NULL AND pg_table_is_visible(c.oid) OR n.nspname = $2)
                      AND c.relkind IN ('r', 'm', 'p') AND c.reltuples >= 0";
    let row = session.run(session.client.query_opt(sql, &[name, schema])).ok()??;
    u64::try_from(row.get::<_, i64>(0)).ok()
}

/// Rows from the server, each given to `take`. They are one consistent view of the database.
pub(crate) fn copy(
    session: &Session,
    sql: &str,
    mut take: impl FnMut(Tuple<'_>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    session
        .run(session.client.batch_execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))?;
    let statement = format!("COPY ({sql}) TO STDOUT (FORMAT binary)");
    let stream = session.run(session.client.copy_out(&statement))?;
    let limit = session.server.answer_timeout;
    let malformed = |Malformed| {
        Stop::Failed(
            Problem::new("database.failed", "the server's copy is not in PostgreSQL's binary form")
                .at(session.server.place())
                .advise("is there a program between us and the server that is not PostgreSQL?"),
        )
    };
    session.drive(async {
        let mut stream = pin!(stream);
        let mut begun = false;
        loop {
            let message = within(limit, poll_fn(|context| stream.as_mut().poll_next(context))).await;
            let Some(message) = message.ok_or_else(|| silent(&session.server))? else { return Ok(()) };
            let message = message.map_err(|error| session.failed(&error))?;
            let rest = if begun { &message[..] } else { behind_header(&message).map_err(malformed)? };
            begun = true;
            match piece(rest).map_err(malformed)? {
                Piece::Row(row) => take(row)?,
                Piece::None | Piece::Trailer => {}
            }
        }
    })
}
