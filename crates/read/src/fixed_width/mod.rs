//! Text files whose columns stand at positions, described by a layout table.
//!
//! * `layout` is what the file is said to hold, `options` reads it from the source file, `import` from the tables that
//!   agencies publish.
//! * `sheets` sorts the records by their type while the file is cut, carries headers down and finds trailers; `decode` and
//!   `values` turn them into columns.
//! * `infer` guesses the columns of a file that nobody described.
//!
//! Lines and records of one length are cut by the framings of copybook files. Left out on purpose: binary fields, which need a
//! copybook, and UTF-16.

mod beside;
mod decode;
mod fault;
mod import;
mod infer;
mod kind;
mod layout;
mod options;
mod propose;
mod sheets;
mod values;

#[cfg(test)]
mod tests;

pub(crate) use beside::is_layout;
pub(crate) use kind::KIND;
