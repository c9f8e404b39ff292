//! A file as the Parquet library shall see it: whoever reads behind its end is told, and nobody makes room for more than it has.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// The file.
pub(super) struct StrictFile(pub File);

/// Reads it from some place on. The library takes what it passes over behind the end for read, and may pass over a thousand million things.
pub(super) struct StrictRead(BufReader<File>);

impl Read for StrictRead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 if !buffer.is_empty() => Err(ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        }
    }
}

impl Length for StrictFile {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for StrictFile {
    type T = StrictRead;

    fn get_read(&self, start: u64) -> Result<StrictRead> {
        self.0.get_read(start).map(StrictRead)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let end = start.saturating_add(length as u64);
        if end > self.len() {
            return Err(ParquetError::EOF(format!(
                "{length} bytes from {start} on are more than the file has"
            )));
        }
        self.0.get_bytes(start, length)
    }
}
