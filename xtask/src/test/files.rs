//! Files where others keep them: the tests of `fetch` that need a real server of OpenSSH, and packed files as Debian's programs
//! write them.

use std::process::{Command, Stdio};

use crate::machine::{BZIP2, SSHD, ZIP, ZSTD, provide};
use crate::test::Tally;
use crate::test::crates::counted;
use crate::{Outcome, workspace};

/// Runs them. Each test starts its server itself, with keys and settings of its own, and stops it.
pub fn run() -> Outcome<Tally> {
    provide(&[SSHD, BZIP2, ZIP, ZSTD])?;
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--package", "concordat-fetch", "--locked", "--", "--ignored"]);
    counted(cargo.current_dir(workspace::root()).stdout(Stdio::piped()))
}
