//! What is measured, and beside whom.

use std::path::Path;
use std::process::Command;

use crate::bench::measure::CommandLine;
use crate::bench::{customers, parcels, prepare, register};
use crate::servers::Servers;
use crate::{Outcome, python, workspace};

/// One benchmark.
pub struct Entry {
    pub name: &'static str,
    /// Fills its folder, unless it makes its own input; published data may stand for that of the example.
    pub prepare: Option<fn(&Path, Option<&Path>) -> Outcome>,
    /// Starts what runs meanwhile, and tells the contenders in its folder where it is.
    pub beside: Option<fn(&Path) -> Outcome<Servers>>,
    pub contenders: &'static [Contender],
}

/// Somebody who does the work, and says how much it was in a line `benchmark: AMOUNT UNIT`.
pub enum Contender {
    /// An ignored test in the crate that does the work, so that the inner loop is measured and not the terminal.
    Ours { package: &'static str, test: &'static str },
    /// A Python script in `peers`, on other people's code.
    Python { name: &'static str, script: &'static str },
    /// A script that stands in the benchmark's folder.
    Shell { name: &'static str, script: &'static str },
    /// A COBOL program in `peers`, compiled by GnuCOBOL.
    Cobol { name: &'static str, source: &'static str },
}

/// Every benchmark. To add one: a line here and, for ours, an ignored test in its crate.
pub const ENTRIES: &[Entry] = &[
    Entry {
        name: "decode",
        prepare: Some(prepare::customers),
        beside: None,
        contenders: &[
            Contender::Ours { package: "concordat-read", test: "benchmark_decode" },
            Contender::Cobol { name: "GnuCOBOL, every field moved to a line of CSV", source: "decode.cob" },
            Contender::Python { name: "Python's cp037 codec, text only", script: "decode_cp037.py" },
        ],
    },
    Entry {
        name: "csv",
        prepare: Some(customers::write),
        beside: None,
        contenders: &[
            Contender::Ours { package: "concordat-read", test: "benchmark_csv" },
            Contender::Python { name: "pyarrow, one thread", script: "csv_pyarrow.py" },
            Contender::Python { name: "DuckDB, to Arrow", script: "csv_duckdb.py" },
        ],
    },
    Entry {
        name: "xml",
        prepare: Some(register::write),
        beside: None,
        contenders: &[
            Contender::Ours { package: "concordat-read", test: "benchmark_xml" },
            Contender::Python { name: "lxml's iterparse", script: "xml_lxml.py" },
        ],
    },
    Entry {
        name: "database",
        prepare: None,
        beside: Some(prepare::database),
        contenders: &[
            Contender::Ours { package: "concordat-read", test: "benchmark_database" },
            Contender::Shell { name: "psql, \\copy as text, to nowhere", script: "copy-text.sh" },
            Contender::Shell { name: "psql, \\copy in binary form, to nowhere", script: "copy-binary.sh" },
        ],
    },
    Entry {
        name: "dbase",
        prepare: Some(parcels::table),
        beside: None,
        contenders: &[
            Contender::Ours { package: "concordat-read", test: "benchmark_parcels" },
            Contender::Python { name: "dbfread", script: "dbase_dbfread.py" },
        ],
    },
    Entry {
        name: "fixed-width",
        prepare: Some(parcels::text),
        beside: None,
        contenders: &[
            Contender::Ours { package: "concordat-read", test: "benchmark_parcels" },
            Contender::Python {
                name: "pandas.read_fwf, the first 100,000 records",
                script: "fixed_width_pandas.py",
            },
        ],
    },
    Entry {
        name: "map",
        prepare: Some(prepare::decoded_records),
        beside: None,
        contenders: &[
            Contender::Ours { package: "concordat-map", test: "benchmark_map" },
            Contender::Python { name: "DuckDB, the same values in SQL, no checks", script: "map_duckdb.py" },
        ],
    },
    Entry {
        name: "link",
        prepare: Some(prepare::registers),
        beside: None,
        contenders: &[
            Contender::Ours { package: "concordat-flow", test: "benchmark_link" },
            Contender::Python { name: "Splink on DuckDB, a quick model", script: "link_splink.py" },
        ],
    },
    Entry {
        name: "ask",
        prepare: Some(prepare::demo),
        beside: None,
        contenders: &[Contender::Ours { package: "concordat-cli", test: "benchmark_ask" }],
    },
    Entry {
        name: "append",
        prepare: None,
        beside: None,
        contenders: &[
            Contender::Ours { package: "concordat-prove", test: "benchmark_append" },
            Contender::Python {
                name: "SQLite, WAL with full sync, 512 rows a commit; a table, no tree and no proofs",
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
            Self::Python { name, .. } | Self::Cobol { name, .. } | Self::Shell { name, .. } => name,
        }
    }

    /// What to run in the benchmark's folder.
    ///
    /// # Errors
    /// When it is not installed and cannot be installed here.
    pub fn command(&self, folder: &Path) -> Outcome<CommandLine> {
        let peers = workspace::root().join("xtask/src/bench/peers");
        match self {
            Self::Ours { package, test } => {
                let binary = test_binary(package)?;
                Ok([&binary, "--ignored", "--nocapture", test].map(str::to_owned).into())
            }
            Self::Python { script, .. } => {
                let requirements = std::iter::once(peers.join("requirements.txt"));
                let python = python::environment("bench-python", requirements)?;
                Ok([python, peers.join(script)].map(|path| path.display().to_string()).into())
            }
            Self::Shell { script, .. } => Ok(["sh", script].map(str::to_owned).into()),
            Self::Cobol { source, .. } => {
                let program = prepare::compiled(&peers.join(source), folder)?;
                Ok(vec![program.display().to_string()])
            }
        }
    }
}

/// Builds the tests of a package and says where they are.
fn test_binary(package: &str) -> Outcome<String> {
    let mut build = Command::new("cargo");
    build.args(["test", "--no-run", "--message-format", "json", "--locked", "--package", package]);
    let messages = workspace::output(&mut build)?;
    let executables = messages.split("\"executable\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    // Dependencies come before what depends on them, and a program beside its tests is not in `deps`.
    let tests = executables.filter(|path| path.contains("/deps/"));
    Ok(tests.last().ok_or_else(|| format!("{package} has no test binary"))?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Contender, ENTRIES};
    use crate::workspace::root;

    #[test]
    fn every_step_of_the_way_is_measured_once_and_first_for_us() {
        let names: Vec<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
        assert_eq!(
            names,
            ["decode", "csv", "xml", "database", "dbase", "fixed-width", "map", "link", "ask", "append"]
        );
        assert!(ENTRIES.iter().all(|entry| matches!(entry.contenders.first(), Some(Contender::Ours { .. }))));
    }

    #[test]
    fn the_program_of_every_peer_exists() {
        for contender in ENTRIES.iter().flat_map(|entry| entry.contenders) {
            if let Contender::Python { script: file, .. } | Contender::Cobol { source: file, .. } = contender
            {
                assert!(root().join("xtask/src/bench/peers").join(file).is_file(), "{file}");
            }
        }
    }
}
