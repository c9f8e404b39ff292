//! Our formats, verified by other people's code: every `crates/*/foreign/verify_*.py`.
//!
//! Each folder names the Python packages it needs in `requirements.txt`. A script gets the program's path in `CONCORDAT`
//! and an empty folder in `SCRATCH`, and exits with zero when all it checked is right.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::test::machine::{VENV, provide};
use crate::test::{Tally, journey};
use crate::{Outcome, workspace};

/// Runs every verifier.
pub fn run() -> Outcome<Tally> {
    let folders = folders()?;
    provide(&[VENV])?;
    let python = environment(&folders)?;
    let program = journey::program()?;
    let mut tally = Tally::default();
    for script in folders.iter().flat_map(|folder| scripts(folder)) {
        let name = script.strip_prefix(workspace::root()).unwrap_or(&script).display().to_string();
        tally.count(&name, &verify(&python, &script, &program));
    }
    Ok(tally)
}

fn verify(python: &Path, script: &Path, program: &Path) -> Outcome {
    let name = script.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let scratch = journey::scratch(&name)?;
    let mut verify = Command::new(python);
    verify.arg(script).env("CONCORDAT", program).env("SCRATCH", &scratch);
    let output = verify.current_dir(workspace::root()).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
        .into())
}

/// A Python with what every folder requires, under the target folder.
fn environment(folders: &[PathBuf]) -> Outcome<PathBuf> {
    let folder = journey::target().join("foreign-python");
    let python = folder.join("bin/python");
    if !python.exists() {
        workspace::output(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    for requirements in
        folders.iter().map(|folder| folder.join("requirements.txt")).filter(|file| file.exists())
    {
        let mut pip = Command::new(&python);
        workspace::output(pip.args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(requirements))?;
    }
    Ok(python)
}

/// The folders of verifiers, sorted.
fn folders() -> Outcome<Vec<PathBuf>> {
    let crates = std::fs::read_dir(workspace::root().join("crates"))?;
    let folders = crates.filter_map(|entry| Some(entry.ok()?.path().join("foreign")));
    let mut folders: Vec<PathBuf> = folders.filter(|folder| folder.is_dir()).collect();
    folders.sort();
    Ok(folders)
}

fn scripts(folder: &Path) -> Vec<PathBuf> {
    let entries =
        std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let is_verifier = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with("verify_") && path.extension().is_some_and(|extension| extension == "py")
    };
    let mut scripts: Vec<PathBuf> = entries.filter(is_verifier).collect();
    scripts.sort();
    scripts
}
