//! Tar archives, walked from header to header (POSIX, *pax*, "ustar Interchange Format" and "pax Header Block"; GNU tar,
//! *Basic Tar Format* and *Storing Sparse Files*).
//!
//! The crate `tar` reads the fields of headers; walking is ours, because a member must be a stream that borrows nothing. Members
//! are regular files; links, devices and folders are passed over.

mod announced;
mod sparse;

use std::io::{self, Read};

use ::tar::{EntryType, Header};
use concordat_record::{Place, Problem};

use super::magic::checksum_holds;
use super::members::{Listing, Member};
use super::streams::truncated;
use crate::ahead::{Bytes, read_full};
use crate::fault::{carry, problem_of};

use announced::Announced;
use sparse::Sparse;

const BLOCK: usize = 512;
/// A name or an extended header longer than this is no honest one.
const LONGEST_EXTENSION: u64 = 1 << 20;

/// A file in the archive, at whose bytes the walk stands.
struct Entry {
    name: String,
    /// Its size, holes included.
    size: u64,
    /// Where its bytes belong, if they are not all of it: offset and length.
    pieces: Option<Vec<(u64, u64)>>,
}

/// An archive on its way.
struct Walk {
    input: Bytes,
    /// Bytes of the current entry that are still to come, and those that fill its last block.
    left: u64,
    filling: u64,
    /// How many headers of files have gone by.
    files: u64,
    shown: String,
}

/// The files of an archive.
pub(crate) fn listing(input: Bytes, shown: &str) -> Result<Listing, Problem> {
    let mut walk = Walk::new(input, shown);
    let mut list = Listing::default();
    loop {
        match walk.next() {
            Ok(Some(entry)) => {
                let member = Member {
                    name: entry.name,
                    at: walk.files,
                    size: Some(entry.size),
                    packed: None,
                    crc: None,
                    encrypted: false,
                };
                list.add(member, shown)?;
            }
            Ok(None) => return Ok(list),
            Err(error) => {
                list.fault = Some(problem_of(shown, &error));
                return Ok(list);
            }
        }
    }
}

/// Opens a member of the archive.
pub(crate) fn open(input: Bytes, member: &Member, shown: &str) -> Result<Bytes, Problem> {
    let mut walk = Walk::new(input, shown);
    let missing = || {
        Problem::new("unpack.damaged", format!("`{shown}` has changed while it was read"))
            .at(Place::file(shown))
    };
    while let Some(entry) = walk.next().map_err(|error| problem_of(shown, &error))? {
        if walk.files == member.at {
            return Ok(match entry.pieces {
                None => Box::new(walk),
                Some(pieces) => Box::new(Sparse::new(walk, pieces, entry.size)),
            });
        }
    }
    Err(missing())
}

impl Walk {
    fn new(input: Bytes, shown: &str) -> Self {
        Self { input, left: 0, filling: 0, files: 0, shown: shown.to_owned() }
    }

    /// The next regular file; none at the end of the archive.
    fn next(&mut self) -> io::Result<Option<Entry>> {
        let mut announced = Announced::default();
        loop {
            self.skip()?;
            let Some(block) = self.block()? else { return Ok(None) };
            // Two blocks of zeros end an archive; one is taken for it, as by GNU tar.
            if block.iter().all(|byte| *byte == 0) {
                return Ok(None);
            }
            if !checksum_holds(&block) {
                return Err(self.damaged("the checksum of a header is wrong"));
            }
            let header = Header::from_byte_slice(&block);
            let size = header.entry_size().map_err(|_| self.damaged("a header has no size"))?;
            self.enter(size);
            match header.entry_type() {
                EntryType::GNULongName => {
                    let name = self.extension()?;
                    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
                    announced.name = Some(String::from_utf8_lossy(name).into_owned());
                }
                EntryType::XHeader => {
                    let records = self.extension()?;
                    announced
                        .read(&records)
                        .ok_or_else(|| self.damaged("an extended header is malformed"))?;
                }
                EntryType::XGlobalHeader | EntryType::GNULongLink => {
                    self.extension()?;
                }
                EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                    let entry = self.file(header, &announced)?;
                    // Before POSIX a folder was a file whose name ends with a slash.
                    if !entry.name.ends_with('/') {
                        self.files += 1;
                        return Ok(Some(entry));
                    }
                    announced = Announced::default();
                }
                _ => {
                    // What carries bytes of its own says so in its size; links and folders of pax may announce one too.
                    announced = Announced::default();
                }
            }
        }
    }

    /// What the headers say of a file; reads on to its bytes.
    fn file(&mut self, header: &Header, announced: &Announced) -> io::Result<Entry> {
        let stored = announced.number("size").unwrap_or(self.left);
        self.enter(stored);
        let name = announced
            .pax
            .get("GNU.sparse.name")
            .or(announced.pax.get("path"))
            .cloned()
            .or(announced.name.clone())
            .unwrap_or_else(|| String::from_utf8_lossy(&header.path_bytes()).into_owned());
        let name = name.strip_prefix("./").unwrap_or(&name).to_owned();
        let pieces = self.pieces(header, announced)?;
        let size = if header.entry_type() == EntryType::GNUSparse {
            header.as_gnu().and_then(|gnu| gnu.real_size().ok()).unwrap_or(stored)
        } else {
            announced.number("GNU.sparse.realsize").or(announced.number("GNU.sparse.size")).unwrap_or(stored)
        };
        if let Some(pieces) = &pieces {
            self.refuse_unsound(pieces, size)?;
        }
        Ok(Entry { name, size: if pieces.is_some() { size } else { stored }, pieces })
    }

    /// The next block; none at the end.
    fn block(&mut self) -> io::Result<Option<[u8; BLOCK]>> {
        let mut block = [0; BLOCK];
        match read_full(&mut self.input, &mut block)? {
            BLOCK => Ok(Some(block)),
            0 => Ok(None),
            _ => Err(carry(truncated(&self.shown, "tar"))),
        }
    }

    /// So many bytes of an entry lie ahead.
    fn enter(&mut self, size: u64) {
        self.left = size;
        self.filling = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
    }

    /// Passes over what is left of the current entry.
    fn skip(&mut self) -> io::Result<()> {
        let rest = self.left.saturating_add(self.filling);
        let skipped = io::copy(&mut (&mut self.input).take(rest), &mut io::sink())?;
        // The last block of an archive may be cut where nothing of the file is lost.
        if skipped < self.left {
            return Err(carry(truncated(&self.shown, "tar")));
        }
        (self.left, self.filling) = (0, 0);
        Ok(())
    }

    /// The bytes of an entry that describes another one.
    fn extension(&mut self) -> io::Result<Vec<u8>> {
        if self.left > LONGEST_EXTENSION {
            return Err(self.damaged("an extended header is too long"));
        }
        let mut bytes = Vec::new();
        self.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn damaged(&self, why: &str) -> io::Error {
        let sentence = format!("the tar archive `{}` is damaged: {why}", self.shown);
        carry(
            Problem::new("unpack.damaged", sentence)
                .at(Place::file(&self.shown))
                .advise("ask for the file again"),
        )
    }
}

impl Read for Walk {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.input.read(buffer.get_mut(..most).unwrap_or_default())?;
        if read == 0 {
            return Err(carry(truncated(&self.shown, "tar")));
        }
        self.left -= read as u64;
        Ok(read)
    }
}
