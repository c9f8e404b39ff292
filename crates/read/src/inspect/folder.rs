//! Looks at all files of a folder, and says of each what it is, what it belongs to, or why it is no source.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use concordat_record::{Place, Problem};
use serde::Serialize;

use super::{Inspection, foreign, inspect};
use crate::fixed_width::is_layout;

/// What was found out about the files of a folder.
#[derive(Clone, Debug, Serialize)]
pub struct FolderInspection {
    /// The files that can be read, each with its proposal. No two proposals have the same name.
    pub found: Vec<Inspection>,
    /// The others, and why.
    pub left: Vec<LeftOut>,
}

/// A file that is no source.
#[derive(Clone, Debug, Serialize)]
pub struct LeftOut {
    /// The file.
    pub file: String,
    /// Why.
    pub problem: Problem,
}

/// Files that belong to others, by their endings: what they are.
const COMPANIONS: &[(&str, &[&str])] = &[
    ("a copybook, which describes the records of another file", &["cpy", "cbl", "cob", "copy", "copybook"]),
    ("memos, which belong to the table beside them", &["dbt", "fpt", "smt"]),
    ("an index, which is made from the table beside it", &["cdx", "idx", "mdx", "ndx", "ntx", "nsx"]),
    (
        "a part of a shapefile; the table of its attributes is the .dbf beside it",
        &["shp", "shx", "prj", "cpg"],
    ),
    ("a log of the database beside it", &["sqlite-wal", "sqlite-shm", "db-wal", "db-shm"]),
];

/// Of files about which nothing is surer than this, no source is proposed.
const LEAST_SURE: f64 = 0.4;
const CANNOT_LIST: &str = "read.cannot-read";
/// Folders below the one that is inspected.
const DEPTH: usize = 4;
/// More files than this are no folder of sources.
const MOST_FILES: usize = 10_000;

/// Looks at the files of a folder and of those in it, in the order of their names; hidden ones are left out. Paths are relative to `base`, as with
/// [`inspect`].
///
/// # Errors
/// `read.cannot-read` when the folder cannot be listed, `inspect.too-many-files`.
pub fn inspect_folder(base: &Path, folder: &Path) -> Result<FolderInspection, Problem> {
    let mut inspection = FolderInspection { found: Vec::new(), left: Vec::new() };
    let mut files = Vec::new();
    list(&base.join(folder), folder, DEPTH, &mut files, &mut inspection.left)?;
    files.sort();
    let mut taken = HashSet::new();
    for file in files {
        match look(base, &file) {
            Ok(mut found) => {
                rename(&mut found, &mut taken);
                inspection.found.push(found);
            }
            Err(problem) => inspection.left.push(LeftOut { file: file.display().to_string(), problem }),
        }
    }
    Ok(inspection)
}

fn look(base: &Path, file: &Path) -> Result<Inspection, Problem> {
    let ending = file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match COMPANIONS.iter().find(|(_, endings)| endings.contains(&ending.as_str())) {
        Some((what, _)) => Err(Problem::warning("inspect.companion", format!("it is {what}"))),
        None if is_layout(base, file) => Err(Problem::warning(
            "inspect.companion",
            "it is a layout, which describes the records of another file",
        )),
        None => {
            foreign::refuse_ending(&ending).and_then(|()| inspect(base, file, None)).and_then(refuse_unsure)
        }
    }
}

/// Prose and logs look a little like delimited text; whoever knows better inspects the file by itself.
pub(super) fn refuse_unsure(found: Inspection) -> Result<Inspection, Problem> {
    if found.confidence >= LEAST_SURE {
        return Ok(found);
    }
    let (kind, sure) = (found.kind, found.confidence * 100.0);
    let sentence = format!("it looks most like {kind}, and hardly so ({sure:.0} % sure)");
    Err(Problem::warning("inspect.unsure", sentence).advise("inspect it by itself to see the proposal"))
}

/// The files of a folder and of those in it; a folder inside that cannot be listed is left out and hinders no other.
fn list(
    folder: &Path,
    shown: &Path,
    depth: usize,
    files: &mut Vec<PathBuf>,
    left: &mut Vec<LeftOut>,
) -> Result<(), Problem> {
    let failed = |error: std::io::Error| {
        Problem::new(CANNOT_LIST, format!("the folder cannot be listed: {error}"))
            .at(Place::file(shown.display().to_string()))
    };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        let kind = entry.file_type().map_err(failed)?;
        // What a link leads to may lie anywhere, and may lead back here.
        if kind.is_dir() && depth > 0 {
            let inner = shown.join(&name);
            match list(&entry.path(), &inner, depth - 1, files, left) {
                Err(problem) if problem.code == CANNOT_LIST => {
                    left.push(LeftOut { file: inner.display().to_string(), problem });
                }
                listed => listed?,
            }
        } else if kind.is_file() {
            files.push(shown.join(&name));
        }
        if files.len() > MOST_FILES {
            let sentence = format!("there are more than {MOST_FILES} files");
            return Err(Problem::new("inspect.too-many-files", sentence).advise("inspect a folder inside"));
        }
    }
    Ok(())
}

/// Gives the proposal a name that no other has: by the kind when files differ in their ending only, else by a number.
fn rename(found: &mut Inspection, taken: &mut HashSet<String>) {
    let own = found.proposal.name.clone();
    let by_kind = format!("{own}-{}", found.kind);
    let numbered = (2..).map(|number| format!("{own}-{number}"));
    let mut names = [own.clone(), by_kind].into_iter().chain(numbered);
    let Some(name) = names.find(|name| !taken.contains(name)) else { return };
    if name != own {
        let line = |name: &str| format!("source = \"{name}\"");
        found.proposal.register = found.proposal.register.replacen(&line(&own), &line(&name), 1);
        found.proposal.name.clone_from(&name);
    }
    taken.insert(name);
}
