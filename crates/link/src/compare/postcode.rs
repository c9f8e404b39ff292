//! Post codes: the whole code, or the area that its beginning names.

use super::{Comparator, Grade, Kind, Likeness, Several};
use crate::counts::Counts;
use crate::text::fold;

pub(super) const KIND: Kind = Kind {
    name: "postcode",
    sentence: "the same post code (five digits of a ZIP code), or the same area (its first three)",
    source: "USPS Publication 28; the first three digits name a sectional centre",
    several: Several::Alternatives,
    grades: &[Grade { name: "same", similarity: 1.0 }, Grade { name: "same area", similarity: 0.5 }],
    weighs_rarity: false,
    comparator: &Postcode,
};

struct Postcode;

impl Comparator for Postcode {
    type Value = Box<str>;

    fn prepare(&self, texts: &[&str], _counts: &Counts) -> Option<Box<str>> {
        texts.iter().find_map(|text| code(text)).map(String::into_boxed_str)
    }

    fn likeness(&self, left: &Box<str>, right: &Box<str>) -> Option<Likeness> {
        let shared = left.chars().zip(right.chars()).take_while(|(l, r)| l == r).count();
        Some(Likeness::of(match shared {
            _ if left == right => 1.0,
            3.. => 0.5,
            _ => 0.0,
        }))
    }
}

/// Letters and digits without blanks; of a ZIP+4 the first five digits; none for a row of zeros.
pub(crate) fn code(text: &str) -> Option<String> {
    let mut code: String = fold(text).split(' ').collect();
    if code.bytes().all(|byte| byte.is_ascii_digit()) && code.len() > 5 {
        code.truncate(5);
    }
    (!code.is_empty() && code.bytes().any(|byte| byte != b'0')).then_some(code)
}
