//! Guards over all files that git knows.

use std::path::Path;

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

/// Locked packages that come from anywhere but the registries that everybody can reach.
pub fn locked_sources() -> Outcome<Vec<String>> {
    let rust = locked("Cargo.lock", "source = ", "registry+https://github.com/rust-lang/crates.io-index")?;
    let mut complaints = rust;
    for file in workspace::tracked_files()? {
        if file.file_name().is_some_and(|name| name == "package-lock.json") {
            let path = file.to_string_lossy();
            complaints.extend(locked(&path, "\"resolved\": ", "https://registry.npmjs.org/")?);
        }
    }
    Ok(complaints)
}

fn locked(file: &str, key: &str, allowed: &str) -> Outcome<Vec<String>> {
    let text = std::fs::read_to_string(workspace::root().join(Path::new(file)))?;
    let sources =
        text.lines().enumerate().filter_map(|(index, line)| Some((index, line.trim().strip_prefix(key)?)));
    let foreign = sources.filter(|(_, source)| !source.trim_matches('"').starts_with(allowed));
    Ok(foreign.map(|(index, source)| format!("{file}:{}: comes from {source}", index + 1)).collect())
}
