//! Where a source's files come from: the place (`[from]`), how they are packed (`[unpack]`), and several read as one.
//!
//! The work is done by the crate `fetch`; here its settings are read, and its files handed to the kinds: each file that is plain
//! and lies in the body's folder is opened by its path as ever, each other one through a [`Location`] that holds it.

mod chain;
mod drop;
mod from;
mod options;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use concordat_fetch::{FetchedFile, Found, Unpack};
use concordat_record::{Problem, Problems};

use crate::kinds::{Location, Open};
use crate::reader::Reader;
use crate::wanted::Wanted;

use chain::Chain;
use drop::DropSettings;
pub use drop::{DROP_OPTIONS, DropPlace};
pub(crate) use from::From;
pub use from::{FROM_OPTIONS, TRANSPORTS, TransportDoc};
pub use options::UNPACK_OPTIONS;

/// Where the bytes of a file come from.
#[derive(Clone, Debug)]
pub(crate) enum Bytes {
    /// From the file that the path names, as it lies.
    Here,
    /// Unpacked on the way, or from elsewhere.
    Fetched(Box<Fetched>),
    /// From another machine, which is not asked now: a source is checked without its records.
    Unseen,
}

/// A file that is fetched, and why it broke off if it did.
#[derive(Clone, Debug)]
pub(crate) struct Fetched {
    pub file: FetchedFile,
    pub fault: Fault,
}

/// Why a file broke off, kept until its last record has been read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fault(Arc<Mutex<Option<Problem>>>);

impl Fault {
    /// Keeps the first one.
    pub fn keep(&self, problem: Problem) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(problem);
    }

    pub fn take(&self) -> Option<Problem> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

const UNSEEN: &str = "read.unseen";

/// The problem of a file that is not looked at. [`Origin::check`] leaves it out.
pub(crate) fn unseen() -> Problem {
    Problem::new(UNSEEN, "the file lies on another machine, which was not asked")
}

/// Where the files of a source come from.
#[derive(Debug, Default)]
pub(crate) struct Origin {
    pub from: From,
    pub unpack: Unpack,
    /// When files are complete that others put there.
    pub dropped: Option<DropSettings>,
}

impl Origin {
    /// Whether the source is a file that lies on this machine, by its own name.
    pub fn is_here(&self) -> bool {
        matches!(self.from, From::Here) && self.dropped.is_none()
    }

    /// Opens the files that a path means as one source.
    pub fn open(
        &self,
        options: &Arc<dyn Open>,
        base: &Path,
        path: &str,
        wanted: &Wanted,
    ) -> Result<Box<dyn Reader>, Problem> {
        let found = self.from.transport(base)?.find(base, path)?;
        self.open_found(options, base, path, wanted, found)
    }

    /// Opens certain files as one source.
    pub fn open_files(
        &self,
        options: &Arc<dyn Open>,
        base: &Path,
        files: &[PathBuf],
    ) -> Result<Box<dyn Reader>, Problem> {
        let shown = |file: &PathBuf| file.strip_prefix(base).unwrap_or(file).display().to_string();
        let found: Vec<Found> = files.iter().map(|file| Found::here(file.clone(), shown(file))).collect();
        let path = files.first().map(shown).unwrap_or_default();
        self.open_found(options, base, &path, &Wanted::default(), found)
    }

    fn open_found(
        &self,
        options: &Arc<dyn Open>,
        base: &Path,
        path: &str,
        wanted: &Wanted,
        found: Vec<Found>,
    ) -> Result<Box<dyn Reader>, Problem> {
        let [only] = found.as_slice() else {
            return Ok(Box::new(Chain::new(self, options, base, wanted, found, Vec::new())?));
        };
        // A file that is missing is told by the kind.
        if only.local().is_some_and(|path| !path.is_file()) {
            return options.open(&Location::here(base, path), wanted);
        }
        let files = FetchedFile::all_in(only.clone(), &self.unpack)?;
        match files.as_slice() {
            // A plain one needs nobody between it and its kind.
            [file] if file.plain().is_some() => {
                options.open(&Location::here(base, only.shown.as_str()), wanted)
            }
            _ => Ok(Box::new(Chain::new(self, options, base, wanted, Vec::new(), files)?)),
        }
    }

    /// Whether a file of this machine, by its whole path, is one of those that a path means.
    pub fn is_read_from(&self, base: &Path, path: &str, file: &Path) -> bool {
        let From::Here = self.from else { return false };
        let found = self.from.transport(base).and_then(|transport| transport.find(base, path));
        let found = found.unwrap_or_default();
        found.iter().filter_map(Found::local).any(|own| own.canonicalize().is_ok_and(|own| own == file))
    }

    /// All that is wrong with a source and can be seen without its records. No other machine is asked.
    pub fn check(&self, options: &dyn Open, base: &Path, path: &str) -> Problems {
        let at = match &self.from {
            From::Here => self.first(base, path),
            there => {
                there.transport(base).map(|_| Location { bytes: Bytes::Unseen, ..Location::here(base, path) })
            }
        };
        let mut problems = match at {
            Ok(at) => options.check(&at),
            Err(problem) => return problem.into(),
        };
        problems.0.retain(|problem| problem.code != UNSEEN);
        problems
    }

    /// The first of the files that a path means.
    pub fn first(&self, base: &Path, path: &str) -> Result<Location, Problem> {
        match self.from.transport(base)?.find(base, path)?.into_iter().next() {
            Some(first) => located(first, self, base, path),
            None => Ok(Location::here(base, path)),
        }
    }

    /// One file, for whoever looks at it before there is a source.
    pub fn only(&self, base: &Path, path: &str) -> Result<Location, Problem> {
        located(Found::here(base.join(path), path), self, base, path)
    }
}

fn located(found: Found, origin: &Origin, base: &Path, path: &str) -> Result<Location, Problem> {
    let shown = found.shown.clone();
    if found.local().is_some_and(|path| !path.is_file()) {
        return Ok(Location::here(base, path));
    }
    let files = FetchedFile::all_in(found, &origin.unpack)?;
    Ok(match files.into_iter().next() {
        Some(file) => location(base, file),
        None => Location::here(base, shown),
    })
}

/// How a kind finds a file.
fn location(base: &Path, file: FetchedFile) -> Location {
    let at = Location::here(base, file.shown());
    if file.plain().is_some() {
        return at;
    }
    Location { bytes: Bytes::Fetched(Box::new(Fetched { file, fault: Fault::default() })), ..at }
}
