//! Records that are decoded column by column: a few at a time, so that they stay in the processor's cache. All at once they would come
//! from memory as often as there are columns.

use std::hint::black_box;
use std::ops::Range;

use arrow::array::{Array, ArrayRef};
use arrow::compute::concat;
use concordat_record::Problem;

use crate::reader::inconsistent;

/// So many bytes are decoded at once: a part of what the second cache of a core holds.
const CACHED_BYTES: usize = 192 << 10;
/// So many records are decoded at once however long they are, as each part costs something.
const FEWEST_RECORDS: usize = 128;

/// Which of some records, of so many bytes together, are decoded at once; at least one part, which may be empty.
pub(crate) fn parts(records: usize, bytes: usize) -> impl Iterator<Item = Range<usize>> {
    let length = (bytes / records.max(1)).max(1);
    let step = (CACHED_BYTES / length).max(FEWEST_RECORDS);
    (0..records.max(1)).step_by(step).map(move |begin| begin..(begin + step).min(records))
}

/// Brings the bytes of a part into the cache, from the first to the last. Memory is quick at that, and slow where one jumps from record to
/// record, as whoever decodes a column does.
pub(crate) fn fetch(bytes: &[u8]) {
    const CACHE_LINE: usize = 64;
    black_box(bytes.iter().step_by(CACHE_LINE).fold(0, |all: u8, byte| all ^ byte));
}

/// The columns of all parts.
pub(crate) fn joined(mut parts: Vec<Vec<ArrayRef>>) -> Result<Vec<ArrayRef>, Problem> {
    let several = parts.len() > 1;
    let Some(first) = parts.first().filter(|_| several) else { return Ok(parts.pop().unwrap_or_default()) };
    (0..first.len())
        .map(|column| {
            let pieces: Vec<&dyn Array> =
                parts.iter().filter_map(|part| part.get(column)).map(AsRef::as_ref).collect();
            concat(&pieces).map_err(|error| inconsistent(&error))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn parts_hold_every_record_once() {
        for (records, bytes) in [(0, 0), (1, 300), (129, 10), (8192, 2_500_000), (200, 1 << 30)] {
            let all: Vec<usize> = parts(records, bytes).flatten().collect();
            assert_eq!(all, (0..records).collect::<Vec<_>>());
        }
        assert_eq!(parts(8192, 8192 * 306).next(), Some(0..642));
    }
}
