//! What was seen at the last look: since when each file is as it is, and its digest. Only remembered: when it is lost, files rest
//! anew and are hashed again.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use concordat_record::{Place, Problem, Timestamp};

use super::archive;
use super::ledger::{digest_of, hexadecimal};
use crate::tap::Digest;

/// What tells a file from a changed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub size: u64,
    /// Nanoseconds since 1970.
    modified: u128,
}

impl Stamp {
    /// Of a regular file.
    pub fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Some(Self { size: metadata.len(), modified: modified.map_or(0, |since| since.as_nanos()) })
    }
}

/// What is remembered of files, by name.
#[derive(Debug)]
pub(super) struct Sightings {
    path: PathBuf,
    seen: HashMap<String, Sighting>,
}

#[derive(Clone, Debug)]
struct Sighting {
    stamp: Stamp,
    since: Timestamp,
    digest: Option<Digest>,
}

impl Sightings {
    pub fn load(path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let seen = text.lines().filter_map(parsed).collect();
        Self { path, seen }
    }

    pub fn forget_all_but(&mut self, files: &[(String, Stamp)]) {
        let names: HashMap<&str, Stamp> = files.iter().map(|(name, stamp)| (name.as_str(), *stamp)).collect();
        self.seen.retain(|name, sighting| names.get(name.as_str()) == Some(&sighting.stamp));
    }

    /// Since when a file is as it is now.
    pub fn since(&mut self, name: &str, stamp: Stamp, now: Timestamp) -> Timestamp {
        let new = Sighting { stamp, since: now, digest: None };
        let sighting = self.seen.entry(name.to_owned()).or_insert_with(|| new.clone());
        // A clock that was set back must not let a file rest for ever.
        if sighting.stamp != stamp || sighting.since > now {
            *sighting = new;
        }
        sighting.since
    }

    pub fn digest(&self, name: &str, stamp: Stamp) -> Option<Digest> {
        self.seen.get(name).filter(|sighting| sighting.stamp == stamp)?.digest
    }

    pub fn remember(&mut self, name: &str, digest: Digest) {
        if let Some(sighting) = self.seen.get_mut(name) {
            sighting.digest = Some(digest);
        }
    }

    pub fn save(&self) -> Result<(), Problem> {
        let mut lines: Vec<String> =
            self.seen.iter().filter_map(|(name, sighting)| written(name, sighting)).collect();
        lines.sort();
        archive::write_whole(&self.path, lines.concat().as_bytes()).map_err(|error| {
            let sentence = format!("what was seen cannot be written: {error}");
            Problem::new("drop.ledger", sentence).at(Place::file(self.path.display().to_string()))
        })
    }
}

/// `since size modified digest name`; a name that would break the line is not remembered.
fn written(name: &str, sighting: &Sighting) -> Option<String> {
    let digest = sighting.digest.map_or_else(|| "-".to_owned(), |digest| hexadecimal(&digest));
    let Stamp { size, modified } = sighting.stamp;
    (!name.contains(['\n', '\r'])).then(|| format!("{} {size} {modified} {digest} {name}\n", sighting.since))
}

fn parsed(line: &str) -> Option<(String, Sighting)> {
    let mut words = line.splitn(5, ' ');
    let since = words.next()?.parse().ok()?;
    let stamp = Stamp { size: words.next()?.parse().ok()?, modified: words.next()?.parse().ok()? };
    let digest = digest_of(words.next()?);
    Some((words.next()?.to_owned(), Sighting { stamp, since, digest }))
}
