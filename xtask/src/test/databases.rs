//! The kinds of source that ask a database server, against real ones: PostgreSQL, MariaDB, and ODBC with Debian's drivers.

use std::process::{Command, Stdio};

use crate::machine::{ODBC_HEADERS, ODBC_MARIADB, ODBC_POSTGRES, ODBC_SQLITE, provide};
use crate::servers::Servers;
use crate::test::Tally;
use crate::test::crates::counted;
use crate::{Outcome, workspace};

/// Starts the servers, runs the tests that need them, and stops the servers.
pub fn run() -> Outcome<Tally> {
    provide(&[ODBC_HEADERS, ODBC_POSTGRES, ODBC_MARIADB, ODBC_SQLITE])?;
    let servers = Servers::start()?;
    let mut cargo = Command::new("cargo");
    cargo
        .args([
            "test",
            "--package",
            "concordat-read",
            "--lib",
            "--features",
            "odbc",
            "--no-fail-fast",
            "--locked",
        ])
        .args(["--", "--include-ignored", "postgres::tests", "mysql::tests", "odbc::"])
        .envs(servers.variables());
    counted(cargo.current_dir(workspace::root()).stdout(Stdio::piped()))
}
