//! Checking a whole log, from its entries up to its signed root, and saying which file is wrong and where.
//!
//! [`verify_url`] asks for the public files one by one through [`Fetch`], holding one bundle at a time; [`verify_dir`] does the
//! same on a folder and looks at the private files too. Whatever is wrong is reported, up to a limit, not only the first.

mod folder;
mod walk;

use std::path::Path;

use concordat_record::{Place, Problem, Problems};
use concordat_sign::VerifierKey;
use serde::Serialize;

use crate::checkpoint::Checkpoint;
use crate::disk::{Disk, Folder};
use crate::files::{CHECKPOINT, missing};
use crate::leaf::Digest;
use walk::Walk;

/// Problems that are reported before the rest is only counted.
const MOST_PROBLEMS: usize = 100;

/// Where the public files of a log come from: a folder, a server.
pub trait Fetch {
    /// The file at a path such as `tile/0/000`; none when it is not there. Longer ones than 17 MB need not be read: no tile is.
    ///
    /// # Errors
    /// Whatever hinders the transport.
    fn fetch(&self, path: &str) -> Result<Option<Vec<u8>>, Problem>;
}

/// A log that has been found whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Which log it is: the id of the body.
    pub origin: String,
    /// How many leaves it has.
    pub size: u64,
    /// The root hash, in hexadecimal.
    pub root: String,
    /// The salts, where they could be looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salts: Option<SaltCount>,
    /// What is worth knowing though nothing is wrong, such as an unfinished commit that the next start will clear away.
    pub warnings: Problems,
}

/// How many salts there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SaltCount {
    /// Salts that are there.
    pub held: u64,
    /// Salts that were destroyed.
    pub destroyed: u64,
}

/// Checks the public files of a log, wherever they are.
///
/// # Errors
/// Everything that is wrong, each with its file and place.
pub fn verify_url(fetch: &dyn Fetch, key: &VerifierKey) -> Result<Report, Problems> {
    let checkpoint = fetch_checkpoint(fetch, key)?;
    let mut walk = Walk::new(fetch, &checkpoint);
    walk.run(&mut |_, _| Problems::none());
    finish(&checkpoint, None, walk.problems)
}

/// Checks a log in a folder: the public files, and the salts, the list of exchanges and the journal beside them.
///
/// The node may be running: what it appends meanwhile is left for the next time.
///
/// # Errors
/// Everything that is wrong, each with its file and place.
pub fn verify_dir(folder: &Path, key: &VerifierKey) -> Result<Report, Problems> {
    verify_disk(&Folder::at(folder), key)
}

pub(crate) fn verify_disk(disk: &dyn Disk, key: &VerifierKey) -> Result<Report, Problems> {
    let fetch = folder::FromDisk(disk);
    let checkpoint = fetch_checkpoint(&fetch, key)?;
    let mut walk = Walk::new(&fetch, &checkpoint);
    walk.run(&mut |first, entries| folder::check_exchanges(disk, first, entries));
    let mut problems = walk.problems;
    problems.extend(folder::check_exchanges_length(disk));
    let salts = folder::check_salts(disk, checkpoint.size, &mut problems);
    problems.extend(folder::check_journal(disk, key));
    problems.extend(folder::check_other_files(disk, checkpoint.size));
    finish(&checkpoint, Some(salts), problems)
}

fn fetch_checkpoint(fetch: &dyn Fetch, key: &VerifierKey) -> Result<Checkpoint, Problem> {
    let note = fetch.fetch(CHECKPOINT)?.ok_or_else(|| missing(CHECKPOINT))?;
    let note = String::from_utf8(note).map_err(|error| {
        let byte = error.utf8_error().valid_up_to() as u64;
        Problem::new("prove.checkpoint-malformed", "the checkpoint is not text")
            .at(Place::file(CHECKPOINT).byte(byte))
    })?;
    Checkpoint::verify(&note, key).map_err(|problem| problem.in_file(CHECKPOINT))
}

fn finish(
    checkpoint: &Checkpoint,
    salts: Option<SaltCount>,
    mut found: Problems,
) -> Result<Report, Problems> {
    if found.has_errors() {
        let rest = found.0.len().saturating_sub(MOST_PROBLEMS);
        found.0.truncate(MOST_PROBLEMS);
        if rest > 0 {
            found.push(Problem::new("prove.more", format!("{rest} more problems like these")));
        }
        return Err(found);
    }
    Ok(Report {
        origin: checkpoint.origin.clone(),
        size: checkpoint.size,
        root: Digest(checkpoint.root).to_string(),
        salts,
        warnings: found,
    })
}

#[cfg(test)]
mod tests;
