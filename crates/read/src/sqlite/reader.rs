//! Reads the rows of a table or query: one statement, one consistent view.

use arrow::datatypes::SchemaRef;
use concordat_record::{Place, Problem};
use rusqlite::Row;
use rusqlite::types::{Value, ValueRef};

use super::columns::{compares_alike, push, raw_row, types};
use super::database::{Database, Rows, failed};
use super::kind::SqliteOptions;
use crate::databases::dialect::{Dialect, LimitStyle};
use crate::databases::feed::{FedReader, Feed, Layout, Opened, Stop, field_names};
use crate::databases::lexer::Quoting;
use crate::databases::no_such_cursor;
use crate::databases::select::{Candidate, Cursor, Select, select};
use crate::databases::values::{Column, Misfit};
use crate::file::SourceFile;
use crate::kinds::Location;
use crate::reader::{ReadBatch, ReadProgress, Reader};
use crate::wanted::Wanted;

/// SQLite's SQL. `BINARY` compares texts by their bytes.
pub(super) const DIALECT: Dialect = Dialect {
    quoting: Quoting::Sqlite,
    name_marks: ('"', '"'),
    by_bytes: Some(" COLLATE BINARY"),
    limit: LimitStyle::Limit,
    odbc_escapes: false,
};

/// Reads the rows of a table or query.
pub(crate) struct SqliteReader {
    inner: FedReader,
    location: Location,
}

impl SqliteReader {
    pub fn start(options: &SqliteOptions, at: &Location, wanted: &Wanted) -> Result<Self, Problem> {
        let (options, wanted, location) = (options.clone(), wanted.clone(), at.clone());
        let inner = FedReader::start(&Place::file(&at.path), move || {
            let database = Database::open(&location, options.immutable)?;
            plan(database, &options, &wanted)
        })?;
        Ok(Self { inner, location: at.clone() })
    }
}

fn plan(database: Database, options: &SqliteOptions, wanted: &Wanted) -> Result<Opened, Problem> {
    let rows = &options.rows;
    let sql = database.statement(rows)?;
    let columns = database.columns(rows, &sql)?;
    let types = types(&database, &sql, &columns)?;
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let candidates: Vec<Candidate> = names
        .iter()
        .zip(field_names(&names))
        .zip(&types)
        .map(|((name, field), of)| {
            let raw = DIALECT.name(name).unwrap_or_default();
            Candidate { name: name.clone(), field, of: *of, fetched: raw.clone(), raw, makes_nulls: false }
        })
        .collect();
    let cursor = match &options.cursor {
        Some(name) => {
            let column = names.iter().position(|known| known == name);
            let column = column.ok_or_else(|| no_such_cursor(&Place::file(&database.shown), name, &names))?;
            Some(Cursor { column, from: wanted.after.as_deref().or(options.after.as_deref()) })
        }
        None => None,
    };
    let alike = |place: usize| {
        let declared = columns.get(place).map_or("", |column| column.declared.as_str());
        types.get(place).is_some_and(|of| compares_alike(declared, *of))
    };
    let select = narrowed(rows, &sql, &candidates, wanted, cursor, alike)
        .map_err(|problem| problem.at(Place::file(&database.shown).field("after")))?;
    let columns = select.columns.iter().filter_map(|place| candidates.get(*place));
    let columns = columns.map(|column| (column.name.clone(), column.of)).collect();
    let layout = Layout::new(Place::file(&database.shown), columns, select.cursor);
    let is_whole = wanted.conditions.is_empty() && wanted.limit.is_none() && wanted.after.is_none();
    let total_records = if is_whole { database.count(rows) } else { None };
    let names = layout.names.clone();
    let work = move |feed: &mut Feed| walk(&database, &select.sql, &names, feed);
    Ok(Opened { layout, total_records, work: Box::new(work) })
}

/// The statement that reads what is wanted, as far as SQLite judges as we do.
fn narrowed(
    rows: &Rows,
    sql: &str,
    candidates: &[Candidate],
    wanted: &Wanted,
    cursor: Option<Cursor<'_>>,
    alike: impl Fn(usize) -> bool,
) -> Result<Select, Problem> {
    let mut asked = wanted.clone();
    asked.conditions.retain(|condition| {
        let place = candidates.iter().position(|candidate| candidate.field == condition.column);
        place.is_some_and(&alike)
    });
    if asked.conditions.len() < wanted.conditions.len() {
        asked.limit = None;
    }
    let source = match rows {
        Rows::Table(table) => DIALECT.name(table).unwrap_or_default(),
        // As it is: a query may have two columns of one name.
        Rows::Query(_) if cursor.is_none() && asked.conditions.is_empty() => {
            let columns = (0..candidates.len()).collect();
            return Ok(Select { sql: sql.to_owned(), columns, cursor: None });
        }
        Rows::Query(_) | Rows::Unsaid => format!("(\n{sql}\n)"),
    };
    select(&DIALECT, &source, candidates, &asked, cursor)
}

/// Feeds all rows of a statement.
fn walk(database: &Database, sql: &str, names: &[String], feed: &mut Feed) -> Result<(), Stop> {
    let failed = |error: rusqlite::Error| Stop::Failed(failed(&database.shown, &error));
    let mut statement = database.connection.prepare(sql).map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        feed.row(|columns| fill(row, columns), || raw(row, names))?;
    }
    Ok(())
}

pub(super) fn fill(row: &Row<'_>, columns: &mut [Column]) -> Result<usize, (usize, Misfit)> {
    let mut bytes = 0;
    for (place, column) in columns.iter_mut().enumerate() {
        let value = row.get_ref(place).map_err(|_| (place, Misfit::Form))?;
        if let ValueRef::Text(text) | ValueRef::Blob(text) = value {
            bytes += text.len();
        }
        push(column, value).map_err(|misfit| (place, misfit))?;
    }
    Ok(bytes)
}

pub(super) fn raw(row: &Row<'_>, names: &[String]) -> Vec<u8> {
    let values: Result<Vec<Value>, _> = (0..names.len()).map(|place| row.get_ref(place).map(lossy)).collect();
    raw_row(names, &values.unwrap_or_default())
}

/// A value to show; text that is not UTF-8 becomes binary.
fn lossy(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Value::Text(text.into()),
            Err(_) => Value::Blob(bytes.into()),
        },
        ValueRef::Blob(bytes) => Value::Blob(bytes.into()),
    }
}

impl Reader for SqliteReader {
    fn schema(&self) -> SchemaRef {
        self.inner.schema()
    }

    fn next(&mut self) -> Result<Option<ReadBatch>, Problem> {
        self.inner.next()
    }

    fn mark(&self) -> Option<String> {
        self.inner.mark()
    }

    fn progress(&self) -> ReadProgress {
        self.inner.progress()
    }

    /// Of the database's file, which is known without reading the rows.
    fn digest(&mut self) -> Result<String, Problem> {
        SourceFile::open(&self.location)?.digest()
    }

    fn position(&self) -> Option<String> {
        self.inner.position()
    }
}
