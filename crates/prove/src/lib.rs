//! What happened, so that nobody has to be believed: the tamper-evident log of a body's exchanges, and proofs from it.
//!
//! * [`Log`] appends leaves and says so when they are durable and under a signed head; [`LogReader`] reads them back.
//! * [`verify_proof`] checks a proof with nothing but the body's public key; [`verify_dir`] and [`verify_url`] check a whole log.
//! * A [`Leaf`] holds no personal data; an [`Opening`] shows that a request and its answer are the logged ones, until the
//!   [`Salt`] is destroyed.
//!
//! Formats: C2SP tlog-tiles, tlog-checkpoint, tlog-proof and signed-note over RFC 6962 hashes, so that foreign programs can check
//! everything here. Left out, and to come: witnesses, consistency proofs between two heads, logs in object storage.

#[cfg(test)]
mod benchmark;
mod checkpoint;
mod disk;
mod files;
mod journal;
mod leaf;
mod log;
mod proof;
mod reader;
mod recovery;
mod salts;
mod tile;
mod tree;
mod verify;
mod writer;

pub use checkpoint::Checkpoint;
pub use leaf::{Digest, Leaf, LeafFormat, Opening, Outcome, Salt, Side};
pub use log::{Appended, Log};
pub use proof::{ProvenLeaf, verify_proof};
pub use reader::LogReader;
pub use verify::{Fetch, Report, SaltCount, verify_dir, verify_url};

#[cfg(test)]
mod foreign_tests;
#[cfg(test)]
mod tests;
