//! Reading on a thread of its own, a few batches ahead at most, for files whose libraries are not ours.
//!
//! The thread is also the boundary at which a fault of such a library ends: a damaged file that makes it panic is a problem of that file.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use arrow::datatypes::SchemaRef;
use concordat_record::{Place, Problem};

use crate::file::{SourceFile, cannot_read};
use crate::kinds::Location;
use crate::reader::{ReadBatch, ReadProgress, Reader};

/// Batches that wait to be taken.
const AHEAD: usize = 2;

/// Where a walk through a file puts its batches.
pub(crate) struct Sink(SyncSender<Result<ReadBatch, Problem>>);

impl Sink {
    /// Hands a batch on; false when nobody listens any more.
    pub fn send(&self, batch: ReadBatch) -> bool {
        self.0.send(Ok(batch)).is_ok()
    }
}

/// Reads what a thread has walked through.
pub(crate) struct Ahead {
    at: Location,
    schema: SchemaRef,
    batches: Receiver<Result<ReadBatch, Problem>>,
    walker: Option<thread::JoinHandle<()>>,
    progress: ReadProgress,
}

impl Ahead {
    /// Starts a walk. `progress` has what is known before: sizes and counts in all.
    pub fn start(
        at: &Location,
        schema: SchemaRef,
        progress: ReadProgress,
        walk: impl FnOnce(&Sink) -> Result<(), Problem> + Send + 'static,
    ) -> Result<Self, Problem> {
        let (sender, batches) = sync_channel(AHEAD);
        let run = move || {
            let sink = Sink(sender);
            if let Err(problem) = walk(&sink) {
                // Nobody listens any more when this fails: then there is nobody to tell.
                let _ = sink.0.send(Err(problem));
            }
        };
        let walker = thread::Builder::new().name("read-ahead".into()).spawn(run);
        let walker = walker.map_err(|error| cannot_read(&at.path, &error))?;
        Ok(Self { at: at.clone(), schema, batches, walker: Some(walker), progress })
    }
}

/// Does some work with a library on a thread of its own; a panic is a problem of the file.
pub(crate) fn apart<T: Send + 'static>(
    shown: &str,
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let worker = thread::Builder::new().name("read-apart".into()).spawn(work);
    let worker = worker.map_err(|error| cannot_read(shown, &error))?;
    worker.join().unwrap_or_else(|_| Err(damaged(shown)))
}

fn damaged(shown: &str) -> Problem {
    Problem::new("read.damaged", format!("`{shown}` is damaged in a way that stops the reading"))
        .at(Place::file(shown))
        .advise("ask for the file again, or open it in the program that wrote it and save it anew")
}

impl Reader for Ahead {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn next(&mut self) -> Result<Option<ReadBatch>, Problem> {
        let Ok(received) = self.batches.recv() else {
            return match self.walker.take().map(thread::JoinHandle::join) {
                Some(Err(_)) => Err(damaged(&self.at.path)),
                _ => Ok(None),
            };
        };
        let batch = received?;
        self.progress.records += (batch.batch.num_rows() + batch.rejects.len()) as u64;
        self.progress.rejected += batch.rejects.len() as u64;
        if let (Some(all), Some(bytes)) = (self.progress.total_records, self.progress.total_bytes) {
            let share = self.progress.records as f64 / all.max(1) as f64;
            self.progress.bytes_read = (bytes as f64 * share.min(1.0)) as u64;
        }
        Ok(Some(batch))
    }

    fn progress(&self) -> ReadProgress {
        self.progress
    }

    fn digest(&mut self) -> Result<String, Problem> {
        SourceFile::open(&self.at)?.digest()
    }
}
