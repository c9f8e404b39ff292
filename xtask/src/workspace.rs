//! Where the workspace is and what its manifests say.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;

/// The root folder of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// The manifest of the workspace.
pub fn root_manifest() -> Outcome<toml::Table> {
    manifest(&root().join("Cargo.toml"))
}

/// Every package: the folder's name and its manifest, sorted by name.
pub fn packages() -> Outcome<Vec<(String, toml::Table)>> {
    let mut packages = vec![("xtask".to_owned(), manifest(&root().join("xtask/Cargo.toml"))?)];
    for entry in std::fs::read_dir(root().join("crates"))? {
        let folder = entry?.path();
        let name = folder.file_name().and_then(OsStr::to_str).unwrap_or_default().to_owned();
        packages.push((name, manifest(&folder.join("Cargo.toml"))?));
    }
    packages.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(packages)
}

fn manifest(path: &Path) -> Outcome<toml::Table> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(text.parse().map_err(|error| format!("{}: {error}", path.display()))?)
}

/// The files that git tracks or would track, relative to the root.
pub fn tracked_files() -> Outcome<Vec<PathBuf>> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listing = output(&mut git)?;
    let files = listing.split('\0').filter(|file| !file.is_empty()).map(PathBuf::from);
    Ok(files.filter(|file| root().join(file).is_file()).collect())
}

/// Runs a program, in the root folder unless another is set, and gives its standard output; an exit that is not zero is an error.
pub fn output(command: &mut Command) -> Outcome<String> {
    if command.get_current_dir().is_none() {
        command.current_dir(root());
    }
    let result = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if !result.status.success() {
        return Err(
            format!("{command:?}: {}\n{}", result.status, String::from_utf8_lossy(&result.stderr)).into()
        );
    }
    Ok(String::from_utf8_lossy(&result.stdout).into_owned())
}

/// Builds the program, once, and says where it is.
pub fn program() -> Outcome<PathBuf> {
    let mut build = Command::new("cargo");
    build.args(["build", "--quiet", "--bin", "concordat", "--locked"]).current_dir(root());
    if !build.status()?.success() {
        return Err("the program does not build".into());
    }
    Ok(target().join("debug/concordat"))
}

/// Where cargo builds.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
