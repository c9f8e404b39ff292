//! Files on a server that speaks SFTP (draft-ietf-secsh-filexfer-02, over SSH as of RFC 4251 to 4254).
//!
//! The SSH library is asynchronous: each connection has a thread with a runtime of its own, so that nobody above needs one and none
//! is disturbed. `session` connects and checks whom it talks to, `list` finds files, `pump` reads one.

mod list;
mod pump;
mod session;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use concordat_record::{Place, Problem};

use super::patience::{Failure, Patience, Resuming};
use super::{Found, Raw, Remote, folder::is_pattern};
use crate::secret::Secret;

/// A server that speaks SFTP.
#[derive(Clone, Debug)]
pub struct SftpServer {
    /// Its name or address.
    pub host: String,
    /// Its port; usually 22.
    pub port: u16,
    /// Who we are to it.
    pub user: String,
    /// A private key in the form of OpenSSH, PKCS 8 or PuTTY, and the word it is encrypted with.
    pub key: Option<(Secret, Option<Secret>)>,
    /// A password, if no key or beside it.
    pub password: Option<Secret>,
    /// Keys that the server may have, each as a line of OpenSSH: `ssh-ed25519 AAAA…`.
    pub host_keys: Vec<String>,
    /// A file of OpenSSH with the keys of servers.
    pub known_hosts: Option<PathBuf>,
    /// How long it is waited for.
    pub patience: Patience,
}

impl SftpServer {
    /// The files that a path means, in the order of their names. A relative path begins where the server puts its user.
    pub(super) fn find(&self, path: &str) -> Result<Vec<Found>, Problem> {
        if !is_pattern(path) {
            return Ok(vec![self.found(path.to_owned(), None)]);
        }
        let wanted = crate::unpack::pattern(path)?;
        let mut paths = self.patience.persist(|| {
            self.on_a_thread(|| {
                runtime()?.block_on(async { list::list(&session::connect(self).await?, self, &wanted).await })
            })
        })?;
        if paths.is_empty() {
            return Err(Problem::new("fetch.no-match", format!("there is no file `{path}` on `{}`", self.host))
                .at(Place::file(self.shown(path)))
                .advise("check the pattern; hidden files are passed over, and `*` does not reach into folders: `**/` does"));
        }
        paths.sort();
        Ok(paths.into_iter().map(|(path, size)| self.found(path, size)).collect())
    }

    fn found(&self, path: String, size: Option<u64>) -> Found {
        let shown = self.shown(&path);
        let server = self.clone();
        Found::there(shown.clone(), Arc::new(SftpFile { server, path, shown, size }))
    }

    /// As the programs of OpenSSH write it.
    fn shown(&self, path: &str) -> String {
        format!("{}:{}", self.host, crate::fault::harmless(path))
    }

    /// Runs something that must not run within a runtime, which whoever calls may be in.
    fn on_a_thread<T: Send>(&self, work: impl FnOnce() -> Result<T, Failure> + Send) -> Result<T, Failure> {
        let ended = thread::scope(|scope| scope.spawn(work).join());
        ended.unwrap_or_else(|_| {
            let sentence = format!("the connection to `{}` ended unexpectedly", self.host);
            Err(Failure::lasting(Problem::new("fetch.no-connection", sentence)))
        })
    }
}

/// A runtime for one connection.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        Failure::lasting(Problem::new(
            "fetch.no-connection",
            format!("a connection cannot be set up: {error}"),
        ))
    })
}

/// A file on a server.
#[derive(Debug)]
struct SftpFile {
    server: SftpServer,
    path: String,
    shown: String,
    size: Option<u64>,
}

impl Remote for SftpFile {
    fn open(&self) -> Result<Raw, Problem> {
        let file = pump::OpenFile::new(self.server.clone(), self.path.clone(), self.shown.clone());
        let bytes = Resuming::open(Box::new(file), self.server.patience, &self.shown)?;
        let size = bytes.size();
        Ok(Raw { bytes: Box::new(bytes), size })
    }

    fn size(&self) -> Option<u64> {
        self.size
    }
}
