//! Runs everything that shows the product right, and closes with one line that counts it.
//!
//! A part that fails does not stop the next one: whoever waited wants to know all of it.

pub mod background;
mod browser;
mod crates;
mod databases;
mod files;
mod foreign;
mod journey;

use std::time::Instant;

use crate::{Command, Outcome};

pub const COMMAND: Command = Command {
    name: "test",
    summary: "runs every test: crates, journeys through the program, foreign verifiers, the browser",
    help: " [PART…]

  crates     cargo test --workspace
  files      crates/fetch against a real server of OpenSSH, and archives of Debian's programs
  databases  the sources that ask a server, against PostgreSQL, MariaDB and ODBC drivers of this machine
  journeys   xtask/journeys/*.txt: what people type, and what the program answers
  foreign    crates/*/foreign: our formats, verified by other people's code (Python, in an environment under target/)
  browser    crates/console/browser: the console in Chromium, with the axe accessibility rules

Without a PART all run. What the machine lacks is installed when this runs as root on Debian, and is named
otherwise. Ends with `N passed, N failed` and fails when anything did.",
    run,
};

/// One part of the whole test.
struct Part {
    name: &'static str,
    run: fn() -> Outcome<Tally>,
}

const PARTS: &[Part] = &[
    Part { name: "crates", run: crates::run },
    Part { name: "files", run: files::run },
    Part { name: "databases", run: databases::run },
    Part { name: "journeys", run: journey::run },
    Part { name: "foreign", run: foreign::run },
    Part { name: "browser", run: browser::run },
];

/// How many checks went well and how many did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Counts one check and says it.
    fn count(&mut self, name: &str, result: &Outcome) {
        match result {
            Ok(()) => {
                println!("ok   {name}");
                self.passed += 1;
            }
            Err(error) => {
                println!("FAIL {name}\n{error}");
                self.failed += 1;
            }
        }
    }
}

fn run(arguments: &[String]) -> Outcome {
    if let Some(unknown) = arguments.iter().find(|name| PARTS.iter().all(|part| part.name != *name)) {
        return Err(format!("there is no part `{unknown}`; see --help").into());
    }
    let mut total = Tally::default();
    for part in
        PARTS.iter().filter(|part| arguments.is_empty() || arguments.iter().any(|name| name == part.name))
    {
        println!("\n== {}", part.name);
        let start = Instant::now();
        let tally = (part.run)().unwrap_or_else(|error| {
            println!("FAIL {}\n{error}", part.name);
            Tally { passed: 0, failed: 1 }
        });
        println!(
            "== {}: {} passed, {} failed, {:.0?}",
            part.name,
            tally.passed,
            tally.failed,
            start.elapsed()
        );
        total.add(tally);
    }
    println!("\n{} passed, {} failed", total.passed, total.failed);
    match total {
        Tally { failed: 0, passed: 1.. } => Ok(()),
        Tally { failed: 0, passed: 0 } => Err("nothing was tested".into()),
        Tally { failed, .. } => Err(format!("{failed} failed").into()),
    }
}
