//! Files of this machine: a path, or a pattern for several.

use std::fs::File;
use std::io;
use std::path::Path;

use concordat_record::{Place, Problem, nearest};
use glob::{MatchOptions, Pattern};

use super::{Found, Raw};
use crate::fault::{harmless, problem_of};
use crate::unpack::pattern;

/// Entries of folders that are looked at; more are a mistake in the pattern.
const MOST_ENTRIES: usize = 200_000;
/// How deep `**` reaches.
const DEEPEST: usize = 32;

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
    let mut search = Search { base, path, seen: 0, found: Vec::new() };
    search.begin()?;
    let mut found = search.found;
    if found.is_empty() {
        return Err(Problem::new("fetch.no-match", format!("there is no file `{path}`"))
            .at(Place::file(path))
            .advise("check the pattern; hidden files are passed over, and `*` does not reach into folders: `**/` does"));
    }
    found.sort_by(|a, b| a.shown.cmp(&b.shown));
    Ok(found)
}

/// A walk through folders, one for each part of a pattern.
///
/// Names that are no UTF-8 cannot be written in a source file: one that matches is a problem, so that no file is passed over in silence.
struct Search<'a> {
    base: &'a Path,
    path: &'a str,
    /// Entries looked at.
    seen: usize,
    found: Vec<Found>,
}

const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

impl Search<'_> {
    fn begin(&mut self) -> Result<(), Problem> {
        let fixed = self.path.split(['*', '?', '[']).next().unwrap_or_default();
        let folder = fixed.rfind('/').map_or("", |end| &fixed[..=end]);
        let parts =
            self.path.get(folder.len()..).unwrap_or_default().split('/').filter(|part| !part.is_empty());
        let mut parts = parts.map(pattern).collect::<Result<Vec<Pattern>, Problem>>()?;
        parts.dedup_by(|next, before| is_any(next) && is_any(before));
        if parts.last().is_some_and(is_any) {
            parts.push(pattern("*")?);
        }
        self.folder(folder, &parts, 0)
    }

    /// Looks for what matches the parts of the pattern in a folder; its path ends with a slash, or is empty.
    fn folder(&mut self, folder: &str, parts: &[Pattern], depth: usize) -> Result<(), Problem> {
        let Some((part, rest)) = parts.split_first() else { return Ok(()) };
        if is_any(part) {
            self.folder(folder, rest, depth)?;
        }
        let at = self.base.join(folder);
        let at = if at.as_os_str().is_empty() { Path::new(".") } else { &at };
        if !at.is_dir() {
            return Ok(());
        }
        let failed = |error: io::Error| problem_of(if folder.is_empty() { "." } else { folder }, &error);
        for entry in at.read_dir().map_err(failed)? {
            let entry = entry.map_err(failed)?;
            self.count()?;
            let name = entry.file_name();
            let shown = name.to_string_lossy();
            if is_any(part) {
                // What a link leads to may lead back here.
                let is_folder = entry.file_type().map_err(failed)?.is_dir();
                if is_folder && !shown.starts_with('.') && depth < DEEPEST {
                    self.folder(&format!("{folder}{shown}/"), parts, depth + 1)?;
                }
            } else if part.matches_with(&shown, OPTIONS) {
                let is_wanted = |path: &Path| if rest.is_empty() { path.is_file() } else { path.is_dir() };
                match name.to_str() {
                    _ if !is_wanted(&entry.path()) => {}
                    None => return Err(no_name(&format!("{folder}{shown}"))),
                    Some(name) if rest.is_empty() => self.keep(format!("{folder}{name}")),
                    Some(name) => self.folder(&format!("{folder}{name}/"), rest, depth + 1)?,
                }
            }
        }
        Ok(())
    }

    fn keep(&mut self, path: String) {
        self.found.push(Found::here(self.base.join(&path), path));
    }

    fn count(&mut self) -> Result<(), Problem> {
        self.seen += 1;
        if self.seen > MOST_ENTRIES {
            let sentence = format!("the pattern `{}` goes through more than {MOST_ENTRIES} files", self.path);
            return Err(Problem::new("fetch.too-many-files", sentence).at(Place::file(self.path)));
        }
        Ok(())
    }
}

/// Whether a part of a pattern stands for any folders.
fn is_any(part: &Pattern) -> bool {
    part.as_str() == "**"
}

fn no_name(shown: &str) -> Problem {
    let shown = harmless(shown);
    Problem::new(
        "fetch.name-not-utf-8",
        format!("the name of `{shown}` is not UTF-8, so no source file can name it"),
    )
    .at(Place::file(shown))
    .advise("rename the file")
}

pub(super) fn open(path: &Path, shown: &str) -> Result<Raw, Problem> {
    // Looked at before it is opened: a pipe would keep us waiting for whoever writes into it.
    let metadata = path.metadata().map_err(|error| cannot_open(path, shown, &error))?;
    if !metadata.is_file() && !metadata.is_dir() {
        return Err(Problem::new(
            "fetch.cannot-read",
            format!("`{shown}` is a pipe or a device, not a file"),
        )
        .at(Place::file(shown))
        .advise("write what comes out of it into a file first"));
    }
    let file = File::open(path).map_err(|error| cannot_open(path, shown, &error))?;
    if metadata.is_dir() {
        return Err(Problem::new("fetch.is-folder", format!("`{shown}` is a folder, not a file"))
            .at(Place::file(shown))
            .advise("for all files in it, add `/*` to its name"));
    }
    Ok(Raw { bytes: Box::new(file), size: Some(metadata.len()) })
}

/// The problem of a file that does not open, with near names when it is missing.
fn cannot_open(path: &Path, shown: &str, error: &io::Error) -> Problem {
    if error.kind() != io::ErrorKind::NotFound {
        return problem_of(shown, error);
    }
    let problem =
        Problem::new("fetch.no-such-file", format!("there is no file `{shown}`")).at(Place::file(shown));
    if path.is_symlink() {
        return problem.advise("it is a link, and what it leads to does not exist");
    }
    let wanted = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().into_iter().flat_map(Path::read_dir).flatten().take(MOST_ENTRIES);
    let names: Vec<String> = folder.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    match nearest(&wanted, names.iter().map(String::as_str)) {
        Some(near) => problem.advise(format!("did you mean `{near}` in the same folder?")),
        None => problem.advise("check the path"),
    }
}
