//! Compound files ([MS-CFB]): the little file system in which old workbooks lie.
//!
//! Only what reading one stream needs, in our own hands: everything a header claims is bounded by the size of the file before memory is
//! taken for it, and chains that run in circles end. The table of sectors takes a hundredth of the file; a stream is read where it lies.
//! Left out: storages below the root, property sets, and whatever the transaction number and the colours of the tree are for.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::super::fault::{Fault, Result};
use super::records::{u16_at, u32_at};

/// Section 2.1: sector numbers above this one mean something else.
const LAST_SECTOR: u32 = 0xffff_fffa;
/// Section 2.6.1.
const ENTRY: usize = 128;
const NO_ENTRY: u32 = 0xffff_ffff;
const MINI_SHIFT: u32 = 6;
/// A directory this large has 65 536 entries; workbooks have a dozen.
const MOST_DIRECTORY: u64 = 8 << 20;

/// An open compound file.
pub(super) struct Compound {
    file: File,
    /// Sectors are two to the power of this many bytes long.
    shift: u32,
    /// Sectors that the file has room for.
    sectors: u32,
    /// For each sector the one behind it in its stream.
    next: Vec<u32>,
    first_mini_table: u32,
    /// Streams shorter than this lie in small sectors.
    mini_below: u64,
    directory: Vec<u8>,
}

/// What the directory says of a stream.
struct Entry {
    child: u32,
    siblings: [u32; 2],
    first: u32,
    length: u64,
}

impl Compound {
    pub fn open(mut file: File) -> Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        let mut header = [0; 512];
        file.seek(SeekFrom::Start(0))?;
        if file.read_exact(&mut header).is_err() {
            return Fault::damaged("it ends within its header");
        }
        let shift = u32::from(u16_at(&header, 30));
        if !matches!(shift, 9 | 12) {
            return Fault::damaged("its sectors have a size that none has");
        }
        let sectors = (length.div_ceil(1 << shift) - 1).min(u64::from(LAST_SECTOR)) as u32;
        let mut compound = Self {
            file,
            shift,
            sectors,
            next: Vec::new(),
            first_mini_table: u32_at(&header, 60),
            mini_below: u64::from(u32_at(&header, 56)),
            directory: Vec::new(),
        };
        compound.next = compound.table(&header)?;
        let directory = compound.chain(u32_at(&header, 48), MOST_DIRECTORY)?;
        let size = (directory.len() as u64) << shift;
        compound.stream_of(&directory, size)?.read_to_end(&mut compound.directory)?;
        Ok(compound)
    }

    /// The table of sectors (section 2.3): its own sectors are listed in the header, and in further sectors when there are many.
    fn table(&mut self, header: &[u8; 512]) -> Result<Vec<u32>> {
        let per_sector = (1usize << self.shift) / 4;
        let needed = (self.sectors as usize).div_ceil(per_sector);
        let mut places: Vec<u32> = words(&header[76..]).take_while(|sector| *sector <= LAST_SECTOR).collect();
        let mut more = u32_at(header, 68);
        let mut seen = 0;
        while places.len() < needed && more <= LAST_SECTOR {
            seen += 1;
            if seen > self.sectors {
                return Fault::damaged("the list of its sectors runs in a circle");
            }
            let sector = self.sector(more)?;
            let (listed, last) = sector.split_at(sector.len() - 4);
            places.extend(words(listed).take_while(|sector| *sector <= LAST_SECTOR));
            more = u32_at(last, 0);
        }
        let mut table = Vec::new();
        for place in places.into_iter().take(needed) {
            table.extend(words(&self.sector(place)?));
        }
        Ok(table)
    }

    /// The bytes of a sector; zeros where the file ends within it.
    fn sector(&mut self, number: u32) -> Result<Vec<u8>> {
        if number >= self.sectors {
            return Fault::damaged("it refers to a sector behind its end");
        }
        self.file.seek(SeekFrom::Start((u64::from(number) + 1) << self.shift))?;
        let mut sector = vec![0; 1 << self.shift];
        let mut filled = 0;
        while let Some(room) = sector.get_mut(filled..).filter(|room| !room.is_empty()) {
            match self.file.read(room)? {
                0 => break,
                count => filled += count,
            }
        }
        Ok(sector)
    }

    /// The sectors of a stream in their order, as many as its length takes.
    fn chain(&self, first: u32, length: u64) -> Result<Vec<u32>> {
        let most = length.div_ceil(1 << self.shift);
        let mut chain = Vec::new();
        let mut next = first;
        while next <= LAST_SECTOR && (chain.len() as u64) < most {
            if next >= self.sectors {
                return Fault::damaged("it refers to a sector behind its end");
            }
            if chain.len() >= self.next.len() {
                return Fault::damaged("its sectors run in a circle");
            }
            chain.push(next);
            next = match self.next.get(next as usize) {
                Some(next) => *next,
                None => return Fault::damaged("its table of sectors is too short"),
            };
        }
        Ok(chain)
    }

    fn stream_of(&self, sectors: &[u32], length: u64) -> Result<Stream> {
        // The header is as long as a sector, and comes before the first one.
        let blocks = sectors.iter().map(|sector| sector + 1).collect();
        Ok(Stream::new(self.file.try_clone()?, blocks, self.shift, length))
    }

    /// The first of these streams that lies in the root, by its name in any case.
    pub fn stream(&self, names: &[&str]) -> Result<Option<Stream>> {
        let Some(entry) = names.iter().find_map(|name| self.find(name)) else { return Ok(None) };
        if entry.length >= self.mini_below {
            let sectors = self.chain(entry.first, entry.length)?;
            return self.stream_of(&sectors, entry.length).map(Some);
        }
        self.small(&entry).map(Some)
    }

    /// A stream in small sectors of 64 bytes (section 2.4), which lie in a stream of their own.
    fn small(&self, entry: &Entry) -> Result<Stream> {
        let Some(root) = self.entry(0) else { return Fault::damaged("its directory is empty") };
        let container = self.chain(root.first, root.length)?;
        let table = self.chain(self.first_mini_table, u64::from(self.sectors) << self.shift)?;
        let size = (table.len() as u64) << self.shift;
        let mut links = Vec::new();
        self.stream_of(&table, size)?.read_to_end(&mut links)?;
        let most = entry.length.div_ceil(1 << MINI_SHIFT);
        let (mut blocks, mut next) = (Vec::new(), entry.first);
        let per_sector = self.shift - MINI_SHIFT;
        while next <= LAST_SECTOR && (blocks.len() as u64) < most {
            let sector = container.get((next >> per_sector) as usize);
            let link = links.get(next as usize * 4..).and_then(|rest| rest.first_chunk());
            let (Some(sector), Some(link)) = (sector, link) else {
                return Fault::damaged("it refers to a small sector that it does not have");
            };
            let within = next & ((1 << per_sector) - 1);
            let block = (u64::from(sector + 1) << per_sector) + u64::from(within);
            match u32::try_from(block) {
                Ok(block) => blocks.push(block),
                Err(_) => return Fault::damaged("it is too large for small sectors"),
            }
            next = u32::from_le_bytes(*link);
        }
        Ok(Stream::new(self.file.try_clone()?, blocks, MINI_SHIFT, entry.length))
    }

    /// A stream or storage below the root; the tree there (section 2.6.4) is walked as it comes, for damaged ones are not sorted.
    fn find(&self, name: &str) -> Option<Entry> {
        let mut seen = vec![false; self.directory.len() / ENTRY];
        let mut waiting = vec![self.entry(0)?.child];
        while let Some(number) = waiting.pop() {
            let Some(seen) = seen.get_mut(number as usize).filter(|seen| !**seen) else { continue };
            *seen = true;
            let Some(entry) = self.entry(number) else { continue };
            if self.name(number).eq_ignore_ascii_case(name) {
                return Some(entry);
            }
            waiting.extend(entry.siblings.iter().filter(|sibling| **sibling != NO_ENTRY));
        }
        None
    }

    fn bytes(&self, number: u32) -> Option<&[u8]> {
        let begin = (number as usize).checked_mul(ENTRY)?;
        self.directory.get(begin..begin + ENTRY)
    }

    fn entry(&self, number: u32) -> Option<Entry> {
        let bytes = self.bytes(number)?;
        // With small sectors the upper half of a length may be anything (section 2.6.3).
        let upper = if self.shift == 9 { 0 } else { u64::from(u32_at(bytes, 124)) };
        Some(Entry {
            siblings: [u32_at(bytes, 68), u32_at(bytes, 72)],
            child: u32_at(bytes, 76),
            first: u32_at(bytes, 116),
            length: (upper << 32) | u64::from(u32_at(bytes, 120)),
        })
    }

    fn name(&self, number: u32) -> String {
        let bytes = self.bytes(number).unwrap_or_default();
        let length = usize::from(u16_at(bytes, 64)).saturating_sub(2).min(62);
        let units = bytes.get(..length).unwrap_or_default().chunks_exact(2).map(|unit| u16_at(unit, 0));
        char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    }
}

/// A stream, read where it lies.
pub(super) struct Stream {
    file: File,
    /// The places of its blocks in the file, in blocks.
    blocks: Vec<u32>,
    shift: u32,
    length: u64,
    position: u64,
}

impl Stream {
    fn new(file: File, blocks: Vec<u32>, shift: u32, length: u64) -> Self {
        // A chain that is too short ends the stream, and whoever reads it says where.
        let length = length.min((blocks.len() as u64) << shift);
        Self { file, blocks, shift, length, position: 0 }
    }

    /// A file that is the stream itself, as programs write that know no compound files.
    pub fn whole(file: File) -> Result<Self> {
        const SHIFT: u32 = 12;
        let length = file.metadata()?.len();
        let blocks = (0..length.div_ceil(1 << SHIFT)).map_while(|block| u32::try_from(block).ok()).collect();
        Ok(Self::new(file, blocks, SHIFT, length))
    }

    /// Bytes from the position on that lie in the file one behind the other, at most so many.
    fn run(&self, most: u64) -> Option<(u64, u64)> {
        let index = (self.position >> self.shift) as usize;
        let within = self.position & ((1 << self.shift) - 1);
        let first = *self.blocks.get(index)?;
        let mut run = (1 << self.shift) - within;
        for (after, block) in (1u64..).zip(self.blocks.get(index + 1..).unwrap_or_default()) {
            if run >= most || u64::from(*block) != u64::from(first) + after {
                break;
            }
            run += 1 << self.shift;
        }
        let run = run.min(most).min(self.length.saturating_sub(self.position));
        Some(((u64::from(first) << self.shift) + within, run))
    }
}

impl Read for Stream {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let Some((place, run)) = self.run(room.len() as u64) else { return Ok(0) };
        self.file.seek(SeekFrom::Start(place))?;
        let room = room.get_mut(..run as usize).unwrap_or_default();
        let count = self.file.read(room)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Stream {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?.min(self.length);
        Ok(self.position)
    }
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|word| u32_at(word, 0))
}
