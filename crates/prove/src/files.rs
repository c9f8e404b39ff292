//! The files of a log that readers and the writer share, and how a tile is found.
//!
//! ```text
//! checkpoint       the signed head                                  public
//! tile/…           hashes and entries (tlog-tiles)                  public
//! salts            one salt for each leaf ([`crate::salts`])        never leaves the body
//! erasing          a salt being destroyed, while it is
//! exchanges        the 16 bytes of each leaf's exchange id          derived, to find a leaf
//! journal          commits not yet spread out ([`crate::journal`])  never leaves the body
//! lock             held by the one writer
//! ```

use std::io;

use concordat_record::{ExchangeId, Place, Problem};

use crate::disk::{Disk, disk_problem};
use crate::tile::{Kind, TileName, decode_entries, decode_hashes, encode_entry};
use crate::tree::{Edge, Hash, TILE_WIDTH, edge_width, levels_of, tile_number};

/// The signed head of the log.
pub(crate) const CHECKPOINT: &str = "checkpoint";
/// A head on its way to take the place of the last one.
pub(crate) const NEW_CHECKPOINT: &str = "checkpoint.new";
/// The exchange id of each leaf.
pub(crate) const EXCHANGES: &str = "exchanges";
/// Bytes of an exchange id.
pub(crate) const EXCHANGE: usize = 16;
/// What the writer holds.
pub(crate) const LOCK: &str = "lock";
/// How often a tile is looked for again while the writer replaces its unfinished forms.
const ATTEMPTS: usize = 16;

/// The 16 bytes of an exchange id.
pub(crate) fn exchange_bytes(exchange: &ExchangeId) -> [u8; EXCHANGE] {
    let mut bytes = [0; EXCHANGE];
    let digit = |c: u8| (c as char).to_digit(16).unwrap_or(0) as u8;
    // INVARIANT: an exchange id is 32 hexadecimal digits.
    for (byte, pair) in bytes.iter_mut().zip(exchange.as_str().as_bytes().chunks(2)) {
        *byte = pair.iter().fold(0, |byte, c| byte << 4 | digit(*c));
    }
    bytes
}

/// The bytes of a tile. An unfinished one may have given way to a fuller one, which begins with it (tlog-tiles, "Partial Tiles").
pub(crate) fn read_tile(disk: &dyn Disk, name: TileName) -> io::Result<Option<Vec<u8>>> {
    for _ in 0..ATTEMPTS {
        let fuller = match disk.read(&name.to_string())? {
            Some(bytes) => return Ok(Some(bytes)),
            None if name.width == TILE_WIDTH => return Ok(None),
            None => fuller_forms(disk, name)?,
        };
        for form in &fuller {
            if let Some(bytes) = disk.read(&form.to_string())? {
                return Ok(first_of(name, &bytes));
            }
        }
        if fuller.len() == 1 {
            return Ok(None);
        }
    }
    Ok(None)
}

/// The full tile and the unfinished ones that hold more than this one.
fn fuller_forms(disk: &dyn Disk, name: TileName) -> io::Result<Vec<TileName>> {
    let mut forms = vec![TileName::full(name.kind, name.number)];
    let partial = disk.list(&name.partial_folder())?;
    forms.extend(
        partial.iter().filter_map(|path| path.parse().ok()).filter(|form: &TileName| form.width > name.width),
    );
    Ok(forms)
}

/// The beginning of a fuller tile.
pub(crate) fn first_of(name: TileName, bytes: &[u8]) -> Option<Vec<u8>> {
    match name.kind {
        Kind::Hashes(_) => bytes.get(..name.width * 32).map(<[u8]>::to_vec),
        Kind::Entries => {
            let entries = decode_entries(bytes).ok()?;
            let mut bundle = Vec::new();
            entries.get(..name.width)?.iter().for_each(|entry| encode_entry(&mut bundle, entry));
            Some(bundle)
        }
    }
}

/// The hashes of a tile, as many as its name says.
///
/// # Errors
/// `prove.tile-missing`, `prove.tile-damaged`, `prove.disk`.
pub(crate) fn read_hashes(disk: &dyn Disk, name: TileName) -> Result<Vec<Hash>, Problem> {
    let path = name.to_string();
    let bytes = read_tile(disk, name).map_err(|error| disk_problem("reading", &path, &error))?;
    let bytes = bytes.ok_or_else(|| missing(&path))?;
    decode_hashes(&bytes)
        .filter(|hashes| hashes.len() == name.width)
        .ok_or_else(|| damaged(&path, "a tile of the log has the wrong length", bytes.len() as u64))
}

/// The entries of a bundle, as many as its name says.
///
/// # Errors
/// `prove.tile-missing`, `prove.tile-damaged`, `prove.disk`.
pub(crate) fn read_entries(disk: &dyn Disk, name: TileName) -> Result<Vec<Vec<u8>>, Problem> {
    let path = name.to_string();
    let bytes = read_tile(disk, name).map_err(|error| disk_problem("reading", &path, &error))?;
    let bytes = bytes.ok_or_else(|| missing(&path))?;
    let entries =
        decode_entries(&bytes).map_err(|byte| damaged(&path, "an entry of the log is cut off", byte))?;
    if entries.len() != name.width {
        return Err(damaged(
            &path,
            "a bundle does not hold as many entries as it should",
            bytes.len() as u64,
        ));
    }
    Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
}

/// The unfinished tiles of a log of some size.
pub(crate) fn read_edge(disk: &dyn Disk, size: u64) -> Result<Edge, Problem> {
    let mut tiles = Vec::new();
    for level in 0..levels_of(size) {
        let width = edge_width(size, level);
        let name = TileName { kind: Kind::Hashes(level), number: tile_number(size, level), width };
        tiles.push(if width == 0 { Vec::new() } else { read_hashes(disk, name)? });
    }
    Edge::of(size, &tiles)
        .ok_or_else(|| Problem::new("prove.tile-damaged", "the log's tiles do not fit its size"))
}

/// A file of the log that should be there.
pub(crate) fn missing(path: &str) -> Problem {
    Problem::new("prove.tile-missing", "a file of the log is missing").at(Place::file(path)).advise(RESTORE)
}

/// A file of the log that is not as it was written.
pub(crate) fn damaged(path: &str, sentence: &str, byte: u64) -> Problem {
    Problem::new("prove.tile-damaged", sentence).at(Place::file(path).byte(byte)).advise(RESTORE)
}

const RESTORE: &str = "restore the file from a backup of the log: what it held cannot be made again";
