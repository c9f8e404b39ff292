//! Files put away: moved into a folder under a name that nothing else has, durably, over file systems too.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use concordat_record::{Place, Problem};

/// Names that are tried beside the first: `a.csv`, `a-2.csv`, `a-3.csv` …
const MOST_NAMES: u32 = 100_000;

/// Moves a file into a folder; gives its new place.
pub(super) fn put(file: &Path, folder: &Path) -> Result<PathBuf, Problem> {
    let moved = || -> io::Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let place = claimed(file, folder)?;
        // The claimed name is an empty file; moving over it is one step.
        match fs::rename(file, &place) {
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => copied(file, &place)?,
            Err(error) => {
                let _ = fs::remove_file(&place);
                return Err(error);
            }
            Ok(()) => {}
        }
        sync_folder_of(&place)?;
        sync_folder_of(file)?;
        Ok(place)
    };
    moved().map_err(|error| failed(file, &error))
}

/// Takes a name that nothing has, by making an empty file of it.
fn claimed(file: &Path, folder: &Path) -> io::Result<PathBuf> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let ending = file.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    for number in 1..=MOST_NAMES {
        let name = match number {
            1 => file.file_name().unwrap_or_default().to_owned(),
            more => format!("{stem}-{more}{ending}").into(),
        };
        let place = folder.join(name);
        match OpenOptions::new().write(true).create_new(true).open(&place) {
            Ok(_) => return Ok(place),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // Where somebody was killed between taking a name and moving: it was taken for nobody else.
                if fs::metadata(&place)?.len() == 0 && fs::metadata(file)?.len() > 0 {
                    return Ok(place);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Over the border of a file system there is no moving: copied whole, made durable, then the original goes.
fn copied(file: &Path, place: &Path) -> io::Result<()> {
    let part = place.with_added_extension("part");
    let copy = || {
        fs::copy(file, &part)?;
        File::open(&part)?.sync_all()?;
        fs::rename(&part, place)?;
        sync_folder_of(place)?;
        fs::remove_file(file)
    };
    copy().inspect_err(|_| {
        let _ = fs::remove_file(&part);
    })
}

/// Writes a small file whole, or leaves what was there.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = path.with_added_extension("part");
    fs::write(&part, bytes)?;
    File::open(&part)?.sync_all()?;
    fs::rename(&part, path)?;
    sync_folder_of(path)
}

/// Makes the names in the folder of a file durable.
pub(super) fn sync_folder_of(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

pub(super) fn failed(file: &Path, error: &io::Error) -> Problem {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let sentence = format!("`{}` was read, and cannot be put away: {error}", crate::fault::harmless(&name));
    Problem::new("drop.archive", sentence).at(Place::file(file.display().to_string())).advise(
        "check that this user may write to the archive and to the drop folder; the file is not read again",
    )
}
