//! DISPLAY numbers: decimal digits as characters, the sign in a zone or a byte of its own.

use super::code_page::{CodePage, Family};
use super::coding::Sign;
use super::fault::Reason;
use super::number::{Cell, Number};

/// How signs are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signs {
    /// Whether what compilers do not write but read is a number too: a sign where the picture has none, spaces before the digits, a
    /// space for a separate `+`.
    pub lenient: bool,
    /// How signs are in ASCII.
    pub ascii: AsciiSigns,
}

/// The overpunched digits of compilers for ASCII.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum AsciiSigns {
    /// GnuCOBOL's and Micro Focus's, and those of EBCDIC translated as text: no byte means two things.
    #[default]
    Usual,
    /// `@ A–I` positive, `P–Y` negative.
    Fujitsu,
    /// Digits positive, the space and `! " # $ % & ' ( )` negative.
    Realia,
}

/// Decimal digits as characters.
pub(crate) struct Zoned {
    zero: u8,
    space: u8,
    plus: u8,
    minus: u8,
    sign: Sign,
    overpunch: [u8; 256],
    lenient: bool,
}

/// An overpunched byte that is negative.
pub(crate) const NEGATIVE: u8 = 0x80;
/// A byte that is no overpunched digit.
const INVALID: u8 = 0xff;

impl Zoned {
    pub fn new(page: &CodePage, sign: Sign, signs: Signs) -> Self {
        let (plus, minus) = page.signs();
        Self {
            zero: page.zero(),
            space: page.space(),
            plus,
            minus,
            sign,
            overpunch: overpunch_table(page.family(), signs.ascii),
            lenient: signs.lenient,
        }
    }

    /// Of digits and signs as ASCII has them, whatever the code page of other fields is.
    pub fn national(sign: Sign) -> Self {
        let (zero, space, plus, minus) = (b'0', b' ', b'+', b'-');
        let overpunch = overpunch_table(Family::Ascii, AsciiSigns::Usual);
        Self { zero, space, plus, minus, sign, overpunch, lenient: false }
    }

    #[inline]
    pub fn short(&self, raw: &[u8]) -> Cell<i64> {
        self.value(raw, |body| digits(body, self.zero).map(|value| value as i64))
    }

    pub fn long(&self, raw: &[u8]) -> Cell<i128> {
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
            None if self.lenient => match self.leniently(raw, body_digits) {
                Some(value) => Ok(Some(value)),
                None => Err(self.reason(raw)),
            },
            None => Err(self.reason(raw)),
        }
    }

    /// A number that is not as the picture has it, and can mean only one thing all the same.
    #[cold]
    fn leniently<T: Number>(&self, raw: &[u8], body_digits: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
        let begin = raw.iter().position(|byte| *byte != self.space)?;
        let rest = raw.get(begin..)?;
        let signed = |value: T, negative: bool| Some(if negative { value.negated() } else { value });
        if let Some(value) = body_digits(rest) {
            return signed(value, false);
        }
        let (last, body) = rest.split_last()?;
        match self.sign {
            Sign::Separate { leading: true } => {
                let (first, body) = rest.split_first()?;
                let known = *first == self.minus || *first == self.plus;
                known.then_some(())?;
                signed(body_digits(body)?, *first == self.minus)
            }
            Sign::Separate { leading: false } => {
                let known = [self.minus, self.plus, self.space].contains(last);
                known.then_some(())?;
                signed(body_digits(body)?, *last == self.minus)
            }
            _ => {
                let digit = Some(self.overpunch[usize::from(*last)]).filter(|digit| *digit != INVALID)?;
                let negative = digit & NEGATIVE != 0;
                // A negative number in a field without a sign is a fault all the same.
                (self.sign != Sign::Unsigned || !negative).then_some(())?;
                signed(body_digits(body)?.then_digit(digit & !NEGATIVE), negative)
            }
        }
    }

    #[cold]
    fn reason(&self, raw: &[u8]) -> Reason {
        let wrong = raw.iter().filter(|byte| byte.wrapping_sub(self.zero) > 9).count();
        if wrong <= 1 && self.sign != Sign::Unsigned { Reason::BadSign } else { Reason::NotDigits }
    }
}

/// The digit of an overpunched byte, with [`NEGATIVE`]; none when it is none.
pub(crate) fn overpunched(family: Family, byte: u8) -> Option<u8> {
    let digit = overpunch_table(family, AsciiSigns::Usual)[usize::from(byte)];
    (digit != INVALID).then_some(digit)
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
fn overpunch_table(family: Family, ascii: AsciiSigns) -> [u8; 256] {
    std::array::from_fn(|byte| {
        let byte = byte as u8;
        match family {
            Family::Ebcdic => match (byte >> 4, byte & 0x0f) {
                (0xa | 0xc | 0xe | 0xf, digit @ 0..=9) => digit,
                (0xb | 0xd, digit @ 0..=9) => digit | NEGATIVE,
                _ => INVALID,
            },
            Family::Ascii if ascii == AsciiSigns::Fujitsu => match byte {
                b'0'..=b'9' => byte - b'0',
                b'@'..=b'I' => byte - b'@',
                b'P'..=b'Y' => (byte - b'P') | NEGATIVE,
                _ => INVALID,
            },
            Family::Ascii if ascii == AsciiSigns::Realia => match byte {
                b'0'..=b'9' => byte - b'0',
                b' '..=b')' => (byte - b' ') | NEGATIVE,
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
