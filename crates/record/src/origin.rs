//! Where a record came from.

use serde::{Deserialize, Serialize};

/// The column that carries a record's number (`UInt64`, from one) through every batch, from decoder to snapshot.
pub const RECORD_NUMBER: &str = "_record_number";

/// The column that carries a record's byte offset (`UInt64`, from zero; null where a source has no bytes, as a database).
pub const BYTE_OFFSET: &str = "_byte_offset";

/// Where a record came from: enough to find it again in the legacy system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The source, as `sources/*.toml` names it.
    pub source: String,
    /// SHA-256 of the file that was read, in lower-case hexadecimal; of a database, of the file as it was when read. Empty for a live source:
    /// nothing is kept to compare with, and the digest of a single record would let whoever knows most of it guess the rest.
    pub digest: String,
    /// The record in that file, or in the answer of a live source, counted from one.
    pub record_number: u64,
}
