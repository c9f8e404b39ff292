//! Keys of postings.

/// The number a posting key is stored under: FNV-1a, 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv).
///
/// Two keys may share a number. Whoever looks a key up compares the documents found anyway, so that costs a little time
/// and never a wrong answer.
pub(crate) fn key_number(key: &[u8]) -> i64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in key {
        hash ^= u64::from(*byte);
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash.cast_signed()
}
