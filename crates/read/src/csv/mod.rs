//! Delimited text: CSV and its relatives, as RFC 4180 describes them and as they really are.
//!
//! `split` finds records and fields, `dialect` guesses delimiter, quote and header, `reader` walks the file. Left out for now: several tables in one file, footers and control totals.

mod dialect;
mod kind;
mod propose;
mod reader;
mod split;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use kind::KIND;
