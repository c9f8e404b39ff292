//! From the entries up to the root: every public file of a log is read once and compared with what lies below it.

use concordat_record::{Place, Problem, Problems};

use super::Fetch;
use crate::checkpoint::Checkpoint;
use crate::files::{CHECKPOINT, damaged, missing};
use crate::leaf::Leaf;
use crate::tile::{Kind, TileName, decode_entries, decode_hashes};
use crate::tree::{Edge, Hash, TILE_WIDTH, leaf_hash, tile_number};

/// Differences that are remembered; one altered file makes a few, a log that was swapped makes millions.
const MOST_DIFFERENCES: usize = 1000;

/// Something to be done with the entries of each bundle, given the index of the first.
pub(super) type OnBundle<'a> = dyn FnMut(u64, &[Vec<u8>]) -> Problems + 'a;

/// A hash in a tile that is not the hash of what lies below it. Which of the two is wrong shows only at the root.
struct Difference {
    tile: TileName,
    /// The hash in the tile, from zero.
    index: usize,
    /// For leaves: the byte in the bundle where the entry begins.
    entry: Option<u64>,
}

/// One walk over a log.
pub(super) struct Walk<'a> {
    fetch: &'a dyn Fetch,
    checkpoint: &'a Checkpoint,
    /// The tree as the entries have it.
    from_entries: Edge,
    /// The tree as the lowest tiles have it.
    from_tiles: Edge,
    differences: Vec<Difference>,
    pub problems: Problems,
}

impl<'a> Walk<'a> {
    pub(super) fn new(fetch: &'a dyn Fetch, checkpoint: &'a Checkpoint) -> Self {
        Self {
            fetch,
            checkpoint,
            from_entries: Edge::default(),
            from_tiles: Edge::default(),
            differences: Vec::new(),
            problems: Problems::none(),
        }
    }

    /// Walks over the whole log.
    pub(super) fn run(&mut self, on_bundle: &mut OnBundle<'_>) {
        let size = self.checkpoint.size;
        let bundles = size.div_ceil(TILE_WIDTH as u64);
        for number in 0..bundles {
            let rest = size - number * TILE_WIDTH as u64;
            let width = usize::try_from(rest).map_or(TILE_WIDTH, |rest| rest.min(TILE_WIDTH));
            if !self.bundle(number, width, on_bundle) {
                // With neither entries nor hashes there is a hole in the tree, and nothing above it can be computed.
                return;
            }
        }
        for level in 1.. {
            let Some(tile) = self.from_entries.levels().get(usize::from(level)) else { break };
            let hashes = tile.hashes().to_vec();
            let name =
                TileName { kind: Kind::Hashes(level), number: tile_number(size, level), width: hashes.len() };
            if !hashes.is_empty() {
                self.compare_tile(name, &hashes);
            }
        }
        self.judge();
    }

    /// Walks over one bundle and its tile; false when neither could be read.
    fn bundle(&mut self, number: u64, width: usize, on_bundle: &mut OnBundle<'_>) -> bool {
        let first = number * TILE_WIDTH as u64;
        let name = TileName { kind: Kind::Entries, number, width };
        let entries = self.entries(name);
        let computed: Option<Vec<Hash>> =
            entries.as_ref().map(|entries| entries.iter().map(|entry| leaf_hash(entry)).collect());
        let stored = self.hashes(TileName { kind: Kind::Hashes(0), number, width });
        if let Some(entries) = &entries {
            self.add(on_bundle(first, entries));
        }
        let (Some(lower), Some(upper)) =
            (computed.as_ref().or(stored.as_ref()), stored.as_ref().or(computed.as_ref()))
        else {
            return false;
        };
        let mut byte = 0;
        for (index, (lower, upper)) in lower.iter().zip(upper).enumerate() {
            let entry = entries.as_ref().and_then(|entries| entries.get(index)).map(Vec::as_slice);
            if lower != upper {
                self.differ(Difference {
                    tile: TileName { kind: Kind::Hashes(0), ..name },
                    index,
                    entry: Some(byte),
                });
            } else if let Some(problem) = entry.and_then(|entry| Leaf::from_entry(entry).err()) {
                let place = Place::file(name.to_string()).record(first + index as u64 + 1).byte(byte);
                self.problem(problem.at(place));
            }
            byte += entry.map_or(0, |entry| entry.len() as u64 + 2);
        }
        for hash in upper {
            self.from_tiles.push(*hash);
        }
        for hash in lower {
            for full in self.from_entries.push(*hash) {
                if full.level > 0 {
                    self.compare_tile(TileName::full(Kind::Hashes(full.level), full.number), &full.hashes);
                }
            }
        }
        true
    }

    /// Compares a tile above the lowest with the hashes computed for it.
    fn compare_tile(&mut self, name: TileName, computed: &[Hash]) {
        let Some(stored) = self.hashes(name) else { return };
        for (index, _) in
            stored.iter().zip(computed).enumerate().filter(|(_, (stored, computed))| stored != computed)
        {
            self.differ(Difference { tile: name, index, entry: None });
        }
    }

    /// Decides which side of each difference is wrong: the one that does not lead to the signed root.
    fn judge(&mut self) {
        let entries_right = self.from_entries.root() == self.checkpoint.root;
        let tiles_right = self.from_tiles.root() == self.checkpoint.root;
        let differences = std::mem::take(&mut self.differences);
        if !entries_right && !tiles_right && differences.is_empty() {
            self.problem(
                Problem::new("prove.root-wrong", "entries and tiles agree, but not with the signed root")
                    .at(Place::file(CHECKPOINT))
                    .advise("the log was replaced behind its checkpoint: compare with heads that others have kept"),
            );
        }
        for Difference { tile, index, entry } in differences {
            let path = tile.to_string();
            let problem = match entry {
                Some(byte) if !entries_right => {
                    let bundle = TileName { kind: Kind::Entries, ..tile };
                    let sentence = if tiles_right {
                        "an entry is not the one that was logged".into()
                    } else {
                        format!("an entry and its hash in `{path}` do not belong together")
                    };
                    let number = tile.number * TILE_WIDTH as u64 + index as u64 + 1;
                    let problem = damaged(&bundle.to_string(), &sentence, byte);
                    let place = problem.place.clone().record(number);
                    problem.at(place)
                }
                _ => damaged(&path, "a hash is not that of what lies below it", index as u64 * 32),
            };
            self.problem(problem);
        }
    }

    fn entries(&mut self, name: TileName) -> Option<Vec<Vec<u8>>> {
        let bytes = self.bytes(name)?;
        let path = name.to_string();
        match decode_entries(&bytes) {
            Ok(entries) if entries.len() == name.width => {
                return Some(entries.into_iter().map(<[u8]>::to_vec).collect());
            }
            Ok(_) => {
                let sentence = "the bundle does not hold as many entries as its name says";
                self.problem(damaged(&path, sentence, bytes.len() as u64));
            }
            Err(byte) => self.problem(damaged(&path, "an entry is cut off", byte)),
        }
        None
    }

    fn hashes(&mut self, name: TileName) -> Option<Vec<Hash>> {
        let bytes = self.bytes(name)?;
        let hashes = decode_hashes(&bytes).filter(|hashes| hashes.len() == name.width);
        if hashes.is_none() {
            self.problem(damaged(&name.to_string(), "the tile has the wrong length", bytes.len() as u64));
        }
        hashes
    }

    /// The file of a tile. An unfinished one may have become full since the checkpoint was read (tlog-tiles, "Partial Tiles").
    fn bytes(&mut self, name: TileName) -> Option<Vec<u8>> {
        let path = name.to_string();
        match self.fetch.fetch(&path) {
            Ok(Some(bytes)) => return Some(bytes),
            Ok(None) => {}
            Err(problem) => {
                self.problem(problem.in_file(path));
                return None;
            }
        }
        let full = TileName::full(name.kind, name.number).to_string();
        let bytes = self.fetch.fetch(&full).ok().flatten();
        let bytes = bytes.and_then(|bytes| crate::files::first_of(name, &bytes));
        if bytes.is_none() {
            self.problem(missing(&path));
        }
        bytes
    }

    fn differ(&mut self, difference: Difference) {
        if self.differences.len() < MOST_DIFFERENCES {
            self.differences.push(difference);
        }
    }

    fn add(&mut self, problems: Problems) {
        problems.into_iter().for_each(|problem| self.problem(problem));
    }

    fn problem(&mut self, problem: Problem) {
        if self.problems.0.len() < MOST_DIFFERENCES {
            self.problems.push(problem);
        }
    }
}
