//! What is measured, and beside whom.
//!
//! Ours are ignored tests named `benchmark_…` in the crate that does the work, so that the inner loop is measured and
//! not the terminal; they print `benchmark: AMOUNT UNIT`. Peers are programs of others.

use std::process::Command;

use crate::bench::measure::CommandLine;
use crate::{Outcome, workspace};

/// One benchmark.
pub struct Entry {
    pub name: &'static str,
    pub contenders: &'static [Contender],
}

/// Somebody who does the work.
pub struct Contender {
    pub name: &'static str,
    /// The command line; none when it is not installed.
    pub command: fn() -> Outcome<Option<CommandLine>>,
}

/// Every benchmark. To add one: a line here and, for ours, an ignored test in its crate.
pub const ENTRIES: &[Entry] = &[
    Entry {
        name: "decode",
        contenders: &[
            Contender { name: "concordat-read", command: || ours("concordat-read", "benchmark_decode") },
            Contender { name: "Python cp037 codec, text only", command: python_decode },
        ],
    },
    Entry {
        name: "map",
        contenders: &[Contender { name: "concordat-map", command: || ours("concordat-map", "benchmark_map") }],
    },
    Entry {
        name: "link",
        contenders: &[Contender { name: "concordat-link", command: || ours("concordat-link", "benchmark_link") }],
    },
    Entry {
        name: "ask",
        contenders: &[Contender { name: "concordat-flow", command: || ours("concordat-flow", "benchmark_ask") }],
    },
    Entry {
        name: "append",
        contenders: &[Contender { name: "concordat-prove", command: || ours("concordat-prove", "benchmark_append") }],
    },
];

/// The test binary of a package, asked for one ignored test.
fn ours(package: &str, test: &str) -> Outcome<Option<CommandLine>> {
    let mut build = Command::new("cargo");
    build.args(["test", "--no-run", "--lib", "--message-format", "json", "--locked", "--package", package]);
    let messages = workspace::output(&mut build)?;
    let executables = messages.split("\"executable\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    let binary = executables.last().ok_or_else(|| format!("{package} has no test binary"))?;
    let words = [binary, "--ignored", "--nocapture", test];
    Ok(Some(words.map(str::to_owned).into()))
}

/// The least that any reader must do: look every byte up in a table. No numbers, no columns.
fn python_decode() -> Outcome<Option<CommandLine>> {
    const SCRIPT: &str = "
import gzip, sys
data = gzip.open('examples/grants/treasury/legacy/eo-master.dat.gz').read()
for _ in range(20):
    data.decode('cp037')
print('benchmark:', 20 * len(data) / 1e6, 'MB')
";
    if Command::new("python3").arg("--version").output().is_err() {
        return Ok(None);
    }
    Ok(Some(["python3", "-c", SCRIPT].map(str::to_owned).into()))
}

#[cfg(test)]
mod tests {
    use super::ENTRIES;

    #[test]
    fn every_step_of_the_way_is_measured_once() {
        let names: Vec<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
        assert_eq!(names, ["decode", "map", "link", "ask", "append"]);
        assert!(ENTRIES.iter().all(|entry| !entry.contenders.is_empty()));
    }
}
