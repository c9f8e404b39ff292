//! Opening a log: after a clean end, after a crash at any moment, or for the first time.
//!
//! What the journal promises is carried out again; what was cut off before it was durable is dropped; anything that fits neither
//! is refused with the place, for a log that guesses is worth nothing.

use std::sync::Arc;

use concordat_record::{Place, Problem};
use concordat_sign::SigningKey;

use crate::checkpoint::Checkpoint;
use crate::disk::{Disk, disk_problem};
use crate::files::{
    CHECKPOINT, EXCHANGE, EXCHANGES, LOCK, NEW_CHECKPOINT, damaged, exchange_bytes, missing, read_edge,
    read_entries,
};
use crate::journal::{Frame, JOURNAL, read_frames};
use crate::leaf::Leaf;
use crate::salts::{self, ERASING, SALTS};
use crate::tile::{Kind, TileName, encode_entry};
use crate::tree::{TILE_WIDTH, TileTree, edge_width, leaf_hash, tile_number};
use crate::writer::{Head, Tree, Writer};

/// Opens the log on a disk for its one writer.
///
/// # Errors
/// `prove.locked` when another has it; `prove.…-damaged`, `prove.…-missing` and `prove.behind` when it is not whole;
/// `prove.disk`.
pub(crate) fn open(disk: Arc<dyn Disk>, key: SigningKey) -> Result<Writer, Problem> {
    let lock = disk.lock(LOCK).map_err(|error| disk_problem("locking", LOCK, &error))?.ok_or_else(|| {
        Problem::new("prove.locked", "another program writes to this log")
            .at(Place::file(LOCK))
            .advise("a log has one writer: stop the other node, or give this one a folder of its own")
    })?;
    let journal = read_journal(&*disk)?;
    let frames = read_frames(&journal)?.frames;
    let begun = Begun { disk: &*disk, key: &key };
    let written = begun.written_head()?;
    let (tree, note) = match (frames.first(), frames.last(), written) {
        (Some(first), Some(last), written) => {
            check_not_behind(last, written.as_ref())?;
            (begun.tree(first.first)?, last.checkpoint.clone())
        }
        (_, _, Some(Ok((checkpoint, note)))) => (begun.tree_of(&checkpoint)?, note),
        (_, _, Some(Err(problem))) => return Err(problem),
        (_, _, None) => begun.begin()?,
    };
    let checkpoint = Checkpoint::verify(&note, key.verifier()).map_err(|problem| problem.in_file(JOURNAL))?;
    let head = Head { note, checkpoint, edge: tree.edge.clone() };
    let mut writer = Writer::new(disk, lock, key, tree, head, journal.len() as u64);
    writer.play(&frames)?;
    writer.check_salts()?;
    writer.resume_erasing()?;
    writer.complete_exchanges()?;
    writer.settle()?;
    Ok(writer)
}

/// The journal's bytes; it is made, durably, when there is none.
fn read_journal(disk: &dyn Disk) -> Result<Vec<u8>, Problem> {
    let problem = |error| disk_problem("opening", JOURNAL, &error);
    if let Some(journal) = disk.read(JOURNAL).map_err(problem)? {
        return Ok(journal);
    }
    disk.write(JOURNAL, &[]).map_err(problem)?;
    disk.sync(JOURNAL).map_err(problem)?;
    disk.sync_folder("").map_err(problem)?;
    Ok(Vec::new())
}

/// A head as it was found in its file, or what is wrong with it.
type Written = Result<(Checkpoint, String), Problem>;

/// A head that was shown is never taken back. One that cannot be read was torn by a crash, and the journal has it.
fn check_not_behind(last: &Frame, written: Option<&Written>) -> Result<(), Problem> {
    match written {
        Some(Ok((checkpoint, _))) if checkpoint.size > last.end() => {
            let sentence =
                format!("the journal ends at leaf {}, the checkpoint at {}", last.end(), checkpoint.size);
            Err(Problem::new("prove.behind", sentence)
                .at(Place::file(JOURNAL))
                .advise("the files are of different times: restore them together from one backup"))
        }
        _ => Ok(()),
    }
}

/// A log that is being opened.
struct Begun<'a> {
    disk: &'a dyn Disk,
    key: &'a SigningKey,
}

impl Begun<'_> {
    /// The head in its file; none when there is no file.
    fn written_head(&self) -> Result<Option<Written>, Problem> {
        let bytes =
            self.disk.read(CHECKPOINT).map_err(|error| disk_problem("reading", CHECKPOINT, &error))?;
        Ok(bytes.map(|bytes| {
            let note =
                String::from_utf8(bytes).map_err(|_| damaged(CHECKPOINT, "the checkpoint is not text", 0))?;
            match Checkpoint::verify(&note, self.key.verifier()) {
                Ok(checkpoint) => Ok((checkpoint, note)),
                Err(problem) => Err(problem.in_file(CHECKPOINT)),
            }
        }))
    }

    /// The tree of a size, from its unfinished tiles.
    fn tree(&self, size: u64) -> Result<Tree, Problem> {
        let edge = read_edge(self.disk, size)?;
        let width = edge_width(size, 0);
        let mut bundle = Vec::new();
        if width > 0 {
            let name = TileName { kind: Kind::Entries, number: tile_number(size, 0), width };
            let entries = read_entries(self.disk, name)?;
            let hashes = edge.levels().first().map(TileTree::hashes).unwrap_or_default();
            for (entry, hash) in entries.iter().zip(hashes) {
                if leaf_hash(entry) != *hash {
                    let sentence = "an entry does not have the hash that its tile says";
                    return Err(damaged(&name.to_string(), sentence, bundle.len() as u64));
                }
                encode_entry(&mut bundle, entry);
            }
        }
        Ok(Tree { edge, bundle })
    }

    fn tree_of(&self, checkpoint: &Checkpoint) -> Result<Tree, Problem> {
        let tree = self.tree(checkpoint.size)?;
        if tree.edge.root() == checkpoint.root {
            return Ok(tree);
        }
        Err(Problem::new("prove.tile-damaged", "the log's tiles do not add up to the root of its checkpoint")
            .at(Place::file(CHECKPOINT))
            .advise("verify the log to find the file that was altered"))
    }

    /// Begins a log without leaves, if there are none indeed.
    fn begin(&self) -> Result<(Tree, String), Problem> {
        let problem = |error| disk_problem("opening", CHECKPOINT, &error);
        let salts = self.disk.length(SALTS).map_err(problem)?.unwrap_or(0);
        if salts > 0 || !self.disk.list("tile").map_err(problem)?.is_empty() {
            return Err(missing(CHECKPOINT));
        }
        let tree = Tree::default();
        let note = Checkpoint::sign(0, tree.edge.root(), self.key)?;
        self.disk.write(NEW_CHECKPOINT, note.as_bytes()).map_err(problem)?;
        self.disk.sync(NEW_CHECKPOINT).map_err(problem)?;
        self.disk.rename(NEW_CHECKPOINT, CHECKPOINT).map_err(problem)?;
        Ok((tree, note))
    }
}

impl Writer {
    /// Carries out again what the journal promises, and shows the head.
    fn play(&mut self, frames: &[Frame]) -> Result<(), Problem> {
        for frame in frames {
            let checkpoint = Checkpoint::verify(&frame.checkpoint, self.key.verifier())
                .map_err(|problem| problem.in_file(JOURNAL))?;
            let mut full = Vec::new();
            for item in &frame.items {
                full.extend(self.tree.append(&item.entry));
            }
            if checkpoint.size != frame.end() || checkpoint.root != self.tree.edge.root() {
                let sentence = format!(
                    "the leaves after {} do not add up to the root they were signed under",
                    frame.first
                );
                return Err(Problem::new("prove.journal-damaged", sentence)
                    .at(Place::file(JOURNAL))
                    .advise("a tile or the journal was altered: restore the log from its backup"));
            }
            self.write_frame(frame, full)?;
        }
        // Without frames the files are the only copy, so they are not touched.
        let Some(first) = frames.first() else { return Ok(()) };
        let shown = self.shown_head();
        self.publish(Arc::new(Head {
            note: shown.note.clone(),
            checkpoint: shown.checkpoint.clone(),
            edge: self.tree.edge.clone(),
        }))?;
        self.discard_strays(first.first)
    }

    /// There is a record for each leaf, destroyed or not.
    fn check_salts(&self) -> Result<(), Problem> {
        let length =
            self.disk.length(SALTS).map_err(|error| disk_problem("opening", SALTS, &error))?.unwrap_or(0);
        if length == self.tree.edge.size() * salts::RECORD as u64 {
            return Ok(());
        }
        let sentence = "there is not one salt for each leaf";
        Err(Problem::new("prove.salts-damaged", sentence)
            .at(Place::file(SALTS).byte(length))
            .advise("restore the salts from the backup of the same time as the log"))
    }

    /// An erasure that was cut off is carried out. A note that was not whole was not durable: nothing had been begun.
    fn resume_erasing(&mut self) -> Result<(), Problem> {
        let note = self.disk.read(ERASING).map_err(|error| disk_problem("opening", ERASING, &error))?;
        let index = note.and_then(|note| note.try_into().ok()).map(u64::from_be_bytes);
        match index {
            Some(index) if index < self.tree.edge.size() => self.finish_erasing(index),
            _ => Ok(()),
        }
    }

    /// The list of exchange ids can be made again from the entries, so it is.
    fn complete_exchanges(&mut self) -> Result<(), Problem> {
        let problem = |error| disk_problem("opening", EXCHANGES, &error);
        let size = self.tree.edge.size();
        let length = self.disk.length(EXCHANGES).map_err(problem)?.unwrap_or(0);
        if length == size * EXCHANGE as u64 {
            return Ok(());
        }
        for number in 0..size.div_ceil(TILE_WIDTH as u64) {
            let first = number * TILE_WIDTH as u64;
            let width = usize::try_from(size - first).map_or(TILE_WIDTH, |rest| rest.min(TILE_WIDTH));
            let mut ids = Vec::new();
            for entry in read_entries(&*self.disk, TileName { kind: Kind::Entries, number, width })? {
                ids.extend(exchange_bytes(&Leaf::from_entry(&entry)?.exchange));
            }
            self.write_at(EXCHANGES, first * EXCHANGE as u64, &ids)?;
        }
        self.disk.truncate(EXCHANGES, size * EXCHANGE as u64).map_err(problem)
    }
}

#[cfg(test)]
mod tests;
