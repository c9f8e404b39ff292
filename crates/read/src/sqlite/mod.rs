//! Tables and queries of a SQLite database, read as another application left them.
//!
//! `database` opens it read-only and says what is in it, `columns` settles the types, `reader` feeds the rows (`databases`),
//! `lookup` those that a question is about.

mod columns;
mod database;
mod kind;
mod lookup;
mod propose;
mod reader;
#[cfg(test)]
mod tests;

pub(crate) use kind::KIND;
