//! Tables and queries of a MySQL or MariaDB server.
//!
//! `session` connects and only reads, `reader` takes rows by a prepared statement, in binary form (`decode`), `lookup` looks up those that a
//! question is about, `types` says what each type becomes. Left out on purpose: the binary log, which accounts that may only read do not see.

mod decode;
mod failures;
mod kind;
mod lookup;
mod reader;
mod session;
#[cfg(test)]
mod tests;
mod types;

pub(crate) use kind::KIND;
