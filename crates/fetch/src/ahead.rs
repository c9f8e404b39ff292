//! A stream whose next bytes can be looked at before they are read.

use std::io::{self, BufRead, BufReader, Read};

/// How much is read from below at once.
const CHUNK: usize = 1 << 16;

/// Bytes from anywhere.
pub(crate) type Bytes = Box<dyn Read + Send>;

/// A buffered stream with a view ahead.
pub(crate) struct Ahead {
    inner: BufReader<Bytes>,
    /// Bytes that were looked at and not yet read.
    seen: Vec<u8>,
    at: usize,
    /// What stopped the look ahead; told when what was seen has been read.
    fault: Option<io::Error>,
}

impl Ahead {
    pub fn new(inner: Bytes) -> Self {
        Self { inner: BufReader::with_capacity(CHUNK, inner), seen: Vec::new(), at: 0, fault: None }
    }

    /// The next bytes, so many or all there are.
    pub fn peek(&mut self, most: usize) -> io::Result<&[u8]> {
        self.seen.drain(..self.at);
        self.at = 0;
        while self.seen.len() < most && self.fault.is_none() {
            let more = match self.inner.fill_buf() {
                Ok(more) => more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                // What is there can be looked at and read.
                Err(error) if !self.seen.is_empty() => {
                    self.fault = Some(error);
                    break;
                }
                Err(error) => return Err(error),
            };
            if more.is_empty() {
                break;
            }
            let taken = more.len().min(most - self.seen.len());
            self.seen.extend(more.iter().take(taken));
            self.inner.consume(taken);
        }
        Ok(self.seen.get(..most.min(self.seen.len())).unwrap_or_default())
    }
}

impl BufRead for Ahead {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at < self.seen.len() {
            return Ok(self.seen.get(self.at..).unwrap_or_default());
        }
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if self.at < self.seen.len() {
            self.at += amount;
            return;
        }
        self.inner.consume(amount);
    }
}

impl Read for Ahead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.seen.len() {
            return match self.fault.take() {
                Some(fault) => Err(fault),
                None => self.inner.read(buffer),
            };
        }
        let read = self.seen.get(self.at..).unwrap_or_default().read(buffer)?;
        self.at += read;
        Ok(read)
    }
}

/// Reads a buffer full; fewer bytes only at the end.
pub(crate) fn read_full(from: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while let Some(room) = buffer.get_mut(read..).filter(|room| !room.is_empty()) {
        match from.read(room) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}
