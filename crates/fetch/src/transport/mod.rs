//! Where files lie: folders of this machine, servers that speak SFTP, S3-compatible storage, HTTP servers.

mod folder;
mod http;
mod patience;
mod s3;
mod sftp;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use concordat_record::Problem;

use crate::ahead::Bytes;

pub use folder::is_pattern;
pub use http::{HttpServer, TlsSettings};
pub use patience::Patience;
pub use s3::S3Bucket;
pub use sftp::SftpServer;

/// Where files lie.
#[derive(Clone, Debug, Default)]
pub enum Transport {
    /// In folders of this machine.
    #[default]
    Folder,
    /// On a server that speaks SFTP.
    Sftp(SftpServer),
    /// On an HTTP server.
    Http(HttpServer),
    /// In a bucket of S3-compatible storage.
    S3(S3Bucket),
}

impl Transport {
    /// The files that a path means, in the order of their names. Relative paths begin at `base` where files of this machine are
    /// meant, and where the server puts its user elsewhere.
    ///
    /// # Errors
    /// `fetch.no-match` when a pattern means no file, `fetch.bad-pattern`, and what keeps from listing files.
    pub fn find(&self, base: &Path, path: &str) -> Result<Vec<Found>, Problem> {
        match self {
            Self::Folder => folder::find(base, path),
            Self::Sftp(server) => server.find(path),
            Self::Http(server) => server.find(path),
            Self::S3(bucket) => bucket.find(path),
        }
    }
}

/// A file that was found, as it lies.
#[derive(Clone, Debug)]
pub struct Found {
    /// How it is called in messages.
    pub shown: String,
    at: At,
}

#[derive(Clone, Debug)]
enum At {
    Here(PathBuf),
    There(Arc<dyn Remote>),
}

/// A file on another machine.
pub(crate) trait Remote: fmt::Debug + Send + Sync {
    /// Opens it from its beginning; what breaks off is tried again and gone on with.
    fn open(&self) -> Result<Raw, Problem>;

    /// Its size in bytes, if the list of files told it.
    fn size(&self) -> Option<u64>;
}

/// The bytes of a file as it lies.
pub(crate) struct Raw {
    pub bytes: Bytes,
    pub size: Option<u64>,
}

impl Found {
    /// A file of this machine.
    pub fn here(path: PathBuf, shown: impl Into<String>) -> Self {
        Self { shown: shown.into(), at: At::Here(path) }
    }

    pub(crate) fn there(shown: String, remote: Arc<dyn Remote>) -> Self {
        Self { shown, at: At::There(remote) }
    }

    /// Its path, when it lies on this machine.
    pub fn local(&self) -> Option<&Path> {
        match &self.at {
            At::Here(path) => Some(path),
            At::There(_) => None,
        }
    }

    /// Its size in bytes as it lies, if that is known before it is opened.
    pub fn size(&self) -> Option<u64> {
        match &self.at {
            At::Here(path) => std::fs::metadata(path).ok().map(|metadata| metadata.len()),
            At::There(remote) => remote.size(),
        }
    }

    pub(crate) fn open(&self) -> Result<Raw, Problem> {
        match &self.at {
            At::Here(path) => folder::open(path, &self.shown),
            At::There(remote) => remote.open().map_err(|problem| problem.in_file(&self.shown)),
        }
    }
}
