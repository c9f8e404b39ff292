//! A register's records at one refresh: one immutable Parquet file.
//!
//! A snapshot appears under its name whole or not at all. It grows under a temporary name in the same folder; then the
//! file is flushed to the disk, renamed (POSIX `rename` replaces in one step), and the folder is flushed, because a name
//! is durable only then (Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014). What a killed program
//! leaves behind is removed by [`remove_unfinished`].

mod join;
mod reader;
mod unfinished;
mod writer;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::{fs, io};

use concordat_record::{Place, Problem};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

pub use join::join_snapshots;
pub use reader::SnapshotReader;
pub use writer::SnapshotWriter;

use crate::output::cannot_write;

/// Rows of a row group: what a writer holds in memory and a reader reads at once.
const ROW_GROUP_ROWS: usize = 65_536;

/// The ending of names that are not snapshots yet.
const UNFINISHED: &str = ".unfinished";

/// Removes what killed writers left in a folder, and says how much it was. Only while no writer works there.
///
/// # Errors
/// When the folder cannot be read or changed.
pub fn remove_unfinished(folder: &Path) -> io::Result<usize> {
    let mut removed = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.as_os_str().as_encoded_bytes().ends_with(UNFINISHED.as_bytes()) {
            fs::remove_file(path)?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// How all our Parquet files are written.
pub(crate) fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_created_by("concordat".into())
        .build()
}

pub(crate) fn cannot_write_parquet(error: ParquetError) -> Problem {
    match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(error) => cannot_write(&error),
            Err(cause) => cannot_write(&io::Error::other(cause)),
        },
        // Some writers of the parquet crate keep only the words of the cause.
        other
            if other.to_string().to_lowercase().contains("no space left")
                || other.to_string().contains("no storage space") =>
        {
            cannot_write(&io::ErrorKind::StorageFull.into())
        }
        other => cannot_write(&io::Error::other(other)),
    }
}

fn named(problem: Problem, path: &Path) -> Problem {
    problem.at(Place::file(path.display().to_string()))
}

fn missing(error: &io::Error, path: &Path) -> Problem {
    let problem = Problem::new("engine.missing-snapshot", format!("the snapshot cannot be opened: {error}"));
    named(problem.advise("refresh the register"), path)
}

fn broken(error: &dyn std::error::Error, path: &Path) -> Problem {
    let problem = Problem::new("engine.broken-snapshot", format!("the snapshot cannot be read: {error}"));
    named(problem.advise("refresh the register; snapshots can always be made again"), path)
}
