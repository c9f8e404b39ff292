//! Workbooks of Excel and OpenDocument: a table in a sheet, however it lies there.
//!
//! `package` decides whether a file may be opened at all, `book` opens it with calamine and gives rows, `layout` finds what calamine does
//! not tell, `sieve` which rows count, `table` finds header, columns and types, `reader` makes records. Left out: what formulas would give now (the value that was
//! saved counts), colours and comments, and sheets of charts.

mod book;
mod cell;
mod header;
mod kind;
mod kinds;
mod layout;
mod package;
mod propose;
mod reader;
mod sieve;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use kind::KIND;
