//! Workbooks of Excel and OpenDocument: a table in a sheet, however it lies there.
//!
//! `package` decides whether a file may be opened at all, `book` opens it and gives rows, `layout` is how a sheet lies, `sieve` which rows
//! count, `table` finds header, columns and types, `reader` makes records. Each format has a reader of its own: `xls`, `xlsx`, `ods`, and
//! `xlsb`, which is calamine's. Left out: what formulas would give now (the value that was saved counts), colours and comments,
//! and sheets of charts.

mod book;
mod cell;
mod fault;
mod header;
#[cfg(test)]
mod hostile;
mod kind;
mod kinds;
mod layout;
mod number_format;
mod ods;
mod package;
mod part;
mod propose;
mod reader;
mod shared;
mod sieve;
mod table;
#[cfg(test)]
mod tests;
mod texts;
mod xls;
mod xlsb;
mod xlsx;

pub(crate) use kind::KIND;
pub(crate) use texts::sheets_as_text;
