//! Journeys: what a person types, and what the program answers. One text file each, in `xtask/journeys`.
//!
//! ```text
//! # A line that explains
//! $ concordat check {dir}/body        must succeed
//! > no problem                        and say this, in this order
//! ! concordat check {dir}/nothing     must fail, without a panic
//! & concordat demo --folder {dir}     runs on until the end of the journey; waits for the lines below
//! ```
//!
//! `{dir}` is an empty folder of the journey, `{root}` the repository. Besides programs there are a few verbs that
//! damage things; they are listed in [`VERBS`].

mod script;
mod verbs;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use self::script::{Expect, Step};
use self::verbs::VERBS;
use crate::test::Tally;
use crate::test::machine::{CURL, provide};
use crate::{Outcome, workspace};

/// How long a step in the background may take until it has said what it should.
const PATIENCE: Duration = Duration::from_mins(10);

/// Walks every journey.
pub fn run() -> Outcome<Tally> {
    provide(&[CURL])?;
    program()?;
    let mut files: Vec<PathBuf> = std::fs::read_dir(workspace::root().join("xtask/journeys"))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension() == Some(OsStr::new("txt")))
        .collect();
    files.sort();
    let mut tally = Tally::default();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        tally.count(&name, &walk(&file));
    }
    Ok(tally)
}

/// Builds the program, once, and says where it is.
pub fn program() -> Outcome<PathBuf> {
    let mut build = Command::new("cargo");
    build.args(["build", "--quiet", "--bin", "concordat", "--locked"]).current_dir(workspace::root());
    if !build.status()?.success() {
        return Err("the program does not build".into());
    }
    Ok(target().join("debug/concordat"))
}

/// Where cargo builds.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace::root().join("target"), PathBuf::from)
}

/// An empty folder for a script, named after it.
pub fn scratch(script: &Path) -> Outcome<PathBuf> {
    let folder = target().join("scratch").join(script.file_stem().unwrap_or_default());
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn walk(file: &Path) -> Outcome {
    let folder = scratch(file)?;
    let places = [("{dir}", folder.clone()), ("{root}", workspace::root().to_owned())];
    let text = places.iter().fold(std::fs::read_to_string(file)?, |text, (name, place)| {
        text.replace(name, &place.to_string_lossy())
    });
    let mut background = Background::default();
    for step in script::parse(&text)? {
        take(&step, &folder, &mut background)
            .map_err(|error| format!("     line {}: {}\n{error}", step.line, step.words.join(" ")))?;
    }
    Ok(())
}

fn take(step: &Step, folder: &Path, background: &mut Background) -> Outcome {
    let (verb, rest) = step.words.split_first().ok_or("an empty command")?;
    if let Some(verb) = VERBS.iter().find(|known| known.name == verb) {
        return (verb.run)(rest);
    }
    let mut command =
        Command::new(if verb == "concordat" { target().join("debug/concordat") } else { verb.into() });
    command.args(rest).current_dir(folder);
    if step.expect == Expect::Background {
        return background.start(command, &folder.join(format!("background-{}.log", step.line)), step);
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

/// The programs a journey has left running. They are interrupted, as Ctrl-C would, when it ends.
#[derive(Default)]
struct Background(Vec<Child>);

impl Background {
    fn start(&mut self, mut command: Command, log: &Path, step: &Step) -> Outcome {
        let file = std::fs::File::create(log)?;
        let mut child = command.stdout(Stdio::from(file.try_clone()?)).stderr(Stdio::from(file)).spawn()?;
        let begin = Instant::now();
        let result = loop {
            let said = std::fs::read_to_string(log)?;
            match (step.said_all(&said), child.try_wait()?) {
                (Ok(()), _) => break Ok(()),
                (Err(error), Some(status)) => {
                    break Err(format!("it ended early with {status}: {error}").into());
                }
                (Err(error), None) if begin.elapsed() > PATIENCE => break Err(error),
                _ => std::thread::sleep(Duration::from_millis(100)),
            }
        };
        self.0.push(child);
        result
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
            let begin = Instant::now();
            while interrupted.is_ok() && begin.elapsed() < Duration::from_secs(20) {
                if let Ok(Some(_)) = child.try_wait() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
