//! The binary form of `COPY … TO STDOUT` (PostgreSQL 15, "COPY", "Binary Format"): a header, rows, a trailer.

use super::binary::push;
use crate::databases::text::Infinity;
use crate::databases::values::{Column, ColumnType, Misfit};
use crate::file::hexadecimal;

const SIGNATURE: &[u8; 11] = b"PGCOPY\n\xff\r\n\0";

/// What a piece of the stream is. The server sends the header and each row in a message of its own, or the header with the first row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Row(Tuple<'a>),
    /// The word -1 behind the last row.
    Trailer,
    /// Nothing more in this message.
    None,
}

/// The values of a row, as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tuple<'a> {
    fields: u16,
    bytes: &'a [u8],
}

/// The bytes are not those of a copy.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// The bytes behind the header of the first message.
pub(crate) fn behind_header(message: &[u8]) -> Result<&[u8], Malformed> {
    let rest = message.strip_prefix(SIGNATURE).ok_or(Malformed)?;
    let (flags, rest) = rest.split_first_chunk::<4>().ok_or(Malformed)?;
    // Bit 16 meant object identifiers, which no server since version 12 has; the others are critical and unknown.
    if u32::from_be_bytes(*flags) >> 16 != 0 {
        return Err(Malformed);
    }
    let (extension, rest) = rest.split_first_chunk::<4>().ok_or(Malformed)?;
    rest.get(u32::from_be_bytes(*extension) as usize..).ok_or(Malformed)
}

/// The piece in a message behind the header.
pub(crate) fn piece(message: &[u8]) -> Result<Piece<'_>, Malformed> {
    if message.is_empty() {
        return Ok(Piece::None);
    }
    let (fields, bytes) = message.split_first_chunk::<2>().ok_or(Malformed)?;
    let fields = u16::from_be_bytes(*fields);
    if fields == u16::MAX {
        return if bytes.is_empty() { Ok(Piece::Trailer) } else { Err(Malformed) };
    }
    Ok(Piece::Row(Tuple { fields, bytes }))
}

impl<'a> Tuple<'a> {
    /// Fills the columns, each once. Gives how many bytes there were.
    pub fn push(self, columns: &mut [Column], infinity: Infinity) -> Result<usize, (usize, Misfit)> {
        if usize::from(self.fields) != columns.len() {
            return Err((0, Misfit::Form));
        }
        let mut values = self.values();
        for (place, column) in columns.iter_mut().enumerate() {
            match values.next() {
                Some(Ok(Some(value))) => push(column, value, infinity).map_err(|misfit| (place, misfit))?,
                Some(Ok(None)) => column.push_null(),
                Some(Err(Malformed)) | None => return Err((place, Misfit::Form)),
            }
        }
        Ok(self.bytes.len())
    }

    /// The row for quarantine: one line for each column.
    pub fn raw(self, names: &[String], types: &[ColumnType]) -> Vec<u8> {
        let mut raw = Vec::new();
        for ((name, of), value) in names.iter().zip(types).zip(self.values()) {
            raw.extend_from_slice(name.as_bytes());
            raw.extend_from_slice(b" = ");
            match value {
                Ok(None) => raw.extend_from_slice(b"NULL"),
                Ok(Some(value)) if *of == ColumnType::Text => raw.extend_from_slice(value),
                Ok(Some(value)) => raw.extend_from_slice(shown(*of, value).as_bytes()),
                Err(Malformed) => return raw,
            }
            raw.push(b'\n');
        }
        raw
    }

    /// The first value; none when it is null.
    pub fn first(self) -> Option<&'a [u8]> {
        self.values().next()?.ok()?
    }

    fn values(self) -> Values<'a> {
        Values { left: self.fields, bytes: self.bytes }
    }
}

/// A value as text where it fits its type, else its bytes.
fn shown(of: ColumnType, value: &[u8]) -> String {
    let mut column = of.column(1);
    let text = match push(&mut column, value, Infinity::Reject) {
        Ok(()) if of != ColumnType::Binary => {
            arrow::util::display::array_value_to_string(&column.finish(), 0).ok()
        }
        Err(Misfit::Infinite) => {
            Some(if value.first() == Some(&0x80) { "-infinity" } else { "infinity" }.into())
        }
        _ => None,
    };
    text.unwrap_or_else(|| format!("\\x{}", hexadecimal(value)))
}

struct Values<'a> {
    left: u16,
    bytes: &'a [u8],
}

impl<'a> Iterator for Values<'a> {
    type Item = Result<Option<&'a [u8]>, Malformed>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let Some((length, rest)) = self.bytes.split_first_chunk::<4>() else { return Some(Err(Malformed)) };
        let length = i32::from_be_bytes(*length);
        if length == -1 {
            self.bytes = rest;
            return Some(Ok(None));
        }
        let value = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length));
        let Some((value, rest)) = value else { return Some(Err(Malformed)) };
        self.bytes = rest;
        Some(Ok(Some(value)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Infinity, Malformed, Piece, behind_header, piece};
    use crate::databases::values::{ColumnType, Misfit};

    const ROW: &[u8] = b"\0\x03\0\0\0\x04\0\0\0\x07\xff\xff\xff\xff\0\0\0\x02hi";

    #[test]
    fn a_copy_is_a_header_rows_and_a_trailer() {
        let message = [b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\x01X".as_slice(), ROW].concat();
        let rest = behind_header(&message).unwrap();
        assert_eq!(rest, ROW);
        let Ok(Piece::Row(tuple)) = piece(rest) else { panic!() };
        let types = [ColumnType::Integer, ColumnType::Date, ColumnType::Text];
        let mut columns: Vec<_> = types.iter().map(|of| of.column(1)).collect();
        assert_eq!(tuple.push(&mut columns, Infinity::Reject), Ok(ROW.len() - 2));
        let names = ["id", "day", "name"].map(str::to_owned);
        assert_eq!(tuple.raw(&names, &types), b"id = 7\nday = NULL\nname = hi\n");
        assert_eq!(piece(b"\xff\xff"), Ok(Piece::Trailer));
        assert_eq!(piece(b""), Ok(Piece::None));
        assert_eq!(tuple.push(&mut columns[..2], Infinity::Reject), Err((0, Misfit::Form)));
    }

    #[test]
    fn headers_of_something_else_are_refused() {
        for header in
            [b"PGCOPY\n\xff\n\n\0\0\0\0\0\0\0\0\0".as_slice(), b"PGCOPY\n\xff\r\n\0\0\x01\0\0\0\0\0\0", b""]
        {
            assert_eq!(behind_header(header), Err(Malformed));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = behind_header(&bytes);
            if let Ok(Piece::Row(tuple)) = piece(&bytes) {
                let types = [ColumnType::Integer, ColumnType::Decimal(9, 2), ColumnType::Text, ColumnType::Moment];
                let names = ["a", "b", "c", "d"].map(str::to_owned);
                let mut columns: Vec<_> = types.iter().map(|of| of.column(1)).collect();
                let _ = tuple.push(&mut columns, Infinity::Reject);
                let _ = tuple.raw(&names, &types);
            }
        }
    }
}
