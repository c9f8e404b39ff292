//! Bytes to values, one column at a time: each coding has one tight loop over the records of a batch.
//!
//! Strict: a byte that cannot be what the layout says is a fault of its record, never a guess. A DISPLAY number or a text
//! that is all spaces or all low-values (`00`) is null.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float32Array, Float64Array};
use arrow::datatypes::DataType;

use super::code_page::{CodePage, Family};
use super::coding::{ByteOrder, Coding, INT64_DIGITS, Sign};
use super::fault::Reason;
use crate::columns::{BytesColumn, ValueColumn};

/// How a machine writes what a copybook leaves open.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub page: CodePage,
    /// Whether COMP-5 and IEEE floating point are lowest byte first.
    pub little_endian: bool,
    /// Whether COMP-1 and COMP-2 are IBM hexadecimal floating point rather than IEEE 754.
    pub hexadecimal_float: bool,
}

/// One column of a batch: a field at the same offset of many places.
#[derive(Clone, Copy)]
pub(crate) struct Column<'a> {
    pub bytes: &'a [u8],
    pub starts: &'a [usize],
    pub offset: usize,
    pub length: usize,
}

impl<'a> Column<'a> {
    fn cells(self) -> impl ExactSizeIterator<Item = &'a [u8]> {
        self.starts.iter().map(move |start| {
            let begin = start + self.offset;
            // INVARIANT: frames hand out whole records only, so the field is always there.
            self.bytes.get(begin..begin + self.length).unwrap_or_default()
        })
    }
}

/// The cells that could not be decoded: the index in the column, and why.
pub(crate) type CellFaults = Vec<(usize, Reason)>;

/// Decodes a column; faulty cells are null and listed.
pub(crate) fn decode(
    coding: Coding,
    column: Column<'_>,
    machine: &Machine,
    faults: &mut CellFaults,
) -> ArrayRef {
    let page = &machine.page;
    match coding {
        Coding::Text { justified } => texts(column, page, justified, faults),
        Coding::National => nationals(column, faults),
        Coding::Zoned { digits, scale, sign } => {
            let zoned = Zoned::new(page, sign);
            if digits <= INT64_DIGITS {
                numbers(coding, scale, column, faults, |raw| zoned.short(raw))
            } else {
                big_numbers(coding, scale, column, faults, |raw| zoned.long(raw))
            }
        }
        Coding::Edited { scale, .. } => big_numbers(coding, scale, column, faults, |raw| edited(raw, page)),
        Coding::Packed { digits, scale, signed, sign_nibble } => {
            let packed = Packed {
                odd_pad: (usize::from(digits) + usize::from(sign_nibble)) % 2 == 1,
                signed,
                sign_nibble,
            };
            if digits <= INT64_DIGITS {
                numbers(coding, scale, column, faults, |raw| packed.short(raw))
            } else {
                big_numbers(coding, scale, column, faults, |raw| packed.long(raw))
            }
        }
        Coding::Binary { scale, signed, order, .. } => {
            let little = order == ByteOrder::Little || (order == ByteOrder::Machine && machine.little_endian);
            big_numbers(coding, scale, column, faults, |raw| binary(raw, signed, little))
        }
        Coding::Float => {
            Arc::new(Float32Array::from_iter_values(column.cells().map(|raw| float32(raw, machine))))
        }
        Coding::Double => {
            Arc::new(Float64Array::from_iter_values(column.cells().map(|raw| float64(raw, machine))))
        }
    }
}

type Cell<T> = Result<Option<T>, Reason>;

/// Decodes every cell; faulty ones are null and listed.
fn collect<'a, T: Copy + Default>(
    column: Column<'a>,
    faults: &mut CellFaults,
    decode: impl Fn(&'a [u8]) -> Cell<T>,
) -> ValueColumn<T> {
    let cells = column.cells();
    let mut out = ValueColumn::with_capacity(cells.len());
    for (index, raw) in cells.enumerate() {
        out.push(decode(raw).unwrap_or_else(|reason| {
            faults.push((index, reason));
            None
        }));
    }
    out
}

/// Numbers whose stored digits fit an `i64`.
fn numbers<'a>(
    coding: Coding,
    scale: i8,
    column: Column<'a>,
    faults: &mut CellFaults,
    decode: impl Fn(&'a [u8]) -> Cell<i64>,
) -> ArrayRef {
    if let DataType::Decimal128(precision, places) = coding.data_type() {
        let factor = 10i128.pow(u32::from(scale.min(0).unsigned_abs()));
        let out = collect(column, faults, |raw| {
            decode(raw).map(|cell| cell.map(|value| i128::from(value) * factor))
        });
        return out.finish_decimals(precision, places);
    }
    let factor = 10i64.pow(u32::from(scale.min(0).unsigned_abs()));
    let out = collect(column, faults, |raw| decode(raw).map(|cell| cell.map(|value| value * factor)));
    out.finish()
}

/// Numbers that may need an `i128` on the way.
fn big_numbers<'a>(
    coding: Coding,
    scale: i8,
    column: Column<'a>,
    faults: &mut CellFaults,
    decode: impl Fn(&'a [u8]) -> Cell<i128>,
) -> ArrayRef {
    let factor = 10i128.pow(u32::from(scale.min(0).unsigned_abs()));
    let scaled = |value: i128| value.checked_mul(factor).ok_or(Reason::TooLarge);
    if let DataType::Decimal128(precision, places) = coding.data_type() {
        let limit = 10i128.checked_pow(precision.into()).unwrap_or(i128::MAX);
        let out = collect(column, faults, |raw| match decode(raw)? {
            Some(value) => {
                let value = scaled(value)?;
                if value.unsigned_abs() < limit.unsigned_abs() {
                    Ok(Some(value))
                } else {
                    Err(Reason::TooLarge)
                }
            }
            None => Ok(None),
        });
        return out.finish_decimals(precision, places);
    }
    let out = collect(column, faults, |raw| match decode(raw)? {
        Some(value) => i64::try_from(scaled(value)?).map(Some).map_err(|_| Reason::TooLarge),
        None => Ok(None),
    });
    out.finish()
}

fn texts(column: Column<'_>, page: &CodePage, justified: bool, faults: &mut CellFaults) -> ArrayRef {
    let space = page.space();
    strings(column, faults, |raw, out| {
        let mut text = trim_end(raw, space);
        if justified {
            let begin = text.iter().position(|byte| *byte != space).unwrap_or(text.len());
            text = text.get(begin..).unwrap_or_default();
        }
        if text.is_empty() || page.decode_into(text, out) {
            Ok(!text.is_empty())
        } else {
            Err(Reason::NotInCodePage)
        }
    })
}

/// Without spaces and low-values at its end.
fn trim_end(raw: &[u8], space: u8) -> &[u8] {
    let end = raw.iter().rposition(|byte| *byte != space && *byte != 0).map_or(0, |last| last + 1);
    raw.get(..end).unwrap_or_default()
}

fn nationals(column: Column<'_>, faults: &mut CellFaults) -> ArrayRef {
    strings(column, faults, |raw, out| {
        let units = raw.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        let text: String =
            char::decode_utf16(units).collect::<Result<_, _>>().map_err(|_| Reason::NotInCodePage)?;
        let text = text.trim_end_matches([' ', '\0', '\u{3000}']);
        out.extend_from_slice(text.as_bytes());
        Ok(!text.is_empty())
    })
}

/// Collects a column of texts; `decode` adds UTF-8 and says whether there is a value.
fn strings(
    column: Column<'_>,
    faults: &mut CellFaults,
    decode: impl Fn(&[u8], &mut Vec<u8>) -> Result<bool, Reason>,
) -> ArrayRef {
    let cells = column.cells();
    let mut out = BytesColumn::with_capacity(cells.len(), cells.len().saturating_mul(column.length));
    for (index, raw) in cells.enumerate() {
        let valid = decode(raw, out.open()).unwrap_or_else(|reason| {
            faults.push((index, reason));
            false
        });
        out.close(valid);
    }
    out.finish_text()
}

/// Decimal digits as characters.
struct Zoned {
    zero: u8,
    space: u8,
    plus: u8,
    minus: u8,
    sign: Sign,
    overpunch: [u8; 256],
}

/// An overpunched byte that is negative.
const NEGATIVE: u8 = 0x80;
/// A byte that is no overpunched digit.
const INVALID: u8 = 0xff;

impl Zoned {
    fn new(page: &CodePage, sign: Sign) -> Self {
        let (plus, minus) = page.signs();
        Self {
            zero: page.zero(),
            space: page.space(),
            plus,
            minus,
            sign,
            overpunch: overpunch_table(page.family()),
        }
    }

    fn short(&self, raw: &[u8]) -> Cell<i64> {
        self.value(raw, |body| digits(body, self.zero).map(|value| value as i64))
    }

    fn long(&self, raw: &[u8]) -> Cell<i128> {
        self.value(raw, |body| {
            let split = body.len().saturating_sub(16);
            let (high, low) = body.split_at_checked(split)?;
            let (high, low) = (self.long_digits(high)?, digits(low, self.zero)?);
            Some(high * 10i128.pow(16) + i128::from(low))
        })
    }

    /// Up to 22 digits: what is left of 38 before the last 16.
    fn long_digits(&self, body: &[u8]) -> Option<i128> {
        let (high, low) = body.split_at_checked(body.len().saturating_sub(16))?;
        Some(i128::from(digits(high, self.zero)?) * 10i128.pow(16) + i128::from(digits(low, self.zero)?))
    }

    #[inline]
    fn value<T: Number>(&self, raw: &[u8], body_digits: impl Fn(&[u8]) -> Option<T>) -> Cell<T> {
        let found = match self.sign {
            Sign::Unsigned => body_digits(raw).map(|value| (value, false)),
            Sign::Overpunched { leading: false } => raw.split_last().and_then(|(last, body)| {
                let last = self.overpunch[usize::from(*last)];
                let value = body_digits(body)?.then_digit(last & !NEGATIVE);
                (last != INVALID).then_some((value, last & NEGATIVE != 0))
            }),
            Sign::Overpunched { leading: true } => raw.split_first().and_then(|(first, body)| {
                let first = self.overpunch[usize::from(*first)];
                if first == INVALID {
                    return None;
                }
                let value = T::digit_before(first & !NEGATIVE, body.len(), body_digits(body)?);
                Some((value, first & NEGATIVE != 0))
            }),
            Sign::Separate { leading } => {
                let parts = if leading { raw.split_first() } else { raw.split_last() };
                parts.and_then(|(sign, body)| {
                    let negative = *sign == self.minus;
                    let value = body_digits(body)?;
                    (negative || *sign == self.plus).then_some((value, negative))
                })
            }
        };
        match found {
            Some((value, negative)) => Ok(Some(if negative { value.negated() } else { value })),
            None if is_blank(raw, self.space) => Ok(None),
            None => Err(self.reason(raw)),
        }
    }

    #[cold]
    fn reason(&self, raw: &[u8]) -> Reason {
        let wrong = raw.iter().filter(|byte| byte.wrapping_sub(self.zero) > 9).count();
        if wrong <= 1 && self.sign != Sign::Unsigned { Reason::BadSign } else { Reason::NotDigits }
    }
}

/// Arithmetic that `i64` and `i128` share.
trait Number: Copy {
    fn then_digit(self, digit: u8) -> Self;
    fn digit_before(digit: u8, places: usize, rest: Self) -> Self;
    fn negated(self) -> Self;
}

macro_rules! number {
    ($($type:ty),*) => {$(
        impl Number for $type {
            fn then_digit(self, digit: u8) -> Self {
                self.wrapping_mul(10).wrapping_add(Self::from(digit & 0x0f))
            }

            fn digit_before(digit: u8, places: usize, rest: Self) -> Self {
                (0..places).fold(Self::from(digit), |value, _| value.wrapping_mul(10)).wrapping_add(rest)
            }

            fn negated(self) -> Self {
                -self
            }
        }
    )*};
}
number!(i64, i128);

fn is_blank(raw: &[u8], space: u8) -> bool {
    raw.iter().all(|byte| *byte == space) || raw.iter().all(|byte| *byte == 0)
}

/// Up to 19 digits, eight at a time: the bytes of a word are checked and combined without a branch for each.
#[inline]
fn digits(raw: &[u8], zero: u8) -> Option<u64> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut value = 0u64;
    let (words, rest) = raw.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word) ^ (ONES * u64::from(zero));
        // A byte above 9 reaches its highest bit when 76 (hexadecimal) is added, or has it set already.
        if (word.wrapping_add(ONES * 0x76) | word) & (ONES * 0x80) != 0 {
            return None;
        }
        let pairs = (word.wrapping_mul(10).wrapping_add(word >> 8)) & 0x00ff_00ff_00ff_00ff;
        let fours = (pairs.wrapping_mul(100).wrapping_add(pairs >> 16)) & 0x0000_ffff_0000_ffff;
        let eight = (fours.wrapping_mul(10_000).wrapping_add(fours >> 32)) & 0xffff_ffff;
        value = value.wrapping_mul(100_000_000).wrapping_add(eight);
    }
    let mut wrong = false;
    for byte in rest {
        let digit = byte.wrapping_sub(zero);
        wrong |= digit > 9;
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
    }
    (!wrong).then_some(value)
}

/// The digit and sign of every overpunched byte. EBCDIC: the zones A, C, E, F are positive, B and D negative (z/Architecture
/// Principles of Operation, "Decimal codes"). ASCII: `p` to `y` are negative as GnuCOBOL and Micro Focus write them; `{ A–I`
/// and `} J–R` are what EBCDIC overpunches become when a file was translated as text.
fn overpunch_table(family: Family) -> [u8; 256] {
    std::array::from_fn(|byte| {
        let byte = byte as u8;
        match family {
            Family::Ebcdic => match (byte >> 4, byte & 0x0f) {
                (0xa | 0xc | 0xe | 0xf, digit @ 0..=9) => digit,
                (0xb | 0xd, digit @ 0..=9) => digit | NEGATIVE,
                _ => INVALID,
            },
            Family::Ascii => match byte {
                b'0'..=b'9' => byte - b'0',
                b'p'..=b'y' => (byte - b'p') | NEGATIVE,
                b'{' => 0,
                b'A'..=b'I' => byte - b'A' + 1,
                b'}' => NEGATIVE,
                b'J'..=b'R' => (byte - b'J' + 1) | NEGATIVE,
                _ => INVALID,
            },
        }
    })
}

/// Two digits in a byte.
struct Packed {
    /// Whether the first half byte is not a digit of the number and must be zero.
    odd_pad: bool,
    signed: bool,
    sign_nibble: bool,
}

/// The value of a byte as two digits; above 99 when a half byte is no digit.
static PAIRS: [u8; 256] = pairs();

const fn pairs() -> [u8; 256] {
    let mut table = [INVALID; 256];
    let mut value = 0;
    while value < 100 {
        table[(value / 10 * 16 + value % 10) as usize] = value;
        value += 1;
    }
    table
}

impl Packed {
    #[inline]
    fn short(&self, raw: &[u8]) -> Cell<i64> {
        let (body, last) = self.split(raw)?;
        let mut value = 0i64;
        let mut wrong = false;
        for byte in body {
            let pair = PAIRS[usize::from(*byte)];
            wrong |= pair == INVALID;
            value = value.wrapping_mul(100).wrapping_add(i64::from(pair));
        }
        if wrong {
            return Err(Reason::NotPackedDigits);
        }
        self.finish(value, last)
    }

    fn long(&self, raw: &[u8]) -> Cell<i128> {
        let (body, last) = self.split(raw)?;
        let mut value = 0i128;
        for byte in body {
            let pair = PAIRS[usize::from(*byte)];
            if pair == INVALID {
                return Err(Reason::NotPackedDigits);
            }
            value = value * 100 + i128::from(pair);
        }
        self.finish(value, last)
    }

    /// The bytes of two digits each, and the last one with the sign.
    #[inline]
    fn split<'a>(&self, raw: &'a [u8]) -> Result<(&'a [u8], Option<u8>), Reason> {
        if self.odd_pad && raw.first().is_some_and(|first| first >> 4 != 0) {
            return Err(Reason::NotPackedDigits);
        }
        match raw.split_last() {
            Some((last, body)) if self.sign_nibble => Ok((body, Some(*last))),
            _ => Ok((raw, None)),
        }
    }

    #[inline]
    fn finish<T: Number>(&self, value: T, last: Option<u8>) -> Cell<T> {
        let Some(last) = last else { return Ok(Some(value)) };
        let digit = last >> 4;
        if digit > 9 {
            return Err(Reason::NotPackedDigits);
        }
        let value = value.then_digit(digit);
        match last & 0x0f {
            0xa | 0xc | 0xe | 0xf => Ok(Some(value)),
            0xb | 0xd if self.signed => Ok(Some(value.negated())),
            _ => Err(Reason::BadSignNibble),
        }
    }
}

#[inline]
fn binary(raw: &[u8], signed: bool, little: bool) -> Cell<i128> {
    let ordered = |fold: fn(u128, &u8) -> u128| {
        if little { raw.iter().rev().fold(0, fold) } else { raw.iter().fold(0, fold) }
    };
    let value: u128 = ordered(|value, byte| value << 8 | u128::from(*byte));
    let unused = 128 - 8 * (raw.len().clamp(1, 16) as u32);
    if signed {
        return Ok(Some(((value << unused) as i128) >> unused));
    }
    i128::try_from(value).map(Some).map_err(|_| Reason::TooLarge)
}

/// A number with insertions: the digits count, everything else is decoration, `-`, `CR` and `DB` make it negative.
fn edited(raw: &[u8], page: &CodePage) -> Cell<i128> {
    if is_blank(raw, page.space()) {
        return Ok(None);
    }
    let (mut value, mut negative, mut digits) = (0i128, false, 0u8);
    for byte in raw {
        match page.ascii(*byte) {
            digit @ b'0'..=b'9' => {
                value = value * 10 + i128::from(digit - b'0');
                digits += 1;
            }
            b'-' | b'C' | b'D' => negative = true,
            b' ' | b',' | b'.' | b'/' | b'+' | b'*' | b'$' | b'R' | b'B' => {}
            _ => return Err(Reason::NotANumber),
        }
        if digits > 38 {
            return Err(Reason::NotANumber);
        }
    }
    if digits == 0 { Ok(None) } else { Ok(Some(if negative { -value } else { value })) }
}

fn word<const N: usize>(raw: &[u8], little: bool) -> [u8; N] {
    let mut bytes = [0; N];
    for (slot, byte) in bytes.iter_mut().zip(raw) {
        *slot = *byte;
    }
    if little {
        bytes.reverse();
    }
    bytes
}

fn float32(raw: &[u8], machine: &Machine) -> f32 {
    if machine.hexadecimal_float {
        let word = u32::from_be_bytes(word(raw, false));
        return hexadecimal(word >> 31 != 0, word >> 24 & 0x7f, f64::from(word & 0x00ff_ffff), 24) as f32;
    }
    f32::from_be_bytes(word(raw, machine.little_endian))
}

fn float64(raw: &[u8], machine: &Machine) -> f64 {
    if machine.hexadecimal_float {
        let word = u64::from_be_bytes(word(raw, false));
        let fraction = (word & 0x00ff_ffff_ffff_ffff) as f64;
        return hexadecimal(word >> 63 != 0, (word >> 56 & 0x7f) as u32, fraction, 56);
    }
    f64::from_be_bytes(word(raw, machine.little_endian))
}

/// IBM hexadecimal floating point: a fraction of so many bits times a power of 16, in excess 64.
fn hexadecimal(negative: bool, exponent: u32, fraction: f64, bits: i32) -> f64 {
    let value = fraction * 2f64.powi(4 * (exponent as i32 - 64) - bits);
    if negative { -value } else { value }
}
