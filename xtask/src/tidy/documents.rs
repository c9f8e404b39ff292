//! Guards over the documents.

use std::path::{Path, PathBuf};

use crate::{Outcome, workspace};

const DECISIONS: &str = "docs/decisions";

/// Links to files and headings that do not exist.
pub fn links() -> Outcome<Vec<String>> {
    let mut complaints = Vec::new();
    for file in workspace::tracked_files()?.into_iter().filter(|file| is_document(file)) {
        let text = std::fs::read_to_string(workspace::root().join(&file))?;
        for (line, target) in targets(&text) {
            if !leads_somewhere(&file, &target)? {
                complaints.push(format!("{}:{line}: `{target}` leads nowhere", file.display()));
            }
        }
    }
    Ok(complaints)
}

/// Decisions that are not numbered without gaps, dated, or listed in the folder's README.
pub fn decisions() -> Outcome<Vec<String>> {
    let mut complaints = Vec::new();
    let list = std::fs::read_to_string(workspace::root().join(DECISIONS).join("README.md"))?;
    let mut names: Vec<String> = std::fs::read_dir(workspace::root().join(DECISIONS))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name != "README.md")
        .collect();
    names.sort();
    for (name, number) in names.iter().zip(1..) {
        if !name.starts_with(&format!("{number:04}-")) {
            complaints.push(format!("{DECISIONS}/{name}: should have the number {number:04}"));
        }
        if !list.contains(&format!("({name})")) {
            complaints.push(format!("{DECISIONS}/README.md: does not list {name}"));
        }
        let text = std::fs::read_to_string(workspace::root().join(DECISIONS).join(name))?;
        for part in ["Decided ", "## Why", "## What follows"] {
            if !text.contains(part) {
                complaints.push(format!("{DECISIONS}/{name}: lacks `{part}`"));
            }
        }
    }
    Ok(complaints)
}

/// Packages that `ARCHITECTURE.md` does not mention.
pub fn architecture() -> Outcome<Vec<String>> {
    let map = std::fs::read_to_string(workspace::root().join("ARCHITECTURE.md"))?;
    let packages = workspace::packages()?.into_iter().map(|(name, _)| name);
    Ok(packages
        .filter(|name| !map.contains(&format!("`{name}`")))
        .map(|name| format!("ARCHITECTURE.md: does not mention `{name}`"))
        .collect())
}

fn is_document(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "md")
}

/// The targets of all links, each with its line (from one). Fenced code is skipped.
fn targets(text: &str) -> Vec<(usize, String)> {
    let (mut found, mut fenced) = (Vec::new(), false);
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        let links = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        found.extend(links.map(|target| (index + 1, target.to_owned())));
    }
    found
}

/// Whether a link from a document leads to a file, or to a heading of one. Addresses on the web are not visited.
fn leads_somewhere(from: &Path, target: &str) -> Outcome<bool> {
    if target.contains("://") || target.starts_with("mailto:") {
        return Ok(true);
    }
    let (path, heading) =
        target.split_once('#').map_or((target, None), |(path, heading)| (path, Some(heading)));
    let file = match path {
        "" => workspace::root().join(from),
        path => workspace::root().join(from.parent().unwrap_or(Path::new(""))).join(path),
    };
    match heading {
        None => Ok(file.exists()),
        Some(heading) => has_heading(file, heading),
    }
}

fn has_heading(file: PathBuf, heading: &str) -> Outcome<bool> {
    if !file.is_file() {
        return Ok(false);
    }
    let text = std::fs::read_to_string(file)?;
    Ok(text.lines().filter_map(|line| line.strip_prefix('#')).any(|line| anchor(line) == heading))
}

/// The anchor of a heading, as GitHub and most forges make it.
fn anchor(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = words.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::{anchor, targets};

    #[test]
    fn links_are_found_with_their_lines_and_not_in_code() {
        let text = "see [a](a.md) and [b](b.md#c)\n```\n[no](no.md)\n```\n[d](d.md)";
        let found: Vec<(usize, String)> = targets(text);
        let expected = [(1, "a.md"), (1, "b.md#c"), (5, "d.md")];
        assert_eq!(found, expected.map(|(line, target)| (line, target.to_owned())));
    }

    #[test]
    fn a_heading_has_the_anchor_a_forge_gives_it() {
        assert_eq!(anchor("## What's next: a `note`"), "whats-next-a-note");
    }
}
