//! Street addresses: house number and street; a post box says nothing about a street.

use super::{Comparator, Grade, Kind, Likeness, Several, Values};
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
    knows_repeats: false,
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
    Door { number: Option<Box<str>>, street: Vec<Word> },
}

/// A word of a street's name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Word {
    hash: u64,
    /// Whether it names the sort of street or a direction, which people leave out.
    minor: bool,
    text: Box<str>,
}

impl Comparator for Street {
    type Value = Address;

    fn prepare(&self, values: &Values<'_>, _counts: &Counts) -> Option<Address> {
        parse(&values.texts.join(" "))
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
fn door(a: Option<&str>, left: &[Word], b: Option<&str>, right: &[Word]) -> f32 {
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

/// Shared words by weight (Dice).
fn streets(left: &[Word], right: &[Word]) -> f32 {
    let weight = |words: &[Word]| words.iter().map(Word::weight).sum::<f32>();
    let in_right = |word: &&Word| right.iter().any(|other| other.hash == word.hash || word.is_like(other));
    let shared: f32 = left.iter().filter(in_right).map(Word::weight).sum();
    let all = weight(left) + weight(right);
    if all > 0.0 { (2.0 * shared / all).min(1.0) } else { 0.0 }
}

impl Word {
    fn new(text: &str) -> Self {
        const MINOR: [&str; 24] = [
            "STREET",
            "AVENUE",
            "ROAD",
            "DRIVE",
            "BOULEVARD",
            "LANE",
            "COURT",
            "CIRCLE",
            "PLACE",
            "PARKWAY",
            "HIGHWAY",
            "WAY",
            "TRAIL",
            "TERRACE",
            "SQUARE",
            "PLAZA",
            "NORTH",
            "SOUTH",
            "EAST",
            "WEST",
            "NORTHEAST",
            "NORTHWEST",
            "SOUTHEAST",
            "SOUTHWEST",
        ];
        let text = street_word(text);
        Self { hash: hash(text.as_bytes()), minor: MINOR.contains(&text), text: text.into() }
    }

    fn weight(&self) -> f32 {
        if self.minor { 0.25 } else { 1.0 }
    }

    /// A slip of the pen, never in a number.
    fn is_like(&self, other: &Self) -> bool {
        let comparable = |word: &Self| !word.minor && word.text.len() > 4 && !starts_with_digit(&word.text);
        comparable(self)
            && comparable(other)
            && self.text.as_bytes().first() == other.text.as_bytes().first()
            && jaro_winkler(&self.text, &other.text) >= 0.92
    }
}

fn starts_with_digit(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_ascii_digit())
}

/// Reads one address line; none if it names neither a box nor a street.
pub(crate) fn parse(line: &str) -> Option<Address> {
    let folded = fold(line);
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    if let Some(number) = post_box(&words) {
        return Some(Address::Box(number.into()));
    }
    let mut words = words.into_iter().map(number_word).peekable();
    let number = words.next_if(|word| starts_with_digit(word));
    let street: Vec<Word> = words.take_while(|word| !is_unit(word)).map(Word::new).take(12).collect();
    (!street.is_empty()).then(|| Address::Door { number: number.map(Into::into), street })
}

/// House numbers that people write as words: `One College Drive`.
fn number_word(word: &str) -> &str {
    const WORDS: [&str; 10] = ["ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE", "TEN"];
    const DIGITS: [&str; 10] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
    WORDS.iter().zip(DIGITS).find(|(name, _)| **name == word).map_or(word, |(_, digits)| digits)
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
        "STE", "SUITE", "APT", "UNIT", "RM", "ROOM", "FL", "FLR", "FLOOR", "BLDG", "BOX", "PMB", "DEPT",
        "MSC", "UPO", "SPACE",
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
            let telling = street.iter().filter(|word| !word.minor).max_by_key(|word| word.text.len())?;
            Some(hash(format!("{} {}", number.as_deref().unwrap_or(""), telling.text).as_bytes()))
        }
    }
}
