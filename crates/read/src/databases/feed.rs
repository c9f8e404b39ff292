//! Rows on their way from a database to the reader: decoded on a thread of their own, a few batches ahead at most.
//!
//! The thread owns the connection, because rows borrow it; it ends with the rows, or when nobody listens any more. The rows of an answer
//! to a question go the same way, and are few.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{Field, SchemaRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use aws_lc_rs::digest::{Context, SHA256};
use concordat_record::{Place, Problem};

use super::values::{Column, ColumnType, Misfit};
use crate::file::hexadecimal;
use crate::names::unique_names;
use crate::reader::{
    BATCH_RECORDS, ReadBatch, ReadProgress, Reader, Reject, batch_with_origin, inconsistent,
    schema_with_origin,
};

/// Batches that wait to be taken.
const AHEAD: usize = 2;
/// A batch ends at the first row after this many bytes of text and binary values.
const BATCH_BYTES: usize = 8 << 20;
/// An answer has no more batches than this.
const ANSWER_BATCHES: usize = 8;
/// How much of a rejected row is kept.
const RAW_BYTES: usize = 64 << 10;

/// What the rows of a source look like.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// Where the rows come from, for problems: `host:port/database`.
    pub place: Place,
    /// The names of the columns, as the database has them.
    pub names: Vec<String>,
    pub types: Vec<ColumnType>,
    pub schema: SchemaRef,
    /// The column by which a later reading goes on; the rows come in its order.
    pub cursor: Option<usize>,
}

impl Layout {
    pub fn new(place: Place, columns: Vec<(String, ColumnType)>, cursor: Option<usize>) -> Self {
        let (names, types): (Vec<String>, Vec<ColumnType>) = columns.into_iter().unzip();
        let fields = field_names(&names).into_iter().zip(&types);
        let schema = schema_with_origin(fields.map(|(name, of)| Field::new(name, of.data_type(), true)));
        Self { place, names, types, schema, cursor }
    }
}

/// The names of the columns in batches.
pub(crate) fn field_names(names: &[String]) -> Vec<String> {
    let chains: Vec<Vec<&str>> = names.iter().map(|name| vec![name.as_str()]).collect();
    unique_names(&chains)
}

enum Message {
    Batch(ReadBatch),
    Failed(Problem),
    End,
}

/// Why the rows end before their end.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Nobody listens any more.
    Deserted,
    Failed(Problem),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

/// Takes a batch; the rows end when it cannot.
type Give = Box<dyn FnMut(ReadBatch) -> Result<(), Stop>>;

/// The end of the thread: takes rows, gives batches.
pub(crate) struct Feed {
    layout: Arc<Layout>,
    give: Give,
    /// One row more is too many.
    most: u64,
    columns: Vec<Column>,
    numbers: Vec<u64>,
    rejects: Vec<Reject>,
    bytes: usize,
    next_number: u64,
}

impl Feed {
    fn new(layout: Arc<Layout>, most: u64, give: Give) -> Self {
        let columns = fresh(&layout);
        let (numbers, rejects) = (Vec::new(), Vec::new());
        Self { layout, give, most, columns, numbers, rejects, bytes: 0, next_number: 1 }
    }

    /// Adds a row. `decode` fills each column once and says how many bytes it added, or which column's value does not fit;
    /// `raw` gives the row as it came, for quarantine.
    pub fn row(
        &mut self,
        decode: impl FnOnce(&mut [Column]) -> Result<usize, (usize, Misfit)>,
        raw: impl FnOnce() -> Vec<u8>,
    ) -> Result<(), Stop> {
        let number = self.next_number;
        if number > self.most {
            return Err(Stop::Failed(too_many(self.most)));
        }
        self.next_number += 1;
        match decode(&mut self.columns) {
            Ok(bytes) => {
                self.bytes += bytes;
                self.numbers.push(number);
            }
            Err((column, misfit)) => {
                let kept = self.numbers.len();
                self.columns.iter_mut().for_each(|column| column.truncate(kept));
                let mut raw = raw();
                raw.truncate(RAW_BYTES);
                self.bytes += raw.len();
                self.rejects.push(self.reject(number, column, misfit, raw));
            }
        }
        if self.numbers.len() + self.rejects.len() >= BATCH_RECORDS || self.bytes >= BATCH_BYTES {
            self.give()?;
        }
        Ok(())
    }

    fn reject(&self, number: u64, column: usize, misfit: Misfit, raw: Vec<u8>) -> Reject {
        let name = self.layout.names.get(column).map_or("", String::as_str);
        let of = self.layout.types.get(column).copied().unwrap_or(ColumnType::Text);
        let place = self.layout.place.clone().record(number).field(name);
        let problem = Problem::new("database.does-not-fit", misfit.sentence(of)).at(place);
        Reject { problem: problem.advise(misfit.advice()), record_number: number, byte_offset: None, raw }
    }

    fn give(&mut self) -> Result<(), Stop> {
        let columns = std::mem::replace(&mut self.columns, fresh(&self.layout));
        let columns = columns.into_iter().map(Column::finish).collect();
        let numbers = std::mem::take(&mut self.numbers);
        let batch = batch_with_origin(&self.layout.schema, columns, numbers, None)?;
        let rejects = std::mem::take(&mut self.rejects);
        self.bytes = 0;
        (self.give)(ReadBatch { batch, rejects })
    }

    /// Gives what is left behind the last row.
    fn finish(&mut self) -> Result<(), Stop> {
        if self.numbers.is_empty() && self.rejects.is_empty() { Ok(()) } else { self.give() }
    }
}

fn fresh(layout: &Layout) -> Vec<Column> {
    layout.types.iter().map(|of| of.column(BATCH_RECORDS)).collect()
}

/// Feeds all rows, then says how it ended.
fn feed(layout: Arc<Layout>, sender: &SyncSender<Message>, work: Work) {
    let batches = sender.clone();
    let give = move |batch| batches.send(Message::Batch(batch)).map_err(|_| Stop::Deserted);
    let mut feed = Feed::new(layout, u64::MAX, Box::new(give));
    let last = match work(&mut feed).and_then(|()| feed.finish()) {
        Ok(()) => Message::End,
        Err(Stop::Failed(problem)) => Message::Failed(problem),
        Err(Stop::Deserted) => return,
    };
    let _ = sender.send(last);
}

/// The rows of an answer as one batch, if they are no more than `most`.
///
/// # Errors
/// What `work` finds; `service.too-many`.
pub(crate) fn collect(
    layout: &Layout,
    most: u64,
    work: impl FnOnce(&mut Feed) -> Result<(), Stop>,
) -> Result<ReadBatch, Problem> {
    let (sender, batches) = channel();
    let mut given = 0;
    let give = move |batch| {
        given += 1;
        if given > ANSWER_BATCHES {
            return Err(Stop::Failed(too_large()));
        }
        sender.send(batch).map_err(|_| Stop::Deserted)
    };
    let mut feed = Feed::new(Arc::new(layout.clone()), most, Box::new(give));
    match work(&mut feed).and_then(|()| feed.finish()) {
        Ok(()) => {}
        Err(Stop::Failed(problem)) => return Err(problem),
        Err(Stop::Deserted) => return Err(Problem::new("database.ended", "the answer was not taken")),
    }
    drop(feed);
    let (batches, rejects): (Vec<RecordBatch>, Vec<Vec<Reject>>) =
        batches.into_iter().map(|read| (read.batch, read.rejects)).unzip();
    let batch = concat_batches(&layout.schema, &batches).map_err(|error| inconsistent(&error))?;
    Ok(ReadBatch { batch, rejects: rejects.concat() })
}

fn too_many(most: u64) -> Problem {
    let sentence = format!("the answer has more than {most} records");
    Problem::new("service.too-many", sentence).advise("ask for something narrower")
}

fn too_large() -> Problem {
    let megabytes = (ANSWER_BATCHES * BATCH_BYTES) >> 20;
    Problem::new(
        "database.too-large",
        format!("the answer has more than {megabytes} MB of texts and binary values"),
    )
    .advise("leave large columns out: write a `query` that names those needed")
}

/// Reads what a thread feeds.
pub(crate) struct FedReader {
    layout: Arc<Layout>,
    batches: Receiver<Message>,
    progress: ReadProgress,
    position: Option<String>,
    hash: Context,
    ended: bool,
}

/// Feeds the rows, to their end.
pub(crate) type Work = Box<dyn FnOnce(&mut Feed) -> Result<(), Stop>>;

/// A source that is open, on the thread that reads it.
pub(crate) struct Opened {
    pub layout: Layout,
    /// How many rows there are, as the database believes.
    pub total_records: Option<u64>,
    pub work: Work,
}

impl FedReader {
    /// Starts the thread; it opens the source, then feeds its rows.
    ///
    /// # Errors
    /// What opening it finds.
    pub fn start(
        place: &Place,
        open: impl FnOnce() -> Result<Opened, Problem> + Send + 'static,
    ) -> Result<Self, Problem> {
        let (announce, announced) = sync_channel(1);
        let (sender, batches) = sync_channel(AHEAD);
        let run = move || {
            let opened = match open() {
                Ok(opened) => opened,
                Err(problem) => {
                    // Nobody waits any more when this fails; the same holds below.
                    let _ = announce.send(Err(problem));
                    return;
                }
            };
            let layout = Arc::new(opened.layout);
            if announce.send(Ok((layout.clone(), opened.total_records))).is_ok() {
                feed(layout, &sender, opened.work);
            }
        };
        let ended = |why: &str| Problem::new("database.ended", why.to_owned()).at(place.clone());
        thread::Builder::new()
            .name("read-database".into())
            .spawn(run)
            .map_err(|error| ended(&format!("no thread can be started: {error}")))?;
        let announced = announced.recv().map_err(|_| ended("the database could not be opened"))?;
        let (layout, total_records) = announced?;
        let progress = ReadProgress { total_records, ..ReadProgress::default() };
        Ok(Self { layout, batches, progress, position: None, hash: Context::new(&SHA256), ended: false })
    }

    /// Whether all rows have been taken.
    pub fn is_read_to_its_end(&self) -> bool {
        self.ended
    }

    /// Counts a batch.
    fn take(&mut self, batch: &ReadBatch) {
        self.progress.records += (batch.batch.num_rows() + batch.rejects.len()) as u64;
        self.progress.rejected += batch.rejects.len() as u64;
        for column in batch.batch.columns() {
            digest_column(&mut self.hash, column);
        }
        for reject in &batch.rejects {
            self.hash.update(&reject.raw);
        }
        if let Some(position) = self.layout.cursor.and_then(|cursor| last_value(batch.batch.column(cursor))) {
            self.position = Some(position);
        }
    }
}

impl Reader for FedReader {
    fn schema(&self) -> SchemaRef {
        self.layout.schema.clone()
    }

    fn next(&mut self) -> Result<Option<ReadBatch>, Problem> {
        if self.ended {
            return Ok(None);
        }
        let message = self.batches.recv();
        self.ended = !matches!(message, Ok(Message::Batch(_)));
        match message {
            Ok(Message::Batch(batch)) => {
                self.take(&batch);
                Ok(Some(batch))
            }
            Ok(Message::End) => Ok(None),
            Ok(Message::Failed(problem)) => Err(problem),
            Err(_) => Err(Problem::new("database.ended", "the reading of the database ended unexpectedly")
                .at(self.layout.place.clone())),
        }
    }

    fn progress(&self) -> ReadProgress {
        self.progress
    }

    fn digest(&mut self) -> Result<String, Problem> {
        while self.next()?.is_some() {}
        Ok(hexadecimal(self.hash.clone().finish().as_ref()))
    }

    fn mark(&self) -> Option<String> {
        Some(hexadecimal(self.hash.clone().finish().as_ref()))
    }

    fn position(&self) -> Option<String> {
        self.position.clone()
    }
}

/// The values of a column as Arrow lays them out: the same rows give the same digest.
fn digest_column(hash: &mut Context, column: &ArrayRef) {
    let data = column.to_data();
    for buffer in data.buffers() {
        hash.update(buffer);
    }
    if let Some(nulls) = data.nulls() {
        hash.update(nulls.validity());
    }
}

/// The last value of a column as SQL writes it, null values aside.
fn last_value(column: &ArrayRef) -> Option<String> {
    let row = (0..column.len()).rev().find(|row| column.is_valid(*row))?;
    // Without a zone: the sessions are in UTC, and not every database reads one.
    let options = FormatOptions::new()
        .with_timestamp_format(Some("%Y-%m-%d %H:%M:%S%.6f"))
        .with_timestamp_tz_format(Some("%Y-%m-%d %H:%M:%S%.6f"));
    let formatter = ArrayFormatter::try_new(column.as_ref(), &options).ok()?;
    let mut text = String::new();
    write!(text, "{}", formatter.value(row)).ok()?;
    Some(text)
}
