//! Shows whether building one package asks for other features than building all, which would build Arrow and DataFusion twice.
//!
//! `crates/one-build` asks for the union; when this command finds a drift, add the missing feature there.

use std::collections::BTreeSet;
use std::process::Command as Process;

use crate::{Command, Outcome, workspace};

pub const COMMAND: Command = Command {
    name: "features",
    summary: "shows which dependencies `cargo -p PACKAGE` would build anew after `--workspace`",
    help: " [PACKAGE…]

  PACKAGE   a package of the workspace; all that reach Arrow by default

Fails when one of those, DataFusion, or what they depend on, would be built a second time: minutes for every
developer. Then add the feature that is shown to crates/one-build/Cargo.toml.",
    run,
};

/// What takes long to build, with all that it depends on.
const COSTLY: [&str; 5] =
    ["datafusion-sql", "datafusion-functions-nested", "parquet", "russh", "mysql_async"];

fn run(arguments: &[String]) -> Outcome {
    let all = resolved(&["--workspace"])?;
    let roots = COSTLY.iter().flat_map(|name| ["--package", name]).collect::<Vec<_>>();
    let costly: BTreeSet<String> = resolved(&roots)?.iter().filter_map(|line| package(line)).collect();
    let mut drifted = 0;
    for name in chosen(arguments)? {
        let alone = resolved(&["--package", &name])?;
        let anew: Vec<&String> = alone
            .difference(&all)
            .filter(|line| package(line).is_some_and(|package| costly.contains(&package)))
            .collect();
        println!("{name}: {}", if anew.is_empty() { "shares the build" } else { "would build anew" });
        for line in &anew {
            println!("    {line}");
        }
        drifted += anew.len();
    }
    if drifted > 0 {
        return Err(format!("{drifted} builds are not shared; see `cargo xtask features --help`").into());
    }
    Ok(())
}

/// The packages to look at: those named, or every package that reaches Arrow.
fn chosen(arguments: &[String]) -> Outcome<Vec<String>> {
    if !arguments.is_empty() {
        return Ok(arguments.to_vec());
    }
    let mut tree = Process::new("cargo");
    tree.args([
        "tree",
        "--workspace",
        "--invert",
        "arrow-array",
        "--prefix",
        "none",
        "--edges",
        "normal,dev",
    ]);
    tree.args(["--format", "{p}", "--locked"]);
    let listing = workspace::output(&mut tree)?;
    let mut names: BTreeSet<String> =
        listing.lines().filter(|line| line.contains("(/")).filter_map(package).collect();
    // It has no code, so nobody builds it by itself.
    names.remove("concordat-one-build");
    Ok(names.into_iter().collect())
}

/// Every package that a selection builds for what runs in the end, with version and features: one line each. What runs during
/// the build has features of its own, which would hide that the others differ.
fn resolved(selection: &[&str]) -> Outcome<BTreeSet<String>> {
    let mut tree = Process::new("cargo");
    tree.args(["tree", "--prefix", "none", "--edges", "normal,dev,no-proc-macro", "--format", "{p} [{f}]"]);
    tree.args(selection).arg("--locked");
    // A package that is met again is marked, and what it depends on left out.
    Ok(workspace::output(&mut tree)?.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect())
}

/// The name at the beginning of a line.
fn package(line: &str) -> Option<String> {
    line.split(' ').next().map(str::to_owned).filter(|name| !name.is_empty())
}
