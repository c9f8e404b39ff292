//! The fields of a piece's records to columns, one column at a time.

use arrow::array::ArrayRef;

use super::coding::Coding;
use super::fault::{Cell, Reason};
use super::fields::Field;
use super::letters::Letters;
use super::number;
use super::records::{Memos, Piece};
use crate::columns::{BytesColumn, ValueColumn};
use crate::trim::{trim, trim_end};
use crate::types::Pattern;

/// What becomes of values that cannot be read, and who can read letters.
#[derive(Debug)]
pub(crate) struct Rules {
    pub letters: Letters,
    /// Asterisks are a null and no fault.
    pub overflow_is_null: bool,
    /// Whatever cannot be read is a null and no fault.
    pub unreadable_is_null: bool,
}

/// A column to decode.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub name: String,
    pub field: Field,
    pub coding: Coding,
    /// Its place among the memo columns of a piece; none when memos are left out.
    pub memo: Option<usize>,
}

/// Faulty values: the index of the record in the piece, and why.
pub(crate) type Faults = Vec<(usize, Reason)>;

/// A bit of the null flags.
#[derive(Clone, Copy)]
struct Bit {
    byte: usize,
    mask: u8,
}

/// The cells of a column.
struct Cells<'a> {
    piece: &'a Piece,
    offset: usize,
    length: usize,
    null: Option<Bit>,
    short: Option<Bit>,
}

impl<'a> Cells<'a> {
    /// The bytes of each cell; none where the null flags say so.
    #[inline]
    fn iter(&self) -> impl ExactSizeIterator<Item = Cell<&'a [u8]>> {
        let bytes = self.piece.bytes.as_slice();
        let (offset, length, null, short) = (self.offset, self.length, self.null, self.short);
        let is_set = move |bit: Option<Bit>, start: usize| {
            bit.is_some_and(|bit| bytes.get(start + bit.byte).is_some_and(|byte| byte & bit.mask != 0))
        };
        self.piece.starts.iter().map(move |start| {
            let begin = start + offset;
            let cell = bytes.get(begin..begin + length).unwrap_or_default();
            if is_set(null, *start) {
                return Ok(None);
            }
            if !is_set(short, *start) {
                return Ok(Some(cell));
            }
            // The last byte of the field is the length of the value.
            let (used, body) = cell.split_last().ok_or(Reason::BadLength)?;
            body.get(..usize::from(*used)).map(Some).ok_or(Reason::BadLength)
        })
    }
}

/// Decodes a column of a piece; `flags` is where the null flags begin in a record.
pub(crate) fn decode(
    column: &Column,
    piece: &Piece,
    flags: Option<usize>,
    rules: &Rules,
    faults: &mut Faults,
) -> ArrayRef {
    let field = &column.field;
    let bit = |number: Option<usize>| {
        let (number, flags) = (number?, flags?);
        Some(Bit { byte: flags + number / 8, mask: 1 << (number % 8) })
    };
    let (null, short) = (bit(field.null_bit), bit(field.length_bit));
    let cells = Cells { piece, offset: field.offset, length: field.length, null, short };
    let mut judge = Judge { rules, faults };
    match column.coding {
        Coding::Text => texts(&cells, short.is_some(), &mut judge),
        Coding::Bytes => bytes(&cells, &mut judge),
        Coding::Memo | Coding::BinaryMemo => {
            memos(column.memo.and_then(|memo| piece.memos.get(memo)), piece, column.coding, &mut judge)
        }
        Coding::Integer => collect(&cells, &mut judge, number::integer).finish(),
        Coding::Decimal { precision, scale } => {
            let out = collect(&cells, &mut judge, |raw| number::exact(raw, precision, scale));
            out.finish_decimals(precision, scale as i8)
        }
        Coding::Float => collect(&cells, &mut judge, number::float).finish(),
        Coding::Date => {
            let pattern = Pattern::parse("YYYYMMDD").unwrap_or_default();
            collect(&cells, &mut judge, |raw| date(raw, &pattern)).finish_dates()
        }
        Coding::Logical => collect(&cells, &mut judge, logical).finish(),
        Coding::Binary => collect(&cells, &mut judge, |raw| Ok(Some(binary(raw)))).finish(),
        Coding::Turned => collect(&cells, &mut judge, |raw| Ok(turned(raw))).finish(),
        Coding::Double => collect(&cells, &mut judge, |raw| Ok(word(raw).map(f64::from_le_bytes))).finish(),
        Coding::TurnedDouble => {
            collect(&cells, &mut judge, |raw| Ok(word(raw).and_then(turned_double))).finish()
        }
        Coding::Currency => {
            let value = |raw: &[u8]| Ok(word(raw).map(|word| i128::from(i64::from_le_bytes(word))));
            collect(&cells, &mut judge, value).finish_decimals(19, 4)
        }
        Coding::DateTime => collect(&cells, &mut judge, date_time).finish_timestamps(false),
        Coding::Milliseconds => collect(&cells, &mut judge, milliseconds).finish_timestamps(false),
    }
}

/// Decides what a faulty value means.
struct Judge<'a> {
    rules: &'a Rules,
    faults: &'a mut Faults,
}

impl Judge<'_> {
    #[cold]
    fn fault(&mut self, index: usize, reason: Reason) {
        let is_null =
            self.rules.unreadable_is_null || (reason == Reason::Overflow && self.rules.overflow_is_null);
        if !is_null {
            self.faults.push((index, reason));
        }
    }
}

/// Decodes every cell; faulty ones are null.
fn collect<'a, T: Copy + Default>(
    cells: &Cells<'a>,
    judge: &mut Judge<'_>,
    decode: impl Fn(&'a [u8]) -> Cell<T>,
) -> ValueColumn<T> {
    let cells = cells.iter();
    let mut out = ValueColumn::with_capacity(cells.len());
    for (index, cell) in cells.enumerate() {
        let value = match cell {
            Ok(Some(raw)) => decode(raw),
            Ok(None) => Ok(None),
            Err(reason) => Err(reason),
        };
        out.push(value.unwrap_or_else(|reason| {
            judge.fault(index, reason);
            None
        }));
    }
    out
}

/// Texts without the spaces behind them, unless their length is told; an empty one is null.
fn texts(cells: &Cells<'_>, is_varying: bool, judge: &mut Judge<'_>) -> ArrayRef {
    let length = cells.length;
    let cells = cells.iter();
    let mut out = BytesColumn::with_capacity(cells.len(), cells.len().saturating_mul(length));
    for (index, cell) in cells.enumerate() {
        let cell = cell.map(Option::unwrap_or_default);
        let cell = cell.map(|raw| if is_varying { raw } else { trim_end(raw, b' ') });
        let valid = cell.and_then(|raw| text(raw, &judge.rules.letters, out.open()));
        out.close(valid.unwrap_or_else(|reason| {
            judge.fault(index, reason);
            false
        }));
    }
    out.finish_text()
}

/// Adds a text; false when it is empty.
#[inline]
fn text(raw: &[u8], letters: &Letters, out: &mut Vec<u8>) -> Result<bool, Reason> {
    if raw.is_empty() || letters.decode_into(raw, out) {
        Ok(!raw.is_empty())
    } else if letters.is_unknown() {
        Err(Reason::NoCodePage)
    } else {
        Err(Reason::NotInCodePage)
    }
}

fn bytes(cells: &Cells<'_>, judge: &mut Judge<'_>) -> ArrayRef {
    let cells = cells.iter();
    let mut out = BytesColumn::with_capacity(cells.len(), 0);
    for (index, cell) in cells.enumerate() {
        match cell {
            Ok(Some(raw)) => out.push(raw),
            Ok(None) => out.push_null(),
            Err(reason) => {
                judge.fault(index, reason);
                out.push_null();
            }
        }
    }
    out.finish_binary()
}

fn memos(memos: Option<&Memos>, piece: &Piece, coding: Coding, judge: &mut Judge<'_>) -> ArrayRef {
    let rows = piece.starts.len();
    let mut out = BytesColumn::with_capacity(rows, 0);
    for index in 0..rows {
        let memo = memos.and_then(|memos| memos.get(index)).cloned().unwrap_or(Ok(None));
        let bytes = |place| piece.memo_bytes.get::<std::ops::Range<usize>>(place).unwrap_or_default();
        let valid = match memo {
            Ok(None) => Ok(false),
            Ok(Some(place)) if coding == Coding::Memo => memo_text(bytes(place), judge, out.open()),
            Ok(Some(place)) => {
                out.open().extend_from_slice(bytes(place));
                Ok(true)
            }
            Err(reason) => Err(reason),
        };
        out.close(valid.unwrap_or_else(|reason| {
            judge.fault(index, reason);
            false
        }));
    }
    if coding == Coding::Memo { out.finish_text() } else { out.finish_binary() }
}

/// The editors of dBase and Clipper break long lines by `8D 0A`, where a person breaks them by `0D 0A`.
const SOFT_BREAK: [u8; 2] = [0x8d, 0x0a];

fn memo_text(raw: &[u8], judge: &Judge<'_>, out: &mut Vec<u8>) -> Result<bool, Reason> {
    let letters = &judge.rules.letters;
    if !raw.windows(2).any(|pair| pair == SOFT_BREAK) {
        return text(raw, letters, out);
    }
    let mut hard = raw.to_vec();
    for at in 1..hard.len() {
        if let Some(pair) = hard.get_mut(at - 1..=at)
            && pair == SOFT_BREAK
        {
            pair.copy_from_slice(b"\r\n");
        }
    }
    text(&hard, letters, out)
}

/// Blanks and zeros are no date.
#[inline]
fn date(raw: &[u8], pattern: &Pattern) -> Cell<i32> {
    match pattern.date(raw) {
        Some(day) => Ok(Some(day)),
        None if raw == b"00000000" || trim(raw, b' ').is_empty() => Ok(None),
        None => Err(Reason::NotADate),
    }
}

fn logical(raw: &[u8]) -> Cell<bool> {
    match raw {
        [b'T' | b't' | b'Y' | b'y'] => Ok(Some(true)),
        [b'F' | b'f' | b'N' | b'n'] => Ok(Some(false)),
        [b'?' | b' ' | 0] => Ok(None),
        _ => Err(Reason::NotLogical),
    }
}

/// Two or four bytes, lowest first.
fn binary(raw: &[u8]) -> i64 {
    match *raw {
        [a, b] => i16::from_le_bytes([a, b]).into(),
        [a, b, c, d] => i32::from_le_bytes([a, b, c, d]).into(),
        _ => 0,
    }
}

/// Zero bytes are nothing; the sign is turned over, so that numbers sort as bytes.
fn turned(raw: &[u8]) -> Option<i64> {
    let word = u32::from_be_bytes(raw.try_into().ok()?);
    (word != 0).then(|| i64::from((word ^ 0x8000_0000) as i32))
}

/// Zero bytes are nothing. A positive number has its sign turned over, a negative one all bits.
fn turned_double(word: [u8; 8]) -> Option<f64> {
    let bits = u64::from_be_bytes(word);
    let sign = 1 << 63;
    let turned = if bits & sign == 0 { !bits } else { bits ^ sign };
    (bits != 0).then(|| f64::from_bits(turned))
}

fn word(raw: &[u8]) -> Option<[u8; 8]> {
    raw.try_into().ok()
}

/// The Julian day of 1970-01-01.
const EPOCH_JULIAN: i64 = 2_440_588;
/// The day of 1970-01-01, counted from the year 1.
const EPOCH_ORDINAL: i64 = 719_163;
/// The Julian day of 9999-12-31.
const LAST_JULIAN: i64 = 5_373_484;
/// Milliseconds of a day.
const DAY: i64 = 86_400_000;
/// Microseconds of a millisecond.
const MICROSECONDS: i64 = 1000;

/// A Julian day and the milliseconds of the day; without a day there is nothing.
fn date_time(raw: &[u8]) -> Cell<i64> {
    let (&[day, time], []) = raw.as_chunks::<4>() else { return Err(Reason::NotATime) };
    let (day, time) = (i64::from(u32::from_le_bytes(day)), i64::from(u32::from_le_bytes(time)));
    if day == 0 || raw.iter().all(|byte| *byte == b' ') {
        return Ok(None);
    }
    let is_time = (1..=LAST_JULIAN).contains(&day) && time <= DAY;
    if is_time { Ok(Some(((day - EPOCH_JULIAN) * DAY + time) * MICROSECONDS)) } else { Err(Reason::NotATime) }
}

/// Milliseconds since the first day of the year 1, which is day 1. Some writers turn the sign over.
fn milliseconds(raw: &[u8]) -> Cell<i64> {
    let Some(word) = word(raw) else { return Err(Reason::NotATime) };
    let bits = u64::from_be_bytes(word);
    if bits == 0 {
        return Ok(None);
    }
    let value = f64::from_bits(bits & !(1 << 63));
    let last = ((LAST_JULIAN - EPOCH_JULIAN + EPOCH_ORDINAL + 1) * DAY) as f64;
    let is_time = value >= DAY as f64 && value < last;
    if is_time {
        Ok(Some((value as i64 - EPOCH_ORDINAL * DAY) * MICROSECONDS))
    } else {
        Err(Reason::NotATime)
    }
}
