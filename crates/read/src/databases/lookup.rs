//! Rows that are looked up by the values of one question: in time, few, and on a connection that may have served the one before.
//!
//! What a kind of database does itself stands behind [`Lookup`]; patience is that of every service ([`Caller`](crate::services::resilience::Caller)).

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use arrow::datatypes::SchemaRef;
use concordat_record::{Place, Problem, Problems};

use super::asked::{Asked, not_live};
use super::feed::{FedReader, Feed, Layout, Opened, Stop, collect};
use super::idle::Idle;
use super::on_own_thread;
use crate::kinds::Location;
use crate::reader::ReadBatch;
use crate::services::live::{Asking, Live};
use crate::services::resilience::Failure;

/// What one look-up may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// How long the server may work on it; as long as its own settings say when none.
    pub within: Option<Duration>,
    /// How many rows are of use; all when none.
    pub most: Option<u64>,
}

impl Bounds {
    /// Those of reading.
    pub const NONE: Self = Self { within: None, most: None };
}

/// Looks rows up in one kind of database.
pub(crate) trait Lookup: Clone + Send + 'static {
    /// A connection with its statement.
    type Ready: Send + 'static;

    /// How many of those may wait for the next question; none where opening costs little.
    const IDLE: usize;

    /// Where the rows come from, for problems.
    fn place(&self) -> Place;

    /// Connects and prepares the statement.
    fn ready(&self, bounds: Bounds) -> Result<Self::Ready, Problem>;

    /// What the rows look like.
    fn layout(ready: &Self::Ready) -> &Layout;

    /// Feeds the rows that have these values, in the order of placeholders. The server may be silent for `left`.
    fn rows(
        &self,
        ready: &mut Self::Ready,
        values: &[String],
        left: Option<Duration>,
        feed: &mut Feed,
    ) -> Result<(), Stop>;

    /// Nobody waits for the rows any more.
    fn abandon(&self) {}
}

/// Asks with the values of a question, until there is an answer, no time, or no point in it.
fn ask<L: Lookup>(
    lookup: &L,
    asked: &Asked,
    idle: &Arc<Idle<L::Ready>>,
    asking: &Asking,
) -> Result<ReadBatch, Problem> {
    let values = Arc::new(asked.values(&asking.parameters)?);
    let caller = &asked.caller;
    let within = asking.within.map_or(caller.timeout(), |within| within.min(caller.timeout()));
    let bounds = Bounds { within: Some(within), most: Some(asking.most_records) };
    caller.call(Some(caller.deadline(Some(within))), |left| {
        let one = One { lookup: lookup.clone(), idle: idle.clone(), values: values.clone(), bounds, left };
        one.in_time().map_err(|problem| {
            if may_pass(problem.code) { Failure::passing(problem) } else { Failure::lasting(problem) }
        })
    })
}

/// Whether the reason of a problem may pass by itself.
fn may_pass(code: &str) -> bool {
    const PASSING: [&str; 7] = [
        "service.late",
        "database.timeout",
        "database.refused",
        "database.no-such-host",
        "database.ended",
        "database.busy",
        "sqlite.locked",
    ];
    PASSING.contains(&code)
}

/// One attempt.
struct One<L: Lookup> {
    lookup: L,
    idle: Arc<Idle<L::Ready>>,
    values: Arc<Vec<String>>,
    bounds: Bounds,
    left: Duration,
}

impl<L: Lookup> One<L> {
    /// On a thread of its own: one that hangs is not waited for.
    fn in_time(self) -> Result<ReadBatch, Problem> {
        let (lookup, left) = (self.lookup.clone(), self.left);
        let place = lookup.place();
        let (give, get) = sync_channel(1);
        let work = move || {
            // Perhaps nobody waits any more.
            let _ = give.send(self.rows());
        };
        let ended = |why: &str| Problem::new("database.ended", why.to_owned()).at(place.clone());
        thread::Builder::new()
            .name("ask-database".into())
            .spawn(work)
            .map_err(|error| ended(&format!("no thread can be started: {error}")))?;
        get.recv_timeout(left).unwrap_or_else(|error| match error {
            RecvTimeoutError::Timeout => {
                lookup.abandon();
                Err(Problem::new("service.late", "there is no answer in the time allowed")
                    .at(place.clone())
                    .advise("is there an index for what is asked by? allow more with `timeout`"))
            }
            RecvTimeoutError::Disconnected => Err(ended("the asking of the database ended unexpectedly")),
        })
    }

    /// A connection that waited may have been closed meanwhile, or its statement be out of date: then a new one is asked.
    fn rows(&self) -> Result<ReadBatch, Problem> {
        if let Some(ready) = self.idle.take(self.bounds) {
            match self.rows_of(ready) {
                Err(problem) if matches!(problem.code, "database.ended" | "database.bad-query") => {}
                answer => return answer,
            }
        }
        self.rows_of(self.lookup.ready(self.bounds)?)
    }

    fn rows_of(&self, mut ready: L::Ready) -> Result<ReadBatch, Problem> {
        let layout = L::layout(&ready).clone();
        let most = self.bounds.most.unwrap_or(u64::MAX);
        let answer =
            collect(&layout, most, |feed| self.lookup.rows(&mut ready, &self.values, Some(self.left), feed))?;
        // After a failure nobody knows what is still on its way: only a connection that has answered serves again.
        self.idle.put(self.bounds, ready, L::IDLE);
        Ok(answer)
    }
}

/// Reads the rows that the values in the source file look up.
pub(crate) fn read<L: Lookup>(lookup: L, asked: &Asked) -> Result<FedReader, Problem> {
    let values = asked.values(&[])?;
    FedReader::start(&lookup.place(), move || {
        let mut ready = lookup.ready(Bounds::NONE)?;
        let layout = L::layout(&ready).clone();
        let work = move |feed: &mut Feed| lookup.rows(&mut ready, &values, None, feed);
        Ok(Opened { layout, total_records: None, work: Box::new(work) })
    })
}

/// All that has to hold before rows are looked up; none are.
pub(crate) fn check<L: Lookup>(lookup: L, asked: &Asked) -> Problems {
    let mut problems = Problems::none();
    problems.keep(asked.values(&[]));
    problems.keep(columns(lookup));
    problems
}

/// The columns of every answer.
fn columns<L: Lookup>(lookup: L) -> Result<SchemaRef, Problem> {
    on_own_thread(move || Ok(L::layout(&lookup.ready(Bounds::NONE)?).schema.clone()))
}

/// The options of a source whose rows can be looked up.
pub(crate) trait Asks: fmt::Debug + Send + Sync {
    type Of: Lookup;

    /// What they are looked up by.
    fn asked(&self) -> Option<&Asked>;

    fn lookup(&self, at: &Location) -> Self::Of;

    /// The connections that wait.
    fn idle(&self) -> &Arc<Idle<<Self::Of as Lookup>::Ready>>;
}

impl<A: Asks> Live for A {
    fn parameters(&self, _: &Location) -> Result<Vec<String>, Problem> {
        Ok(self.asked().ok_or_else(not_live)?.names.clone())
    }

    fn check(&self, _: &Location, names: &[&str]) -> Problems {
        self.asked().map_or_else(|| not_live().into(), |asked| asked.check(names))
    }

    fn columns(&self, at: &Location) -> Result<Option<SchemaRef>, Problem> {
        self.asked().ok_or_else(not_live)?;
        columns(self.lookup(at)).map(Some)
    }

    fn ask(&self, at: &Location, asking: &Asking) -> Result<ReadBatch, Problem> {
        ask(&self.lookup(at), self.asked().ok_or_else(not_live)?, self.idle(), asking)
    }
}

#[cfg(test)]
mod tests;
