//! Looks rows up by a statement with parameters. The file is opened for each question: that costs little, and a file that another one
//! has taken the place of is not read from the grave.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use concordat_record::{Place, Problem};
use rusqlite::{InterruptHandle, params_from_iter};

use super::columns::declared_type;
use super::database::{Database, Declared, Rows, failed};
use super::kind::SqliteOptions;
use super::reader::{DIALECT, fill, raw};
use crate::databases::asked::{Asked, not_live};
use crate::databases::feed::{Feed, Layout, Stop};
use crate::databases::lexer::{Quoting, Token, placed_tokens};
use crate::databases::lookup::{Bounds, Lookup};
use crate::databases::no_such_parameter;
use crate::databases::placeholders::placeholder;
use crate::kinds::Location;

/// Looks up for one question.
#[derive(Clone)]
pub(crate) struct SqliteLookup {
    options: SqliteOptions,
    location: Location,
    /// What stops the statement once nobody waits for it.
    running: Arc<Mutex<Option<InterruptHandle>>>,
}

/// A database with the statement that looks up.
pub(crate) struct Prepared {
    database: Database,
    sql: String,
    layout: Layout,
}

impl SqliteLookup {
    pub fn new(options: &SqliteOptions, at: &Location) -> Self {
        Self { options: options.clone(), location: at.clone(), running: Arc::default() }
    }
}

impl Lookup for SqliteLookup {
    type Ready = Prepared;
    const IDLE: usize = 0;

    fn place(&self) -> Place {
        Place::file(&self.location.path)
    }

    fn ready(&self, bounds: Bounds) -> Result<Prepared, Problem> {
        let database = Database::open(&self.location, self.options.immutable)?;
        if let Some(within) = bounds.within {
            let said = |error| failed(&database.shown, &error);
            database.connection.busy_timeout(within).map_err(said)?;
        }
        let running = database.connection.get_interrupt_handle();
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
        let asked = self.options.asked.as_ref().ok_or_else(not_live)?;
        let whole = database.statement(&self.options.rows)?;
        let columns = match &self.options.rows {
            Rows::Query(query) => described(&database, query)?,
            rows => database.columns(rows, &whole)?,
        };
        let sql = match &self.options.rows {
            Rows::Query(_) | Rows::Unsaid => whole,
            Rows::Table(_) => format!("{whole} WHERE {}", conditions(&database, asked, &columns)?),
        };
        let columns = columns.into_iter().map(|column| (column.name, declared_type(&column.declared)));
        let layout = Layout::new(self.place(), columns.collect(), None);
        Ok(Prepared { database, sql, layout })
    }

    fn layout(ready: &Prepared) -> &Layout {
        &ready.layout
    }

    fn rows(
        &self,
        ready: &mut Prepared,
        values: &[String],
        _left: Option<Duration>,
        feed: &mut Feed,
    ) -> Result<(), Stop> {
        let Prepared { database, sql, layout } = ready;
        let failed = |error: rusqlite::Error| Stop::Failed(failed(&database.shown, &error));
        let mut statement = database.connection.prepare(sql).map_err(failed)?;
        let mut rows = statement.query(params_from_iter(values)).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            feed.row(|columns| fill(row, columns), || raw(row, &layout.names))?;
        }
        Ok(())
    }

    fn abandon(&self) {
        if let Some(running) = &*self.running.lock().unwrap_or_else(PoisonError::into_inner) {
            running.interrupt();
        }
    }
}

/// Which rows of a table have the values. SQLite takes an unknown name in quotation marks for a text, so names are looked for here.
fn conditions(database: &Database, asked: &Asked, columns: &[Declared]) -> Result<String, Problem> {
    let mut conditions = Vec::new();
    for (place, name) in asked.names.iter().enumerate() {
        if !columns.iter().any(|column| column.name == *name) {
            let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
            return Err(no_such_parameter(&Place::file(&database.shown), name, &names));
        }
        let column = DIALECT.name(name).unwrap_or_default();
        conditions.push(format!("{column} = {}", placeholder(Quoting::Sqlite, place)));
    }
    Ok(conditions.join(" AND "))
}

/// The columns of a query with the types that they have in their tables, or that `CAST` gives them, as SQLite tells them of a view; empty
/// for any other expression.
fn described(database: &Database, query: &str) -> Result<Vec<Declared>, Problem> {
    let said = |error| failed(&database.shown, &error);
    let connection = &database.connection;
    let statement = connection.prepare(query).map_err(said)?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let view = format!("CREATE TEMP VIEW \"concordat asks\" AS {}", without_parameters(query));
    let declared = || {
        connection.execute_batch("PRAGMA temp_store = MEMORY")?;
        connection.execute_batch(&view)?;
        let mut types =
            connection.prepare("SELECT type FROM pragma_table_xinfo('concordat asks', 'temp')")?;
        let types = types.query_map([], |row| row.get(0))?;
        types.collect::<Result<Vec<String>, _>>()
    };
    // What a table declares no type for is called a BLOB in a view: more often it is a text than an image.
    let known = |declared: String| if declared == "BLOB" { String::new() } else { declared };
    let mut types = declared().map_err(said)?.into_iter().map(known);
    Ok(names.into_iter().map(|name| Declared { name, declared: types.next().unwrap_or_default() }).collect())
}

/// A query with nulls for its parameters, which a view cannot have.
fn without_parameters(query: &str) -> String {
    let tokens = placed_tokens(query, Quoting::Sqlite).unwrap_or_default();
    let (mut text, mut copied) = (String::new(), 0);
    for pair in tokens.windows(2) {
        if let &[(begin, Token::Mark(b'?')), (behind, Token::Word(number))] = pair
            && behind == begin + 1
        {
            text.push_str(query.get(copied..begin).unwrap_or_default());
            text.push_str("NULL");
            copied = behind + number.len();
        }
    }
    text.push_str(query.get(copied..).unwrap_or_default());
    text
}
