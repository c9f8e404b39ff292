//! The log of a body while its node runs: appended to from anywhere, written by one thread.
//!
//! Whoever appends waits until the leaf is durable and under a signed head. While one commit is on its way to the disk the next
//! leaves gather, and go together in the next: nobody waits for a timer, and many appends share one `fsync`.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use concordat_record::Problem;
use concordat_sign::SigningKey;
use tokio::sync::{mpsc, oneshot};

use crate::disk::{Disk, Folder, disk_problem};
use crate::files::exchange_bytes;
use crate::journal::Item;
use crate::leaf::{Leaf, Salt};
use crate::reader::LogReader;
use crate::recovery;
use crate::writer::{Head, Writer};

/// Leaves that may wait; more appenders wait for a place, so memory stays bounded.
const QUEUE: usize = 4096;
/// Most leaves in one commit.
const BATCH: usize = 1024;
/// Most bytes of entries in one commit, roughly.
const BATCH_BYTES: usize = 4 << 20;

/// A log that is open for writing. Dropping it writes out what waits and lets the next writer in.
pub struct Log {
    reader: LogReader,
    commands: Option<mpsc::Sender<Command>>,
    writer: Option<JoinHandle<()>>,
}

enum Command {
    Append(Item, oneshot::Sender<Result<Appended, Problem>>),
    Erase(u64, oneshot::Sender<Result<(), Problem>>),
}

/// A leaf that is durable and in the tree.
pub struct Appended {
    /// Its place in the log, from zero.
    pub index: u64,
    entry: Vec<u8>,
    head: Arc<Head>,
    reader: LogReader,
}

impl Appended {
    /// The bytes of the leaf as they were logged.
    pub fn entry(&self) -> &[u8] {
        &self.entry
    }

    /// The signed head that the leaf is under, a note.
    pub fn checkpoint(&self) -> &str {
        &self.head.note
    }

    /// The proof under that head, as the text of a `.tlog-proof` file.
    ///
    /// # Errors
    /// Which file of the log is damaged.
    pub fn proof(&self) -> Result<String, Problem> {
        self.reader.prove(self.index, &self.entry, &self.head)
    }
}

impl Log {
    /// Opens the log in a folder, which is made if it is not there, and recovers it if it did not end cleanly. The log's name is
    /// that of the key.
    ///
    /// # Errors
    /// `prove.locked` when another program has it, or what is wrong with it and where.
    pub fn open(folder: &Path, key: SigningKey) -> Result<Self, Problem> {
        let disk = Folder::make(folder).map_err(|error| disk_problem("making its folder", "", &error))?;
        Self::on(Arc::new(disk), key)
    }

    pub(crate) fn on(disk: Arc<dyn Disk>, key: SigningKey) -> Result<Self, Problem> {
        let writer = recovery::open(Arc::clone(&disk), key)?;
        let reader = LogReader::of_writer(disk, writer.head());
        let (commands, waiting) = mpsc::channel(QUEUE);
        let for_writer = reader.clone();
        let thread = std::thread::Builder::new().name("log-writer".into());
        let thread = thread.spawn(move || run(writer, waiting, &for_writer));
        let thread = thread.map_err(|error| disk_problem("starting its thread", "", &error))?;
        Ok(Self { reader, commands: Some(commands), writer: Some(thread) })
    }

    /// Reads the same log.
    pub fn reader(&self) -> &LogReader {
        &self.reader
    }

    /// Appends a leaf and keeps its salt. Nothing of the exchange may leave the body before this has returned.
    ///
    /// Giving up the future does not take the leaf back.
    ///
    /// # Errors
    /// `prove.leaf-too-long`; `prove.disk` when there was no room (try again later); `prove.stopped` when the log has to be
    /// opened anew. After the last it is unknown whether the leaf is in the log.
    pub async fn append(&self, leaf: &Leaf, salt: Salt) -> Result<Appended, Problem> {
        let item = Item { exchange: exchange_bytes(&leaf.exchange), salt: salt.0, entry: leaf.to_entry()? };
        let (reply, answer) = oneshot::channel();
        self.send(Command::Append(item, reply)).await?;
        answer.await.map_err(|_| gone())?
    }

    /// Destroys the salt of a leaf: nobody can test a guess against the leaf any more, and every proof stays valid.
    ///
    /// # Errors
    /// `prove.not-logged`, `prove.stopped`.
    pub async fn erase(&self, index: u64) -> Result<(), Problem> {
        let (reply, answer) = oneshot::channel();
        self.send(Command::Erase(index, reply)).await?;
        answer.await.map_err(|_| gone())?
    }

    async fn send(&self, command: Command) -> Result<(), Problem> {
        match &self.commands {
            Some(commands) => commands.send(command).await.map_err(|_| gone()),
            None => Err(gone()),
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn gone() -> Problem {
    Problem::new("prove.stopped", "the log's writer has ended").advise("start the node again")
}

/// The writer's thread: takes what waits, commits it, answers.
fn run(mut writer: Writer, mut waiting: mpsc::Receiver<Command>, reader: &LogReader) {
    let mut next = waiting.blocking_recv();
    while let Some(command) = next.take() {
        match command {
            Command::Erase(index, reply) => drop(reply.send(writer.erase(index))),
            Command::Append(item, reply) => {
                let mut bytes = item.entry.len();
                let mut batch = vec![(item, reply)];
                while next.is_none() && batch.len() < BATCH && bytes < BATCH_BYTES {
                    match waiting.try_recv() {
                        Ok(Command::Append(item, reply)) => {
                            bytes += item.entry.len();
                            batch.push((item, reply));
                        }
                        Ok(other) => next = Some(other),
                        Err(_) => break,
                    }
                }
                commit(&mut writer, batch, reader);
            }
        }
        if next.is_none() {
            next = waiting.blocking_recv();
        }
    }
    // Whatever this leaves undone is in the journal.
    let _ = writer.settle();
}

fn commit(
    writer: &mut Writer,
    batch: Vec<(Item, oneshot::Sender<Result<Appended, Problem>>)>,
    reader: &LogReader,
) {
    let (items, replies): (Vec<Item>, Vec<_>) = batch.into_iter().unzip();
    let entries: Vec<Vec<u8>> = items.iter().map(|item| item.entry.clone()).collect();
    let committed = writer.commit(items);
    for ((offset, entry), reply) in (0..).zip(entries).zip(replies) {
        // Whoever has stopped waiting gets no answer, and the leaf stays.
        let _ = reply.send(committed.clone().map(|(first, head)| Appended {
            index: first + offset,
            entry,
            head,
            reader: reader.clone(),
        }));
    }
}

#[cfg(test)]
mod tests;
