//! Changes as rows: what happened, where and when it was committed, the key, and the row as it is now.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::datatypes::SchemaRef;
use concordat_record::Problem;

use super::Changes;
use super::pgoutput::{Lsn, Malformed, decode};
use super::rows::{ABOUT, Named, Translator};
use super::slot;
use crate::databases::feed::{FedReader, Feed, Layout, Opened, Stop};
use crate::databases::server::Server;
use crate::postgres::reader::{DIALECT, Described, Reading, copy, describe};
use crate::postgres::session::Session;
use crate::reader::{ReadBatch, ReadProgress, Reader};
use crate::wanted::Wanted;

/// Reads the changes of one table.
pub(crate) struct ChangesReader {
    inner: FedReader,
    /// Where the log goes on behind the last transaction that was read; zero when there was none.
    end: Arc<AtomicU64>,
}

/// A session in which slot, publication and table are as they must be.
pub(super) fn verified(changes: &Changes, reading: &Reading) -> Result<(Session, Described, Named), Problem> {
    let session = Session::open(&reading.server, &reading.base)?;
    let described = describe(&session, &reading.rows.from, reading.infinity)?;
    let sql = "SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.oid = $1::text::regclass";
    let row = session.run(session.client.query_one(sql, &[&described.source]))?;
    let named = Named { schema: row.get(0), table: row.get(1) };
    slot::verify(&session, changes, &named.schema, &named.table)?;
    Ok((session, described, named))
}

impl ChangesReader {
    pub fn start(changes: Changes, reading: Reading, wanted: &Wanted) -> Result<Self, Problem> {
        let after = match &wanted.after {
            Some(after) => position(&reading.server, after)?,
            None => Lsn::default(),
        };
        let end = Arc::new(AtomicU64::new(0));
        let reached = end.clone();
        let inner = FedReader::start(&reading.server.place(), move || {
            let (session, described, named) = verified(&changes, &reading)?;
            let columns = described.columns.iter().map(|column| (column.name.clone(), column.of));
            let all = ABOUT.iter().map(|(name, of)| ((*name).to_owned(), *of)).chain(columns).collect();
            let layout = Layout::new(session.server.place(), all, None);
            let translator = Translator::new(named, &described, reading.infinity, after);
            let work = move |feed: &mut Feed| peek(&session, &changes, translator, &reached, feed);
            Ok(Opened { layout, total_records: None, work: Box::new(work) })
        })?;
        Ok(Self { inner, end })
    }

    fn reached(&self) -> Option<Lsn> {
        let end = Lsn(self.end.load(Ordering::Acquire));
        (self.inner.is_read_to_its_end() && end != Lsn::default()).then_some(end)
    }
}

/// A position as [`Reader::position`] gave it.
pub(super) fn position(server: &Server, text: &str) -> Result<Lsn, Problem> {
    text.parse().map_err(|()| {
        Problem::new("database.cursor-value", "reading cannot go on from the position that was given")
            .at(server.place())
            .advise("positions of changes are written as `16/B374D848`")
    })
}

/// Feeds the changes behind the slot, and leaves it where it is.
fn peek(
    session: &Session,
    changes: &Changes,
    mut translator: Translator,
    reached: &AtomicU64,
    feed: &mut Feed,
) -> Result<(), Stop> {
    let unwritable = || {
        Problem::new("database.no-such-slot", "the name of the slot or publication cannot be written")
            .at(session.server.place().field("slot"))
    };
    let slot = DIALECT.text(&changes.slot).ok_or_else(unwritable)?;
    let publication = DIALECT.name(&changes.publication).and_then(|name| DIALECT.text(&name));
    let publication = publication.ok_or_else(unwritable)?;
    let sql = format!(
        "SELECT data FROM pg_logical_slot_peek_binary_changes({slot}, NULL, NULL, 'proto_version', '1', 'publication_names', {publication})"
    );
    let malformed = |Malformed| {
        Problem::new("database.failed", "the server describes a change in an unknown way")
            .at(session.server.place().field("slot"))
            .advise("please report it, with the version of the server")
    };
    copy(session, &sql, |row| {
        let message = decode(row.first().unwrap_or_default()).map_err(malformed)?;
        if let Some(end) = translator.translate(message, feed)? {
            reached.store(end.0, Ordering::Release);
        }
        Ok(())
    })
}

impl Reader for ChangesReader {
    fn schema(&self) -> SchemaRef {
        self.inner.schema()
    }

    fn next(&mut self) -> Result<Option<ReadBatch>, Problem> {
        self.inner.next()
    }

    fn progress(&self) -> ReadProgress {
        self.inner.progress()
    }

    fn digest(&mut self) -> Result<String, Problem> {
        self.inner.digest()
    }

    fn mark(&self) -> Option<String> {
        self.inner.mark()
    }

    fn position(&self) -> Option<String> {
        self.reached().map(|end| end.to_string())
    }
}
