//! Looks rows up by a prepared statement. The server reads each value as the type that it found for its parameter.

use std::error::Error as StdError;
use std::future::poll_fn;
use std::pin::pin;
use std::time::Duration;

use bytes::BytesMut;
use concordat_record::{Place, Problem};
use futures_util::Stream;
use tokio_postgres::types::{Format, FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Error, Row, Statement};

use super::copy::{Piece, piece};
use super::reader::{DIALECT, Described, Reading, describe};
use super::session::Session;
use crate::databases::asked::{Asked, not_taken};
use crate::databases::compared::Compared;
use crate::databases::feed::{Feed, Layout, Stop};
use crate::databases::lookup::{Bounds, Lookup};
use crate::databases::rows::From;
use crate::databases::{silent, within};

/// Connections that may wait for the next question: as many as a register usually asks at once.
const IDLE: usize = 4;

/// A connection with the statement that looks up.
pub(crate) struct Prepared {
    session: Session,
    statement: Statement,
    layout: Layout,
}

impl Lookup for Reading {
    type Ready = Prepared;
    const IDLE: usize = IDLE;

    fn place(&self) -> Place {
        self.server.place()
    }

    fn ready(&self, bounds: Bounds) -> Result<Prepared, Problem> {
        let session = Session::open(&self.server.bounded(bounds.within), &self.base)?;
        if let Some(within) = bounds.within {
            // The server gives up when nobody waits any more.
            let limit = format!("SET statement_timeout = {}", within.as_millis().max(1));
            session.run(session.client.batch_execute(&limit))?;
        }
        let asked = self.rows.asked()?;
        let described = describe(&session, &self.rows.from, self.infinity)?;
        let statement = session.prepare(&self.statement(&described, asked, bounds.most)?)?;
        let columns = described.columns.into_iter().map(|column| (column.name, column.of)).collect();
        let layout = Layout::new(self.server.place(), columns, None);
        Ok(Prepared { session, statement, layout })
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
        let Prepared { session, statement, layout } = ready;
        let limit = left.unwrap_or(session.server.answer_timeout);
        let quiet = || Stop::Failed(silent(&session.server));
        let failed = |error: Error| Stop::Failed(failed(session, &error));
        session.drive(async {
            let asked = session.client.query_raw(&*statement, values.iter().map(Written));
            let mut rows = pin!(within(limit, asked).await.ok_or_else(quiet)?.map_err(failed)?);
            loop {
                let row = within(limit, poll_fn(|context| rows.as_mut().poll_next(context))).await;
                let Some(row) = row.ok_or_else(quiet)? else { return Ok(()) };
                let message = as_copied(&row.map_err(failed)?);
                let Ok(Piece::Row(tuple)) = piece(&message) else { continue };
                let (names, types) = (&layout.names, &layout.types);
                feed.row(|columns| tuple.push(columns, self.infinity), || tuple.raw(names, types))?;
            }
        })
    }
}

impl Reading {
    fn statement(&self, described: &Described, asked: &Asked, most: Option<u64>) -> Result<String, Problem> {
        let fetched: Vec<&str> = described.columns.iter().map(|column| column.fetched.as_str()).collect();
        let mut sql = format!("SELECT {} FROM {}", fetched.join(", "), described.source);
        if let From::Table { .. } = &self.rows.from {
            let compared = Compared::find(asked, &described.columns, &self.server.place())?;
            sql = format!("{sql} WHERE {}", compared.condition(&DIALECT));
        }
        Ok(match most {
            Some(most) => format!("{sql} LIMIT {}", most.saturating_add(1)),
            None => sql,
        })
    }
}

/// A value that does not have the type of its parameter is told from one within the data by what PostgreSQL says of the place:
/// `unnamed portal parameter $1`, in whatever language.
fn failed(session: &Session, error: &Error) -> Problem {
    let is_given = error.as_db_error().is_some_and(|said| {
        said.code().code().starts_with("22") && said.where_().is_some_and(|place| place.contains('$'))
    });
    if is_given {
        return not_taken("a value has not the type of what it is compared with").at(session.server.place());
    }
    session.failed(error)
}

/// A value as people write it.
#[derive(Debug)]
struct Written<'a>(&'a String);

impl ToSql for Written<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        out.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}

/// The bytes of a value of any type.
struct Bytes<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Bytes<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A row in the form of a copy: number of values, then each with its length. So a row is decoded in one way only.
fn as_copied(row: &Row) -> Vec<u8> {
    let mut message = u16::try_from(row.len()).unwrap_or_default().to_be_bytes().to_vec();
    for place in 0..row.len() {
        match row.try_get::<_, Option<Bytes<'_>>>(place).ok().flatten() {
            Some(Bytes(value)) => {
                message.extend_from_slice(&i32::try_from(value.len()).unwrap_or(i32::MAX).to_be_bytes());
                message.extend_from_slice(value);
            }
            None => message.extend_from_slice(&(-1i32).to_be_bytes()),
        }
    }
    message
}
