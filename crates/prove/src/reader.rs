//! Reading a log: leaves, proofs, salts, and the files that everyone may have.
//!
//! A reader inside the node follows its writer; one on a folder reads the head anew for each question and needs no lock, so an
//! operator can look at the log of a running node.

use std::collections::VecDeque;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use concordat_record::{ExchangeId, Place, Problem};
use concordat_sign::VerifierKey;

use crate::checkpoint::Checkpoint;
use crate::disk::{Disk, Folder, disk_problem};
use crate::files::{
    CHECKPOINT, EXCHANGE, EXCHANGES, damaged, exchange_bytes, missing, read_edge, read_entries, read_hashes,
    read_tile,
};
use crate::leaf::{Leaf, Salt};
use crate::proof::format_proof;
use crate::salts::{self, SALTS};
use crate::tile::{Kind, TileName};
use crate::tree::{
    Hash, Subtrees, TILE_WIDTH, TileTree, inclusion_path, leaf_hash, not_logged, root_of_path,
};
use crate::writer::{Head, SharedHead};

/// Most leaves that [`LogReader::leaves`] gives at once.
const MOST_LEAVES: u64 = 4096;
/// Full tiles that are kept to make proofs from: at most 1 MiB.
const CACHED_TILES: usize = 64;
/// Bytes of the list of exchanges that are looked through at once.
const CHUNK: u64 = 64 << 10;

/// The tiles last used, by level and number.
type TileCache = Mutex<VecDeque<((u8, u64), Arc<TileTree>)>>;

/// Reads a log. Clones share what they remember.
#[derive(Clone)]
pub struct LogReader {
    disk: Arc<dyn Disk>,
    heads: Heads,
    tiles: Arc<TileCache>,
}

/// Where the head comes from.
#[derive(Clone)]
enum Heads {
    Writer(SharedHead),
    File(VerifierKey),
}

impl LogReader {
    /// A reader of the log in a folder, whose writer may be at work.
    ///
    /// # Errors
    /// `prove.tile-missing` when there is no log, or what is wrong with its head.
    pub fn open(folder: &Path, key: &VerifierKey) -> Result<Self, Problem> {
        let reader = Self::new(Arc::new(Folder::at(folder)), Heads::File(key.clone()));
        reader.head()?;
        Ok(reader)
    }

    pub(crate) fn of_writer(disk: Arc<dyn Disk>, head: SharedHead) -> Self {
        Self::new(disk, Heads::Writer(head))
    }

    fn new(disk: Arc<dyn Disk>, heads: Heads) -> Self {
        Self { disk, heads, tiles: Arc::default() }
    }

    fn head(&self) -> Result<Arc<Head>, Problem> {
        match &self.heads {
            Heads::Writer(head) => Ok(Arc::clone(&head.read().unwrap_or_else(PoisonError::into_inner))),
            Heads::File(key) => {
                let bytes = self.read(CHECKPOINT)?.ok_or_else(|| missing(CHECKPOINT))?;
                let note = String::from_utf8(bytes)
                    .map_err(|_| damaged(CHECKPOINT, "the checkpoint is not text", 0))?;
                let checkpoint =
                    Checkpoint::verify(&note, key).map_err(|problem| problem.in_file(CHECKPOINT))?;
                let edge = read_edge(&*self.disk, checkpoint.size)?;
                Ok(Arc::new(Head { note, checkpoint, edge }))
            }
        }
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Problem> {
        self.disk.read(path).map_err(|error| disk_problem("reading", path, &error))
    }

    /// The newest signed head.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn checkpoint(&self) -> Result<Checkpoint, Problem> {
        Ok(self.head()?.checkpoint.clone())
    }

    /// A leaf by its index.
    ///
    /// # Errors
    /// `prove.not-logged`, or what is wrong with the bundle it is in.
    pub fn leaf(&self, index: u64) -> Result<Leaf, Problem> {
        Leaf::from_entry(&self.entry(index, &*self.head()?)?)
    }

    /// Some leaves with their indices, in order, at most 4,096 at once: ask again from where it ended.
    ///
    /// # Errors
    /// What is wrong with a bundle or a leaf.
    pub fn leaves(&self, range: Range<u64>) -> Result<Vec<(u64, Leaf)>, Problem> {
        let head = self.head()?;
        let end = range.end.min(head.checkpoint.size).min(range.start.saturating_add(MOST_LEAVES));
        let mut leaves = Vec::new();
        let mut index = range.start;
        while index < end {
            let within = (index % TILE_WIDTH as u64) as usize;
            for entry in self.bundle(index, &head)?.iter().skip(within) {
                if index < end {
                    leaves.push((index, Leaf::from_entry(entry)?));
                }
                index += 1;
            }
        }
        Ok(leaves)
    }

    /// The newest leaf of an exchange, if it is logged here.
    ///
    /// # Errors
    /// What is wrong with the list of exchanges or the bundle.
    pub fn find(&self, exchange: &ExchangeId) -> Result<Option<(u64, Leaf)>, Problem> {
        let head = self.head()?;
        let wanted = exchange_bytes(exchange);
        let mut end = head.checkpoint.size * EXCHANGE as u64;
        while end > 0 {
            let start = end.saturating_sub(CHUNK);
            let chunk = self.disk.read_at(EXCHANGES, start, (end - start) as usize);
            let chunk = chunk.map_err(|error| disk_problem("reading", EXCHANGES, &error))?;
            if let Some(at) = chunk.chunks_exact(EXCHANGE).rposition(|id| id == wanted) {
                let index = start / EXCHANGE as u64 + at as u64;
                let leaf = Leaf::from_entry(&self.entry(index, &head)?)?;
                if leaf.exchange != *exchange {
                    return Err(damaged(EXCHANGES, "the list of exchanges does not fit the leaves", start));
                }
                return Ok(Some((index, leaf)));
            }
            end = start;
        }
        Ok(None)
    }

    /// The proof of a leaf, as the text of a `.tlog-proof` file.
    ///
    /// # Errors
    /// `prove.not-logged`, or which file of the log is damaged.
    pub fn proof(&self, index: u64) -> Result<String, Problem> {
        let head = self.head()?;
        let entry = self.entry(index, &head)?;
        self.prove(index, &entry, &head)
    }

    /// The proof of an entry under a head.
    pub(crate) fn prove(&self, index: u64, entry: &[u8], head: &Head) -> Result<String, Problem> {
        let path = inclusion_path(index, &head.edge, self)?;
        let root = root_of_path(leaf_hash(entry), index, head.checkpoint.size, &path);
        if root == Some(head.checkpoint.root) {
            return Ok(format_proof(entry, index, &path, &head.note));
        }
        Err(Problem::new(
            "prove.tile-damaged",
            format!("leaf {index} cannot be proved: the log's files were altered"),
        )
        .advise("verify the log to find the file"))
    }

    /// The salt of a leaf, for the body's own use; none when it was destroyed.
    ///
    /// # Errors
    /// `prove.not-logged`, `prove.salts-damaged`.
    pub fn salt(&self, index: u64) -> Result<Option<Salt>, Problem> {
        let size = self.head()?.checkpoint.size;
        if index >= size {
            return Err(not_logged(index, size));
        }
        let offset = index * salts::RECORD as u64;
        let record = self.disk.read_at(SALTS, offset, salts::RECORD);
        let record = record.map_err(|error| disk_problem("reading", SALTS, &error))?;
        salts::decode(index, &record).map_err(|()| {
            Problem::new("prove.salts-damaged", "a salt is not as it was written")
                .at(Place::file(SALTS).record(index + 1).byte(offset))
        })
    }

    /// A file that everyone may have: `checkpoint` and `tile/…`, as C2SP tlog-tiles lays them out. Nothing else is given away.
    ///
    /// # Errors
    /// `prove.disk`.
    pub fn public_file(&self, path: &str) -> Result<Option<Vec<u8>>, Problem> {
        if path == CHECKPOINT {
            return self.read(CHECKPOINT);
        }
        let Ok(name) = path.parse::<TileName>() else { return Ok(None) };
        read_tile(&*self.disk, name).map_err(|error| disk_problem("reading", path, &error))
    }

    fn entry(&self, index: u64, head: &Head) -> Result<Vec<u8>, Problem> {
        if index >= head.checkpoint.size {
            return Err(not_logged(index, head.checkpoint.size));
        }
        let within = (index % TILE_WIDTH as u64) as usize;
        self.bundle(index, head)?
            .into_iter()
            .nth(within)
            .ok_or_else(|| not_logged(index, head.checkpoint.size))
    }

    /// The entries of the bundle that a leaf is in.
    fn bundle(&self, index: u64, head: &Head) -> Result<Vec<Vec<u8>>, Problem> {
        let number = index / TILE_WIDTH as u64;
        let rest = head.checkpoint.size - number * TILE_WIDTH as u64;
        let width = usize::try_from(rest).map_or(TILE_WIDTH, |rest| rest.min(TILE_WIDTH));
        read_entries(&*self.disk, TileName { kind: Kind::Entries, number, width })
    }
}

impl Subtrees for LogReader {
    fn full_tile_node(&self, level: u8, number: u64, row: u32, index: u64) -> Result<Hash, Problem> {
        let mut tiles = self.tiles.lock().unwrap_or_else(PoisonError::into_inner);
        let place = (level, number);
        let known = tiles.iter().find(|(known, _)| *known == place).map(|(_, tile)| Arc::clone(tile));
        let tile = if let Some(tile) = known {
            tile
        } else {
            let hashes = read_hashes(&*self.disk, TileName::full(Kind::Hashes(level), number))?;
            let tile = Arc::new(TileTree::of(&hashes));
            tiles.push_front((place, Arc::clone(&tile)));
            tiles.truncate(CACHED_TILES);
            tile
        };
        let out_of_tile = || Problem::new("prove.tile-damaged", "a node of the log's tree is missing");
        tile.node(row, index).ok_or_else(out_of_tile)
    }
}
