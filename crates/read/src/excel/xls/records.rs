//! The records of a workbook stream ([MS-XLS], section 2.1.4), and values that go on in the records behind them.

use std::io::{Read, Seek, SeekFrom};

use super::super::fault::{Fault, Result};

/// Kinds of records (section 2.3.2); of those that differ, the ones of Excel 5 and newer.
pub(super) mod kind {
    pub const FORMULA: u16 = 0x0006;
    pub const EOF: u16 = 0x000a;
    pub const DATE_1904: u16 = 0x0022;
    pub const FILE_PASS: u16 = 0x002f;
    pub const CONTINUE: u16 = 0x003c;
    pub const CODE_PAGE: u16 = 0x0042;
    pub const COLUMN_INFO: u16 = 0x007d;
    pub const BOUND_SHEET: u16 = 0x0085;
    pub const MANY_RK: u16 = 0x00bd;
    pub const RICH_STRING: u16 = 0x00d6;
    pub const CELL_FORMAT: u16 = 0x00e0;
    pub const MERGED_CELLS: u16 = 0x00e5;
    pub const SHARED_STRINGS: u16 = 0x00fc;
    pub const LABEL_SHARED: u16 = 0x00fd;
    pub const NUMBER: u16 = 0x0203;
    pub const LABEL: u16 = 0x0204;
    pub const BOOLEAN_OR_ERROR: u16 = 0x0205;
    pub const STRING: u16 = 0x0207;
    pub const ROW: u16 = 0x0208;
    pub const RK: u16 = 0x027e;
    pub const FORMAT: u16 = 0x041e;
    pub const BEGIN: u16 = 0x0809;
    /// How the streams of Excel 2, 3 and 4 begin.
    pub const OLD_BEGINS: [u16; 3] = [0x0009, 0x0209, 0x0409];
}

/// Goes through records. A record has at most 64 KiB, so no more is held.
pub(super) struct Records<R> {
    input: R,
    /// The head of the record behind the one at hand, when it was looked at: its kind and length.
    ahead: Option<(u16, u16)>,
    data: Vec<u8>,
}

impl<R: Read + Seek> Records<R> {
    pub fn new(input: R) -> Self {
        Self { input, ahead: None, data: Vec::new() }
    }

    /// Goes to a record by its place in the stream.
    pub fn seek(&mut self, position: u64) -> Result<()> {
        self.ahead = None;
        self.input.seek(SeekFrom::Start(position))?;
        Ok(())
    }

    /// Takes the next record, and says its kind; none at the end of the stream.
    pub fn next(&mut self) -> Result<Option<u16>> {
        let Some((kind, length)) = self.look_ahead()? else { return Ok(None) };
        self.take(length)?;
        Ok(Some(kind))
    }

    /// Takes the next record if it goes on with the one at hand.
    fn goes_on(&mut self) -> Result<bool> {
        match self.look_ahead()? {
            Some((kind::CONTINUE, length)) => self.take(length).map(|()| true),
            _ => Ok(false),
        }
    }

    /// The record at hand, without its head.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// A number in the record at hand; zero behind its end.
    pub fn u16(&self, at: usize) -> u16 {
        u16_at(&self.data, at)
    }

    pub fn u32(&self, at: usize) -> u32 {
        u32_at(&self.data, at)
    }

    /// Reads on from a place in the record at hand.
    pub fn pieces(&mut self, at: usize) -> Pieces<'_, R> {
        Pieces { records: self, at }
    }

    fn look_ahead(&mut self) -> Result<Option<(u16, u16)>> {
        if self.ahead.is_none() {
            let mut head = [0; 4];
            if self.read(&mut head)? < head.len() {
                return Ok(None);
            }
            self.ahead = Some((u16_at(&head, 0), u16_at(&head, 2)));
        }
        Ok(self.ahead)
    }

    fn take(&mut self, length: u16) -> Result<()> {
        self.ahead = None;
        let mut data = std::mem::take(&mut self.data);
        data.resize(length.into(), 0);
        let count = self.read(&mut data)?;
        self.data = data;
        if count < usize::from(length) {
            return Fault::damaged("it ends within a record");
        }
        Ok(())
    }

    /// Fills as much as there is.
    fn read(&mut self, room: &mut [u8]) -> Result<usize> {
        let mut filled = 0;
        while let Some(rest) = room.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.input.read(rest)? {
                0 => break,
                count => filled += count,
            }
        }
        Ok(filled)
    }
}

/// A value that may go on in the records behind the one at hand.
pub(super) struct Pieces<'a, R> {
    records: &'a mut Records<R>,
    at: usize,
}

impl<R: Read + Seek> Pieces<'_, R> {
    /// Whether anything follows, here or in the next record.
    pub fn has_more(&mut self) -> Result<bool> {
        while self.at >= self.records.data.len() {
            if !self.records.goes_on()? {
                return Ok(false);
            }
            self.at = 0;
        }
        Ok(true)
    }

    pub fn u8(&mut self) -> Result<u8> {
        if !self.has_more()? {
            return Fault::damaged("a text ends too early");
        }
        let byte = self.records.data.get(self.at).copied().unwrap_or_default();
        self.at += 1;
        Ok(byte)
    }

    pub fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_le_bytes([self.u8()?, self.u8()?]))
    }

    pub fn u32(&mut self) -> Result<u32> {
        Ok(u32::from(self.u16()?) | u32::from(self.u16()?) << 16)
    }

    /// Passes over bytes.
    pub fn skip(&mut self, mut count: u64) -> Result<()> {
        while count > 0 {
            if !self.has_more()? {
                return Fault::damaged("a text ends too early");
            }
            let here = ((self.records.data.len() - self.at) as u64).min(count);
            self.at += here as usize;
            count -= here;
        }
        Ok(())
    }

    /// Reads code units of UTF-16, of which with `wide` unset only the lower halves are there (section 2.5.293). Where a text goes on in
    /// another record, that begins with a byte that says anew which of both it is.
    pub fn units(&mut self, mut count: usize, mut wide: bool, units: &mut Vec<u16>) -> Result<()> {
        while count > 0 {
            if self.at >= self.records.data.len() {
                wide = self.u8()? & 1 != 0;
            }
            let rest = self.records.data.get(self.at..).unwrap_or_default();
            let width = if wide { 2 } else { 1 };
            let here = count.min(rest.len() / width);
            let taken = rest.get(..here * width).unwrap_or_default();
            if wide {
                units.extend(taken.chunks_exact(2).map(|unit| u16_at(unit, 0)));
            } else {
                units.extend(taken.iter().map(|&unit| u16::from(unit)));
            }
            count -= here;
            // Half a unit at the end of a record belongs to none.
            self.at = if count > 0 { self.records.data.len() } else { self.at + here * width };
        }
        Ok(())
    }

    /// Reads bytes.
    pub fn bytes(&mut self, count: usize, bytes: &mut Vec<u8>) -> Result<()> {
        for _ in 0..count {
            let byte = self.u8()?;
            bytes.push(byte);
        }
        Ok(())
    }
}

/// A number of 16 bits; zero where there is none.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(chunk(bytes, at).unwrap_or_default())
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(chunk(bytes, at).unwrap_or_default())
}

pub(super) fn chunk<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}
