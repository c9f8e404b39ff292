//! Numbers with a point, exact, to be added up.

use std::fmt;

/// `units` divided by ten to the power of `scale`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exact {
    units: i128,
    scale: u32,
}

/// No number has more places behind the point than a decimal of 38 digits.
const MOST_PLACES: u32 = 38;

impl Exact {
    pub const ZERO: Self = Self { units: 0, scale: 0 };

    pub fn new(units: i128, scale: u32) -> Self {
        Self { units, scale }
    }

    /// Reads a number as control totals are written: a sign before or behind, zeros and spaces around it, the decimal mark given, and any
    /// thousands mark.
    pub fn parse(text: &str, decimal: char, thousands: Option<char>) -> Option<Self> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-').or_else(|| text.strip_suffix('-')) {
            Some(rest) => (true, rest.trim()),
            None => (false, text.strip_prefix('+').or_else(|| text.strip_suffix('+')).unwrap_or(text).trim()),
        };
        let (mut units, mut scale, mut behind, mut any) = (0i128, 0u32, false, false);
        for letter in digits.chars() {
            if letter == decimal && !behind {
                behind = true;
            } else if let Some(digit) = letter.to_digit(10) {
                units = units.checked_mul(10)?.checked_add(digit.into())?;
                scale += u32::from(behind);
                any = true;
            } else if Some(letter) != thousands {
                return None;
            }
        }
        (any && scale <= MOST_PLACES).then_some(Self { units: if negative { -units } else { units }, scale })
    }

    /// The same digits with the point so many places further to the left, as files without a point mean them.
    pub fn with_implied_places(self, places: u32) -> Self {
        Self { scale: self.scale + places, ..self }
    }

    /// The sum; none when it has more than 38 digits.
    pub fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let units = self.units_at(scale)?.checked_add(other.units_at(scale)?)?;
        Some(Self { units, scale })
    }

    /// The difference; none when it has more than 38 digits.
    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self { units: other.units.checked_neg()?, ..other })
    }

    fn units_at(self, scale: u32) -> Option<i128> {
        self.units.checked_mul(10i128.checked_pow(scale - self.scale)?)
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.minus(*other).is_some_and(|difference| difference.units == 0)
    }
}

impl Eq for Exact {}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:0>width$}", self.units.unsigned_abs(), width = self.scale as usize + 1);
        let (whole, places) = digits.split_at(digits.len() - self.scale as usize);
        let sign = if self.units < 0 { "-" } else { "" };
        if places.is_empty() { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{places}") }
    }
}
