//! Guards over the manifests.

use crate::{Outcome, workspace};

/// The document that says what each dependency is for.
const JUSTIFIED: &str = "docs/decisions/0008-dependencies.md";

/// Packages without a description or without the workspace's settings.
pub fn packages() -> Outcome<Vec<String>> {
    let mut complaints = Vec::new();
    for (name, manifest) in workspace::packages()? {
        let package = manifest.get("package").and_then(toml::Value::as_table);
        let description = package
            .and_then(|package| package.get("description"))
            .and_then(toml::Value::as_str)
            .unwrap_or_default();
        if !(20..=110).contains(&description.len()) {
            complaints
                .push(format!("{name}: the description has {} characters, not 20 to 110", description.len()));
        }
        for key in ["version", "edition", "rust-version", "license", "publish"] {
            if !package.and_then(|package| package.get(key)).is_some_and(is_inherited) {
                complaints.push(format!("{name}: `{key}` is not the workspace's"));
            }
        }
        if !manifest.get("lints").is_some_and(is_inherited) {
            complaints.push(format!("{name}: the lints are not the workspace's"));
        }
    }
    Ok(complaints)
}

/// Dependencies whose version is not the workspace's. `one-build` exists to name features, so it may.
pub fn versions() -> Outcome<Vec<String>> {
    let mut complaints = Vec::new();
    for (name, manifest) in workspace::packages()?.into_iter().filter(|(name, _)| name != "one-build") {
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let dependencies = manifest.get(section).and_then(toml::Value::as_table).into_iter().flatten();
            let own = dependencies.filter(|(_, value)| !is_inherited(value));
            complaints.extend(
                own.map(|(dependency, _)| format!("{name}: `{dependency}` has a version of its own")),
            );
        }
    }
    Ok(complaints)
}

/// Outside dependencies that the table of decisions does not mention.
pub fn justified() -> Outcome<Vec<String>> {
    let table = std::fs::read_to_string(workspace::root().join(JUSTIFIED))?;
    let manifest = workspace::root_manifest()?;
    let dependencies = manifest.get("workspace").and_then(|workspace| workspace.get("dependencies"));
    let names = dependencies.and_then(toml::Value::as_table).into_iter().flatten().map(|(name, _)| name);
    Ok(names
        .filter(|name| !name.starts_with("concordat-") && !table.contains(&format!("| `{name}`")))
        .map(|name| format!("{JUSTIFIED}: does not say what `{name}` is for"))
        .collect())
}

fn is_inherited(value: &toml::Value) -> bool {
    value.get("workspace").and_then(toml::Value::as_bool) == Some(true)
}
