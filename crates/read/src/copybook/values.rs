//! Bytes to values, one column at a time: each coding has one tight loop over the records of a batch.
//!
//! A byte that cannot be what the layout says is a fault of its record, never a guess. What counts as nothing is in `nulls`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float32Array, Float64Array};
use arrow::datatypes::DataType;

use super::binary::{big_binary, binary, float32, float64};
use super::code_page::{CodePage, Family};
use super::coding::{ByteOrder, Coding, INT64_DIGITS};
use super::editing::{edited, external_float};
use super::fault::Reason;
use super::nulls::{Blanks, NullRules};
use super::number::Cell;
use super::packed::Packed;
use super::plan::Reading;
use super::zoned::{Signs, Zoned};
use crate::columns::{BytesColumn, ValueColumn};
use crate::trim::trim_end;

/// How a machine writes what a copybook leaves open.
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own, named by an option")]
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub page: CodePage,
    /// Whether COMP-5 and IEEE floating point are lowest byte first.
    pub little_endian: bool,
    /// Whether COMP-1 and COMP-2 are IBM hexadecimal floating point rather than IEEE 754.
    pub hexadecimal_float: bool,
    /// Whether national text (UTF-16) is lowest byte first.
    pub national_little_endian: bool,
    /// Which contents are nothing.
    pub nulls: NullRules,
    /// Whether spaces are zero in numbers.
    pub blank_is_zero: bool,
    /// How signs of DISPLAY and packed numbers are taken.
    pub signs: Signs,
}

impl Machine {
    /// A machine that writes a code page: a mainframe for EBCDIC, else a PC.
    pub fn of(page: CodePage) -> Self {
        let mainframe = page.family() == Family::Ebcdic;
        Self {
            page,
            little_endian: !mainframe,
            hexadecimal_float: mainframe,
            national_little_endian: false,
            nulls: NullRules::default(),
            blank_is_zero: false,
            signs: Signs::default(),
        }
    }

    /// The same with what is said about one field.
    pub fn reading(&self, reading: &Reading) -> Self {
        Self {
            page: reading.page.clone().unwrap_or_else(|| self.page.clone()),
            nulls: reading.nulls.unwrap_or(self.nulls),
            blank_is_zero: reading.blank_is_zero,
            ..self.clone()
        }
    }

    fn blanks(&self, space: u8) -> Blanks {
        Blanks { rules: self.nulls, space, is_zero: self.blank_is_zero }
    }
}

/// One column of a batch: a field at the same offset of many places.
#[derive(Clone, Copy)]
pub(crate) struct Column<'a> {
    pub bytes: &'a [u8],
    pub starts: &'a [usize],
    /// Where the record of each place ends; none when every record has the whole field.
    pub ends: Option<&'a [usize]>,
    pub offset: usize,
    pub length: usize,
}

impl<'a> Column<'a> {
    /// The bytes of each cell: fewer than `length`, or none, where the record ends before the field does.
    #[inline]
    pub fn cells(self) -> impl ExactSizeIterator<Item = &'a [u8]> {
        self.starts.iter().enumerate().map(move |(index, start)| {
            let begin = start.wrapping_add(self.offset);
            let end = begin.wrapping_add(self.length);
            match self.ends.and_then(|ends| ends.get(index)) {
                None => self.bytes.get(begin..end).unwrap_or_default(),
                Some(last) => self.bytes.get(begin..end.min(*last)).unwrap_or_default(),
            }
        })
    }

    /// What is wrong with a cell that is not as long as the field; a record that ends before it has no value.
    #[inline]
    fn cut_off<T>(self, raw: &[u8]) -> Option<Cell<T>> {
        (raw.len() != self.length).then(|| if raw.is_empty() { Ok(None) } else { Err(Reason::CutOff) })
    }
}

/// The cells that could not be decoded: the index in the column, and why.
pub(crate) type CellFaults = Vec<(usize, Reason)>;

/// Decodes a column; faulty cells are null and listed.
pub(crate) fn decode(
    coding: &Coding,
    column: Column<'_>,
    machine: &Machine,
    faults: &mut CellFaults,
) -> ArrayRef {
    let page = &machine.page;
    let blanks = machine.blanks(page.space());
    match *coding {
        Coding::Text { justified } => match page.utf16() {
            Some(little) => nationals(column, little, blanks, faults),
            None => texts(column, page, justified, blanks, faults),
        },
        Coding::National => nationals(column, machine.national_little_endian, blanks, faults),
        Coding::Dbcs => strings(column, faults, |raw, out| {
            if page.decode_double_into(raw, out) { Ok(true) } else { Err(Reason::NotInCodePage) }
        }),
        Coding::Utf8 => strings(column, faults, |raw, out| {
            let text = trim_end(raw, b' ');
            std::str::from_utf8(text).map_err(|_| Reason::NotInCodePage)?;
            out.extend_from_slice(text);
            Ok(!text.is_empty())
        }),
        Coding::Bytes => bytes(column, faults),
        Coding::NationalDigits { scale, sign, .. } => {
            let zoned = Zoned::national(sign);
            let blanks = machine.blanks(b' ');
            big_numbers(coding, scale, column, faults, |raw| {
                let digits = narrow(raw, machine.national_little_endian)?;
                blanks.judge(&digits, zoned.long(&digits))
            })
        }
        Coding::Zoned { digits, scale, sign } => {
            let zoned = Zoned::new(page, sign, machine.signs);
            if digits <= INT64_DIGITS {
                numbers(coding, scale, column, faults, |raw| blanks.judge(raw, zoned.short(raw)))
            } else {
                big_numbers(coding, scale, column, faults, |raw| blanks.judge(raw, zoned.long(raw)))
            }
        }
        Coding::Edited { scale, ref mask, sign, .. } => {
            big_numbers(coding, scale, column, faults, |raw| blanks.judge(raw, edited(raw, mask, sign, page)))
        }
        Coding::Packed { digits, scale, signed, sign_nibble } => {
            let packed = Packed {
                odd_pad: (usize::from(digits) + usize::from(sign_nibble)) % 2 == 1,
                signed: signed || machine.signs.lenient,
                sign_nibble,
            };
            if digits <= INT64_DIGITS {
                numbers(coding, scale, column, faults, |raw| blanks.judge(raw, packed.short(raw)))
            } else {
                big_numbers(coding, scale, column, faults, |raw| blanks.judge(raw, packed.long(raw)))
            }
        }
        Coding::Binary { scale, signed, order, bytes, .. } => {
            let little = order == ByteOrder::Little || (order == ByteOrder::Machine && machine.little_endian);
            if bytes < 8 || (bytes == 8 && signed) {
                numbers(coding, scale, column, faults, |raw| blanks.judge(raw, binary(raw, signed, little)))
            } else {
                big_numbers(coding, scale, column, faults, |raw| {
                    blanks.judge(raw, big_binary(raw, signed, little))
                })
            }
        }
        Coding::Float => {
            Arc::new(whole(column, faults, |raw| float32(raw, machine)).collect::<Float32Array>())
        }
        Coding::ExternalFloat { scale } => {
            let numbers = collect(column, faults, |raw| external_float(raw, scale, page));
            numbers.finish()
        }
        Coding::Double => {
            Arc::new(whole(column, faults, |raw| Ok(float64(raw, machine))).collect::<Float64Array>())
        }
    }
}

/// Decodes every cell that is as long as the field.
fn whole<'a, T>(
    column: Column<'a>,
    faults: &mut CellFaults,
    decode: impl Fn(&'a [u8]) -> Result<T, Reason>,
) -> impl Iterator<Item = Option<T>> {
    column.cells().enumerate().map(move |(index, raw)| {
        let cell = column.cut_off(raw).unwrap_or_else(|| decode(raw).map(Some));
        cell.unwrap_or_else(|reason| {
            faults.push((index, reason));
            None
        })
    })
}

/// Decodes every cell; faulty ones are null and listed.
fn collect<'a, T: Copy + Default>(
    column: Column<'a>,
    faults: &mut CellFaults,
    decode: impl Fn(&'a [u8]) -> Cell<T>,
) -> ValueColumn<T> {
    let cells = column.cells();
    let mut out = ValueColumn::with_capacity(cells.len());
    for (index, raw) in cells.enumerate() {
        out.push(column.cut_off(raw).unwrap_or_else(|| decode(raw)).unwrap_or_else(|reason| {
            faults.push((index, reason));
            None
        }));
    }
    out
}

/// Numbers whose stored digits fit an `i64`.
fn numbers<'a>(
    coding: &Coding,
    scale: i8,
    column: Column<'a>,
    faults: &mut CellFaults,
    decode: impl Fn(&'a [u8]) -> Cell<i64>,
) -> ArrayRef {
    if let DataType::Decimal128(precision, places) = coding.data_type() {
        let factor = 10i128.pow(u32::from(scale.min(0).unsigned_abs()));
        // Hardly a number is scaled, and to multiply numbers as long as these takes longer than to decode one.
        let scaled = |value: i64| if factor == 1 { value.into() } else { i128::from(value) * factor };
        let out = collect(column, faults, |raw| decode(raw).map(|cell| cell.map(scaled)));
        return out.finish_decimals(precision, places);
    }
    let factor = 10i64.pow(u32::from(scale.min(0).unsigned_abs()));
    let out = collect(column, faults, |raw| decode(raw).map(|cell| cell.map(|value| value * factor)));
    out.finish()
}

/// Numbers that may need an `i128` on the way.
fn big_numbers<'a>(
    coding: &Coding,
    scale: i8,
    column: Column<'a>,
    faults: &mut CellFaults,
    decode: impl Fn(&'a [u8]) -> Cell<i128>,
) -> ArrayRef {
    let factor = 10i128.pow(u32::from(scale.min(0).unsigned_abs()));
    let scaled = |value: i128| {
        if factor == 1 { Ok(value) } else { value.checked_mul(factor).ok_or(Reason::TooLarge) }
    };
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

fn texts(
    column: Column<'_>,
    page: &CodePage,
    justified: bool,
    blanks: Blanks,
    faults: &mut CellFaults,
) -> ArrayRef {
    let (space, zero) = (page.space(), page.zero());
    strings(column, faults, |raw, out| {
        let mut text = trim_end(raw, space);
        if justified {
            let begin = text.iter().position(|byte| *byte != space).unwrap_or(text.len());
            text = text.get(begin..).unwrap_or_default();
        }
        if blanks.is_null(raw, text, zero) {
            Ok(false)
        } else if page.decode_into(text, out) {
            Ok(true)
        } else {
            Err(Reason::NotInCodePage)
        }
    })
}

fn nationals(column: Column<'_>, little: bool, blanks: Blanks, faults: &mut CellFaults) -> ArrayRef {
    strings(column, faults, |raw, out| {
        let (pairs, _) = raw.as_chunks::<2>();
        let units = pairs
            .iter()
            .map(|pair| if little { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) });
        let text: String =
            char::decode_utf16(units).collect::<Result<_, _>>().map_err(|_| Reason::NotInCodePage)?;
        let text = text.trim_end_matches([' ', '\0', '\u{3000}']);
        out.extend_from_slice(text.as_bytes());
        Ok(!blanks.is_null(raw, text.as_bytes(), b'0'))
    })
}

/// Digits and signs of UTF-16 as single bytes.
fn narrow(raw: &[u8], little: bool) -> Result<Vec<u8>, Reason> {
    let units = raw.chunks(2).map(|pair| match pair {
        [0, byte] if !little => Ok(*byte),
        [byte, 0] if little => Ok(*byte),
        _ => Err(Reason::NotDigits),
    });
    units.collect()
}

/// Bytes as they are.
fn bytes(column: Column<'_>, faults: &mut CellFaults) -> ArrayRef {
    let cells = column.cells();
    let mut out = BytesColumn::with_capacity(cells.len(), cells.len().saturating_mul(column.length));
    for (index, raw) in cells.enumerate() {
        match column.cut_off::<()>(raw) {
            None => out.push(raw),
            Some(cell) => {
                out.push_null();
                faults.extend(cell.err().map(|reason| (index, reason)));
            }
        }
    }
    out.finish_binary()
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
