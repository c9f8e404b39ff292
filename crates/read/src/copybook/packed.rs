//! Packed decimals (COMP-3, COMP-6): two digits in a byte, the sign in the last half byte.

use super::fault::Reason;
use super::number::{Cell, Number};

/// A byte that is not two digits.
const NO_PAIR: u8 = 0xff;

/// How one field is packed.
pub(crate) struct Packed {
    /// Whether the first half byte is not a digit of the number and must be zero.
    pub odd_pad: bool,
    /// Whether it may be negative.
    pub signed: bool,
    /// Whether there is a half byte for the sign.
    pub sign_nibble: bool,
}

/// The value of a byte as two digits; above 99 when a half byte is no digit.
static PAIRS: [u8; 256] = pairs();

const fn pairs() -> [u8; 256] {
    let mut table = [NO_PAIR; 256];
    let mut value = 0;
    while value < 100 {
        table[(value / 10 * 16 + value % 10) as usize] = value;
        value += 1;
    }
    table
}

impl Packed {
    #[inline]
    pub fn short(&self, raw: &[u8]) -> Cell<i64> {
        let (body, last) = self.split(raw)?;
        let mut value = 0i64;
        let mut wrong = false;
        for byte in body {
            let pair = PAIRS[usize::from(*byte)];
            wrong |= pair == NO_PAIR;
            value = value.wrapping_mul(100).wrapping_add(i64::from(pair));
        }
        if wrong {
            return Err(Reason::NotPackedDigits);
        }
        self.finish(value, last)
    }

    pub fn long(&self, raw: &[u8]) -> Cell<i128> {
        let (body, last) = self.split(raw)?;
        let mut value = 0i128;
        for byte in body {
            let pair = PAIRS[usize::from(*byte)];
            if pair == NO_PAIR {
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
