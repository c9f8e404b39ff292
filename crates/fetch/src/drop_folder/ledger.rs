//! Which files were begun and which were read: lines of a text file, each durable before anything is built on it.
//!
//! ```text
//! done 9f86d081… 2026-11-23T06:00:00Z 1048576 hospitals-2026-11.csv
//! ```
//!
//! Lines are only ever added. A line that was torn by a power cut has no line end and counts for nothing.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use concordat_record::{Place, Problem, Timestamp};

use super::{Dropped, archive};
use crate::fault::harmless;
use crate::tap::Digest;

/// The ledger of a drop folder.
#[derive(Debug)]
pub(super) struct Ledger {
    path: PathBuf,
    begun: HashSet<Digest>,
    done: HashSet<Digest>,
}

/// A ledger is small: a line for each file that was read.
const LARGEST: u64 = 256 << 20;

impl Ledger {
    pub fn open(path: &Path) -> Result<Self, Problem> {
        let mut ledger = Self { path: path.into(), begun: HashSet::new(), done: HashSet::new() };
        let mut text = Vec::new();
        match File::open(path) {
            Ok(file) => file.take(LARGEST).read_to_end(&mut text).map_err(|error| ledger.failed(&error))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(ledger),
            Err(error) => return Err(ledger.failed(&error)),
        };
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        if whole < text.len() {
            let file = OpenOptions::new().write(true).open(path).map_err(|error| ledger.failed(&error))?;
            file.set_len(whole as u64)
                .and_then(|()| file.sync_all())
                .map_err(|error| ledger.failed(&error))?;
        }
        let text = String::from_utf8_lossy(text.get(..whole).unwrap_or_default()).into_owned();
        for (number, line) in text.lines().enumerate() {
            let mut words = line.split(' ');
            let (step, digest) = (words.next(), words.next().and_then(digest_of));
            match (step, digest) {
                (Some("begun"), Some(digest)) => ledger.begun.insert(digest),
                (Some("done"), Some(digest)) => ledger.done.insert(digest),
                _ => {
                    let place = Place::file(path.display().to_string()).line(number as u64 + 1);
                    return Err(Problem::new("drop.ledger", "the line is none of a ledger of files")
                        .at(place)
                        .advise("restore the file from a backup; without it all files in the folder are read again"));
                }
            };
        }
        Ok(ledger)
    }

    pub fn is_begun(&self, digest: &Digest) -> bool {
        self.begun.contains(digest) && !self.done.contains(digest)
    }

    pub fn is_done(&self, digest: &Digest) -> bool {
        self.done.contains(digest)
    }

    /// Notes that a file is going to be read.
    pub fn begun(&mut self, file: &Dropped, now: Timestamp) -> Result<(), Problem> {
        if self.begun.insert(file.digest) {
            self.add("begun", file, now)?;
        }
        Ok(())
    }

    /// Notes that a file was read.
    pub fn done(&mut self, file: &Dropped, now: Timestamp) -> Result<(), Problem> {
        if !self.done.contains(&file.digest) {
            self.add("done", file, now)?;
            self.done.insert(file.digest);
        }
        Ok(())
    }

    fn add(&self, step: &str, file: &Dropped, now: Timestamp) -> Result<(), Problem> {
        let (digest, size, name) = (hexadecimal(&file.digest), file.stamp.size, harmless(&file.name));
        let line = format!("{step} {digest} {now} {size} {name}\n");
        let write = || {
            let is_new = !self.path.exists();
            let mut ledger = OpenOptions::new().append(true).create(true).open(&self.path)?;
            ledger.write_all(line.as_bytes())?;
            ledger.sync_all()?;
            if is_new { archive::sync_folder_of(&self.path) } else { Ok(()) }
        };
        write().map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &io::Error) -> Problem {
        let sentence = format!("the ledger of files cannot be read or written: {error}");
        Problem::new("drop.ledger", sentence)
            .at(Place::file(self.path.display().to_string()))
            .advise("check that its folder exists and that this user may write to it")
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)]).collect()
}

/// The digest that these digits are.
pub(super) fn digest_of(digits: &str) -> Option<Digest> {
    let mut digest = Digest::default();
    if digits.len() != 2 * digest.len() || !digits.is_ascii() {
        return None;
    }
    for (at, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(digest)
}
