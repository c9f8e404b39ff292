//! A folder that others drop files into: which files are complete, each read once, each put away when it was.
//!
//! Whoever drops a file writes it slowly, so a file that is there need not be whole: `rules` says when it is. What was read is
//! known by its digest and stands in a `ledger`, so that neither a crash nor the same export under another name reads it again.
//! `archive` puts away what was read. One process at a time looks after a folder; the caller sees to that.
//!
//! The order of steps, each durable before the next: [`DropFolder::begin`], the caller's work, [`DropFolder::finish`] (the ledger,
//! then the marker, then the file itself). Killed after any of them, the next look tells what is left: a file that was begun is
//! ready again and says so; one that stands in the ledger is known, and is put away without being read.

mod archive;
mod ledger;
mod rules;
mod sightings;
#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use concordat_record::{Clock, Place, Problem};

use crate::disk::OnDisk;
use crate::fault::harmless;
use crate::tap::Digest;

use ledger::Ledger;
pub use rules::{Complete, DropRules, Trailer};
use sightings::{Sightings, Stamp};

/// A folder that files are dropped into.
#[derive(Debug)]
pub struct DropFolder {
    folder: PathBuf,
    rules: DropRules,
    ledger: Ledger,
    sightings: Sightings,
}

/// A file that was dropped.
#[derive(Clone, Debug)]
pub struct Dropped {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name in the folder.
    pub name: String,
    /// SHA-256 of it.
    pub digest: Digest,
    /// Whether its reading was begun before, and not finished.
    pub was_begun: bool,
    stamp: Stamp,
}

/// A file that is not complete yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its name in the folder.
    pub name: String,
    /// What is waited for.
    pub for_what: String,
}

/// What lies in the folder.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// Complete and not read yet, in the order of their names.
    pub ready: Vec<Dropped>,
    /// Not complete yet.
    pub waiting: Vec<Waiting>,
    /// Read before, by their digest: to be put away.
    pub known: Vec<Dropped>,
}

/// Files in the folder that are looked at; more are a mistake.
const MOST_FILES: usize = 100_000;

impl DropFolder {
    /// Opens a folder. The ledger, and beside it what is only remembered (`.seen`), are made when they are not there.
    ///
    /// # Errors
    /// `drop.ledger` when the ledger is not one or cannot be written.
    pub fn open(folder: &Path, rules: DropRules, ledger: &Path) -> Result<Self, Problem> {
        let sightings = Sightings::load(ledger.with_added_extension("seen"));
        Ok(Self { folder: folder.into(), rules, ledger: Ledger::open(ledger)?, sightings })
    }

    /// Looks at the folder.
    ///
    /// # Errors
    /// `drop.cannot-read` of the folder or a file in it.
    pub fn look(&mut self, clock: &dyn Clock) -> Result<Look, Problem> {
        let mut look = Look::default();
        let files = self.files()?;
        self.sightings.forget_all_but(&files);
        for (name, stamp) in files {
            let path = self.folder.join(&name);
            let since = self.sightings.since(&name, stamp, clock.now());
            let known = self.sightings.digest(&name, stamp).filter(|digest| self.ledger.is_done(digest));
            // What was read is known although its marker may have gone already.
            if known.is_none()
                && let Some(for_what) = self.rules.awaited(&path, since, clock.now())?
            {
                look.waiting.push(Waiting { name: harmless(&name), for_what });
                continue;
            }
            let digest = match self.sightings.digest(&name, stamp) {
                Some(digest) => digest,
                None => digest(&path, &name)?,
            };
            self.sightings.remember(&name, digest);
            let was_begun = self.ledger.is_begun(&digest);
            let dropped = Dropped { path, name, digest, was_begun, stamp };
            if self.ledger.is_done(&digest) || look.ready.iter().any(|other| other.digest == digest) {
                look.known.push(dropped);
            } else {
                look.ready.push(dropped);
            }
        }
        self.sightings.save()?;
        Ok(look)
    }

    /// Notes that a file is going to be read. Durable when this returns.
    ///
    /// # Errors
    /// `drop.changed` when it is no longer the file that was looked at; `drop.ledger`.
    pub fn begin(&mut self, file: &Dropped, clock: &dyn Clock) -> Result<(), Problem> {
        refuse_changed(file)?;
        self.ledger.begun(file, clock.now())
    }

    /// Notes that a file was read, and puts it away. What it was read for must be durable before. Gives the place in the archive.
    ///
    /// # Errors
    /// `drop.changed` when the file was changed while it was read: it is not noted then and will be read again; `drop.ledger`;
    /// `drop.archive` when it cannot be put away, which the next look offers again.
    pub fn finish(&mut self, file: &Dropped, clock: &dyn Clock) -> Result<Option<PathBuf>, Problem> {
        refuse_changed(file)?;
        self.ledger.done(file, clock.now())?;
        self.put_away(file)
    }

    /// Puts a known file away; where there is no archive it stays, and is known from now on.
    ///
    /// # Errors
    /// `drop.archive`.
    pub fn put_away(&self, file: &Dropped) -> Result<Option<PathBuf>, Problem> {
        let Some(archive) = &self.rules.archive else { return Ok(None) };
        refuse_changed(file)?;
        // The marker first: left behind, it would vouch for the next file of the same name.
        for marker in self.rules.markers(&file.path) {
            match fs::remove_file(&marker) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(archive::failed(&marker, &error));
                }
                _ => {}
            }
        }
        archive::put(&file.path, archive).map(Some)
    }

    /// The files that the rules are about, in the order of their names.
    fn files(&self) -> Result<Vec<(String, Stamp)>, Problem> {
        let failed = |error: &io::Error| {
            let sentence = format!("the drop folder `{}` cannot be read: {error}", self.folder.display());
            Problem::new("drop.cannot-read", sentence).at(Place::file(self.folder.display().to_string()))
        };
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(|error| failed(&error))? {
            let entry = entry.map_err(|error| failed(&error))?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if !self.rules.is_about(&name) {
                continue;
            }
            // A link is followed; what is no file, or went meanwhile, is none of ours.
            let Some(stamp) = Stamp::of(&entry.path()) else { continue };
            files.push((name, stamp));
            if files.len() > MOST_FILES {
                let sentence =
                    format!("there are more than {MOST_FILES} files in `{}`", self.folder.display());
                return Err(Problem::new("drop.too-many-files", sentence));
            }
        }
        files.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(files)
    }
}

fn refuse_changed(file: &Dropped) -> Result<(), Problem> {
    if Stamp::of(&file.path) == Some(file.stamp) {
        return Ok(());
    }
    let sentence = format!("`{}` was changed after it was complete", harmless(&file.name));
    Err(Problem::new("drop.changed", sentence).at(Place::file(file.path.display().to_string())).advise(
        "whoever drops files should write each once; a longer time of rest (`stable`) or a marker file helps",
    ))
}

fn digest(path: &Path, name: &str) -> Result<Digest, Problem> {
    OnDisk::lying(path.to_owned()).and_then(|file| file.digest()).map_err(|error| {
        let sentence = format!("`{}` cannot be read: {error}", harmless(name));
        Problem::new("drop.cannot-read", sentence).at(Place::file(path.display().to_string()))
    })
}
