//! Files of a real OpenSSH server, which the test starts with keys and settings of its own and stops again.

use std::fs;
use std::io::Read;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::{PATIENCE, code, gzip, read, sample};
use crate::{Secret, SftpServer, Transport};

/// A running server. Files lie in the folder `files`.
struct OpenSsh {
    folder: TempDir,
    port: u16,
    process: Child,
}

impl OpenSsh {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        for (name, kind) in [
            ("host", "ed25519"),
            ("other", "ed25519"),
            ("user", "ed25519"),
            ("rsa", "rsa"),
            ("sealed", "ed25519"),
        ] {
            let word = if name == "sealed" { "s3cret" } else { "" };
            let made =
                Command::new("ssh-keygen").args(["-q", "-t", kind, "-N", word, "-f", &at(name)]).status();
            assert!(made.unwrap().success());
        }
        let authorized =
            ["user", "rsa", "sealed"].map(|name| fs::read_to_string(at(&format!("{name}.pub"))).unwrap());
        fs::write(at("authorized_keys"), authorized.concat()).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = format!(
            "ListenAddress 127.0.0.1\nPort {port}\nHostKey {}\nPidFile none\nAuthorizedKeysFile {}\nStrictModes no\nUsePAM no\nKbdInteractiveAuthentication no\nSubsystem sftp internal-sftp\n",
            at("host"),
            at("authorized_keys"),
        );
        fs::write(at("sshd_config"), settings).unwrap();
        fs::create_dir(at("files")).unwrap();
        // Where the server locks itself in when it runs as root; it refuses to start without.
        let _ = fs::create_dir_all("/run/sshd");
        let process = Command::new(sshd())
            .args(["-D", "-e", "-f", &at("sshd_config")])
            .stderr(Stdio::from(fs::File::create(at("log")).unwrap()))
            .spawn()
            .unwrap();
        let server = Self { folder, port, process };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return server;
            }
            thread::sleep(Duration::from_millis(25));
        }
        panic!("the server does not come up: {}", server.text("log"));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap().trim().to_owned()
    }

    fn put(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path("files").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    fn with(&self, change: impl FnOnce(&mut SftpServer)) -> Transport {
        let mut server = SftpServer {
            host: "127.0.0.1".into(),
            port: self.port,
            user: user(),
            key: Some((Secret::new(self.text("user")), None)),
            password: None,
            host_keys: vec![self.text("host.pub")],
            known_hosts: None,
            patience: PATIENCE,
        };
        change(&mut server);
        Transport::Sftp(server)
    }
}

impl Drop for OpenSsh {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn sshd() -> &'static str {
    if Path::new("/usr/sbin/sshd").exists() { "/usr/sbin/sshd" } else { "sshd" }
}

fn user() -> String {
    String::from_utf8(Command::new("id").arg("-un").output().unwrap().stdout).unwrap().trim().to_owned()
}

#[test]
#[ignore = "needs an OpenSSH server: cargo xtask test files"]
fn files_are_read_and_found_by_patterns() {
    let server = OpenSsh::start();
    let large = sample(5 << 20);
    let path = server.put("2024/b.csv", &large);
    server.put("2024/a.csv.gz", &gzip(b"id\n1\n"));
    server.put("2024/.hidden.csv", b"x");
    server.put("2024/deep/c.csv", b"x");
    let transport = server.with(|_| {});
    assert_eq!(read(&transport, &path).unwrap()[0].1, large);
    let below = server.path("files").display().to_string();
    let files = read(&transport, &format!("{below}/2024/*.csv*")).unwrap();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.rsplit('/').next().unwrap()).collect();
    assert_eq!(names, ["a.csv.gz", "b.csv"]);
    assert_eq!(files[0].1, b"id\n1\n");
    assert_eq!(read(&transport, &format!("{below}/**/c.csv")).unwrap().len(), 1);
    assert_eq!(code(&transport, &format!("{below}/*.xml")), "fetch.no-match");
    assert_eq!(code(&transport, &format!("{below}/none.csv")), "fetch.no-such-file");
    assert_eq!(code(&transport, &below), "fetch.is-folder");
}

#[test]
#[ignore = "needs an OpenSSH server: cargo xtask test files"]
fn a_server_is_trusted_by_its_key_only() {
    let server = OpenSsh::start();
    let path = server.put("a", b"x");
    let other = server.text("other.pub");
    assert_eq!(code(&server.with(|at| at.host_keys = vec![other.clone()]), &path), "fetch.host-key");
    assert_eq!(code(&server.with(|at| at.host_keys.clear()), &path), "fetch.host-key");
    assert_eq!(
        code(&server.with(|at| at.host_keys = vec!["ssh-ed25519 rubbish".into()]), &path),
        "fetch.host-key"
    );
    let known = |key: &str| {
        fs::write(server.path("known"), format!("example.org {other}\n[127.0.0.1]:{} {key}\n", server.port))
            .unwrap();
        server.with(|at| (at.host_keys, at.known_hosts) = (Vec::new(), Some(server.path("known"))))
    };
    assert_eq!(read(&known(&server.text("host.pub")), &path).unwrap()[0].1, b"x");
    assert_eq!(code(&known(&other), &path), "fetch.host-key");
    assert_eq!(code(&server.with(|at| at.known_hosts = Some(server.path("none"))), &path), "fetch.host-key");
    // One of several known keys is enough.
    assert_eq!(read(&server.with(|at| at.host_keys.insert(0, other.clone())), &path).unwrap()[0].1, b"x");
}

#[test]
#[ignore = "needs an OpenSSH server: cargo xtask test files"]
fn users_are_let_in_by_keys_of_all_kinds_and_nobody_else() {
    let server = OpenSsh::start();
    let path = server.put("a", b"x");
    let key = |name: &str, word: Option<&str>| {
        server.with(|at| at.key = Some((Secret::new(server.text(name)), word.map(Secret::new))))
    };
    assert_eq!(read(&key("rsa", None), &path).unwrap()[0].1, b"x");
    assert_eq!(read(&key("sealed", Some("s3cret")), &path).unwrap()[0].1, b"x");
    assert_eq!(code(&key("sealed", None), &path), "fetch.key");
    assert_eq!(code(&key("other", None), &path), "fetch.refused");
    let password = server.with(|at| (at.key, at.password) = (None, Some(Secret::new("s3cret"))));
    assert_eq!(code(&password, &path), "fetch.refused");
    assert!(!format!("{password:?}{:?}", key("sealed", Some("s3cret"))).contains("s3cret"));
}

#[test]
#[ignore = "needs an OpenSSH server: cargo xtask test files"]
fn a_server_that_does_not_answer_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = OpenSsh::start();
    let silent = server.with(|at| {
        at.port = listener.local_addr().unwrap().port();
        at.patience.timeout = Duration::from_millis(100);
    });
    assert_eq!(code(&silent, "a"), "fetch.timeout");
    assert_eq!(code(&server.with(|at| at.port = 1), "a"), "fetch.no-connection");
}

/// Hands connections on to a port; the first one is cut after so many bytes.
fn cutting(port: u16, bytes: u64) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for (number, client) in listener.incoming().enumerate() {
            let client = client.unwrap();
            let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
            let (mut up, mut into) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            thread::spawn(move || std::io::copy(&mut up, &mut into));
            thread::spawn(move || {
                let most = if number == 0 { bytes } else { u64::MAX };
                let _ = std::io::copy(&mut (&server).take(most), &mut &client);
                let _ = client.shutdown(Shutdown::Both);
                let _ = server.shutdown(Shutdown::Both);
            });
        }
    });
    own
}

#[test]
#[ignore = "needs an OpenSSH server: cargo xtask test files"]
fn a_connection_that_breaks_off_is_gone_on_with() {
    let server = OpenSsh::start();
    let large = sample(5 << 20);
    let path = server.put("a", &large);
    let port = cutting(server.port, 2 << 20);
    assert_eq!(read(&server.with(|at| at.port = port), &path).unwrap()[0].1, large);
    let path = server.put("b", &large);
    let port = cutting(server.port, 2 << 20);
    let transport = server.with(|at| (at.port, at.patience.retries) = (port, 0));
    assert_eq!(code(&transport, &path), "fetch.broke-off");
}

#[test]
#[ignore = "needs an OpenSSH server: cargo xtask test files"]
fn it_works_within_a_runtime_as_well() {
    let server = OpenSsh::start();
    let path = server.put("a", b"x");
    let below = server.path("files").display().to_string();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        assert_eq!(read(&server.with(|_| {}), &path).unwrap()[0].1, b"x");
        assert_eq!(read(&server.with(|_| {}), &format!("{below}/*")).unwrap().len(), 1);
    });
}
