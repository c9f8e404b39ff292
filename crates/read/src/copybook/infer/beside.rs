//! Copybooks in the folder of a file.

use std::fs;
use std::path::{Path, PathBuf};

use crate::kinds::Location;

/// What copybooks are called.
const EXTENSIONS: [&str; 6] = ["cpy", "cbl", "cob", "copy", "cobol", "inc"];
/// So many are tried.
const MOST: usize = 50;
/// A copybook is not larger.
const LARGEST: u64 = 1 << 20;

/// The copybooks beside a file, relative to the body's folder; those with its name first.
pub(crate) fn copybooks(at: &Location) -> Vec<PathBuf> {
    let file = Path::new(&at.path);
    let folder = file.parent().unwrap_or(Path::new(""));
    let full = at.base.join(folder);
    let full = if full.as_os_str().is_empty() { Path::new(".") } else { &full };
    let Ok(entries) = full.read_dir() else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .take(10_000)
        .flatten()
        .filter(|entry| fs::metadata(entry.path()).is_ok_and(|data| data.is_file() && data.len() <= LARGEST))
        .map(|entry| folder.join(entry.file_name()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)))
        })
        .collect();
    found.sort_by_key(|path| (!is_named_as(path, at), path.clone()));
    found.truncate(MOST);
    found
}

/// Whether a copybook has the name of a file, but for its ending, case and hyphens.
pub(crate) fn is_named_as(copybook: &Path, at: &Location) -> bool {
    let stem = |path: &Path| {
        path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase().replace(['-', '_'], "")
    };
    stem(copybook) == stem(Path::new(&at.path))
}
