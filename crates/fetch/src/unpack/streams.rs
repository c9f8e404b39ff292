//! Compressed streams: gzip, bzip2 and Zstandard, with all their parts one after the other.

use std::io::{self, BufRead, Read};

use bzip2::bufread::BzDecoder;
use concordat_record::{Place, Problem};
use flate2::bufread::GzDecoder;

use super::magic::{Looks, Packing, look};
use crate::ahead::{Ahead, Bytes};
use crate::fault::{carry, is_carried};

/// How the next part of a file is known from waste behind the last one.
const MAGIC: usize = 10;

/// What gzip packed, of one member or of several (RFC 1952, section 2.2).
pub(crate) fn gzip(input: Ahead, shown: &str) -> Bytes {
    named(
        Parts {
            packing: Packing::Gzip,
            start: GzDecoder::new,
            end: GzDecoder::into_inner,
            state: State::Between(input),
            first: true,
        },
        "gzip",
        shown,
    )
}

/// What bzip2 packed, of one stream or of several, as parallel variants write them.
pub(crate) fn bzip2(input: Ahead, shown: &str) -> Bytes {
    named(
        Parts {
            packing: Packing::Bzip2,
            start: BzDecoder::new,
            end: BzDecoder::into_inner,
            state: State::Between(input),
            first: true,
        },
        "bzip2",
        shown,
    )
}

/// What Zstandard packed, of one frame or of several. A window of 128 MiB is the largest, as with the program `zstd`.
pub(crate) fn zstd(input: Ahead, shown: &str) -> io::Result<Bytes> {
    Ok(named(zstd::stream::read::Decoder::with_buffer(input)?, "Zstandard", shown))
}

/// Parts of a file that are packed each on its own.
struct Parts<D> {
    packing: Packing,
    start: fn(Ahead) -> D,
    end: fn(D) -> Ahead,
    state: State<D>,
    first: bool,
}

enum State<D> {
    Within(D),
    Between(Ahead),
    Done,
}

impl<D: Read> Parts<D> {
    /// Begins the next part. Zeros behind the last one fill up a block of a tape and mean nothing, as with the programs.
    fn begin(&mut self, mut input: Ahead) -> io::Result<State<D>> {
        if self.first || look(input.peek(MAGIC)?) == Looks::Packed(self.packing) {
            self.first = false;
            return Ok(State::Within((self.start)(input)));
        }
        loop {
            let buffer = input.fill_buf()?;
            let zeros = buffer.iter().take_while(|byte| **byte == 0).count();
            if buffer.is_empty() {
                return Ok(State::Done);
            }
            if zeros < buffer.len() {
                let sentence = "bytes that are not packed follow the packed ones";
                let problem = Problem::new("unpack.trailing-bytes", sentence);
                return Err(carry(
                    problem.advise("compare the file with the original; it may have been joined or cut"),
                ));
            }
            input.consume(zeros);
        }
    }
}

impl<D: Read> Read for Parts<D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Ok(0),
                State::Between(input) => self.state = self.begin(input)?,
                State::Within(mut decoder) => {
                    let read = decoder.read(buffer)?;
                    if read > 0 {
                        self.state = State::Within(decoder);
                        return Ok(read);
                    }
                    self.state = State::Between((self.end)(decoder));
                }
            }
        }
    }
}

/// A decoder whose faults say what they mean. Public to the crate for what is packed within a zip archive.
pub(crate) fn named(inner: impl Read + Send + 'static, name: &'static str, shown: &str) -> Bytes {
    Box::new(Named { inner, name, shown: shown.to_owned() })
}

struct Named<R> {
    inner: R,
    name: &'static str,
    shown: String,
}

impl<R: Read> Read for Named<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            return match self.inner.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if is_carried(&error) => Err(error),
                Err(error) => Err(carry(self.fault(&error))),
                Ok(read) => Ok(read),
            };
        }
    }
}

impl<R> Named<R> {
    fn fault(&self, error: &io::Error) -> Problem {
        let problem = match error.kind() {
            io::ErrorKind::UnexpectedEof => return truncated(&self.shown, self.name),
            _ if error.raw_os_error().is_some() => {
                Problem::new("fetch.cannot-read", format!("`{}` cannot be read: {error}", self.shown))
            }
            _ => Problem::new(
                "unpack.damaged",
                format!("what {} packed in `{}` is damaged: {error}", self.name, self.shown),
            )
            .advise("ask for the file again; the records before the damage were read"),
        };
        problem.at(Place::file(&self.shown))
    }
}

/// A file that ends in the middle.
pub(crate) fn truncated(shown: &str, what: &str) -> Problem {
    Problem::new("unpack.truncated", format!("`{shown}` is cut off: it ends in the middle of what {what} packed"))
        .at(Place::file(shown))
        .advise("ask for the file again; the records before the cut were read, and the last of them may be incomplete")
}
