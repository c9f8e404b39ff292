//! Looks rows up by a prepared statement; values go to the server apart from it, as texts.

use std::time::Duration;

use concordat_record::{Place, Problem};
use mysql_async::prelude::Queryable;
use mysql_async::{Column, Error, Params, Statement, Value};

use super::decode::raw;
use super::failures::failed;
use super::reader::{DIALECT, Described, Reading, fill};
use super::session::Session;
use super::types::map;
use crate::databases::asked::Asked;
use crate::databases::compared::{Compared, fit};
use crate::databases::feed::{Feed, Layout, Stop};
use crate::databases::lookup::{Bounds, Lookup};
use crate::databases::rows::From;
use crate::databases::server::Server;
use crate::databases::values::ColumnType;
use crate::databases::{silent, within};

/// A connection with the statement that looks up.
pub(crate) struct Prepared {
    session: Session,
    statement: Statement,
    layout: Layout,
    /// The types of the columns of a table that are asked by; nothing is known of a query's parameters.
    compared: Vec<ColumnType>,
}

impl Lookup for Reading {
    type Ready = Prepared;
    const IDLE: usize = 4;

    fn place(&self) -> Place {
        self.server.place()
    }

    fn ready(&self, bounds: Bounds) -> Result<Prepared, Problem> {
        let mut session = Session::open(&self.server.bounded(bounds.within), &self.base)?;
        let asked = self.rows.asked()?;
        let described = self.describe(&mut session)?;
        let (sql, compared) = self.statement(&described, asked)?;
        session.bound(bounds.within, bounds.most)?;
        let prepared = session.prepare(&sql)?;
        let statement = prepared.map_err(|error| failed(&self.server, &error))?;
        let columns = described.columns.into_iter().map(|column| (column.name, column.of)).collect();
        let layout = Layout::new(self.server.place(), columns, None);
        Ok(Prepared { session, statement, layout, compared })
    }

    fn layout(ready: &Prepared) -> &Layout {
        &ready.layout
    }

    fn rows(
        &self,
        ready: &mut Prepared,
        values: &[String],
        left: Option<Duration>,
        feed: &mut Feed,
    ) -> Result<(), Stop> {
        let Prepared { session, statement, layout, compared } = ready;
        fit(&DIALECT, compared, values, &self.place())?;
        let values = values.iter().map(|value| Value::Bytes(value.as_bytes().to_vec())).collect();
        session.drive(async |conn, server| {
            let limit = left.unwrap_or(server.answer_timeout);
            let said = |error: Error| Stop::Failed(failed(server, &error));
            let quiet = || Stop::Failed(silent(server));
            let asked = conn.exec_iter(&*statement, Params::Positional(values));
            let mut result = within(limit, asked).await.ok_or_else(quiet)?.map_err(said)?;
            if !are_still(layout, result.columns_ref()) {
                return Err(Stop::Failed(out_of_date(server)));
            }
            while let Some(row) = within(limit, result.next()).await.ok_or_else(quiet)?.map_err(said)? {
                let values = row.unwrap();
                let (names, types) = (&layout.names, &layout.types);
                feed.row(|columns| fill(columns, &values, self.zero_dates), || raw(names, types, &values))?;
            }
            Ok(())
        })
    }
}

impl Reading {
    /// The statement, and the types of the columns that are compared.
    fn statement(&self, described: &Described, asked: &Asked) -> Result<(String, Vec<ColumnType>), Problem> {
        if let From::Query(query) = &self.rows.from {
            // As it is: a query within another one loses its order, and must not have two columns of one name.
            return Ok((query.clone(), Vec::new()));
        }
        let compared = Compared::find(asked, &described.columns, &self.place())?;
        let sql = format!("SELECT * FROM {} WHERE {}", described.source, compared.condition(&DIALECT));
        Ok((sql, compared.types()))
    }
}

/// Whether columns are those that the statement had when it was prepared: a server prepares it anew, unasked, when a table was altered.
fn are_still(layout: &Layout, columns: &[Column]) -> bool {
    layout.names.len() == columns.len()
        && layout
            .names
            .iter()
            .zip(&layout.types)
            .zip(columns)
            .all(|((name, of), column)| column.name_str() == *name && map(column) == *of)
}

fn out_of_date(server: &Server) -> Problem {
    Problem::new("database.ended", "a table was altered while it was asked")
        .at(server.place())
        .advise("ask again")
}
