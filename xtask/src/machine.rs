//! What the tests need from the machine, beyond the Rust toolchain.

use std::process::Command;

use crate::Outcome;

/// A program that a part runs, and the Debian package that holds it.
pub struct Program {
    pub name: &'static str,
    /// Arguments with which it exits well and does nothing.
    pub probe: &'static [&'static str],
    pub package: &'static str,
}

pub const CHROMIUM: Program = Program { name: "chromium", probe: &["--version"], package: "chromium" };
pub const NODE: Program = Program { name: "node", probe: &["--version"], package: "nodejs" };
pub const NPM: Program = Program { name: "npm", probe: &["--version"], package: "npm" };
pub const VENV: Program =
    Program { name: "python3", probe: &["-c", "import venv, ensurepip"], package: "python3-venv" };
pub const PYTHON: Program = Program { name: "python3", probe: &["--version"], package: "python3" };
pub const COBOL: Program = Program { name: "cobc", probe: &["--version"], package: "gnucobol4" };
pub const S3270: Program = Program { name: "s3270", probe: &["-v"], package: "s3270" };
pub const POSTGRES: Program = Program { name: "psql", probe: &["--version"], package: "postgresql" };
pub const MARIADB: Program = Program {
    name: "/usr/sbin/mariadbd",
    probe: &["--no-defaults", "--version"],
    package: "mariadb-server-core",
};
pub const MARIADB_CLIENT: Program =
    Program { name: "mariadb", probe: &["--version"], package: "mariadb-client-core" };
pub const OPENSSL: Program = Program { name: "openssl", probe: &["version"], package: "openssl" };
pub const ODBC_HEADERS: Program =
    Program { name: "test", probe: &["-e", "/usr/include/sql.h"], package: "unixodbc-dev" };
// A driver is known by the name that its package registers.
pub const ODBC_POSTGRES: Program = Program {
    name: "grep",
    probe: &["-qF", "[PostgreSQL Unicode]", "/etc/odbcinst.ini"],
    package: "odbc-postgresql",
};
pub const ODBC_MARIADB: Program = Program {
    name: "grep",
    probe: &["-qF", "[MariaDB Unicode]", "/etc/odbcinst.ini"],
    package: "odbc-mariadb",
};
pub const ODBC_SQLITE: Program =
    Program { name: "grep", probe: &["-qF", "[SQLite3]", "/etc/odbcinst.ini"], package: "libsqliteodbc" };
pub const CURL: Program = Program { name: "curl", probe: &["--version"], package: "curl" };
pub const BZIP2: Program = Program { name: "bzip2", probe: &["--help"], package: "bzip2" };
pub const ZIP: Program = Program { name: "zip", probe: &["-v"], package: "zip" };
pub const ZSTD: Program = Program { name: "zstd", probe: &["--version"], package: "zstd" };
// The server itself has no argument with which it does nothing.
pub const SSHD: Program = Program {
    name: "sh",
    probe: &["-c", "test -x /usr/sbin/sshd || command -v sshd"],
    package: "openssh-server",
};

/// Sees to it that the programs are there.
///
/// # Errors
/// Names the Debian packages to install, when this cannot install them itself.
pub fn provide(programs: &[Program]) -> Outcome {
    let missing: Vec<&str> =
        programs.iter().filter(|program| !works(program)).map(|program| program.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let advice = format!(
        "this machine lacks {}; on Debian: apt-get install {}",
        missing.join(", "),
        missing.join(" ")
    );
    if !is_root() {
        return Err(advice.into());
    }
    println!("installing {}", missing.join(", "));
    let mut install = Command::new("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive").args(["install", "--yes", "--no-install-recommends"]);
    let updated = Command::new("apt-get").args(["update", "-qq"]).status()?.success();
    let installed = updated && install.args(&missing).status()?.success();
    if installed { Ok(()) } else { Err(advice.into()) }
}

fn works(program: &Program) -> bool {
    let mut probe = Command::new(program.name);
    probe.args(program.probe).output().is_ok_and(|output| output.status.success())
}

/// Whether packages can be installed.
pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
