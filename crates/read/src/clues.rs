//! The beginning of an unknown file, what it tells about the kind of source, and how the file could be read.

use std::path::Path;

use crate::kinds::Location;

/// The first bytes of a file.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The name of the file.
    pub name: String,
    /// Its beginning, at most [`Sample::BYTES`].
    pub bytes: Vec<u8>,
    /// Its size.
    pub size: u64,
}

impl Sample {
    /// How much of a file is looked at.
    pub const BYTES: usize = 256 << 10;

    /// Whether the sample is the whole file.
    pub fn is_whole(&self) -> bool {
        self.bytes.len() as u64 >= self.size
    }
}

/// How sure something is about a file, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Clue {
    /// From 0 (a guess) to 1 (certain).
    pub confidence: f64,
    /// What was seen, one sentence each.
    pub evidence: Vec<String>,
}

/// An unknown file, for the kind that is asked how to read it.
pub(crate) struct Seen<'a> {
    pub at: &'a Location,
    pub sample: &'a Sample,
    /// The description of its records that was given beside it: a copybook.
    pub copybook: Option<&'a Path>,
}

/// A way to read a file: the options of its kind, and what spoke for them.
pub(crate) struct Candidate {
    /// The options as they stand in a source file, the kind's table included.
    pub options: String,
    pub encoding: String,
    pub evidence: Vec<String>,
    pub layout: Option<String>,
}

/// A text as TOML writes it.
pub(crate) fn quoted(text: &str) -> String {
    toml::Value::String(text.into()).to_string()
}
