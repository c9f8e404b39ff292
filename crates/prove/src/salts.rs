//! The salts, apart from the leaves: destroying one erases the person from the log and leaves every proof valid.
//!
//! The file holds one record for each leaf, in order: the salt, then the first eight bytes of SHA-256(`"salt"` ‖ index ‖ salt),
//! so that a damaged record is not taken for a sound one. A destroyed record is all zeros. It is never served to anyone.
//!
//! Overwriting is what a program can do: a copy-on-write file system or a backup may hold the old bytes for a while longer.

use concordat_sign::sha256;

use crate::leaf::Salt;

/// The file.
pub(crate) const SALTS: &str = "salts";
/// The index of a salt that is being destroyed, in eight bytes, while it is.
pub(crate) const ERASING: &str = "erasing";
/// Bytes of one record.
pub(crate) const RECORD: usize = 40;
/// What is left of a salt that was destroyed.
pub(crate) const DESTROYED: [u8; RECORD] = [0; RECORD];

/// The record of a salt.
pub(crate) fn encode(index: u64, salt: &[u8; 32]) -> [u8; RECORD] {
    let mut record = [0; RECORD];
    record[..32].copy_from_slice(salt);
    record[32..].copy_from_slice(&check(index, salt));
    record
}

/// What a record says: a salt, or that it was destroyed; an error when it says neither.
pub(crate) fn decode(index: u64, record: &[u8]) -> Result<Option<Salt>, ()> {
    if record == DESTROYED {
        return Ok(None);
    }
    let (salt, stated) = record.split_first_chunk::<32>().ok_or(())?;
    if *stated == check(index, salt) { Ok(Some(Salt(*salt))) } else { Err(()) }
}

fn check(index: u64, salt: &[u8; 32]) -> [u8; 8] {
    let hash = sha256(&[b"salt".as_slice(), &index.to_be_bytes(), salt].concat());
    let mut check = [0; 8];
    check.copy_from_slice(&hash[..8]);
    check
}
