//! Numbers written in digits: exact, or floating point.

use super::fault::{Cell, Reason};
use crate::trim::trim;
use crate::types::decimal;

/// Digits whose value always fits 64 bits.
const SHORT: usize = 18;
/// Powers of ten that floating point has exactly.
const EXACT_POWERS: [f64; 19] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];
/// No exponent beyond can be exact in 38 digits.
const MOST_EXPONENT: i32 = 76;

/// A number as written: its digits, and how many of them stand behind the point.
struct Written {
    value: i64,
    places: usize,
}

/// Blanks and low-values are nothing, asterisks an overflow.
enum Found<'a> {
    Nothing,
    Overflow,
    Text(&'a [u8]),
}

fn find(raw: &[u8]) -> Found<'_> {
    let text = trim(raw, b' ');
    match text {
        [] => Found::Nothing,
        [b'*', rest @ ..] if rest.iter().all(|byte| *byte == b'*') => Found::Overflow,
        _ => Found::Text(text),
    }
}

/// Up to 18 characters of sign, digits and one point or comma; none when it is anything else.
#[inline]
fn short(text: &[u8]) -> Option<Written> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.len() > SHORT {
        return None;
    }
    let (mut value, mut point) = (0i64, None);
    for (index, byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            value = value * 10 + i64::from(digit);
        } else if matches!(byte, b'.' | b',') && point.is_none() {
            point = Some(index);
        } else {
            return None;
        }
    }
    let places = point.map_or(0, |point| digits.len() - 1 - point);
    let has_digits = digits.len() > usize::from(point.is_some());
    has_digits.then_some(Written { value: if negative { -value } else { value }, places })
}

/// A whole number.
#[inline]
pub(crate) fn integer(raw: &[u8]) -> Cell<i64> {
    match find(raw) {
        Found::Nothing => Ok(None),
        Found::Overflow => Err(Reason::Overflow),
        Found::Text(text) => match short(text) {
            Some(Written { value, places: 0 }) => Ok(Some(value)),
            _ => long(text, 38, 0)
                .and_then(|value| i64::try_from(value).map(Some).map_err(|_| Reason::TooLarge)),
        },
    }
}

/// A number in units of ten to the power of minus `scale`.
#[inline]
pub(crate) fn exact(raw: &[u8], precision: u8, scale: u8) -> Cell<i128> {
    match find(raw) {
        Found::Nothing => Ok(None),
        Found::Overflow => Err(Reason::Overflow),
        Found::Text(text) => match short(text) {
            Some(Written { value, places }) if places == usize::from(scale) => Ok(Some(value.into())),
            _ => long(text, precision, scale).map(Some),
        },
    }
}

/// A number in floating point.
#[inline]
pub(crate) fn float(raw: &[u8]) -> Cell<f64> {
    match find(raw) {
        Found::Nothing => Ok(None),
        Found::Overflow => Err(Reason::Overflow),
        Found::Text(text) => match short(text) {
            // A quotient of two numbers that are exact is rounded right.
            Some(Written { value, places }) if value.unsigned_abs() < 1 << 53 => {
                Ok(EXACT_POWERS.get(places).map(|power| value as f64 / power))
            }
            _ => long_float(text).map(Some),
        },
    }
}

#[cold]
fn long_float(text: &[u8]) -> Result<f64, Reason> {
    let text = std::str::from_utf8(text).map_err(|_| Reason::NotANumber)?.replace(',', ".");
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let number = is_plain.then(|| text.parse::<f64>().ok()).flatten();
    number.filter(|number| number.is_finite()).ok_or(Reason::NotANumber)
}

/// Longer numbers, other numbers of decimals, and exponents, as some writers use them when a number is too wide.
#[cold]
fn long(text: &[u8], precision: u8, scale: u8) -> Result<i128, Reason> {
    let text = std::str::from_utf8(text).map_err(|_| Reason::NotANumber)?.replace(',', ".");
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| Reason::NotANumber)?),
        None => (text.as_str(), 0),
    };
    let digits = mantissa.trim_start_matches(['+', '-']);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = mantissa.len() - digits.len() <= 1
        && !(whole.is_empty() && fraction.is_empty())
        && whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    if !is_number {
        return Err(Reason::NotANumber);
    }
    if exponent == 0 {
        return decimal(mantissa, precision, scale as i8).ok_or(Reason::TooLarge);
    }
    if exponent.abs() > MOST_EXPONENT {
        return Err(Reason::TooLarge);
    }
    let sign = if mantissa.starts_with('-') { "-" } else { "" };
    let moved = moved(whole, fraction, exponent);
    decimal(&format!("{sign}{moved}"), precision, scale as i8).ok_or(Reason::TooLarge)
}

/// Digits with their point moved by an exponent.
fn moved(whole: &str, fraction: &str, exponent: i32) -> String {
    let shift = exponent.unsigned_abs() as usize;
    let (left, right) = if exponent > 0 {
        let padded = format!("{fraction:0<shift$}");
        (
            format!("{whole}{}", padded.get(..shift).unwrap_or_default()),
            padded.get(shift..).unwrap_or_default().to_owned(),
        )
    } else {
        let padded = format!("{whole:0>shift$}");
        let cut = padded.len() - shift;
        let (left, right) = padded.split_at(cut);
        (left.to_owned(), format!("{right}{fraction}"))
    };
    format!("{left}.{right}")
}

#[cfg(test)]
mod tests {
    use super::{exact, float, integer};
    use crate::dbase::fault::Reason;

    #[test]
    fn numbers_are_exact_or_refused() {
        for (raw, expected) in [
            ("    12.34", Ok(Some(1234))),
            ("   -12.34", Ok(Some(-1234))),
            ("12.3", Ok(Some(1230))),
            ("12,34", Ok(Some(1234))),
            (".5", Ok(Some(50))),
            ("12345", Ok(Some(1_234_500))),
            ("1.230", Ok(Some(123))),
            ("1.235", Err(Reason::TooLarge)),
            ("1.2E+3", Ok(Some(120_000))),
            ("12E-1", Ok(Some(120))),
            ("-1.5e2", Ok(Some(-15_000))),
            ("1E99", Err(Reason::TooLarge)),
            ("123456789012345678901234567890.12", Ok(Some(12_345_678_901_234_567_890_123_456_789_012))),
            ("        ", Ok(None)),
            ("\0\0\0", Ok(None)),
            ("*****", Err(Reason::Overflow)),
            ("**12", Err(Reason::NotANumber)),
            ("1.2.3", Err(Reason::NotANumber)),
            ("--1", Err(Reason::NotANumber)),
            (".", Err(Reason::NotANumber)),
            ("-", Err(Reason::NotANumber)),
            ("1E", Err(Reason::NotANumber)),
            ("12 34", Err(Reason::NotANumber)),
            ("\u{ff11}", Err(Reason::NotANumber)),
        ] {
            assert_eq!(exact(raw.as_bytes(), 38, 2), expected, "{raw}");
        }
        assert_eq!(integer(b"  -42"), Ok(Some(-42)));
        assert_eq!(integer(b"42.00"), Ok(Some(42)));
        assert_eq!(integer(b"42.5"), Err(Reason::TooLarge));
        assert_eq!(integer(b"+9223372036854775807"), Ok(Some(i64::MAX)));
        assert_eq!(integer(b"9223372036854775808"), Err(Reason::TooLarge));
        assert_eq!(float(b" 1.23456789012e+003"), Ok(Some("1234.56789012".parse().unwrap())));
        assert_eq!(float(b"0.1"), Ok(Some(0.1)));
        assert_eq!(float(b"inf"), Err(Reason::NotANumber));
        assert_eq!(float(b"1e999"), Err(Reason::NotANumber));
    }
}
