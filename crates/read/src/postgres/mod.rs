//! Tables, queries and changes of a PostgreSQL server.
//!
//! `session` connects and only reads, `reader` takes rows by `COPY` in binary form (`copy`, `binary`, `numeric`), `lookup` looks up those that a
//! question is about, `types` says what each type becomes, `changes` reads what happened to a table since the last time. Left out on purpose: anything that writes, but for the
//! one function that tells the server which changes are safely kept here.

mod binary;
mod changes;
mod copy;
pub(crate) mod doors;
mod failures;
mod kind;
mod lookup;
mod numeric;
mod reader;
mod session;
#[cfg(test)]
mod tests;
mod types;

pub(crate) use kind::KIND;
