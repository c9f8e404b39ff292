//! Files of this machine: a path, or a pattern for several.

use std::fs::File;
use std::io;
use std::path::Path;

use concordat_record::{Place, Problem, nearest};
use glob::{MatchOptions, Pattern};

use super::{Found, Raw};
use crate::fault::problem_of;
use crate::unpack::pattern;

/// Files that one pattern may mean; more are a mistake.
const MOST_FILES: usize = 100_000;

/// Whether a path means several files.
pub fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// The files that a path means, in the order of their names; relative to a folder. A pattern passes hidden files over.
///
/// # Errors
/// `fetch.bad-pattern`, `fetch.no-match`, `fetch.cannot-read` of a folder.
pub(super) fn find(base: &Path, path: &str) -> Result<Vec<Found>, Problem> {
    // A file whose name looks like a pattern is that file.
    if !is_pattern(path) || base.join(path).is_file() {
        return Ok(vec![Found::here(base.join(path), path)]);
    }
    pattern(path)?;
    let below = Pattern::escape(&base.to_string_lossy());
    let whole = Path::new(&below).join(path);
    let options = MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: true,
    };
    let paths = glob::glob_with(&whole.to_string_lossy(), options)
        .map_err(|error| Problem::new("fetch.bad-pattern", error.to_string()))?;
    let mut found = Vec::new();
    for at in paths {
        let at = at.map_err(|error| problem_of(&error.path().display().to_string(), error.error()))?;
        if !at.is_file() {
            continue;
        }
        let shown = at.strip_prefix(base).unwrap_or(&at).display().to_string();
        found.push(Found::here(at, shown));
        if found.len() > MOST_FILES {
            let sentence = format!("the pattern `{path}` means more than {MOST_FILES} files");
            return Err(Problem::new("fetch.too-many-files", sentence).at(Place::file(path)));
        }
    }
    if found.is_empty() {
        return Err(Problem::new("fetch.no-match", format!("there is no file `{path}`"))
            .at(Place::file(path))
            .advise("check the pattern; hidden files are passed over, and `*` does not reach into folders: `**/` does"));
    }
    found.sort_by(|a, b| a.shown.cmp(&b.shown));
    Ok(found)
}

pub(super) fn open(path: &Path, shown: &str) -> Result<Raw, Problem> {
    let file = File::open(path).map_err(|error| cannot_open(path, shown, &error))?;
    let metadata = file.metadata().map_err(|error| problem_of(shown, &error))?;
    if metadata.is_dir() {
        return Err(Problem::new("fetch.is-folder", format!("`{shown}` is a folder, not a file"))
            .at(Place::file(shown))
            .advise("for all files in it, add `/*` to its name"));
    }
    let size = metadata.is_file().then_some(metadata.len());
    Ok(Raw { bytes: Box::new(file), size })
}

/// The problem of a file that does not open, with near names when it is missing.
fn cannot_open(path: &Path, shown: &str, error: &io::Error) -> Problem {
    if error.kind() != io::ErrorKind::NotFound {
        return problem_of(shown, error);
    }
    let problem =
        Problem::new("fetch.no-such-file", format!("there is no file `{shown}`")).at(Place::file(shown));
    let wanted = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().into_iter().flat_map(Path::read_dir).flatten().take(MOST_FILES);
    let names: Vec<String> = folder.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    match nearest(&wanted, names.iter().map(String::as_str)) {
        Some(near) => problem.advise(format!("did you mean `{near}` in the same folder?")),
        None => problem.advise("check the path"),
    }
}
