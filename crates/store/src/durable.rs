//! Files that survive a power cut: written beside their place, synced, moved over it, and the folder synced.
//!
//! Why all four steps: Pillai et al., *All File Systems Are Not Created Equal* (OSDI 2014). A failed sync is final:
//! trying again may report a success that is none (Rebello et al., *Can Applications Recover from fsync Failures?*, 2020).

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use concordat_record::{Place, Problem};

/// Writes a file whole, or leaves what was there. A private file can be read by its owner alone.
///
/// # Errors
/// `file.disk-full` or `file.cannot-write`.
pub fn write_file(path: &Path, content: &[u8], private: bool) -> Result<(), Problem> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let write = || -> io::Result<()> {
        let mut file = create(&part, private)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&part, path)?;
        sync_folder(path)
    };
    write().map_err(|error| {
        let _ = fs::remove_file(&part);
        problem(path, &error)
    })
}

/// Makes a folder and those above it.
///
/// # Errors
/// `file.cannot-write`.
pub fn create_folder(path: &Path) -> Result<(), Problem> {
    fs::create_dir_all(path).map_err(|error| problem(path, &error))
}

#[cfg(unix)]
fn create(path: &Path, private: bool) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let mode = if private { 0o600 } else { 0o644 };
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(path)
}

#[cfg(not(unix))]
fn create(path: &Path, _private: bool) -> io::Result<File> {
    File::create(path)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

fn problem(path: &Path, error: &io::Error) -> Problem {
    let place = Place::file(path.display().to_string());
    if error.kind() == io::ErrorKind::StorageFull {
        return Problem::new("file.disk-full", "the disk is full; nothing was changed")
            .at(place)
            .advise("free some space and run it again");
    }
    Problem::new("file.cannot-write", format!("cannot write: {error}"))
        .at(place)
        .advise("check that the folder exists and that this user may write to it")
}
