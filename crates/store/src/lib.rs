//! The answer store: what a node must find again in milliseconds, in one SQLite file, and files that survive a power cut.
//!
//! There are no domain words in here. A *collection* has *generations*; a generation is an immutable set of numbered
//! *documents*, found by number or by *postings* (a key of 64 bits → numbers); one generation of a collection is current, and
//! publishing another switches to it in one transaction, so that a reader sees the old or the new one whole.
//! Beside them lie *entries*: small values by space and key, some of which expire.

mod durable;
mod entries;
mod failure;
mod generation;
mod reading;
mod schema;
mod store;
#[cfg(test)]
mod tests;

pub use durable::{create_folder, write_file};
pub use generation::Draft;
pub use reading::Reading;
pub use store::Store;
