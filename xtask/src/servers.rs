//! Database servers of our own, on loopback: for tests and benchmarks, with their data in a folder that goes when they go.
//!
//! They run as an unprivileged user, because PostgreSQL refuses root; their certificate is issued by an authority made for it.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::machine::{MARIADB, MARIADB_CLIENT, OPENSSL, POSTGRES, is_root, provide};
use crate::test::background::Background;
use crate::{Outcome, workspace};

/// The account that owns everything, and its password.
const USER: &str = "owner";
const PASSWORD: &str = "of-tests-only";
/// Who runs the servers when root asks for them; Debian's package of PostgreSQL makes the account.
const UNPRIVILEGED: &str = "postgres";

/// Servers that run until this is dropped.
pub struct Servers {
    folder: PathBuf,
    postgres: Option<(Background, u16)>,
    mariadb: Option<(Background, u16)>,
}

impl Servers {
    /// Starts PostgreSQL and MariaDB.
    ///
    /// # Errors
    /// A package is missing and cannot be installed; a server does not start.
    pub fn start() -> Outcome<Self> {
        provide(&[POSTGRES, MARIADB, MARIADB_CLIENT, OPENSSL])?;
        let mut servers = Self::prepare()?;
        servers.postgres = Some(postgres(&servers.folder)?);
        servers.mariadb = Some(mariadb(&servers.folder)?);
        Ok(servers)
    }

    /// Starts PostgreSQL alone.
    ///
    /// # Errors
    /// As [`Servers::start`].
    pub fn postgres() -> Outcome<Self> {
        provide(&[POSTGRES, OPENSSL])?;
        let mut servers = Self::prepare()?;
        servers.postgres = Some(postgres(&servers.folder)?);
        Ok(servers)
    }

    /// Where the servers are: `host port user password` for each, and the file of their authority.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let address = |port: u16| format!("127.0.0.1 {port} {USER} {PASSWORD}");
        let mut variables = vec![("CONCORDAT_TEST_CA", self.folder.join("ca.crt").display().to_string())];
        variables.extend(self.postgres.iter().map(|(_, port)| ("CONCORDAT_TEST_POSTGRES", address(*port))));
        variables.extend(self.mariadb.iter().map(|(_, port)| ("CONCORDAT_TEST_MYSQL", address(*port))));
        variables
    }

    /// Host, port, user and password of PostgreSQL, and the file of its authority.
    ///
    /// # Errors
    /// It was not started.
    pub fn postgres_address(&self) -> Outcome<([String; 4], String)> {
        let (_, port) = self.postgres.as_ref().ok_or("PostgreSQL was not started")?;
        let address = ["127.0.0.1".into(), port.to_string(), USER.into(), PASSWORD.into()];
        Ok((address, self.folder.join("ca.crt").display().to_string()))
    }

    /// A folder that the unprivileged user may enter, with certificates.
    fn prepare() -> Outcome<Self> {
        let folder = std::env::temp_dir().join(format!("concordat-servers-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let servers = Self { folder, postgres: None, mariadb: None };
        certify(&servers.folder)?;
        if is_root() {
            let owner = format!("{UNPRIVILEGED}:");
            workspace::output(Command::new("chown").args(["-R", &owner]).arg(&servers.folder))?;
        }
        Ok(servers)
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        if self.mariadb.is_some() {
            // It does not listen to interrupts.
            let _ = client(&self.folder, "SHUTDOWN");
        }
        self.mariadb = None;
        self.postgres = None;
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A program that the unprivileged user runs, so that its process is ours to interrupt.
fn unprivileged(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", UNPRIVILEGED, "--regid", UNPRIVILEGED, "--clear-groups", "--"]).arg(program);
    command
}

/// An authority, and a certificate for this machine that it issued.
fn certify(folder: &Path) -> Outcome {
    let openssl = |arguments: &str| {
        workspace::output(
            Command::new("sh").args(["-c", &format!("cd '{}' && openssl {arguments}", folder.display())]),
        )
    };
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(&format!("req -x509 {key} -days 2 -subj '/CN=authority of tests' -keyout ca.key -out ca.crt"))?;
    openssl(&format!("req {key} -subj /CN=localhost -keyout server.key -out server.csr"))?;
    fs::write(
        folder.join("names"),
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n",
    )?;
    openssl(
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.crt",
    )?;
    Ok(())
}

/// A port that nobody listens at.
fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn postgres(folder: &Path) -> Outcome<(Background, u16)> {
    let programs = programs_of_postgres()?;
    let (data, port) = (folder.join("postgres"), free_port()?);
    fs::write(folder.join("password"), PASSWORD)?;
    let mut init = unprivileged(&programs.join("initdb"));
    init.args(["--username", USER, "--auth-host=scram-sha-256", "--auth-local=trust", "--encoding=UTF8"])
        .args(["--locale=C.UTF-8", "--no-sync", "--pgdata"])
        .arg(&data)
        .arg("--pwfile")
        .arg(folder.join("password"));
    workspace::output(&mut init)?;
    let mut server = unprivileged(&programs.join("postgres"));
    server.arg("-D").arg(&data);
    for setting in [
        format!("port={port}"),
        "listen_addresses=127.0.0.1".into(),
        format!("unix_socket_directories={}", folder.display()),
        "wal_level=logical".into(),
        "max_replication_slots=30".into(),
        "fsync=off".into(),
        "ssl=on".into(),
        format!("ssl_cert_file={}", folder.join("server.crt").display()),
        format!("ssl_key_file={}", folder.join("server.key").display()),
    ] {
        server.args(["-c", &setting]);
    }
    let mut server = Background::start(server, &folder.join("postgres.log"))?;
    server.wait_until(|said| said_that(said, "ready to accept connections"))?;
    Ok((server, port))
}

/// Debian keeps the programs of each version apart.
fn programs_of_postgres() -> Outcome<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.retain(|folder| folder.join("initdb").is_file());
    folders.sort();
    Ok(folders.pop().ok_or("there is no initdb under /usr/lib/postgresql")?)
}

fn mariadb(folder: &Path) -> Outcome<(Background, u16)> {
    let (data, port) = (folder.join("mariadb"), free_port()?);
    let mut install = unprivileged(Path::new("mariadb-install-db"));
    install
        .args(["--no-defaults", "--skip-test-db", "--auth-root-authentication-method=normal"])
        .arg(format!("--datadir={}", data.display()));
    workspace::output(&mut install)?;
    let mut server = unprivileged(Path::new(MARIADB.name));
    let option = |name: &str, file: &str| format!("--{name}={}", folder.join(file).display());
    server
        .args(["--no-defaults", "--bind-address=127.0.0.1", "--innodb-flush-log-at-trx-commit=0"])
        .arg(format!("--port={port}"))
        .args([
            option("datadir", "mariadb"),
            option("socket", "mariadb.sock"),
            option("pid-file", "mariadb.pid"),
        ])
        .args([
            option("ssl-ca", "ca.crt"),
            option("ssl-cert", "server.crt"),
            option("ssl-key", "server.key"),
        ]);
    let mut server = Background::start(server, &folder.join("mariadb.log"))?;
    server.wait_until(|said| said_that(said, "ready for connections"))?;
    let owner = format!(
        "CREATE USER {USER}@'%' IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON *.* TO {USER}@'%' WITH GRANT OPTION"
    );
    client(folder, &owner)?;
    Ok((server, port))
}

/// Runs statements on MariaDB, as its root.
fn client(folder: &Path, sql: &str) -> Outcome<String> {
    let mut client = Command::new("mariadb");
    client.arg("--no-defaults").arg(format!("--socket={}", folder.join("mariadb.sock").display()));
    workspace::output(client.args(["--user=root", "--execute", sql]))
}

fn said_that(said: &str, sentence: &str) -> Outcome {
    if said.contains(sentence) { Ok(()) } else { Err(format!("it is not ready:\n{said}").into()) }
}
