//! Reading with all cores: one thread cuts a file into pieces at record boundaries, the others decode them, and the batches come out in
//! the order of the file.
//!
//! Cutting is cheap and has to be done in order; decoding is dear and does not. Only a few pieces are under way at a time, so memory is
//! bounded whatever the size of the file. Nothing starts before the first batch is asked for.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use arrow::datatypes::SchemaRef;
use concordat_record::Problem;

use crate::reader::{ReadBatch, ReadProgress, Reader};

/// Cuts a source into pieces, in order.
pub(crate) trait Cut: Send + 'static {
    /// Whole records, as they stand in the file.
    type Piece: Send + 'static;

    /// The next piece; none at the end.
    fn next(&mut self) -> Result<Option<Self::Piece>, Problem>;

    /// How many bytes of the file are done with.
    fn bytes_read(&self) -> u64;

    /// See [`Reader::mark`].
    fn mark(&self) -> String;

    /// See [`Reader::digest`].
    fn digest(&mut self) -> Result<String, Problem>;
}

impl<P: Send + 'static> Cut for Box<dyn Cut<Piece = P>> {
    type Piece = P;

    fn next(&mut self) -> Result<Option<P>, Problem> {
        self.as_mut().next()
    }

    fn bytes_read(&self) -> u64 {
        self.as_ref().bytes_read()
    }

    fn mark(&self) -> String {
        self.as_ref().mark()
    }

    fn digest(&mut self) -> Result<String, Problem> {
        self.as_mut().digest()
    }
}

/// Decodes pieces, each by itself.
pub(crate) trait Decode<P>: Send + Sync + 'static {
    /// How many records a piece has, good or bad.
    fn records(&self, piece: &P) -> u64;

    /// The records of a piece.
    fn decode(&self, piece: P) -> Result<ReadBatch, Problem>;
}

/// A [`Reader`] made of a [`Cut`] and a [`Decode`].
pub(crate) struct Pipeline<C: Cut, D: Decode<C::Piece>> {
    schema: SchemaRef,
    progress: ReadProgress,
    state: State<C>,
    decode: Arc<D>,
    /// The mark behind the last batch.
    mark: Option<String>,
    is_over: bool,
}

enum State<C> {
    Resting(C),
    Working(Work<C>),
    /// Between two states, and after a thread was lost.
    Lost,
}

struct Work<C> {
    results: Receiver<Decoded>,
    /// One for each piece that was cut and not yet given: a slow piece holds up those behind it, and memory stays bounded.
    under_way: Receiver<()>,
    /// Batches that came before those they follow.
    early: BTreeMap<u64, Decoded>,
    next: u64,
    cutter: JoinHandle<C>,
    decoders: Vec<JoinHandle<()>>,
}

/// A piece on its way.
struct Numbered<P> {
    stand: Stand,
    piece: Result<P, Problem>,
}

/// A piece's place in the order, and where the file stands behind it.
struct Stand {
    number: u64,
    bytes_read: u64,
    mark: String,
}

struct Decoded {
    stand: Stand,
    batch: Result<ReadBatch, Problem>,
}

impl<C: Cut, D: Decode<C::Piece>> Pipeline<C, D> {
    /// `progress` has what is known before reading: sizes and counts in all.
    pub fn new(schema: SchemaRef, progress: ReadProgress, cut: C, decode: D) -> Self {
        Self {
            schema,
            progress,
            state: State::Resting(cut),
            decode: Arc::new(decode),
            mark: None,
            is_over: false,
        }
    }

    fn start(&self, mut cut: C) -> Work<C> {
        let decoders = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MOST_DECODERS);
        let (pieces, waiting) = sync_channel::<Numbered<C::Piece>>(decoders);
        let (done, results) = sync_channel(decoders);
        let (begin, under_way) = sync_channel(decoders * PIECES_EACH);
        let waiting = Arc::new(Mutex::new(waiting));
        let decoders = (0..decoders)
            .map(|_| {
                let (decode, waiting, done) = (self.decode.clone(), waiting.clone(), done.clone());
                thread::spawn(move || work(decode.as_ref(), &waiting, &done))
            })
            .collect();
        let cutter = thread::spawn(move || {
            cut_all(&mut cut, &begin, &pieces);
            cut
        });
        Work { results, under_way, early: BTreeMap::new(), next: 0, cutter, decoders }
    }

    /// Ends the threads and gives the file back; what they had under way is lost.
    fn stop(&mut self) -> Result<&mut C, Problem> {
        self.state = match std::mem::replace(&mut self.state, State::Lost) {
            State::Working(work) => {
                drop((work.results, work.under_way));
                for decoder in work.decoders {
                    decoder.join().map_err(|_| lost())?;
                }
                State::Resting(work.cutter.join().map_err(|_| lost())?)
            }
            other => other,
        };
        match &mut self.state {
            State::Resting(cut) => Ok(cut),
            _ => Err(lost()),
        }
    }
}

/// More decoders than this wait for the thread that cuts.
const MOST_DECODERS: usize = 16;
/// Pieces that are under way for each decoder: enough that none waits while one piece takes long.
const PIECES_EACH: usize = 4;

fn cut_all<C: Cut>(cut: &mut C, begin: &SyncSender<()>, pieces: &SyncSender<Numbered<C::Piece>>) {
    for number in 0.. {
        if begin.send(()).is_err() {
            return;
        }
        let Some(piece) = cut.next().transpose() else { return };
        let failed = piece.is_err();
        let stand = Stand { number, bytes_read: cut.bytes_read(), mark: cut.mark() };
        if pieces.send(Numbered { stand, piece }).is_err() || failed {
            return;
        }
    }
}

fn work<P>(decode: &impl Decode<P>, waiting: &Mutex<Receiver<Numbered<P>>>, done: &SyncSender<Decoded>) {
    loop {
        let taken = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Numbered { stand, piece }) = taken else { return };
        // A decoder that panics must give a result like any other, or whoever waits for this piece would wait for ever.
        let decoded = catch_unwind(AssertUnwindSafe(|| piece.and_then(|piece| decode.decode(piece))));
        let batch = decoded.unwrap_or_else(|_| Err(lost()));
        if done.send(Decoded { stand, batch }).is_err() {
            return;
        }
    }
}

fn lost() -> Problem {
    Problem::new("read.inconsistent", "a thread that decoded records ended unexpectedly")
        .advise("this is a fault of the program; please report it with the source file")
}

impl<C: Cut> Work<C> {
    /// The next result in the order of the file; none at the end.
    fn next(&mut self) -> Option<Decoded> {
        loop {
            if let Some(decoded) = self.early.remove(&self.next) {
                self.next += 1;
                // INVARIANT: the piece was begun before it was cut, so this does not wait.
                let _ = self.under_way.recv();
                return Some(decoded);
            }
            let Ok(decoded) = self.results.recv() else { return None };
            self.early.insert(decoded.stand.number, decoded);
        }
    }
}

impl<C: Cut, D: Decode<C::Piece>> Reader for Pipeline<C, D> {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn next(&mut self) -> Result<Option<ReadBatch>, Problem> {
        self.state = match std::mem::replace(&mut self.state, State::Lost) {
            State::Resting(cut) if self.is_over => State::Resting(cut),
            State::Resting(cut) => State::Working(self.start(cut)),
            other => other,
        };
        let State::Working(work) = &mut self.state else { return Ok(None) };
        let Some(decoded) = work.next() else {
            self.is_over = true;
            self.progress.bytes_read = self.stop()?.bytes_read();
            return Ok(None);
        };
        let batch = decoded.batch?;
        self.progress.bytes_read = decoded.stand.bytes_read;
        self.mark = Some(decoded.stand.mark);
        self.progress.records += (batch.batch.num_rows() + batch.rejects.len()) as u64;
        self.progress.rejected += batch.rejects.len() as u64;
        Ok(Some(batch))
    }

    fn skip(&mut self, records: u64) -> Result<bool, Problem> {
        let State::Resting(cut) = &mut self.state else { return Ok(false) };
        let mut skipped = 0;
        while skipped < records {
            let Some(piece) = cut.next()? else { return Ok(false) };
            skipped += self.decode.records(&piece);
        }
        self.progress.records += skipped;
        self.progress.bytes_read = cut.bytes_read();
        self.mark = Some(cut.mark());
        Ok(skipped == records)
    }

    fn mark(&self) -> Option<String> {
        self.mark.clone()
    }

    fn progress(&self) -> ReadProgress {
        self.progress
    }

    fn digest(&mut self) -> Result<String, Problem> {
        self.is_over = true;
        self.stop()?.digest()
    }
}

#[cfg(test)]
mod tests;
