//! Looks rows up by a statement with parameters; values go to the driver apart from it, as texts.

use std::time::Duration;

use concordat_record::{Place, Problem};
use odbc_api::parameter::VarWCharBox;

use super::kind::{OdbcLookup, OdbcOptions};
use super::reader::{Described, Walk, describe};
use super::session::Session;
use super::types::Mapped;
use crate::databases::asked::{Asked, not_live};
use crate::databases::compared::{Compared, fit};
use crate::databases::feed::{Feed, Layout, Stop};
use crate::databases::lookup::{Bounds, Lookup};
use crate::databases::rows::From;
use crate::databases::values::ColumnType;

/// A connection and the statement that looks up.
pub(crate) struct Prepared {
    session: Session,
    sql: String,
    layout: Layout,
    mapped: Vec<Mapped>,
    /// The types of the columns of a table that are asked by; nothing is known of a query's parameters.
    compared: Vec<ColumnType>,
}

impl Lookup for OdbcLookup {
    type Ready = Prepared;
    // A driver need not bear another thread than the one that connected.
    const IDLE: usize = 0;

    fn place(&self) -> Place {
        self.options.place()
    }

    fn ready(&self, bounds: Bounds) -> Result<Prepared, Problem> {
        let least = |usual: Duration| bounds.within.map_or(usual, |within| within.min(usual));
        // Drivers count whole seconds, and none of them means for ever.
        let seconds = |limit: Duration| limit.max(Duration::from_secs(1));
        let options = OdbcOptions {
            connect_timeout: seconds(least(self.options.connect_timeout)),
            answer_timeout: seconds(least(self.options.answer_timeout)),
            ..self.options.clone()
        };
        let session = Session::open(&options, &self.base)?;
        let asked = options.rows.asked.as_ref().ok_or_else(not_live)?;
        let described = describe(&session)?;
        let (sql, compared) = self.statement(&session, &described, asked)?;
        let columns = described.columns.into_iter().map(|column| (column.name, column.of)).collect();
        let layout = Layout::new(self.place(), columns, None);
        Ok(Prepared { session, sql, layout, mapped: described.mapped, compared })
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
        let Prepared { session, sql, layout, mapped, compared } = ready;
        fit(&session.dialect, compared, values, &self.place())?;
        let values: Vec<VarWCharBox> =
            values.iter().map(|value| VarWCharBox::from_str_slice(value)).collect();
        let walk = Walk { session, mapped: mapped.clone(), names: layout.names.clone() };
        walk.run(sql, &values, feed)
    }
}

impl OdbcLookup {
    /// The statement, and the types of the columns that are compared.
    fn statement(
        &self,
        session: &Session,
        described: &Described,
        asked: &Asked,
    ) -> Result<(String, Vec<ColumnType>), Problem> {
        if let From::Query(query) = &self.options.rows.from {
            return Ok((query.clone(), Vec::new()));
        }
        let compared = Compared::find(asked, &described.columns, &self.place())?;
        let sql =
            format!("SELECT * FROM {} WHERE {}", described.source, compared.condition(&session.dialect));
        Ok((sql, compared.types()))
    }
}
