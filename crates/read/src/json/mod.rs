//! JSON: documents, JSON Lines, documents one behind the other, and sequences (RFC 8259, RFC 7464), streamed record by record.
//!
//! [`grammar`] knows where a value ends and refuses what is none, [`scan`] finds the records of a text, [`discover`] settles columns and
//! types by a sample, [`fill`] makes rows. Left out: JSON5 and comments, which are not JSON.

mod discover;
mod fill;
mod grammar;
mod kind;
mod open;
mod path;
mod propose;
mod recover;
mod scan;
#[cfg(test)]
mod tests;
mod walk;

pub(crate) use kind::KIND;
