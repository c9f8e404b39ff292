//! When a dropped file is complete.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use concordat_record::{Problem, Timestamp};
use glob::{MatchOptions, Pattern};

use crate::fault::problem_of;
use crate::file::FetchedFile;
use crate::transport::Found;
use crate::unpack::Unpack;

/// The rules of a drop folder.
#[derive(Clone, Debug)]
pub struct DropRules {
    /// Which files are meant, by their names: `*.csv.gz`.
    pub files: Pattern,
    /// What must hold of a file, all of it. With no rule a file is complete when it is there: for those who move files in.
    pub complete: Vec<Complete>,
    /// Where files are put when they were read; they stay when there is none.
    pub archive: Option<PathBuf>,
}

/// What makes a file complete.
#[derive(Clone, Debug)]
pub enum Complete {
    /// A second file lies beside it, with this behind the whole name: `.done` for `a.csv.done`.
    Marker(String),
    /// A second file lies beside it, with this instead of the last ending: `.ok` for `a.ok`.
    MarkerInstead(String),
    /// Size and time of change stayed the same for so many seconds, from the first look at it on.
    Stable(u64),
    /// It ends with a certain record.
    Trailer(Trailer),
}

/// The record that a file ends with.
#[derive(Clone, Debug)]
pub enum Trailer {
    /// A line of text that matches: `TRAILER;*`. Empty lines behind it do not count.
    Line(Pattern),
    /// A record of so many bytes, which begins with these.
    Record {
        /// Its length.
        length: usize,
        /// How it begins, in the encoding of the file.
        begins: Vec<u8>,
    },
}

/// Endings of files that programs write before they give them their names.
const UNFINISHED: [&str; 6] = [".part", ".partial", ".filepart", ".tmp", ".crdownload", ".swp"];
/// How much of the end of a file is looked at.
const TAIL: u64 = 64 << 10;

impl DropRules {
    /// Whether they are about a file of this name: neither hidden nor plainly unfinished nor a marker.
    pub(super) fn is_about(&self, name: &str) -> bool {
        let options = MatchOptions {
            case_sensitive: true,
            require_literal_separator: true,
            require_literal_leading_dot: true,
        };
        let lower = name.to_ascii_lowercase();
        let is_marker = self.complete.iter().any(|rule| match rule {
            Complete::Marker(ending) | Complete::MarkerInstead(ending) => name.ends_with(ending.as_str()),
            _ => false,
        });
        self.files.matches_with(name, options)
            && !name.starts_with('.')
            && !UNFINISHED.iter().any(|ending| lower.ends_with(ending))
            && !is_marker
    }

    /// The marker files of a file.
    pub(super) fn markers(&self, path: &Path) -> Vec<PathBuf> {
        self.complete.iter().filter_map(|rule| marker(rule, path)).collect()
    }

    /// What a file still waits for; nothing when it is complete. `since` is when it was first seen as it is.
    pub(super) fn awaited(
        &self,
        path: &Path,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Option<String>, Problem> {
        for rule in &self.complete {
            let awaited = match rule {
                Complete::Marker(_) | Complete::MarkerInstead(_) => marker(rule, path)
                    .filter(|marker| !marker.is_file())
                    .map(|marker| format!("the file `{}` beside it", name_of(&marker))),
                Complete::Stable(seconds) => {
                    let rested = now.seconds().saturating_sub(since.seconds());
                    let left = i64::try_from(*seconds).unwrap_or(i64::MAX).saturating_sub(rested);
                    (left > 0).then(|| format!("{left} s more without a change"))
                }
                Complete::Trailer(trailer) => {
                    let ends_so = trailer.is_at_the_end_of(path)?;
                    (!ends_so).then(|| "its last record".to_owned())
                }
            };
            if awaited.is_some() {
                return Ok(awaited);
            }
        }
        Ok(None)
    }
}

fn marker(rule: &Complete, path: &Path) -> Option<PathBuf> {
    match rule {
        Complete::Marker(ending) => {
            let mut name = path.file_name()?.to_owned();
            name.push(ending);
            Some(path.with_file_name(name))
        }
        Complete::MarkerInstead(ending) => Some(path.with_extension(ending.trim_start_matches('.'))),
        _ => None,
    }
}

fn name_of(path: &Path) -> String {
    crate::fault::harmless(&path.file_name().unwrap_or_default().to_string_lossy())
}

impl Trailer {
    fn is_at_the_end_of(&self, path: &Path) -> Result<bool, Problem> {
        let Some(tail) = tail(path)? else { return Ok(false) };
        Ok(match self {
            Self::Line(pattern) => {
                // A DOS file may end with Ctrl-Z.
                let text = String::from_utf8_lossy(&tail);
                let text = text.trim_end_matches(|letter: char| {
                    letter.is_whitespace() || matches!(letter, '\u{1a}' | '\0')
                });
                let line = text.rsplit(['\n', '\r']).next().unwrap_or_default();
                pattern.matches(line.trim_end())
            }
            Self::Record { length, begins } => {
                let start = tail.len().checked_sub(*length);
                start.and_then(|start| tail.get(start..)).is_some_and(|record| record.starts_with(begins))
            }
        })
    }
}

/// The end of a file, of a packed one unpacked; none when a packed one is cut off, so that it cannot be complete.
fn tail(path: &Path) -> Result<Option<Vec<u8>>, Problem> {
    let shown = name_of(path);
    let fault = |error: io::Error| problem_of(&shown, &error);
    let files = FetchedFile::all_in(Found::here(path.to_owned(), shown.as_str()), &Unpack::default());
    let file = match files {
        Ok(files) => files.into_iter().next_back(),
        Err(problem) if problem.code.starts_with("unpack.") => return Ok(None),
        Err(problem) => return Err(problem),
    };
    let mut tail = Vec::new();
    match file {
        Some(file) if file.plain().is_none() => {
            let mut stream = file.stream()?;
            let mut piece = vec![0; TAIL as usize];
            loop {
                match stream.read(&mut piece) {
                    Ok(0) => return Ok(Some(tail)),
                    Ok(read) => tail.extend(piece.iter().take(read)),
                    Err(_) => return Ok(None),
                }
                let passed = tail.len().saturating_sub(TAIL as usize);
                tail.drain(..passed);
            }
        }
        _ => {
            let mut file = File::open(path).map_err(fault)?;
            let size = file.metadata().map_err(fault)?.len();
            file.seek(SeekFrom::Start(size.saturating_sub(TAIL))).map_err(fault)?;
            file.take(TAIL).read_to_end(&mut tail).map_err(fault)?;
            Ok(Some(tail))
        }
    }
}
