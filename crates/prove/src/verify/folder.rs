//! The private files beside a log, and files that should not be there.

use concordat_record::{Place, Problem, Problems};
use concordat_sign::VerifierKey;

use super::{Fetch, SaltCount};
use crate::checkpoint::Checkpoint;
use crate::disk::{Disk, disk_problem};
use crate::files::{
    CHECKPOINT, EXCHANGE, EXCHANGES, LOCK, NEW_CHECKPOINT, damaged, exchange_bytes, first_of, read_tile,
};
use crate::journal::{JOURNAL, read_frames};
use crate::leaf::Leaf;
use crate::salts::{self, ERASING, SALTS};
use crate::tile::{Kind, TileName};
use crate::tree::{TILE_WIDTH, edge_width, tile_number};

/// Salts that are read at once.
const SALTS_AT_ONCE: u64 = 4096;
/// How often the journal is read again while a writer is at work on it.
const ATTEMPTS: usize = 64;

/// The public files of a log on a disk.
pub(super) struct FromDisk<'a>(pub &'a dyn Disk);

impl Fetch for FromDisk<'_> {
    fn fetch(&self, path: &str) -> Result<Option<Vec<u8>>, Problem> {
        let found = match path.parse::<TileName>() {
            Ok(name) => read_tile(self.0, name),
            Err(()) => self.0.read(path),
        };
        found.map_err(|error| disk_problem("reading", path, &error))
    }
}

/// The list of exchange ids says the same as the entries.
pub(super) fn check_exchanges(disk: &dyn Disk, first: u64, entries: &[Vec<u8>]) -> Problems {
    let mut problems = Problems::none();
    let offset = first * EXCHANGE as u64;
    let listed = disk.read_at(EXCHANGES, offset, entries.len() * EXCHANGE);
    let Some(listed) = problems.keep(listed.map_err(|error| disk_problem("reading", EXCHANGES, &error)))
    else {
        return problems;
    };
    let mut listed = listed.chunks_exact(EXCHANGE);
    for (index, entry) in (first..).zip(entries) {
        let listed = listed.next();
        // An entry that cannot be read has been reported already.
        let Ok(leaf) = Leaf::from_entry(entry) else { continue };
        if listed != Some(exchange_bytes(&leaf.exchange).as_slice()) {
            let byte = index * EXCHANGE as u64;
            let sentence = "the list of exchanges does not say what the leaf says";
            let problem = damaged(EXCHANGES, sentence, byte);
            let place = problem.place.clone().record(index + 1);
            problems
                .push(problem.at(place).advise("remove the file: it is made again when the log is opened"));
        }
    }
    problems
}

/// The list of exchange ids holds whole ids and nothing else.
pub(super) fn check_exchanges_length(disk: &dyn Disk) -> Option<Problem> {
    let length = disk.length(EXCHANGES).ok().flatten().unwrap_or(0);
    (!length.is_multiple_of(EXCHANGE as u64))
        .then(|| damaged(EXCHANGES, "the list of exchanges has the wrong length", length))
}

/// There is one sound record for each leaf.
pub(super) fn check_salts(disk: &dyn Disk, size: u64, problems: &mut Problems) -> SaltCount {
    let mut count = SaltCount::default();
    let record = salts::RECORD as u64;
    let length = disk.length(SALTS).ok().flatten().unwrap_or(0);
    if length < size * record || !length.is_multiple_of(record) {
        problems.push(damaged_salt("there is not one salt for each leaf", length));
    }
    for first in (0..length / record).step_by(SALTS_AT_ONCE as usize) {
        let bytes = disk.read_at(SALTS, first * record, (SALTS_AT_ONCE * record) as usize);
        let Some(bytes) = problems.keep(bytes.map_err(|error| disk_problem("reading", SALTS, &error))) else {
            break;
        };
        for (index, bytes) in (first..).zip(bytes.chunks_exact(salts::RECORD)) {
            match salts::decode(index, bytes) {
                Ok(Some(_)) => count.held += 1,
                Ok(None) => count.destroyed += 1,
                Err(()) => problems.push(damaged_salt("a salt is not as it was written", index * record)),
            }
        }
    }
    count
}

fn damaged_salt(sentence: &str, byte: u64) -> Problem {
    Problem::new("prove.salts-damaged", sentence)
        .at(Place::file(SALTS).record(byte / salts::RECORD as u64 + 1).byte(byte))
        .advise("restore the salts from the backup of the same time as the log")
}

/// What the journal still holds is whole and signed.
pub(super) fn check_journal(disk: &dyn Disk, key: &VerifierKey) -> Problems {
    for _ in 0..ATTEMPTS {
        let found = check_journal_once(disk, key);
        // A writer at work may have been caught in the middle of a commit, but not every time.
        if !found.has_errors() || !disk.is_locked(LOCK).unwrap_or(false) {
            return found;
        }
    }
    check_journal_once(disk, key)
}

fn check_journal_once(disk: &dyn Disk, key: &VerifierKey) -> Problems {
    let mut problems = Problems::none();
    let journal = disk.read(JOURNAL).map_err(|error| disk_problem("reading", JOURNAL, &error));
    let journal = problems.keep(journal).flatten().unwrap_or_default();
    let Some(read) = problems.keep(read_frames(&journal)) else { return problems };
    if read.unfinished > 0 {
        problems.push(
            Problem::new("prove.journal-damaged", "the last commit in the journal is not whole")
                .at(Place::file(JOURNAL).byte(journal.len() as u64 - read.unfinished))
                .advise(
                    "if the node was killed, start it again: a commit that was never promised is dropped",
                ),
        );
    }
    for frame in read.frames {
        problems.keep(Checkpoint::verify(&frame.checkpoint, key).map_err(|problem| problem.in_file(JOURNAL)));
    }
    problems
}

/// Every other file is an earlier form of a tile, or is named.
pub(super) fn check_other_files(disk: &dyn Disk, size: u64) -> Problems {
    let mut problems = Problems::none();
    let files = disk.list("").map_err(|error| disk_problem("listing", "", &error));
    for path in problems.keep(files).unwrap_or_default() {
        let known =
            [CHECKPOINT, NEW_CHECKPOINT, EXCHANGES, SALTS, ERASING, JOURNAL, LOCK].contains(&path.as_str());
        match path.parse::<TileName>() {
            _ if known => {}
            Ok(name) => problems.extend(check_form(disk, name, size)),
            Err(()) => problems.push(stray(&path, "this file is not part of the log")),
        }
    }
    problems
}

/// A tile that the walk has not seen: an earlier form of one that it has, or one beyond the head.
fn check_form(disk: &dyn Disk, name: TileName, size: u64) -> Option<Problem> {
    let level = match name.kind {
        Kind::Entries => 0,
        Kind::Hashes(level) => level,
    };
    let edge = TileName { kind: name.kind, number: tile_number(size, level), width: edge_width(size, level) };
    let whole = if name.number < edge.number { TileName::full(name.kind, name.number) } else { edge };
    let path = name.to_string();
    if name.number > edge.number || name.width > whole.width {
        return Some(stray(&path, "this file is of a commit that is not under the checkpoint yet"));
    }
    if name.width == TILE_WIDTH || name.width == whole.width {
        return None;
    }
    let beginning = read_tile(disk, whole).ok().flatten().and_then(|bytes| first_of(name, &bytes));
    // Gone since the files were listed: a fuller form has taken its place.
    let earlier = disk.read(&path).ok().flatten()?;
    (beginning != Some(earlier)).then(|| damaged(&path, "an earlier form of a tile differs from the tile", 0))
}

fn stray(path: &str, sentence: &str) -> Problem {
    Problem::warning("prove.stray-file", sentence).at(Place::file(path))
}
