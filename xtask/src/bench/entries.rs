//! What is measured, and beside whom.

use std::process::Command;

use crate::bench::measure::CommandLine;
use crate::{Outcome, workspace};

/// One benchmark.
pub struct Entry {
    pub name: &'static str,
    pub contenders: &'static [Contender],
}

/// Somebody who does the work, and says how much it was in a line `benchmark: AMOUNT UNIT`.
pub enum Contender {
    /// An ignored test in the crate that does the work, so that the inner loop is measured and not the terminal.
    Ours { package: &'static str, test: &'static str },
    /// A Python script beside this file, on other people's code.
    Peer { name: &'static str, module: &'static str, script: &'static str },
}

/// Every benchmark. To add one: a line here and, for ours, an ignored test in its crate.
pub const ENTRIES: &[Entry] = &[
    Entry {
        name: "decode",
        contenders: &[
            Contender::Ours { package: "concordat-read", test: "benchmark_decode" },
            Contender::Peer {
                name: "Python's cp037 codec, text only",
                module: "encodings.cp037",
                script: "decode_cp037.py",
            },
        ],
    },
    Entry {
        name: "map",
        contenders: &[
            Contender::Ours { package: "concordat-map", test: "benchmark_map" },
            Contender::Peer {
                name: "DuckDB, the same values in SQL, no checks",
                module: "duckdb",
                script: "map_duckdb.py",
            },
        ],
    },
    Entry {
        name: "link",
        contenders: &[Contender::Ours { package: "concordat-link", test: "benchmark_link" }],
    },
    Entry {
        name: "ask",
        contenders: &[Contender::Ours { package: "concordat-flow", test: "benchmark_ask" }],
    },
    Entry {
        name: "append",
        contenders: &[
            Contender::Ours { package: "concordat-prove", test: "benchmark_append" },
            Contender::Peer {
                name: "SQLite, WAL with full sync, 512 rows a commit; a table, no tree and no proofs",
                module: "sqlite3",
                script: "append_sqlite.py",
            },
        ],
    },
];

impl Contender {
    /// How the table calls it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ours { package, .. } => package,
            Self::Peer { name, .. } => name,
        }
    }

    /// What to run; none when a peer is not installed.
    pub fn command(&self) -> Outcome<Option<CommandLine>> {
        match self {
            Self::Ours { package, test } => {
                let words =
                    [test_binary(package)?.as_str(), "--ignored", "--nocapture", test].map(str::to_owned);
                Ok(Some(words.into()))
            }
            Self::Peer { module, script, .. } => {
                let probe = Command::new("python3").args(["-c", &format!("import {module}")]).output();
                let installed = probe.is_ok_and(|output| output.status.success());
                let script = workspace::root().join("xtask/src/bench/peers").join(script);
                Ok(installed.then(|| vec!["python3".to_owned(), script.display().to_string()]))
            }
        }
    }
}

/// Builds the test binary of a package and says where it is.
fn test_binary(package: &str) -> Outcome<String> {
    let mut build = Command::new("cargo");
    build.args(["test", "--no-run", "--lib", "--message-format", "json", "--locked", "--package", package]);
    let messages = workspace::output(&mut build)?;
    let executables = messages.split("\"executable\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    Ok(executables.last().ok_or_else(|| format!("{package} has no test binary"))?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Contender, ENTRIES};
    use crate::workspace::root;

    #[test]
    fn every_step_of_the_way_is_measured_once_and_first_for_us() {
        let names: Vec<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
        assert_eq!(names, ["decode", "map", "link", "ask", "append"]);
        assert!(ENTRIES.iter().all(|entry| matches!(entry.contenders.first(), Some(Contender::Ours { .. }))));
    }

    #[test]
    fn the_script_of_every_peer_exists() {
        for contender in ENTRIES.iter().flat_map(|entry| entry.contenders) {
            if let Contender::Peer { script, .. } = contender {
                assert!(root().join("xtask/src/bench/peers").join(script).is_file(), "{script}");
            }
        }
    }
}
