//! What databases have in common: the SQL that is built, the types of columns, the way of rows to the reader, connections.
//!
//! The kinds `postgres`, `mysql`, `odbc` and `sqlite` are built on it. Left out on purpose: writing. No statement is built here but
//! queries, and a query that a person wrote is held to be one (`query`).

pub(crate) mod asked;
pub(crate) mod catalogue;
pub(crate) mod compared;
pub(crate) mod dialect;
pub(crate) mod feed;
pub(crate) mod idle;
pub(crate) mod lexer;
pub(crate) mod lookup;
pub(crate) mod placeholders;
mod problems;
pub(crate) mod query;
pub(crate) mod rows;
pub(crate) mod select;
pub(crate) mod server;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod text;
pub(crate) mod values;

pub use catalogue::{Catalogue, Table, TableColumn};
pub(crate) use problems::{
    no_such_cursor, no_such_parameter, no_such_table, nothing_to_read, silent, tls_failed, unreachable,
};

use crate::clues::{Candidate, Clue, Sample, Seen};
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use concordat_record::Problem;
use tokio::runtime::{Builder, Runtime};

/// A runtime for one connection, driven by the thread that reads.
pub(crate) fn runtime() -> Result<Runtime, Problem> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Problem::new("database.failed", format!("no connection can be made: {error}")))
}

/// Waits for something, but not for ever: none when it takes too long. A timer is set only when it is not there yet.
pub(crate) async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let ready = poll_fn(|context| {
        Poll::Ready(match work.as_mut().poll(context) {
            Poll::Ready(done) => Some(done),
            Poll::Pending => None,
        })
    });
    match ready.await {
        Some(done) => Some(done),
        None => tokio::time::timeout(limit, work).await.ok(),
    }
}

/// No file is a server.
pub(crate) fn no_file(_: &Sample) -> Option<Clue> {
    None
}

/// So no file has options for one.
#[expect(clippy::unnecessary_wraps, reason = "the form of what kinds with files have")]
pub(crate) fn no_proposal(_: &Seen<'_>) -> Result<Vec<Candidate>, Problem> {
    Ok(Vec::new())
}

/// Does something with a connection on a thread of its own, so that it can be asked for from within another runtime too.
pub(crate) fn on_own_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let failed = || Problem::new("database.failed", "the database could not be asked");
    std::thread::spawn(work).join().map_err(|_| failed())?
}
