//! Opens files where they lie: folders, SFTP, S3-compatible storage, HTTP; unpacks them on the way.
//!
//! A [`Transport`] finds files by a path or a pattern, [`FetchedFile::all_in`] looks how each is packed, and a [`FetchedFile`] is
//! read as a [`FileStream`] in bounded memory, or as a seekable file [`OnDisk`]. A [`DropFolder`] says which of the files that others
//! drop are complete, and keeps each from being read twice. Left out: what the bytes mean, and where the
//! settings are written (the crate `read`).

mod ahead;
mod disk;
mod drop_folder;
mod fault;
mod file;
mod secret;
mod tap;
mod transport;
mod unpack;

pub use disk::OnDisk;
pub use drop_folder::{Complete, DropFolder, DropRules, Dropped, Look, Trailer, Waiting};
pub use fault::problem_of;
pub use file::{FetchedFile, FileStream};
pub use secret::Secret;
pub use tap::Digest;
pub use transport::{Found, HttpServer, Patience, S3Bucket, SftpServer, TlsSettings, Transport, is_pattern};
pub use unpack::{Limits, Unpack, pattern};
