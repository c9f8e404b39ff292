//! What lies in a packed file, for whoever does not know yet.

use std::collections::BTreeMap;
use std::path::Path;

use concordat_fetch::{FetchedFile, Found, Unpack, pattern};
use concordat_record::Problem;

use crate::clues::quoted;
use crate::kinds::Location;
use crate::origin::{Bytes, Origin};

/// A file as it would be read.
pub(super) struct Inside {
    pub at: Location,
    /// The tables of a source file that lead to it.
    pub unpack: String,
    /// What was seen, one sentence each.
    pub evidence: Vec<String>,
}

/// The file itself, or what is packed in it: of an archive of several files those of the ending that has the most bytes.
pub(super) fn inside(base: &Path, path: &str) -> Result<Inside, Problem> {
    let origin = Origin::default();
    match origin.only(base, path) {
        Ok(at) => {
            let packed = matches!(at.bytes, Bytes::Fetched(_));
            let evidence = if packed {
                vec![format!("it is packed; what is described is `{}` unpacked", at.path)]
            } else {
                Vec::new()
            };
            Ok(Inside { at, unpack: String::new(), evidence })
        }
        Err(problem) if problem.code == "unpack.which-member" => several(base, path, problem),
        Err(problem) => Err(problem),
    }
}

fn several(base: &Path, path: &str, problem: Problem) -> Result<Inside, Problem> {
    let all = Unpack { member: Some(pattern("**/*")?), ..Unpack::default() };
    let files = FetchedFile::all_in(Found::here(base.join(path), path), &all)?;
    let mut endings: BTreeMap<String, (u64, usize)> = BTreeMap::new();
    for file in &files {
        let Some(ending) = ending(file.shown()) else { continue };
        let size = file.stream()?.size().unwrap_or(0);
        let (bytes, count) = endings.entry(ending).or_default();
        *bytes += size;
        *count += 1;
    }
    let Some((ending, (_, count))) = endings.into_iter().max_by_key(|(_, (bytes, _))| *bytes) else {
        return Err(problem);
    };
    let member = format!("*.{ending}");
    let unpack = Unpack { member: Some(pattern(&member)?), ..Unpack::default() };
    let at = Origin { unpack, ..Origin::default() }.only(base, path)?;
    let evidence = vec![format!(
        "it is an archive of {} files, {count} of them `{member}`; the first of those is `{}`",
        files.len(),
        at.path
    )];
    Ok(Inside { at, unpack: format!("\n[unpack]\nmember = {}\n", quoted(&member)), evidence })
}

/// The ending of a file's name, without the dot.
fn ending(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '!']).next()?;
    let (_, ending) = last.rsplit_once('.')?;
    Some(ending.to_owned())
}

/// How many bytes a packed file unpacks to; counted as far as a GiB, which is enough to judge it by.
pub(super) fn counted(at: &Location) -> Result<u64, Problem> {
    const ENOUGH: u64 = 1 << 30;
    match &at.bytes {
        Bytes::Fetched(fetched) => fetched.file.measured(ENOUGH),
        _ => Ok(0),
    }
}

/// The name of what lies in a file: without the endings of packing programs.
pub(super) fn unpacked_name(name: &str) -> String {
    const PACKED: [&str; 8] = [".gz", ".bz2", ".zst", ".zip", ".tar", ".tgz", ".tbz2", ".tzst"];
    let mut name = name.rsplit(['/', '!']).next().unwrap_or(name);
    while let Some(shorter) =
        PACKED.iter().find_map(|ending| name.strip_suffix(ending)).filter(|shorter| !shorter.is_empty())
    {
        name = shorter;
    }
    name.to_owned()
}
