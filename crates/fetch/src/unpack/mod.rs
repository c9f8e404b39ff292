//! Undoing how a file is packed: compressed streams, archives, and one within the other.
//!
//! `magic` recognises, `streams` undoes compression, `zip` and `tar` list and open the files of an archive, `members` chooses
//! among them, `limits` stops bombs, and `dig` goes through the layers.

mod dig;
mod limits;
mod magic;
mod members;
mod streams;
mod tar;
#[cfg(test)]
mod tests;
mod zip;

pub(crate) use dig::{Dug, Input, Layers, Trail};
pub use limits::Limits;

use concordat_record::Problem;
use glob::Pattern;

/// What is undone of a file before it is read.
#[derive(Clone, Debug)]
pub struct Unpack {
    /// Whether packed files are recognised; else all are read as they lie.
    pub recognise: bool,
    /// Which files of an archive are meant; the only one when nothing is said.
    pub member: Option<Pattern>,
    /// How much a file may become.
    pub limits: Limits,
}

impl Default for Unpack {
    fn default() -> Self {
        Self { recognise: true, member: None, limits: Limits::DEFAULT }
    }
}

/// A pattern for files: `*` and `?` within a part of a name, `**` for any folders, `[ab]` for one of some characters.
///
/// # Errors
/// `fetch.bad-pattern`.
pub fn pattern(text: &str) -> Result<Pattern, Problem> {
    Pattern::new(text).map_err(|error| {
        Problem::new("fetch.bad-pattern", format!("`{text}` is no pattern for files: {}", error.msg))
            .advise("a character that means something in a pattern stands for itself in brackets: `[[]`")
    })
}
