//! Pythons of our own, with packages of a pinned version: for programs of others that ours is held against.

use std::path::PathBuf;
use std::process::Command;

use crate::machine::{VENV, provide};
use crate::{Outcome, workspace};

/// A Python in a folder of this name under the target folder, with what the files require; a file that does not exist requires
/// nothing.
///
/// # Errors
/// When the machine cannot make environments, or a package cannot be installed.
pub fn environment(name: &str, requirements: impl Iterator<Item = PathBuf>) -> Outcome<PathBuf> {
    provide(&[VENV])?;
    let folder = workspace::target().join(name);
    let python = folder.join("bin/python");
    if !python.exists() {
        workspace::output(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    for file in requirements.filter(|file| file.exists()) {
        let mut pip = Command::new(&python);
        workspace::output(pip.args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(file))?;
    }
    Ok(python)
}
