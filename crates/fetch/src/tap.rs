//! The bytes of a file as it lies: counted and hashed while they are read.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::{Context, SHA256};

use crate::ahead::Bytes;

/// A SHA-256.
pub type Digest = [u8; 32];

/// How many bytes of a file have been read, as it lies.
#[derive(Clone, Debug, Default)]
pub(crate) struct Count(Arc<AtomicU64>);

impl Count {
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

/// A file that is read once from its beginning; copies share it, so that the digest can be asked for at the end.
#[derive(Clone)]
pub(crate) struct Tap {
    inner: Arc<Mutex<(Bytes, Context)>>,
    pub count: Count,
}

impl Tap {
    pub fn new(inner: Bytes) -> Self {
        Self { inner: Arc::new(Mutex::new((inner, Context::new(&SHA256)))), count: Count::default() }
    }

    /// SHA-256 of the whole file; reads what has not been read.
    pub fn digest(&mut self) -> io::Result<Digest> {
        io::copy(self, &mut io::sink())?;
        let guard = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(finished(guard.1.clone()))
    }
}

impl Read for Tap {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut guard = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (inner, hash) = &mut *guard;
        let read = inner.read(buffer)?;
        hash.update(buffer.get(..read).unwrap_or_default());
        self.count.add(read);
        Ok(read)
    }
}

/// The digest that was computed.
pub(crate) fn finished(hash: Context) -> Digest {
    let mut digest = Digest::default();
    digest.copy_from_slice(hash.finish().as_ref());
    digest
}

/// Counts what goes through.
pub(crate) struct Counted<R> {
    pub inner: R,
    pub count: Count,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.add(read);
        Ok(read)
    }
}
