//! Post codes: the delivery point, the whole code, or the area that its beginning names.

use super::{Comparator, Grade, Kind, Likeness, Several, Values};
use crate::counts::Counts;
use crate::text::fold;

pub(super) const KIND: Kind = Kind {
    name: "postcode",
    sentence: "the same post code (five digits of a ZIP code; nine name a building or a box), or the same area (its first three)",
    source: "USPS Publication 28: the first three digits name a sectional centre, the last four a delivery point",
    several: Several::Alternatives,
    grades: &[
        Grade { name: "same point", similarity: 1.0 },
        Grade { name: "same", similarity: 0.9 },
        Grade { name: "same area", similarity: 0.5 },
    ],
    knows_repeats: false,
    weighs_rarity: false,
    comparator: &Postcode,
};

struct Postcode;

/// A post code, and the four digits that a ZIP+4 adds, if they name a delivery point.
pub(crate) struct Code {
    code: Box<str>,
    point: Option<Box<str>>,
}

impl Comparator for Postcode {
    type Value = Code;

    fn prepare(&self, values: &Values<'_>, _counts: &Counts) -> Option<Code> {
        values.texts.iter().find_map(|text| parse(text))
    }

    fn likeness(&self, left: &Code, right: &Code) -> Option<Likeness> {
        let shared = left.code.chars().zip(right.code.chars()).take_while(|(l, r)| l == r).count();
        let same = left.code == right.code;
        Some(Likeness::of(match shared {
            _ if same && left.point.is_some() && left.point == right.point => 1.0,
            _ if same => 0.9,
            3.. => 0.5,
            _ => 0.0,
        }))
    }
}

/// Letters and digits without blanks, of a ZIP+4 in its two parts; none for a row of zeros.
fn parse(text: &str) -> Option<Code> {
    let mut code: String = fold(text).split(' ').collect();
    let mut point = None;
    if code.bytes().all(|byte| byte.is_ascii_digit()) && code.len() > 5 {
        // `0000` fills the field; `0001` is the default of a whole campus or post office.
        point = Some(code.split_off(5).into_boxed_str())
            .filter(|point| point.len() == 4 && !point.starts_with("000"));
    }
    (code.bytes().any(|byte| byte != b'0')).then(|| Code { code: code.into_boxed_str(), point })
}

/// The post code without what ZIP+4 adds.
pub(crate) fn code(text: &str) -> Option<String> {
    parse(text).map(|code| code.code.into_string())
}
