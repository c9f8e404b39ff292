//! Layouts in the folder of a file that describe its records.

use std::fs;
use std::path::{Path, PathBuf};

use super::import;
use super::layout::Column;
use crate::kinds::Location;

/// What a layout found beside a file says.
pub(super) struct Beside {
    /// The layout, relative to the body's folder.
    pub path: String,
    pub columns: usize,
}

/// How layouts end.
const ENDINGS: [&str; 7] = ["csv", "xlsx", "xls", "ods", "sas", "dct", "tsv"];
/// Words in the names of layouts.
const WORDS: [&str; 5] = ["layout", "dictionary", "format", "record", "schema"];
/// So many are tried.
const MOST: usize = 20;
/// A layout is not larger.
const LARGEST: u64 = 4 << 20;

/// The layout beside a file whose columns end where its lines of so many positions do; one with the file's name first.
pub(super) fn layout(at: &Location, positions: usize) -> Option<Beside> {
    let file = Path::new(&at.path);
    let folder = file.parent().unwrap_or(Path::new(""));
    let full = at.base.join(folder);
    let full = if full.as_os_str().is_empty() { Path::new(".") } else { &full };
    let mut all: Vec<PathBuf> = full
        .read_dir()
        .ok()?
        .take(10_000)
        .flatten()
        .filter(|entry| fs::metadata(entry.path()).is_ok_and(|data| data.is_file() && data.len() <= LARGEST))
        .map(|entry| folder.join(entry.file_name()))
        .filter(|path| is_named_as_layout(path) && path != file)
        .collect();
    let own = stem(file);
    all.sort_by_key(|path| (!stem(path).starts_with(&own), path.clone()));
    all.into_iter().take(MOST).find_map(|path| {
        let path = path.to_str()?.to_owned();
        let columns = import::columns(&at.base, &path, &[]).ok()?;
        (end(&columns) == positions).then_some(Beside { path, columns: columns.len() })
    })
}

/// Whether a file describes the records of others: by its name, and by what it holds.
pub(crate) fn is_layout(base: &Path, path: &Path) -> bool {
    let Some(text) = path.to_str().filter(|_| is_named_as_layout(path)) else { return false };
    import::columns(base, text, &[]).is_ok_and(|columns| columns.len() > 1)
}

fn is_named_as_layout(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let stem = stem(path);
    let is_program = ["sas", "dct"].contains(&ending.as_str());
    ENDINGS.contains(&ending.as_str()) && (is_program || WORDS.iter().any(|word| stem.contains(word)))
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase()
}

fn end(columns: &[Column]) -> usize {
    columns.iter().map(|column| column.start + column.length).max().unwrap_or(0)
}
