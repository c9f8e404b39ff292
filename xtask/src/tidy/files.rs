//! Guards over all files that git knows.

use crate::{Outcome, workspace};

/// Beginnings of paths that exist on one machine only. Written in parts, so that this file does not name them.
const PLACES: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/t", "mp/"),
    concat!("C:\\", "Users"),
];

/// Files that name such a place.
pub fn machine_places() -> Outcome<Vec<String>> {
    let mut complaints = Vec::new();
    for file in workspace::tracked_files()? {
        let Ok(text) = std::fs::read_to_string(workspace::root().join(&file)) else { continue };
        for (index, line) in text.lines().enumerate() {
            for place in PLACES.iter().filter(|place| line.contains(**place)) {
                complaints.push(format!("{}:{}: names `{place}`", file.display(), index + 1));
            }
        }
    }
    Ok(complaints)
}

/// Locked packages that name another place than the usual registry of their kind: in `Cargo.lock` that is the source of the
/// first package, in `package-lock.json` no source at all.
pub fn locked_sources() -> Outcome<Vec<String>> {
    let mut complaints = Vec::new();
    for file in workspace::tracked_files()? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = || std::fs::read_to_string(workspace::root().join(&file));
        let (text, key) = match name.as_str() {
            "Cargo.lock" => (text()?, "source = "),
            "package-lock.json" => (text()?, "\"resolved\": "),
            _ => continue,
        };
        let mut sources = text
            .lines()
            .enumerate()
            .filter_map(|(index, line)| Some((index, line.trim().strip_prefix(key)?)));
        let usual = if name == "Cargo.lock" { sources.next().map(|(_, source)| source) } else { None };
        for (index, source) in sources.filter(|(_, source)| Some(*source) != usual) {
            complaints.push(format!("{}:{}: comes from {source}", file.display(), index + 1));
        }
    }
    Ok(complaints)
}
