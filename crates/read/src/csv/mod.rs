//! Delimited text: CSV and its relatives, as RFC 4180 describes them and as they really are.
//!
//! Reading: `text` is the file as scannable text, `scan` finds records and fields (`words` the plain ones, eight bytes at a time), `cut` cuts
//! the file into pieces of whole records, `decode` makes columns of them on all cores, `numbered` puts the numbers of records in order.
//! Detecting: `detect` guesses how an unknown file is written, `propose` writes it down. Left out: tables side by side.

mod coding;
mod cut;
mod decode;
mod detect;
mod fault;
mod header;
mod kind;
mod marks;
mod numbered;
mod options;
mod propose;
mod reader;
mod scan;
mod settings;
#[cfg(test)]
mod tests;
mod text;
mod trailer;
mod words;

pub(crate) use detect::letters;
pub(crate) use kind::KIND;
