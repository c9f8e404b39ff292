//! One stable 64-bit hash for words, values and blocking keys.
//!
//! Keys and counts are written to disk, so the hash must be the same on every machine and in every version: FNV-1a
//! (Fowler, Noll, Vo) over the bytes, then MurmurHash3's finaliser to spread the low bits. It guards nothing; two values
//! that collide cost one needless comparison.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let mixed = bytes.iter().fold(OFFSET, |state, byte| (state ^ u64::from(*byte)).wrapping_mul(PRIME));
    finish(mixed)
}

/// The hash of a sequence of hashes; the order matters.
pub(crate) fn combine(hashes: impl IntoIterator<Item = u64>) -> u64 {
    finish(hashes.into_iter().fold(OFFSET, |state, hash| (state.rotate_left(23) ^ hash).wrapping_mul(PRIME)))
}

fn finish(mut state: u64) -> u64 {
    state ^= state >> 33;
    state = state.wrapping_mul(0xff51_afd7_ed55_8ccd);
    state ^= state >> 33;
    state = state.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    state ^ (state >> 33)
}

/// A map whose keys are hashes already.
pub(crate) type HashedMap<V> = HashMap<u64, V, BuildHasherDefault<Identity>>;

/// Passes a hash through, and gives a text its hash.
#[derive(Default)]
pub(crate) struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash(bytes);
    }

    /// The end mark of a text adds nothing.
    fn write_u8(&mut self, _end: u8) {}

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}
