//! One database file, opened read-only, and what it holds.

use std::sync::Arc;

use concordat_fetch::OnDisk;
use concordat_record::{Place, Problem, nearest};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::databases::catalogue::{Catalogue, Table, TableColumn};
use crate::databases::nothing_to_read;
use crate::file::cannot_open;
use crate::kinds::Location;

/// Which rows to read.
#[derive(Clone, Debug)]
pub(crate) enum Rows {
    Table(String),
    Query(String),
    /// Not said yet: opening the source tells which tables there are.
    Unsaid,
}

/// A database that is only read.
pub(crate) struct Database {
    pub connection: Connection,
    /// Held because a private copy goes with it.
    _file: Arc<OnDisk>,
    /// The path as the source file has it, for problems.
    pub shown: String,
}

/// A column of a statement.
pub(crate) struct Declared {
    pub name: String,
    /// The type as the table declares it; empty for a query.
    pub declared: String,
}

impl Database {
    pub fn open(at: &Location, immutable: bool) -> Result<Self, Problem> {
        let file = at.on_disk()?;
        let path = file.path();
        file.open().map_err(|error| cannot_open(path, &at.path, &error))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = if immutable {
            let uri = format!("file:{}?immutable=1", percent_encoded(&path.to_string_lossy()));
            Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)
        } else {
            Connection::open_with_flags(path, flags)
        };
        let connection = connection.map_err(|error| failed(&at.path, &error))?;
        let database = Self { connection, _file: file, shown: at.path.clone() };
        // The file is first read here: what is no database shows now.
        database.tables()?;
        Ok(database)
    }

    /// The names of all tables and views that an application made.
    pub fn tables(&self) -> Result<Vec<String>, Problem> {
        let query = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name";
        let read = || {
            let mut statement = self.connection.prepare(query)?;
            let names = statement.query_map([], |row| row.get::<_, String>(0))?;
            names.collect::<Result<Vec<_>, _>>()
        };
        read().map_err(|error| failed(&self.shown, &error))
    }

    /// The statement that reads the rows.
    pub fn statement(&self, rows: &Rows) -> Result<String, Problem> {
        let sql = match rows {
            Rows::Table(table) => {
                let tables = self.tables()?;
                if !tables.iter().any(|known| known.eq_ignore_ascii_case(table)) {
                    return Err(self.no_such_table(table, &tables));
                }
                format!("SELECT * FROM {}", quoted(table))
            }
            Rows::Query(query) => query.clone(),
            Rows::Unsaid => {
                return Err(nothing_to_read(&Place::file(&self.shown), &self.catalogue()?.tables));
            }
        };
        let statement = self.connection.prepare(&sql).map_err(|error| self.bad_query(&error))?;
        if !statement.readonly() || statement.column_count() == 0 {
            return Err(Problem::new("sqlite.not-a-query", "the query does not only read rows")
                .at(Place::file(&self.shown).field("query"))
                .advise("write a single SELECT statement"));
        }
        Ok(sql)
    }

    /// The columns of a statement, with declared types where it reads a whole table.
    pub fn columns(&self, rows: &Rows, sql: &str) -> Result<Vec<Declared>, Problem> {
        let statement = self.connection.prepare(sql).map_err(|error| failed(&self.shown, &error))?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let declared = match rows {
            Rows::Table(table) => self.declared_types(table)?,
            Rows::Query(_) | Rows::Unsaid => Vec::new(),
        };
        let type_of = |name: &String| {
            declared
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, declared)| declared.clone())
                .unwrap_or_default()
        };
        Ok(names.into_iter().map(|name| Declared { declared: type_of(&name), name }).collect())
    }

    fn declared_types(&self, table: &str) -> Result<Vec<(String, String)>, Problem> {
        let read = || {
            let mut statement = self.connection.prepare("SELECT name, type FROM pragma_table_xinfo(?1)")?;
            let columns = statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?;
            columns.collect::<Result<Vec<(String, String)>, _>>()
        };
        read().map_err(|error| failed(&self.shown, &error))
    }

    /// How many rows a table has; none for a query, where counting may cost as much as reading.
    pub fn count(&self, rows: &Rows) -> Option<u64> {
        let Rows::Table(table) = rows else { return None };
        let sql = format!("SELECT count(*) FROM {}", quoted(table));
        let count: i64 = self.connection.query_row(&sql, [], |row| row.get(0)).ok()?;
        u64::try_from(count).ok()
    }

    /// The tables and views, with columns and, of tables, the highest number of a row, which costs nothing to know.
    pub fn catalogue(&self) -> Result<Catalogue, Problem> {
        let read = || {
            let mut statement = self.connection.prepare(
                "SELECT s.name, s.type = 'view', c.name, c.type, c.\"notnull\" FROM sqlite_schema s, pragma_table_info(s.name) c
                  WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite_%' ORDER BY s.name, c.cid",
            )?;
            let mut rows = statement.query([])?;
            let mut tables: Vec<Table> = Vec::new();
            while let Some(row) = rows.next()? {
                let name: String = row.get(0)?;
                if tables.last().is_none_or(|table| table.name != name) {
                    let is_view: bool = row.get(1)?;
                    let estimated_rows = if is_view { None } else { self.highest_row(&name) };
                    tables.push(Table { schema: None, name, is_view, estimated_rows, columns: Vec::new() });
                }
                let column = TableColumn {
                    name: row.get(2)?,
                    declared: row.get(3)?,
                    nullable: !row.get::<_, bool>(4)?,
                };
                if let Some(table) = tables.last_mut() {
                    table.columns.push(column);
                }
            }
            Ok(Catalogue { tables })
        };
        read().map_err(|error: rusqlite::Error| failed(&self.shown, &error))
    }

    fn highest_row(&self, table: &str) -> Option<u64> {
        let sql = format!("SELECT max(rowid) FROM {}", quoted(table));
        let highest: Option<i64> = self.connection.query_row(&sql, [], |row| row.get(0)).ok()?;
        u64::try_from(highest.unwrap_or(0)).ok()
    }

    fn no_such_table(&self, table: &str, tables: &[String]) -> Problem {
        let problem = Problem::new("sqlite.no-such-table", format!("the database has no table `{table}`"))
            .at(Place::file(&self.shown).field("table"));
        match nearest(table, tables.iter().map(String::as_str)) {
            Some(near) => problem.advise(format!("did you mean `{near}`?")),
            None if tables.is_empty() => problem.advise("it has no table at all: is it the right file?"),
            None => problem.advise(format!("its tables are {}", tables.join(", "))),
        }
    }

    fn bad_query(&self, error: &rusqlite::Error) -> Problem {
        Problem::new("sqlite.bad-query", format!("SQLite does not accept the query: {error}"))
            .at(Place::file(&self.shown).field("query"))
            .advise("try it with the `sqlite3` program on a copy of the file")
    }
}

/// A name as SQL quotes it.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A path in a `file:` URI (SQLite, "Uniform Resource Identifiers", §3.1).
fn percent_encoded(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// What SQLite says, for people.
pub(crate) fn failed(shown: &str, error: &rusqlite::Error) -> Problem {
    let (code, sentence, advice) = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => (
            "sqlite.not-a-database",
            format!("`{shown}` is not a SQLite database"),
            "check `path` and `kind`",
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
            "sqlite.locked",
            format!("`{shown}` is locked by another program"),
            "try again when that program has finished, or read a copy",
        ),
        Some(ErrorCode::DatabaseCorrupt) => {
            ("sqlite.corrupt", format!("`{shown}` is damaged"), "ask for a new copy, or restore a backup")
        }
        _ => (
            "sqlite.cannot-read",
            format!("`{shown}` cannot be read: {error}"),
            "if the file lies in a folder that cannot be written, set `immutable = true`",
        ),
    };
    Problem::new(code, sentence).at(Place::file(shown)).advise(advice)
}
