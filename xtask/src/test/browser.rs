//! The console in a real browser: `crates/console/browser`.

use std::process::Command;

use crate::test::machine::{CHROMIUM, NODE, NPM, provide};
use crate::test::{Tally, journey};
use crate::{Outcome, workspace};

/// Installs the driver and the accessibility rules as locked, then walks over the pages.
pub fn run() -> Outcome<Tally> {
    provide(&[NODE, NPM, CHROMIUM])?;
    let folder = workspace::root().join("crates/console/browser");
    let installed =
        Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder).status()?;
    if !installed.success() {
        return Err("`npm ci` failed".into());
    }
    let mut walk = Command::new("npm");
    walk.args(["run", "--silent", "walk"]).current_dir(&folder).env("CONCORDAT", journey::program()?);
    let passed = walk.status()?.success();
    Ok(Tally { passed: usize::from(passed), failed: usize::from(!passed) })
}
