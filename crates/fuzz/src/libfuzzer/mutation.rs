//! Changes one foreign file of a folder and leaves the others as they are, or gives its bytes to the description of another seed.

use std::sync::OnceLock;

use concordat_fuzz::{Folder, Part, Target};
use libfuzzer_sys::fuzzer_mutate;

/// The seeds, whose descriptions fit other bytes as well.
static POOL: OnceLock<Vec<Folder>> = OnceLock::new();

/// One change in so many gives the bytes to another description.
const SWAPS: u32 = 32;

/// Keeps the seeds of a target.
pub fn keep_pool(target: &Target) {
    let seeds = target.seeds().unwrap_or_default();
    let _ = POOL.set(seeds.iter().map(|seed| Folder::parse(&seed.bytes)).collect());
}

/// Changes `data[..size]` in place and gives the new size.
pub fn of_a_folder(
    data: &mut [u8],
    size: usize,
    max_size: usize,
    seed: u32,
    is_foreign: fn(&Part) -> bool,
) -> usize {
    let mut folder = Folder::parse(data.get(..size).unwrap_or_default());
    let mut chance = Chance(seed | 1);
    if chance.below(SWAPS) == 0 {
        folder = described_otherwise(folder, &mut chance);
    }
    let foreign: Vec<usize> =
        (0..folder.0.len()).filter(|at| folder.0.get(*at).is_some_and(is_foreign)).collect();
    let Some(at) = foreign.get(chance.below(foreign.len() as u32) as usize) else { return size };
    let room = max_size.saturating_sub(folder.to_bytes().len());
    let Some(part) = folder.0.get_mut(*at) else { return size };
    let length = part.bytes.len();
    // A line of the heading may grow by a digit.
    part.bytes.resize((length + room.saturating_sub(8)).max(length).max(1), 0);
    let most = part.bytes.len();
    let changed = fuzzer_mutate(&mut part.bytes, length, most);
    part.bytes.truncate(changed);
    let bytes = folder.to_bytes();
    let fits = bytes.len().min(max_size).min(data.len());
    data[..fits].copy_from_slice(&bytes[..fits]);
    fits
}

/// A seed's folder with the bytes of this one where the names are the same.
fn described_otherwise(folder: Folder, chance: &mut Chance) -> Folder {
    let pool = POOL.get().map(Vec::as_slice).unwrap_or_default();
    let Some(other) = pool.get(chance.below(pool.len() as u32) as usize) else { return folder };
    let Some(last) = folder.0.iter().rfind(|part| other.get(&part.name).is_some()) else { return folder };
    let parts = other.0.iter().map(|part| if part.name == last.name { last.clone() } else { part.clone() });
    Folder(parts.collect())
}

/// Numbers that depend on nothing but the seed (xorshift, Marsaglia 2003).
struct Chance(u32);

impl Chance {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        if bound == 0 { 0 } else { self.0 % bound }
    }
}
