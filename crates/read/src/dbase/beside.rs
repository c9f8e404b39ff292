//! The files beside a table, whatever the case of their names: memos, and the code page of a shapefile.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::kinds::Location;

/// A folder with more files is not searched any further.
const MOST_FILES: usize = 100_000;
/// A file with the name of a code page has a line.
const LONGEST_NAME: u64 = 64;

/// The file beside a table that has its name and the first of the endings for which there is one.
pub(crate) fn find(at: &Location, endings: &[&str]) -> Option<PathBuf> {
    let table = at.full_path();
    let stem = table.file_stem()?.to_str()?.to_lowercase();
    // Of a packed table, `NAME.dbf.gz`, too.
    let stem = stem.strip_suffix(".dbf").unwrap_or(&stem).to_owned();
    let folder = table.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut found: Vec<(usize, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder).ok()?.take(MOST_FILES).flatten() {
        let path = entry.path();
        let is_of_table =
            path.file_stem().and_then(|stem| stem.to_str()).map(str::to_lowercase) == Some(stem.clone());
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
        if is_of_table && let Some(rank) = endings.iter().position(|known| *known == ending) {
            found.push((rank, path));
        }
    }
    found.sort();
    found.into_iter().next().map(|(_, path)| path)
}

/// What the `.cpg` file beside a table says.
pub(crate) fn code_page(at: &Location) -> Option<String> {
    let file = File::open(find(at, &["cpg"])?).ok()?;
    let mut text = Vec::new();
    file.take(LONGEST_NAME).read_to_end(&mut text).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}
