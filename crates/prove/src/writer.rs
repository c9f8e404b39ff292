//! The one writer of a log: makes batches of leaves durable and spreads them out into tiles.
//!
//! A commit is one frame in the journal ([`crate::journal`]), synchronised; then tiles, salts and, last and in one step, the
//! checkpoint, none of them synchronised. When the journal has grown it is *settled*: everything is synchronised and the
//! journal emptied. So a commit costs one `fsync`, and at each moment either the files or the journal have everything.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use concordat_record::Problem;
use concordat_sign::SigningKey;

use crate::checkpoint::Checkpoint;
use crate::disk::{Disk, disk_problem};
use crate::files::{CHECKPOINT, EXCHANGE, EXCHANGES, NEW_CHECKPOINT};
use crate::journal::{Frame, Item, JOURNAL};
use crate::salts::{self, ERASING, SALTS};
use crate::tile::{Kind, TileName, encode_entry, encode_hashes};
use crate::tree::{Edge, leaf_hash, levels_of, tile_number};

/// The journal is settled when it is longer than this, in bytes: a few seconds of work to play again after a crash.
const LONGEST_JOURNAL: u64 = 4 << 20;

/// The head of the log as readers see it.
#[derive(Debug)]
pub(crate) struct Head {
    /// The signed note.
    pub note: String,
    pub checkpoint: Checkpoint,
    pub edge: Edge,
}

/// The newest head, handed over from the writer to readers.
pub(crate) type SharedHead = Arc<RwLock<Arc<Head>>>;

/// A tile or bundle to be written.
pub(crate) type TileFile = (TileName, Vec<u8>);

/// All that has to be remembered of the leaves so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    pub edge: Edge,
    /// The unfinished bundle of entries.
    pub bundle: Vec<u8>,
}

impl Tree {
    /// Appends an entry; gives the tiles that became full.
    pub(crate) fn append(&mut self, entry: &[u8]) -> Vec<TileFile> {
        encode_entry(&mut self.bundle, entry);
        let mut files = Vec::new();
        for tile in self.edge.push(leaf_hash(entry)) {
            if tile.level == 0 {
                files.push((TileName::full(Kind::Entries, tile.number), std::mem::take(&mut self.bundle)));
            }
            files.push((TileName::full(Kind::Hashes(tile.level), tile.number), encode_hashes(&tile.hashes)));
        }
        files
    }

    /// The unfinished tiles as they are now.
    pub(crate) fn unfinished(&self) -> Vec<TileFile> {
        let size = self.edge.size();
        let mut files = Vec::new();
        for (level, tile) in (0..).zip(self.edge.levels()) {
            let (number, width) = (tile_number(size, level), tile.hashes().len());
            if width > 0 {
                if level == 0 {
                    files.push((TileName { kind: Kind::Entries, number, width }, self.bundle.clone()));
                }
                let name = TileName { kind: Kind::Hashes(level), number, width };
                files.push((name, encode_hashes(tile.hashes())));
            }
        }
        files
    }
}

/// The writer.
pub(crate) struct Writer {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) key: SigningKey,
    pub(crate) tree: Tree,
    head: SharedHead,
    /// Bytes in the journal.
    journal: u64,
    /// Files written since the journal was last settled.
    unsettled: BTreeSet<String>,
    /// Unfinished tiles that were durable when the journal was last settled: it is played again from there, so they stay.
    base: BTreeSet<String>,
    /// Unfinished tiles of the head.
    partial: BTreeSet<String>,
    /// Why the writer has stopped for good.
    stopped: Option<Problem>,
    _lock: Box<dyn Send + Sync>,
}

impl Writer {
    pub(crate) fn new(
        disk: Arc<dyn Disk>,
        lock: Box<dyn Send + Sync>,
        key: SigningKey,
        tree: Tree,
        head: Head,
        journal: u64,
    ) -> Self {
        let base: BTreeSet<String> = tree.unfinished().iter().map(|(name, _)| name.to_string()).collect();
        Self {
            partial: base.clone(),
            base,
            unsettled: BTreeSet::new(),
            stopped: None,
            head: Arc::new(RwLock::new(Arc::new(head))),
            disk,
            key,
            tree,
            journal,
            _lock: lock,
        }
    }

    /// Where readers find the newest head.
    pub(crate) fn head(&self) -> SharedHead {
        Arc::clone(&self.head)
    }

    /// The newest head.
    pub(crate) fn shown_head(&self) -> Arc<Head> {
        Arc::clone(&self.head.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Appends leaves. When it returns they are durable, in the tree, and under the signed head that is given back together
    /// with the index of the first.
    ///
    /// # Errors
    /// `prove.disk` when there was no room: nothing was appended and the writer goes on. `prove.stopped` when it cannot be
    /// known what the disk holds: the writer does nothing more until the log is opened anew.
    pub(crate) fn commit(&mut self, items: Vec<Item>) -> Result<(u64, Arc<Head>), Problem> {
        self.check_running()?;
        let mut tree = self.tree.clone();
        let full = items.iter().flat_map(|item| tree.append(&item.entry)).collect::<Vec<_>>();
        let (size, root) = (tree.edge.size(), tree.edge.root());
        let note = Checkpoint::sign(size, root, &self.key)?;
        let frame = Frame { first: self.tree.edge.size(), checkpoint: note.clone(), items };
        self.stage(&frame)?;
        let checkpoint = Checkpoint { origin: self.key.name().into(), size, root };
        let head = Arc::new(Head { note, checkpoint, edge: tree.edge.clone() });
        self.tree = tree;
        let published = self.write_frame(&frame, full).and_then(|()| self.publish(Arc::clone(&head)));
        published.map_err(|problem| self.stop(problem))?;
        if self.journal > LONGEST_JOURNAL {
            // The leaves are safe in any case; a failure stops what comes after them.
            let _ = self.settle();
        }
        Ok((frame.first, head))
    }

    /// Makes a frame durable.
    fn stage(&mut self, frame: &Frame) -> Result<(), Problem> {
        let bytes = frame.encode();
        if let Err(error) = self.disk.write_at(JOURNAL, self.journal, &bytes) {
            let problem = disk_problem("writing", JOURNAL, &error);
            // What was written of it is taken back; if even that fails, nobody knows what the journal holds.
            let taken_back = self.disk.truncate(JOURNAL, self.journal);
            return Err(if taken_back.is_ok() { problem } else { self.stop(problem) });
        }
        // After a failed fsync the system may have dropped what it could not write, so trying again would prove nothing.
        let synced = self.disk.sync(JOURNAL);
        synced.map_err(|error| self.stop(disk_problem("making leaves durable", JOURNAL, &error)))?;
        self.journal += bytes.len() as u64;
        Ok(())
    }

    /// Spreads a frame out: full tiles, salts, exchange ids.
    pub(crate) fn write_frame(&mut self, frame: &Frame, full: Vec<TileFile>) -> Result<(), Problem> {
        for (name, bytes) in full {
            self.write_tile(name, &bytes)?;
        }
        let salts = (frame.first..).zip(&frame.items);
        let salts: Vec<u8> = salts.flat_map(|(index, item)| salts::encode(index, &item.salt)).collect();
        let exchanges: Vec<u8> = frame.items.iter().flat_map(|item| item.exchange).collect();
        self.write_at(SALTS, frame.first * salts::RECORD as u64, &salts)?;
        self.write_at(EXCHANGES, frame.first * EXCHANGE as u64, &exchanges)
    }

    /// Makes a head the one that readers see: unfinished tiles first, the checkpoint last.
    pub(crate) fn publish(&mut self, head: Arc<Head>) -> Result<(), Problem> {
        let mut partial = BTreeSet::new();
        for (name, bytes) in self.tree.unfinished() {
            // The name says what is in it. One that is there may be all that a recovery has to begin with: it is not touched.
            if !self.partial.contains(&name.to_string()) {
                self.write_tile(name, &bytes)?;
            }
            partial.insert(name.to_string());
        }
        self.write_checkpoint(&head.note)?;
        *self.head.write().unwrap_or_else(PoisonError::into_inner) = head;
        for path in std::mem::replace(&mut self.partial, partial) {
            if !self.partial.contains(&path) && !self.base.contains(&path) {
                self.discard(&path);
            }
        }
        Ok(())
    }

    fn write_checkpoint(&self, note: &str) -> Result<(), Problem> {
        let problem = |error| disk_problem("writing", CHECKPOINT, &error);
        self.disk.write(NEW_CHECKPOINT, note.as_bytes()).map_err(problem)?;
        self.disk.rename(NEW_CHECKPOINT, CHECKPOINT).map_err(problem)
    }

    fn write_tile(&mut self, name: TileName, bytes: &[u8]) -> Result<(), Problem> {
        let path = name.to_string();
        self.disk.write(&path, bytes).map_err(|error| disk_problem("writing", &path, &error))?;
        self.unsettled.insert(path);
        Ok(())
    }

    pub(crate) fn write_at(&mut self, path: &str, offset: u64, bytes: &[u8]) -> Result<(), Problem> {
        self.disk.write_at(path, offset, bytes).map_err(|error| disk_problem("writing", path, &error))?;
        self.unsettled.insert(path.into());
        Ok(())
    }

    /// Removes the unfinished tiles that a crash has left of the commits since the log had some size.
    pub(crate) fn discard_strays(&mut self, since: u64) -> Result<(), Problem> {
        let size = self.tree.edge.size();
        for level in 0..levels_of(size) {
            for number in tile_number(since, level)..=tile_number(size, level) {
                let kinds = [Some(Kind::Hashes(level)), (level == 0).then_some(Kind::Entries)];
                for kind in kinds.into_iter().flatten() {
                    let folder = TileName::full(kind, number).partial_folder();
                    let forms =
                        self.disk.list(&folder).map_err(|error| disk_problem("listing", &folder, &error))?;
                    for path in forms {
                        if !self.partial.contains(&path) && !self.base.contains(&path) {
                            self.discard(&path);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Removes an unfinished tile that a fuller one has replaced. One that stays does no harm, as long as it is made durable.
    fn discard(&mut self, path: &str) {
        if self.disk.remove(path).is_ok() {
            self.unsettled.remove(path);
        }
    }

    /// Makes everything durable and empties the journal.
    pub(crate) fn settle(&mut self) -> Result<(), Problem> {
        self.check_running()?;
        self.sync_files().map_err(|problem| self.stop(problem))?;
        let emptied = self.disk.truncate(JOURNAL, 0).and_then(|()| self.disk.sync(JOURNAL));
        emptied.map_err(|error| self.stop(disk_problem("emptying", JOURNAL, &error)))?;
        self.journal = 0;
        self.unsettled.clear();
        for path in std::mem::replace(&mut self.base, self.partial.clone()) {
            if !self.base.contains(&path) {
                self.discard(&path);
            }
        }
        Ok(())
    }

    fn sync_files(&self) -> Result<(), Problem> {
        let mut folders = BTreeSet::from([""]);
        let files: Vec<&str> = self.unsettled.iter().map(String::as_str).chain([CHECKPOINT]).collect();
        self.disk.sync_all(&files).map_err(|error| disk_problem("synchronising", CHECKPOINT, &error))?;
        for path in files {
            folders.extend(path.match_indices('/').map(|(end, _)| path.split_at(end).0));
        }
        for folder in folders {
            self.disk.sync_folder(folder).map_err(|error| disk_problem("synchronising", folder, &error))?;
        }
        Ok(())
    }

    /// Destroys the salt of a leaf, durably. The leaf, its proofs and the head stay as they are.
    ///
    /// # Errors
    /// `prove.not-logged`, or what stops the writer.
    pub(crate) fn erase(&mut self, index: u64) -> Result<(), Problem> {
        self.check_running()?;
        let size = self.tree.edge.size();
        if index >= size {
            return Err(crate::tree::not_logged(index, size));
        }
        // The journal may still hold the salt, and would bring it back after a crash.
        self.settle()?;
        let noted = self.disk.write(ERASING, &index.to_be_bytes()).and_then(|()| self.disk.sync(ERASING));
        let noted = noted.and_then(|()| self.disk.sync_folder(""));
        noted.map_err(|error| self.stop(disk_problem("destroying a salt", ERASING, &error)))?;
        self.finish_erasing(index)
    }

    /// Carries out an erasure that has been noted: cut off in the middle, it is begun again when the log is opened.
    pub(crate) fn finish_erasing(&mut self, index: u64) -> Result<(), Problem> {
        let destroyed = self.disk.write_at(SALTS, index * salts::RECORD as u64, &salts::DESTROYED);
        let destroyed = destroyed.and_then(|()| self.disk.sync(SALTS));
        destroyed.map_err(|error| self.stop(disk_problem("destroying a salt", SALTS, &error)))?;
        // A note that stays is carried out once more, which changes nothing.
        let _ = self.disk.remove(ERASING);
        Ok(())
    }

    fn check_running(&self) -> Result<(), Problem> {
        self.stopped.clone().map_or(Ok(()), Err)
    }

    fn stop(&mut self, cause: Problem) -> Problem {
        let sentence = format!("the log has stopped: {}", cause.sentence);
        let stopped = Problem::new("prove.stopped", sentence)
            .at(cause.place)
            .advise("repair the disk, then start the node again: the log recovers what was promised");
        self.stopped.insert(stopped).clone()
    }
}
