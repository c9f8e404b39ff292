//! Several files in one input: a source file, what describes its records, and the records.
//!
//! Each part is a line with its name and its length, then its bytes. A person can read it, git can compare it, and a mutator can change one
//! part without breaking the others.

use std::fs;
use std::io;
use std::path::{Component, Path};

use tempfile::TempDir;

/// A file of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where it lies in the folder.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl Part {
    /// Whether its name has an ending.
    pub(crate) fn ends(&self, ending: &str) -> bool {
        Path::new(&self.name).extension().is_some_and(|own| own == ending)
    }
}

/// Files of one input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder(pub Vec<Part>);

impl Folder {
    /// Takes an input apart. A last part that is shorter than its length is what there is; what is behind a line that is no
    /// heading is left out.
    pub fn parse(mut input: &[u8]) -> Self {
        let mut parts = Vec::new();
        while let Some((name, length, rest)) = heading(input) {
            let (bytes, rest) = rest.split_at(length.min(rest.len()));
            parts.push(Part { name: name.to_owned(), bytes: bytes.to_vec() });
            input = rest;
        }
        Self(parts)
    }

    /// Puts an input together.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in &self.0 {
            bytes.extend_from_slice(format!("{} {}\n", part.name, part.bytes.len()).as_bytes());
            bytes.extend_from_slice(&part.bytes);
        }
        bytes
    }

    /// Adds a part.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.push(Part { name: name.into(), bytes: bytes.into() });
        self
    }

    /// The bytes of a part.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|part| part.name == name).map(|part| part.bytes.as_slice())
    }

    /// The text of a part; nothing when it is none.
    pub fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.get(name)?).ok()
    }

    /// Writes the parts as files below a folder that goes when it is dropped: in memory, where the system has such a place.
    pub(crate) fn lay_out(&self) -> io::Result<TempDir> {
        let memory = Path::new("/dev/shm");
        let base = if memory.is_dir() { tempfile::tempdir_in(memory)? } else { tempfile::tempdir()? };
        for part in &self.0 {
            let path = base.path().join(&part.name);
            if let Some(above) = path.parent().filter(|_| part.name.contains('/')) {
                fs::create_dir_all(above)?;
            }
            fs::write(path, &part.bytes)?;
        }
        Ok(base)
    }
}

/// A name that stays within its folder, a length, and what is behind the line.
fn heading(input: &[u8]) -> Option<(&str, usize, &[u8])> {
    let end = input.iter().position(|byte| *byte == b'\n')?;
    let (line, rest) = input.split_at_checked(end)?;
    let (name, length) = std::str::from_utf8(line).ok()?.rsplit_once(' ')?;
    let stays = Path::new(name).components().all(|component| matches!(component, Component::Normal(_)));
    let is_plain = !name.is_empty() && !name.ends_with('/') && !name.contains('\0');
    (stays && is_plain).then_some((name, length.parse().ok()?, rest.get(1..)?))
}
