//! Binary numbers (COMP, COMP-4, COMP-5, COMP-9) and floating point (COMP-1, COMP-2).

use super::fault::Reason;
use super::number::Cell;
use super::values::Machine;

/// A binary number that fits an `i64`.
#[inline]
#[expect(clippy::unnecessary_wraps, reason = "every decoder of a number has this shape")]
pub(crate) fn binary(raw: &[u8], signed: bool, little: bool) -> Cell<i64> {
    let shift = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
    let value = if little { raw.iter().rev().fold(0, shift) } else { raw.iter().fold(0, shift) } as i64;
    let length = raw.len().min(8);
    let unused = 64 - 8 * length as u32;
    Ok(Some(if signed && unused < 64 { value << unused >> unused } else { value }))
}

pub(crate) fn big_binary(raw: &[u8], signed: bool, little: bool) -> Cell<i128> {
    let shift = |value: u128, byte: &u8| value << 8 | u128::from(*byte);
    let value = if little { raw.iter().rev().fold(0, shift) } else { raw.iter().fold(0, shift) };
    let unused = 128 - 8 * (raw.len().clamp(1, 16) as u32);
    if signed {
        return Ok(Some(((value << unused) as i128) >> unused));
    }
    i128::try_from(value).map(Some).map_err(|_| Reason::TooLarge)
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

/// Hexadecimal numbers reach to 7.2E+75, those of IEEE 754 of the same size to 3.4E+38 only.
pub(crate) fn float32(raw: &[u8], machine: &Machine) -> Result<f32, Reason> {
    if machine.hexadecimal_float {
        let word = u32::from_be_bytes(word(raw, false));
        let value = hexadecimal(word >> 31 != 0, word >> 24 & 0x7f, f64::from(word & 0x00ff_ffff), 24) as f32;
        return if value.is_finite() { Ok(value) } else { Err(Reason::TooLarge) };
    }
    Ok(f32::from_be_bytes(word(raw, machine.little_endian)))
}

pub(crate) fn float64(raw: &[u8], machine: &Machine) -> f64 {
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
