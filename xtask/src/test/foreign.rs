//! Our formats, verified by other people's code: `crates/*/foreign/check.py`.
//!
//! Each folder names the Python packages it needs in `requirements.txt`. A script runs in its folder and exits with zero when all
//! it checked is right.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::machine::{S3270, provide};
use crate::test::Tally;
use crate::{Outcome, python, workspace};

/// What each script is given; `@FILE` stands for what a file of its folder holds.
const ARGUMENTS: &[(&str, &[&str])] = &[
    ("read", &[]),
    ("prove", &["log", "@log.key", "leaf-1.tlog-proof", "--damage"]),
    ("sign", &[]),
    ("tn3270", &[]),
];

/// Runs every verifier.
pub fn run() -> Outcome<Tally> {
    let requirements = ARGUMENTS.iter().map(|(name, _)| folder(name).join("requirements.txt"));
    let python = python::environment("foreign-python", requirements)?;
    provide(&[S3270])?;
    let mut tally = Tally::default();
    for (name, arguments) in ARGUMENTS {
        tally.count(&format!("crates/{name}/foreign/check.py"), &verify(&python, &folder(name), arguments));
    }
    Ok(tally)
}

fn folder(name: &str) -> PathBuf {
    workspace::root().join("crates").join(name).join("foreign")
}

fn verify(python: &Path, folder: &Path, arguments: &[&str]) -> Outcome {
    let mut verify = Command::new(python);
    verify.arg("check.py").current_dir(folder);
    for argument in arguments {
        match argument.strip_prefix('@') {
            Some(file) => verify.arg(std::fs::read_to_string(folder.join(file))?.trim()),
            None => verify.arg(argument),
        };
    }
    let output = verify.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
        .into())
}

#[cfg(test)]
mod tests {
    use super::{ARGUMENTS, folder};
    use crate::workspace::root;

    #[test]
    fn every_folder_of_foreign_checks_is_run() {
        let crates = std::fs::read_dir(root().join("crates")).unwrap();
        let with_checks =
            crates.filter(|entry| entry.as_ref().unwrap().path().join("foreign/check.py").is_file());
        assert_eq!(with_checks.count(), ARGUMENTS.len());
        assert!(ARGUMENTS.iter().all(|(name, _)| folder(name).join("check.py").is_file()));
    }
}
