//! The lengths of Parquet's pages, looked at before the library makes room for them: a page's header says what it unpacks to, in four bytes
//! that can say two gigabytes, and how many values a dictionary has.
//!
//! Only headers are read here. They are written in the compact protocol of Thrift ("Thrift Compact protocol encoding"), as far as
//! `PageHeader` of the Parquet format goes: field 2 is the unpacked size, field 3 the packed one, field 7 the `DictionaryPageHeader`, whose
//! field 1 is the number of values.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};

/// A page that unpacks to no more is harmless.
const HARMLESS: u64 = 64 << 20;
/// A larger one is no more than so many times as large as it was packed.
const MOST_RATIO: u64 = 1000;
/// Structures within structures.
const DEEPEST: u32 = 16;

/// Looks at the pages of a part of a file. Where a header cannot be read the library finds the same, or does not look: some writers leave
/// something behind the last page.
pub(super) fn weigh_pages(file: &File, start: u64, length: u64) -> Result<(), String> {
    let mut file = BufReader::with_capacity(1 << 10, file);
    let end = start.saturating_add(length);
    let mut at = start;
    while at < end {
        let header = file.seek(SeekFrom::Start(at)).and_then(|_| Header::read(&mut file));
        if header.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unsupported) {
            return Err("the header of a page has in it what no header has".into());
        }
        let (Ok(Header { packed, unpacked, values }), Ok(behind)) = (header, file.stream_position()) else {
            break;
        };
        // No value of a dictionary takes less than a byte: only truths do, and they have none.
        if values > unpacked {
            return Err(format!("a dictionary of {unpacked} bytes would have {values} values"));
        }
        if unpacked > HARMLESS.max(packed.saturating_mul(MOST_RATIO)) {
            return Err(format!("a page of {packed} bytes would unpack to {unpacked}"));
        }
        at = behind.saturating_add(packed);
    }
    Ok(())
}

/// What is looked at of a page's header.
#[derive(Default)]
struct Header {
    unpacked: u64,
    packed: u64,
    /// Of a dictionary; 0 in another page.
    values: u64,
}

impl Header {
    fn read(file: &mut impl Read) -> io::Result<Self> {
        let mut header = Self::default();
        let mut field = 0;
        while let Some(of) = next_field(file, &mut field)? {
            match (field, of) {
                (2, I32) => header.unpacked = size(file)?,
                (3, I32) => header.packed = size(file)?,
                (7, STRUCT) => header.values = Self::values(file)?,
                _ => skip(file, of, DEEPEST)?,
            }
        }
        Ok(header)
    }

    fn values(file: &mut impl Read) -> io::Result<u64> {
        let (mut field, mut values) = (0, 0);
        while let Some(of) = next_field(file, &mut field)? {
            match (field, of) {
                (1, I32) => values = size(file)?,
                _ => skip(file, of, DEEPEST)?,
            }
        }
        Ok(values)
    }
}

// Types of the protocol.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;

/// The type of the next field, whose number is put into `field`; none behind the last one.
fn next_field(file: &mut impl Read, field: &mut i64) -> io::Result<Option<u8>> {
    let head = byte(file)?;
    if head == 0 {
        return Ok(None);
    }
    *field = match head >> 4 {
        0 => signed(file)?,
        delta => field.saturating_add(delta.into()),
    };
    Ok(Some(head & 0x0f))
}

fn skip(file: &mut impl Read, of: u8, deeper: u32) -> io::Result<()> {
    let deeper = deeper.checked_sub(1).ok_or(ErrorKind::Unsupported)?;
    match of {
        TRUE | FALSE => Ok(()),
        BYTE => byte(file).map(drop),
        I16 | I32 | I64 => varint(file).map(drop),
        DOUBLE => pass(file, 8),
        BINARY => {
            let length = varint(file)?;
            pass(file, length)
        }
        STRUCT => {
            let mut field = 0;
            while let Some(of) = next_field(file, &mut field)? {
                skip(file, of, deeper)?;
            }
            Ok(())
        }
        // No header has any of these. The library would pass over the items, of which there may be two thousand million, one by one, even
        // behind the end of the file.
        LIST | SET | MAP => Err(ErrorKind::Unsupported.into()),
        _ => Err(ErrorKind::InvalidData.into()),
    }
}

fn byte(file: &mut impl Read) -> io::Result<u8> {
    let mut byte = [0];
    file.read_exact(&mut byte)?;
    Ok(u8::from_le_bytes(byte))
}

/// As the library reads it: what is longer than a number can be is one all the same.
fn varint(file: &mut impl Read) -> io::Result<u64> {
    let (mut value, mut shift) = (0, 0u32);
    loop {
        let byte = byte(file)?;
        value |= u64::from(byte & 0x7f).wrapping_shl(shift);
        if byte & 0x80 == 0 {
            return Ok(value);
        }
        shift = shift.wrapping_add(7);
    }
}

/// A number with a sign, in zigzag.
fn signed(file: &mut impl Read) -> io::Result<i64> {
    let value = varint(file)?;
    Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
}

fn size(file: &mut impl Read) -> io::Result<u64> {
    u64::try_from(signed(file)?).map_err(|_| ErrorKind::InvalidData.into())
}

fn pass(file: &mut impl Read, length: u64) -> io::Result<()> {
    let passed = io::copy(&mut file.take(length), &mut io::sink())?;
    if passed == length { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use super::weigh_pages;

    /// A header with these sizes, in zigzag, and a structure and a text behind them.
    fn header(unpacked: &[u8], packed: &[u8]) -> Vec<u8> {
        let rest = b"\x2c\x15\x04\x00\x18\x02hi\x00";
        [b"\x15\x00\x15", unpacked, b"\x15", packed, rest].concat()
    }

    /// The header of a dictionary of two bytes, which says that it has so many values.
    fn dictionary(values: &[u8]) -> Vec<u8> {
        [b"\x15\x04\x15\x04\x15\x02\x4c\x15", values, b"\x15\x00\x00\x00"].concat()
    }

    fn weighed(pages: &[u8]) -> Result<(), String> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(pages).unwrap();
        file.rewind().unwrap();
        weigh_pages(&file, 0, pages.len() as u64)
    }

    #[test]
    fn a_page_that_says_it_is_much_more_than_it_is_is_not_opened() {
        let good = [header(b"\x04", b"\x02"), b"x".to_vec()].concat();
        let bomb = [good.clone(), header(b"\xfe\xff\xff\xff\x0f", b"\x02"), b"x".to_vec()].concat();
        assert_eq!(weighed(&[good.clone(), good.clone()].concat()), Ok(()));
        assert_eq!(weighed(&bomb), Err("a page of 1 bytes would unpack to 2147483647".into()));
        assert_eq!(weighed(&[good, b"no header".to_vec()].concat()), Ok(()), "what is behind the pages");
        assert_eq!(weighed(&[0xff; 100]), Ok(()));
        let map = b"\x15\x00\x15\x04\x15\x02\x2c\x1b\xff\xff\x03\x77\x00\x00";
        assert_eq!(weighed(map), Err("the header of a page has in it what no header has".into()));
        assert_eq!(weighed(&dictionary(b"\x04")), Ok(()));
        let lie = Err("a dictionary of 2 bytes would have 2147483647 values".into());
        assert_eq!(weighed(&dictionary(b"\xfe\xff\xff\xff\x0f")), lie);
    }
}
