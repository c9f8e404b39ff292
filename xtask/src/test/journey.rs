//! Journeys: what a person types, and what the program answers. One text file each, in `xtask/journeys`.
//!
//! ```text
//! # A line that explains
//! $ concordat check --body {dir}/body        must succeed
//! > 0 errors                                 and say this, in this order
//! ! concordat check --body {dir}/nothing     must fail, without a panic
//! & concordat demo                           runs on to the end of the journey; waits for the lines below
//! ```
//!
//! `{dir}` is an empty folder of the journey, where everything runs; `{root}` is the repository. Besides programs there are
//! verbs that prepare and damage files, listed in [`VERBS`], and one that takes a document at its word:
//! `documented FILE WORD` runs the fenced commands of a document that contain a word.

mod documented;
mod script;
mod verbs;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use self::script::{Expect, Step};
use self::verbs::VERBS;
use crate::machine::{CURL, PYTHON, provide};
use crate::test::Tally;
use crate::test::background::Background;
use crate::{Outcome, workspace};

/// Walks every journey.
pub fn run() -> Outcome<Tally> {
    provide(&[CURL, PYTHON])?;
    workspace::program()?;
    let mut files: Vec<PathBuf> = std::fs::read_dir(workspace::root().join("xtask/journeys"))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension() == Some(OsStr::new("txt")))
        .collect();
    files.sort();
    let mut tally = Tally::default();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        tally.count(&name, &walk(&file, &name));
    }
    Ok(tally)
}

/// An empty folder of this name, below the target folder.
pub fn scratch(name: &str) -> Outcome<PathBuf> {
    let folder = workspace::target().join("scratch").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn walk(file: &Path, name: &str) -> Outcome {
    let folder = scratch(name)?;
    let places = [("{dir}", folder.as_path()), ("{root}", workspace::root())];
    let text = places.iter().fold(std::fs::read_to_string(file)?, |text, (name, place)| {
        text.replace(name, &place.to_string_lossy())
    });
    let mut background = Vec::new();
    for step in script::parse(&text)? {
        take(&step, &folder, &mut background)
            .map_err(|error| format!("     line {}: {}\n{error}", step.line, step.words.join(" ")))?;
    }
    background.into_iter().rev().try_for_each(Background::stop)
}

fn take(step: &Step, folder: &Path, background: &mut Vec<Background>) -> Outcome {
    let (verb, rest) = step.words.split_first().ok_or("an empty command")?;
    if let Some(verb) = VERBS.iter().find(|known| known.name == verb) {
        return (verb.run)(rest);
    }
    let mut command = command(verb, rest)?;
    command.current_dir(folder).env("PATH", path()?);
    if step.expect == Expect::Background {
        let mut program = Background::start(command, &folder.join(format!("background-{}.log", step.line)))?;
        let ready = program.wait_until(|said| step.said_all(said));
        background.push(program);
        return ready;
    }
    let output = command.output()?;
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let panicked = said.contains("panicked at") || output.status.code().is_none();
    if panicked || output.status.success() != (step.expect == Expect::Success) {
        return Err(format!("{}\n{said}", output.status).into());
    }
    step.said_all(&said)
}

fn command(verb: &str, rest: &[String]) -> Outcome<Command> {
    if verb == "documented" {
        return documented::command(rest);
    }
    let program = if verb == "concordat" { workspace::target().join("debug/concordat") } else { verb.into() };
    let mut command = Command::new(program);
    command.args(rest);
    Ok(command)
}

/// Where programs are looked for: ours first, so that a shell finds it too.
fn path() -> Outcome<OsString> {
    let others = std::env::var_os("PATH").unwrap_or_default();
    Ok(std::env::join_paths(
        std::iter::once(workspace::target().join("debug")).chain(std::env::split_paths(&others)),
    )?)
}
