//! Files of this machine, and from servers: small ones of HTTP and of S3-compatible storage written here, and a real one of OpenSSH.

mod folder;
mod http;
mod s3;
mod server;
mod sftp;

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use concordat_record::Problem;

use super::{Patience, Transport};
use crate::{FetchedFile, Unpack, problem_of};

/// Impatient, so that tests are quick.
const PATIENCE: Patience =
    Patience { timeout: Duration::from_secs(5), retries: 2, pause: Duration::from_millis(1) };

/// All files that a path means: names and bytes.
fn read(transport: &Transport, path: &str) -> Result<Vec<(String, Vec<u8>)>, Problem> {
    let mut read = Vec::new();
    for found in transport.find(Path::new(""), path)? {
        for file in FetchedFile::all_in(found, &Unpack::default())? {
            let mut bytes = Vec::new();
            let mut stream = file.stream()?;
            stream.read_to_end(&mut bytes).map_err(|error| problem_of(file.shown(), &error))?;
            read.push((file.shown().to_owned(), bytes));
        }
    }
    Ok(read)
}

fn code(transport: &Transport, path: &str) -> &'static str {
    let problem = read(transport, path).unwrap_err();
    for secret in ["s3cret", "Authorization", "X-Amz-Signature"] {
        assert!(!format!("{problem:?}").contains(secret), "{problem:?}");
    }
    problem.code
}

/// Bytes that are not like each other, so that a shift would show.
fn sample(length: usize) -> Vec<u8> {
    (0..length as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8 | 1).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::GzEncoder::new(bytes, flate2::Compression::fast()).read_to_end(&mut out).unwrap();
    out
}
