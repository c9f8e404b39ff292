//! Zip archives (PKWARE, *APPNOTE.TXT* 6.3.10), read member by member.
//!
//! The directory at the end is walked by the crate `zip`; a member is then a part of the file and a decoder, which needs no
//! borrowed archive. Of an archive that is cut off the directory is missing: its members are found one behind the other.
//! Left out: encryption, archives in several parts, and methods of packing that hardly any program writes.

use std::io::{self, BufReader, Read};

use ::zip::read::Config;
use ::zip::unstable::read::ZipIterable;
use concordat_record::{Place, Problem};
use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::members::{Listing, Member};
use super::streams::{named, truncated};
use crate::ahead::{Ahead, Bytes, read_full};
use crate::disk::OnDisk;
use crate::fault::{carry, problem_of};
use crate::tap::{Count, Counted};

/// What the header before a member says (section 4.3.7).
struct Local {
    flags: u16,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
    name: Vec<u8>,
    /// Where its bytes begin.
    data: u64,
}

const LOCAL_HEADER: [u8; 4] = *b"PK\x03\x04";
const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";
/// The flags of section 4.4.4.
const ENCRYPTED: u16 = 1;
const HAS_DESCRIPTOR: u16 = 1 << 3;
const IS_UTF8: u16 = 1 << 11;
/// The value that sends to the extra field of section 4.5.3.
const IN_ZIP64: u32 = u32::MAX;

/// The files of an archive, and whether it is one: a spreadsheet or a text document is a zip archive too and is opened whole.
pub(crate) fn listing(disk: &OnDisk, shown: &str) -> Result<Option<Listing>, Problem> {
    let mut list = Listing::default();
    let file = disk.open().map_err(|error| problem_of(shown, &error))?;
    let Ok(mut directory) = ZipIterable::try_new(BufReader::new(file), Config::default()) else {
        return walked(disk, shown).map(Some);
    };
    let damaged = |error: &dyn std::fmt::Display| {
        Problem::new("unpack.damaged", format!("the directory of the archive `{shown}` is damaged: {error}"))
            .at(Place::file(shown))
            .advise("ask for the file again")
    };
    for entry in directory.files().map_err(|error| damaged(&error))? {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                list.fault = Some(damaged(&error));
                break;
            }
        };
        let name = entry.name().map_or_else(
            |_| String::from_utf8_lossy(entry.name_raw()).into_owned(),
            std::borrow::Cow::into_owned,
        );
        if name == "[Content_Types].xml" || (name == "mimetype" && list.members.is_empty()) {
            return Ok(None);
        }
        if !entry.is_dir() && !entry.is_symlink() {
            let member = Member {
                name: tidy(&name),
                at: entry.header_start(),
                size: Some(entry.size()),
                packed: Some(entry.compressed_size()),
                crc: Some(entry.crc32()),
                encrypted: entry.encrypted(),
            };
            list.add(member, shown)?;
        }
    }
    Ok(Some(list))
}

/// Opens a member of the archive; gives its size in there as well.
pub(crate) fn open(
    disk: &OnDisk,
    member: &Member,
    count: &Count,
    shown: &str,
) -> Result<(Bytes, Option<u64>), Problem> {
    let fault = |error: io::Error| problem_of(shown, &error);
    let local = local_of(disk, member.at).map_err(fault)?.ok_or_else(|| no_header(shown))?;
    let packed = disk.part(local.data, member.packed.unwrap_or(u64::MAX)).map_err(fault)?;
    let inner = decoder(Box::new(Counted { inner: packed, count: count.clone() }), local.method, shown)?;
    let (size, crc) = (member.size, member.crc);
    let checked = Checked { inner, hash: Crc::new(), size, crc, read: 0, shown: shown.to_owned() };
    Ok((Box::new(checked), member.packed))
}

fn no_header(shown: &str) -> Problem {
    Problem::new("unpack.damaged", format!("the archive `{shown}` has no file where its directory says"))
        .at(Place::file(shown))
        .advise("ask for the file again")
}

impl Local {
    /// Size in the archive, size and checksum, unless they stand behind the bytes.
    fn written(&self) -> (Option<u64>, Option<u64>, Option<u32>) {
        let known = self.flags & HAS_DESCRIPTOR == 0;
        (known.then_some(self.packed), known.then_some(self.size), known.then_some(self.crc))
    }
}

/// The header at an offset; none where there is no header.
fn local_of(disk: &OnDisk, at: u64) -> io::Result<Option<Local>> {
    let mut from = BufReader::new(disk.part(at, u64::MAX)?);
    let mut header = [0; 30];
    if read_full(&mut from, &mut header)? < header.len() || !header.starts_with(&LOCAL_HEADER) {
        return Ok(None);
    }
    let short = |at: usize| {
        header.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |two| u16::from_le_bytes(*two))
    };
    let long = |at: usize| {
        header.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |four| u32::from_le_bytes(*four))
    };
    let (name_length, extra_length) = (short(26), short(28));
    let mut name = vec![0; name_length.into()];
    let mut extra = vec![0; extra_length.into()];
    read_full(&mut from, &mut name)?;
    read_full(&mut from, &mut extra)?;
    let (mut packed, mut size) = (u64::from(long(18)), u64::from(long(22)));
    let wide = zip64(&extra);
    let mut wide =
        wide.chunks_exact(8).filter_map(|eight| eight.first_chunk().map(|eight| u64::from_le_bytes(*eight)));
    if long(22) == IN_ZIP64 {
        size = wide.next().unwrap_or(size);
    }
    if long(18) == IN_ZIP64 {
        packed = wide.next().unwrap_or(packed);
    }
    let data = at + 30 + u64::from(name_length) + u64::from(extra_length);
    Ok(Some(Local { flags: short(6), method: short(8), crc: long(14), packed, size, name, data }))
}

/// The extra field with sizes of 64 bits (section 4.5.3).
fn zip64(mut extra: &[u8]) -> &[u8] {
    while let Some((head, rest)) = extra.split_first_chunk::<4>() {
        let (id, length) = (u16::from_le_bytes([head[0], head[1]]), u16::from_le_bytes([head[2], head[3]]));
        let value = rest.get(..length.into()).unwrap_or(rest);
        if id == 1 {
            return value;
        }
        extra = rest.get(length.into()..).unwrap_or_default();
    }
    &[]
}

/// The members of an archive without a directory, one behind the other.
fn walked(disk: &OnDisk, shown: &str) -> Result<Listing, Problem> {
    let fault = |error: io::Error| problem_of(shown, &error);
    let mut list = Listing { fault: Some(truncated(shown, "zip")), ..Listing::default() };
    let mut at = 0;
    while let Some(local) = local_of(disk, at).map_err(fault)? {
        let name = match std::str::from_utf8(&local.name) {
            Ok(name) => name.to_owned(),
            Err(_) if local.flags & IS_UTF8 != 0 => String::from_utf8_lossy(&local.name).into_owned(),
            Err(_) => local.name.iter().map(|byte| char::from(*byte)).collect(),
        };
        if !name.ends_with('/') {
            let (packed, size, crc) = local.written();
            let encrypted = local.flags & ENCRYPTED != 0;
            list.add(Member { name: tidy(&name), at, size, packed, crc, encrypted }, shown)?;
        }
        let next = if local.flags & HAS_DESCRIPTOR == 0 {
            local.data.saturating_add(local.packed)
        } else {
            match behind_descriptor(disk, &local) {
                Some(next) => next,
                None => break,
            }
        };
        if next <= at {
            break;
        }
        at = next;
    }
    if list.members.is_empty() {
        return Err(Problem::new(
            "unpack.damaged",
            format!("the archive `{shown}` has neither a directory nor a whole first file"),
        )
        .at(Place::file(shown))
        .advise("ask for the file again"));
    }
    Ok(list)
}

/// Where the next header begins when a member's length stands behind it (section 4.3.9): only unpacking finds its end.
fn behind_descriptor(disk: &OnDisk, local: &Local) -> Option<u64> {
    const DEFLATED: u16 = 8;
    if local.method != DEFLATED || local.flags & ENCRYPTED != 0 {
        return None;
    }
    let mut decoder = DeflateDecoder::new(BufReader::new(disk.part(local.data, u64::MAX).ok()?));
    io::copy(&mut decoder, &mut io::sink()).ok()?;
    let end = local.data.checked_add(decoder.total_in())?;
    // Sizes of 32 or of 64 bits, with or without a signature: the one that a header follows is right.
    let mut ahead = [0; 28];
    let read = read_full(&mut disk.part(end, 28).ok()?, &mut ahead).ok()?;
    let signed = usize::from(ahead.starts_with(&DESCRIPTOR)) * 4;
    let follows = |length: usize| ahead.get(..read)?.get(length..)?.starts_with(b"PK").then_some(length);
    let length = follows(signed + 12).or_else(|| follows(signed + 20))?;
    end.checked_add(length as u64)
}

/// Section 4.4.5.
fn decoder(packed: Bytes, method: u16, shown: &str) -> Result<Bytes, Problem> {
    let unpacked: Bytes = match method {
        0 => packed,
        8 => named(DeflateDecoder::new(Ahead::new(packed)), "zip", shown),
        12 => super::streams::bzip2(Ahead::new(packed), shown),
        93 => super::streams::zstd(Ahead::new(packed), shown).map_err(|error| problem_of(shown, &error))?,
        other => {
            let sentence = format!("`{shown}` is packed by method {other}, which is not read");
            return Err(Problem::new("unpack.unknown-method", sentence)
                .at(Place::file(shown))
                .advise("pack it anew by the usual method (deflate), or as gzip"));
        }
    };
    Ok(unpacked)
}

/// Compares what was unpacked with what the archive says of it.
struct Checked {
    inner: Bytes,
    hash: Crc,
    size: Option<u64>,
    crc: Option<u32>,
    read: u64,
    shown: String,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = self.inner.read(buffer)?;
        self.read += read as u64;
        self.hash.update(buffer.get(..read).unwrap_or_default());
        let size = self.size;
        if read == 0 && size.is_some_and(|size| self.read < size) {
            return Err(carry(truncated(&self.shown, "zip")));
        }
        let whole = read == 0 && self.crc.is_none_or(|crc| crc == self.hash.sum());
        if size.is_some_and(|size| self.read > size) || (read == 0 && !whole) {
            let sentence =
                format!("`{}` does not come to the size and checksum that the archive gives", self.shown);
            return Err(carry(
                Problem::new("unpack.damaged", sentence)
                    .at(Place::file(&self.shown))
                    .advise("ask for the file again"),
            ));
        }
        Ok(read)
    }
}

/// A name with the slashes of the standard (section 4.4.17), whoever wrote it, and without `./` before it.
fn tidy(name: &str) -> String {
    let name = if name.contains('/') { name.to_owned() } else { name.replace('\\', "/") };
    name.strip_prefix("./").unwrap_or(&name).to_owned()
}
