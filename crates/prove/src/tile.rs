//! Names and contents of the files of a tiled log (C2SP tlog-tiles, "Merkle Tree" and "Log entries").

use std::fmt;
use std::str::FromStr;

use crate::tree::{Hash, TILE_WIDTH};

/// Longest entry, in bytes: bundles count entries in 16 bits.
pub(crate) const LONGEST_ENTRY: usize = u16::MAX as usize;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The entries themselves.
    Entries,
    /// The hashes of a level; level 0 holds those of the leaves.
    Hashes(u8),
}

/// The name of a tile: `tile/0/x001/234` when full, `tile/entries/005.p/17` when it holds only 17.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TileName {
    pub kind: Kind,
    pub number: u64,
    /// How many it holds: 1 to 256.
    pub width: usize,
}

impl TileName {
    pub(crate) fn full(kind: Kind, number: u64) -> Self {
        Self { kind, number, width: TILE_WIDTH }
    }

    /// The folder of its unfinished forms.
    pub(crate) fn partial_folder(&self) -> String {
        format!("{}.p", Self::full(self.kind, self.number))
    }
}

impl fmt::Display for TileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Entries => f.write_str("tile/entries/")?,
            Kind::Hashes(level) => write!(f, "tile/{level}/")?,
        }
        let mut groups = Vec::new();
        let mut rest = self.number;
        while groups.is_empty() || rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (left, group) in groups.iter().enumerate().rev() {
            if left > 0 { write!(f, "x{group:03}/")? } else { write!(f, "{group:03}")? }
        }
        if self.width < TILE_WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl FromStr for TileName {
    type Err = ();

    /// Reads exactly what [`fmt::Display`] writes and nothing else.
    fn from_str(path: &str) -> Result<Self, ()> {
        let (level, rest) = path.strip_prefix("tile/").and_then(|rest| rest.split_once('/')).ok_or(())?;
        let kind = match level {
            "entries" => Kind::Entries,
            _ => Kind::Hashes(level.parse().map_err(drop)?),
        };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().map_err(drop)?),
            None => (rest, TILE_WIDTH),
        };
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let name = Self { kind, number: digits.parse().map_err(drop)?, width };
        (width > 0 && name.to_string() == path).then_some(name).ok_or(())
    }
}

/// The bytes of a tile of hashes.
pub(crate) fn encode_hashes(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

/// The hashes in a tile; none when the length is not a multiple of 32.
pub(crate) fn decode_hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    rest.is_empty().then(|| hashes.to_vec())
}

/// Appends an entry to the bytes of a bundle: its length in two bytes, big-endian, then itself.
pub(crate) fn encode_entry(bundle: &mut Vec<u8>, entry: &[u8]) {
    debug_assert!(entry.len() <= LONGEST_ENTRY, "entries are measured before they are taken in");
    bundle.extend_from_slice(&(entry.len() as u16).to_be_bytes());
    bundle.extend_from_slice(entry);
}

/// The entries in a bundle, or the byte where it breaks off.
pub(crate) fn decode_entries(bundle: &[u8]) -> Result<Vec<&[u8]>, u64> {
    let mut entries = Vec::new();
    let mut rest = bundle;
    while !rest.is_empty() {
        let at = (bundle.len() - rest.len()) as u64;
        let (length, after) = rest.split_first_chunk::<2>().ok_or(at)?;
        let (entry, after) = after.split_at_checked(u16::from_be_bytes(*length).into()).ok_or(at)?;
        entries.push(entry);
        rest = after;
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_those_of_the_specification_and_nothing_else_is_one() {
        for (path, name) in [
            ("tile/0/x001/x234/067", Some((Kind::Hashes(0), 1_234_067, 256))),
            ("tile/0/000", Some((Kind::Hashes(0), 0, 256))),
            ("tile/1/000.p/17", Some((Kind::Hashes(1), 0, 17))),
            ("tile/entries/x001/000.p/255", Some((Kind::Entries, 1_000, 255))),
            ("tile/0/000.p/256", None),
            ("tile/0/000.p/0", None),
            ("tile/0/000.p/017", None),
            ("tile/00/000", None),
            ("tile/0/x000/001", None),
            ("tile/0/1", None),
            ("tile/0/x001/1", None),
            ("tile/0/../checkpoint", None),
            ("tile/0/+01", None),
            ("tile/-1/000", None),
            ("tile/0/x018/x446/x744/x073/x709/x551/616", None),
            ("tile/entries/", None),
            ("salts", None),
            ("", None),
        ] {
            let found = path.parse::<TileName>().ok();
            assert_eq!(found.map(|name| (name.kind, name.number, name.width)), name, "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_name_reads_back(number in any::<u64>(), level in 0u8..64, width in 1usize..=256) {
            for kind in [Kind::Entries, Kind::Hashes(level)] {
                let name = TileName { kind, number, width };
                prop_assert_eq!(name.to_string().parse(), Ok(name));
            }
        }

        #[test]
        fn any_bundle_reads_back_and_no_bytes_break_the_reader(
            entries in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..20),
            noise in proptest::collection::vec(any::<u8>(), 0..40),
        ) {
            let mut bundle = Vec::new();
            for entry in &entries {
                encode_entry(&mut bundle, entry);
            }
            let slices: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
            prop_assert_eq!(decode_entries(&bundle), Ok(slices));
            let _ = decode_entries(&noise);
        }
    }
}
