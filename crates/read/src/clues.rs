//! The beginning of an unknown file, and what it tells about the kind of source.

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
