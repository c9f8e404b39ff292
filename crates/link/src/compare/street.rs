//! Street addresses: house number and street; a post box says nothing about a street.

use super::{Comparator, Grade, Kind, Likeness, Several};
use crate::counts::Counts;
use crate::hash::hash;
use crate::text::{fold, jaro_winkler, street_word};

pub(super) const KIND: Kind = Kind {
    name: "street",
    sentence: "the same house number and street; a post box and a street cannot be compared",
    source: "USPS Publication 28, Postal Addressing Standards",
    several: Several::Parts,
    grades: &[
        Grade { name: "same", similarity: 0.9 },
        Grade { name: "same street", similarity: 0.6 },
        Grade { name: "near", similarity: 0.4 },
    ],
    weighs_rarity: false,
    comparator: &Street,
};

struct Street;

/// What an address line says of where the door is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// A post box with its number.
    Box(Box<str>),
    /// House number, if any, and the words of the street, long forms, in order.
    Door { number: Option<Box<str>>, street: Vec<Box<str>> },
}

impl Comparator for Street {
    type Value = Address;

    fn prepare(&self, texts: &[&str], _counts: &Counts) -> Option<Address> {
        parse(&texts.join(" "))
    }

    fn likeness(&self, left: &Address, right: &Address) -> Option<Likeness> {
        match (left, right) {
            (Address::Box(l), Address::Box(r)) => Some(Likeness::of(if l == r { 1.0 } else { 0.0 })),
            (Address::Door { number: a, street: l }, Address::Door { number: b, street: r }) => {
                Some(Likeness::of(door(a.as_deref(), l, b.as_deref(), r)))
            }
            _ => None,
        }
    }
}

/// Same street and number 0.9 to 1, street alone 0.6 to 0.8, a number that differs on the same street below 0.6.
fn door(a: Option<&str>, left: &[Box<str>], b: Option<&str>, right: &[Box<str>]) -> f32 {
    let street = streets(left, right);
    match (a, b) {
        (Some(a), Some(b)) if a == b => {
            if street >= 0.7 {
                0.9 + street * 0.1
            } else {
                street * 0.5
            }
        }
        (Some(_), Some(_)) => street * 0.5,
        _ if street >= 0.7 => 0.6 + street * 0.2,
        _ => street * 0.5,
    }
}

/// Shared words by weight (Dice); the sort of street and the direction, which people leave out, weigh little.
fn streets(left: &[Box<str>], right: &[Box<str>]) -> f32 {
    let weight = |words: &[Box<str>]| words.iter().map(|word| word_weight(word)).sum::<f32>();
    let shared: f32 = left
        .iter()
        .filter(|word| right.iter().any(|other| other == *word || alike(word, other)))
        .map(|word| word_weight(word))
        .sum();
    let all = weight(left) + weight(right);
    if all > 0.0 { (2.0 * shared / all).min(1.0) } else { 0.0 }
}

fn alike(word: &str, other: &str) -> bool {
    let numbered = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    word.len() > 4 && other.len() > 4 && !numbered(word) && !numbered(other) && jaro_winkler(word, other) >= 0.92
}

fn word_weight(word: &str) -> f32 {
    const SORTS: [&str; 16] = [
        "STREET", "AVENUE", "ROAD", "DRIVE", "BOULEVARD", "LANE", "COURT", "CIRCLE", "PLACE", "PARKWAY", "HIGHWAY", "WAY",
        "TRAIL", "TERRACE", "SQUARE", "PLAZA",
    ];
    const DIRECTIONS: [&str; 8] =
        ["NORTH", "SOUTH", "EAST", "WEST", "NORTHEAST", "NORTHWEST", "SOUTHEAST", "SOUTHWEST"];
    if SORTS.contains(&word) || DIRECTIONS.contains(&word) { 0.25 } else { 1.0 }
}

/// Reads one address line; none if it names neither a box nor a street.
pub(crate) fn parse(line: &str) -> Option<Address> {
    let folded = fold(line);
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    if let Some(number) = post_box(&words) {
        return Some(Address::Box(number.into()));
    }
    let mut words = words.into_iter().peekable();
    let number = words.next_if(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let street: Vec<Box<str>> =
        words.take_while(|word| !is_unit(word)).map(|word| street_word(word).into()).take(12).collect();
    (!street.is_empty()).then(|| Address::Door { number: number.map(Into::into), street })
}

/// The number of the box when the line begins with one: `PO BOX 12`, `POST OFFICE BOX 12`, `P O DRAWER A`, `BOX 12`.
fn post_box<'a>(words: &[&'a str]) -> Option<&'a str> {
    let (["PO" | "POB", "BOX" | "DRAWER" | "DRWR", number, ..]
    | ["POST", "OFFICE", "BOX" | "DRAWER", number, ..]
    | ["BOX" | "POBOX" | "POB" | "DRAWER" | "CPO" | "UPO" | "PMB", number, ..]) = words
    else {
        return None;
    };
    Some(number)
}

fn is_unit(word: &str) -> bool {
    const UNITS: [&str; 16] = [
        "STE", "SUITE", "APT", "UNIT", "RM", "ROOM", "FL", "FLR", "FLOOR", "BLDG", "BOX", "PMB", "DEPT", "MSC", "UPO", "SPACE",
    ];
    UNITS.contains(&word)
}

/// House number of an address line, if it has one.
pub(crate) fn house_number(line: &str) -> Option<String> {
    match parse(line)? {
        Address::Door { number: Some(number), .. } => Some(number.into()),
        Address::Door { number: None, .. } | Address::Box(_) => None,
    }
}

/// The value of an address line as one number, so that equal addresses meet in a block.
pub(crate) fn door_key(line: &str) -> Option<u64> {
    match parse(line)? {
        Address::Box(number) => Some(hash(format!("BOX {number}").as_bytes())),
        Address::Door { number, street } => {
            let telling = street.iter().filter(|word| word_weight(word) >= 1.0).max_by_key(|word| word.len());
            Some(hash(format!("{} {}", number.as_deref().unwrap_or(""), telling?).as_bytes()))
        }
    }
}
