//! Texts as whole, decimal and floating-point numbers.
//!
//! Read are digits with a sign before or behind, or in parentheses, as bookkeepers write what is negative; spaces around; and the marks of the
//! [`Spelling`]. A thousands mark must stand before three digits: `12,50` is no twelve hundred and fifty.

use std::borrow::Cow;

use super::Spelling;

/// A whole number. Up to 18 digits at once; signs, spaces and marks the careful way.
#[inline]
pub(super) fn integer(text: &[u8], spelling: &Spelling) -> Option<i64> {
    let text = text.trim_ascii();
    if text.len() <= 18 && !text.is_empty() {
        let (mut value, mut wrong) = (0i64, false);
        for byte in text {
            let digit = byte.wrapping_sub(b'0');
            wrong |= digit > 9;
            value = value.wrapping_mul(10).wrapping_add(digit.into());
        }
        if !wrong {
            return Some(value);
        }
    }
    let (negative, digits) = plain(text, spelling)?;
    let mut value = 0i64;
    for byte in digits.iter() {
        let digit = i64::from(byte.wrapping_sub(b'0')).checked_neg().filter(|digit| *digit >= -9)?;
        // Below zero there is room for one number more.
        value = value.checked_mul(10)?.checked_add(digit)?;
    }
    if digits.is_empty() {
        return None;
    }
    if negative { Some(value) } else { value.checked_neg() }
}

/// `-1234.5` in units of ten to the power of minus `scale`; none when it does not fit exactly.
pub(crate) fn decimal(text: &str, precision: u8, scale: i8) -> Option<i128> {
    units(text.as_bytes(), precision, scale, &Spelling::default())
}

/// A decimal number in units of its last place; none when it does not fit exactly.
#[inline]
pub(super) fn units(text: &[u8], precision: u8, scale: i8, spelling: &Spelling) -> Option<i128> {
    let text = text.trim_ascii();
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    match short_units(text, scale, spelling.decimal) {
        Some(units) if u32::from(precision) >= 18 || units < 10u64.pow(u32::from(precision)) => {
            let units = i128::from(units);
            Some(if negative { -units } else { units })
        }
        Some(_) => None,
        None => long_units(text, negative, precision, scale, spelling),
    }
}

/// Digits and a mark that fit 18 digits in units of the last place; none when another way must be tried.
#[inline]
fn short_units(text: &[u8], scale: i8, mark: u8) -> Option<u64> {
    if text.len() > 18 || text.is_empty() {
        return None;
    }
    let (mut units, mut places, mut behind) = (0u64, 0i8, 0i8);
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            units = units.wrapping_mul(10).wrapping_add(digit.into());
            places += behind;
        } else if *byte == mark && behind == 0 {
            behind = 1;
        } else {
            return None;
        }
    }
    let missing = scale.checked_sub(places).filter(|missing| *missing >= 0)?;
    let digits = text.len() as u32 - behind as u32;
    if digits == 0 || digits + missing as u32 > 18 {
        return None;
    }
    Some(units * 10u64.pow(missing as u32))
}

/// Up to 38 digits, and every way to write them.
fn long_units(text: &[u8], negative: bool, precision: u8, scale: i8, spelling: &Spelling) -> Option<i128> {
    let (also_negative, text) = plain(text, spelling)?;
    if negative && also_negative {
        return None;
    }
    let point = text.iter().position(|byte| *byte == b'.').unwrap_or(text.len());
    let (whole, fraction) = (text.get(..point)?, text.get(point + 1..).unwrap_or_default());
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let places = usize::try_from(scale).ok()?;
    let (kept, lost) = fraction.split_at_checked(places).unwrap_or((fraction, &[]));
    if lost.iter().any(|byte| *byte != b'0') {
        return None;
    }
    let padding = std::iter::repeat_n(&b'0', places.saturating_sub(kept.len()));
    let mut value = 0i128;
    for byte in whole.iter().chain(kept).chain(padding) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(digit.into())?;
    }
    let fits = value < 10i128.checked_pow(precision.into()).unwrap_or(i128::MAX);
    fits.then_some(if negative || also_negative { -value } else { value })
}

/// A floating-point number that is one: no infinity, no `NaN`.
pub(super) fn number(text: &[u8], spelling: &Spelling) -> Option<f64> {
    let (negative, digits) = plain(text.trim_ascii(), spelling)?;
    let value: f64 = std::str::from_utf8(&digits).ok()?.parse().ok()?;
    value.is_finite().then_some(if negative { -value } else { value })
}

/// The sign of a number and the rest of it with a point and without marks; none when they do not stand where they may.
fn plain<'a>(text: &'a [u8], spelling: &Spelling) -> Option<(bool, Cow<'a, [u8]>)> {
    let (negative, rest) = match text {
        [b'-', rest @ ..] | [b'(', rest @ .., b')'] | [rest @ .., b'-'] => (true, rest.trim_ascii()),
        [b'+', rest @ ..] | [rest @ .., b'+'] => (false, rest.trim_ascii()),
        _ => (false, text),
    };
    if rest.first().is_some_and(|byte| b"+-".contains(byte)) {
        return None;
    }
    let ungrouped = match &spelling.thousands {
        Some(mark) => ungrouped(rest, mark.as_bytes(), spelling.decimal)?,
        None => Cow::Borrowed(rest),
    };
    if spelling.decimal == b'.' {
        return Some((negative, ungrouped));
    }
    // A point means something else here, and is no mark of this file.
    if ungrouped.contains(&b'.') {
        return None;
    }
    let mut pointed = ungrouped.into_owned();
    for byte in pointed.iter_mut().filter(|byte| **byte == spelling.decimal) {
        *byte = b'.';
    }
    Some((negative, pointed.into()))
}

/// A number without its thousands marks, which stand before groups of three digits; groups further to the left may have two, as in India.
fn ungrouped<'a>(text: &'a [u8], mark: &[u8], decimal: u8) -> Option<Cow<'a, [u8]>> {
    let end = text.iter().position(|byte| *byte == decimal).unwrap_or(text.len());
    let (whole, behind) = text.split_at_checked(end)?;
    let mut groups = Vec::new();
    let mut rest = whole;
    while let Some(at) = rest.windows(mark.len().max(1)).position(|window| window == mark) {
        let (group, behind) = rest.split_at_checked(at)?;
        groups.push(group);
        rest = behind.get(mark.len()..)?;
    }
    if groups.is_empty() {
        return Some(Cow::Borrowed(text));
    }
    let first = groups.first()?.len();
    let inner = groups.iter().skip(1).all(|group| group.len() == 2 || group.len() == 3);
    if !(1..=3).contains(&first) || !inner || rest.len() != 3 {
        return None;
    }
    groups.push(rest);
    groups.push(behind);
    Some(Cow::Owned(groups.concat()))
}
