//! Columns of bytes of one kind, put together to fields.
//!
//! A packed number shows by its last byte, whose half bytes are a digit and a sign in every record, and by digits before it. A zoned
//! number shows by overpunched last digits. Texts are divided where one ends in spaces and the next begins. The rest is binary where it
//! has the length of a binary number. Whatever is not the same in all records is text, which nothing can contradict.

use super::class::{Class, class};

/// A field that the bytes suggest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Guess {
    pub offset: usize,
    pub length: usize,
    pub kind: Kind,
}

/// What a field seems to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Packed,
    Zoned,
    Binary,
    /// Bytes that are neither.
    Bytes,
}

/// So many records are looked at.
const RECORDS: usize = 2_000;
/// Fewer records than this show nothing but text.
const FEWEST: usize = 8;
/// A packed number of 31 digits.
const LONGEST_PACKED: usize = 16;

/// What all records have at one place.
#[derive(Clone, Copy, Default)]
struct Place {
    seen: usize,
    spaces: usize,
    digits: usize,
    text: usize,
    pairs: usize,
    signed: usize,
    overpunched: usize,
    /// Whether an overpunched zero was seen: unlike the other overpunched digits it is no letter.
    has_signed_zero: bool,
}

impl Place {
    fn add(&mut self, byte: u8) {
        let class = class(byte);
        let (high, low) = (byte >> 4, byte & 0x0f);
        self.seen += 1;
        self.spaces += usize::from(class == Class::Space);
        self.digits += usize::from(class == Class::Digit);
        self.text += usize::from((0x40..0xff).contains(&byte));
        self.pairs += usize::from(high <= 9 && low <= 9);
        self.signed += usize::from(high <= 9 && matches!(low, 0x0c | 0x0d | 0x0f));
        self.overpunched += usize::from(matches!(high, 0x0c | 0x0d | 0x0f) && low <= 9);
        self.has_signed_zero |= matches!(byte, 0xc0 | 0xd0);
    }

    fn all(&self, count: usize) -> bool {
        self.seen > 0 && count == self.seen
    }

    fn is_text(&self) -> bool {
        self.all(self.text)
    }

    fn space_share(&self) -> f64 {
        self.spaces as f64 / self.seen.max(1) as f64
    }
}

/// The fields of records that all have one length, or of the beginning that all have, with the rest as text.
pub(super) fn fields(records: &[&[u8]], length: Option<usize>) -> Vec<Guess> {
    let step = (records.len() / RECORDS).max(1);
    let longest =
        length.unwrap_or_else(|| records.iter().map(|record| record.len()).max().unwrap_or(0)).max(1);
    let shortest = length.unwrap_or_else(|| records.iter().map(|record| record.len()).min().unwrap_or(0));
    let common = if records.len() < FEWEST { 0 } else { shortest };
    let mut places = vec![Place::default(); common];
    for record in records.iter().step_by(step) {
        for (place, byte) in places.iter_mut().zip(*record) {
            place.add(*byte);
        }
    }
    let mut guesses = Vec::new();
    let mut at = 0;
    while at < common {
        let rest = places.get(at..).unwrap_or_default();
        let (length, kind) = packed(rest)
            .map(|length| (length, Kind::Packed))
            .or_else(|| zoned(rest).map(|length| (length, Kind::Zoned)))
            .or_else(|| text(rest).map(|length| (length, Kind::Text)))
            .unwrap_or_else(|| other(rest));
        guesses.push(Guess { offset: at, length, kind });
        at += length;
    }
    if longest > common {
        guesses.push(Guess { offset: common, length: longest - common, kind: Kind::Text });
    }
    guesses
}

/// The bytes of a packed number that begins here.
fn packed(places: &[Place]) -> Option<usize> {
    let first = places.first()?;
    if first.is_text() || !(first.all(first.pairs) || first.all(first.signed)) {
        return None;
    }
    for (index, place) in places.iter().take(LONGEST_PACKED).enumerate() {
        if place.all(place.signed) {
            return Some(index + 1);
        }
        if !place.all(place.pairs) {
            return None;
        }
    }
    None
}

/// The digits of a signed DISPLAY number that begins here.
fn zoned(places: &[Place]) -> Option<usize> {
    let digits = places.iter().take_while(|place| place.all(place.digits)).count();
    let last = places.get(digits)?;
    (2..18).contains(&digits).then_some(())?;
    let is_sign = last.all(last.overpunched) && last.has_signed_zero;
    is_sign.then_some(digits + 1)
}

/// The bytes of a text that begins here: up to where another one begins, or other bytes do.
fn text(places: &[Place]) -> Option<usize> {
    let first = places.first().filter(|first| first.is_text())?;
    let is_number = first.all(first.digits);
    let mut before = first;
    for (index, place) in places.iter().enumerate().skip(1) {
        let begins = before.space_share() > 0.5 && place.space_share() < before.space_share() - 0.4;
        if !place.is_text() || begins || place.all(place.digits) != is_number {
            return Some(index);
        }
        before = place;
    }
    Some(places.len())
}

/// Bytes that are neither text nor decimal: of the length of a binary number, they are one.
fn other(places: &[Place]) -> (usize, Kind) {
    let goes_on = |index: usize| {
        let rest = places.get(index..).unwrap_or_default();
        rest.first().is_some_and(|place| !place.is_text()) && packed(rest).is_none()
    };
    let length = (1..places.len()).take_while(|index| goes_on(*index)).count() + 1;
    (length, if matches!(length, 2 | 4 | 8) { Kind::Binary } else { Kind::Bytes })
}
