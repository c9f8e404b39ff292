//! When a field holds nothing: spaces, low-values, high-values and zeros told apart.
//!
//! A program that has nothing to say leaves spaces or low-values (`00`) in a field. Neither is a DISPLAY or packed number, so by default
//! both are null; zero is zero. With BLANK WHEN ZERO, spaces are zero too.

use super::fault::Reason;
use super::number::{Cell, Number};

/// Which contents of a field count as nothing.
#[expect(clippy::struct_excessive_bools, reason = "each is a word of the option, and they are independent")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NullRules {
    pub spaces: bool,
    /// Bytes `00`.
    pub low_values: bool,
    /// Bytes `FF`.
    pub high_values: bool,
    /// Numbers that are zero, and texts of nothing but the digit.
    pub zeros: bool,
}

impl Default for NullRules {
    fn default() -> Self {
        Self { spaces: true, low_values: true, high_values: false, zeros: false }
    }
}

/// The words of the option.
pub(crate) const NULL_WORDS: [&str; 4] = ["spaces", "low-values", "high-values", "zeros"];

impl NullRules {
    /// The rules that words name; none when one is unknown, with that word.
    pub fn named(words: &[String]) -> Result<Self, &String> {
        let has = |wanted: &str| words.iter().any(|word| word == wanted);
        match words.iter().find(|word| !NULL_WORDS.contains(&word.as_str())) {
            Some(unknown) => Err(unknown),
            None => Ok(Self {
                spaces: has("spaces"),
                low_values: has("low-values"),
                high_values: has("high-values"),
                zeros: has("zeros"),
            }),
        }
    }
}

/// Judges what is no number, and which numbers are none.
#[derive(Clone, Copy)]
pub(crate) struct Blanks {
    pub rules: NullRules,
    /// The byte of a space.
    pub space: u8,
    /// Whether spaces are zero.
    pub is_zero: bool,
}

impl Blanks {
    /// A decoded number, or what its bytes stand for when they are none.
    #[inline]
    pub fn judge<T: Number>(self, raw: &[u8], cell: Cell<T>) -> Cell<T> {
        match cell {
            Ok(Some(value)) if self.rules.zeros && value.is_zero() => Ok(None),
            Ok(cell) => Ok(cell),
            Err(reason) => self.blank(raw, reason),
        }
    }

    #[cold]
    fn blank<T: Number>(self, raw: &[u8], reason: Reason) -> Cell<T> {
        let is_all = |wanted: u8| raw.iter().all(|byte| *byte == wanted);
        if is_all(self.space) {
            return match (self.is_zero, self.rules.spaces) {
                (true, _) => Ok(Some(T::zero())),
                (false, true) => Ok(None),
                (false, false) => Err(reason),
            };
        }
        let is_null = (self.rules.low_values && is_all(0)) || (self.rules.high_values && is_all(0xff));
        if is_null { Ok(None) } else { Err(reason) }
    }

    /// Whether a text is nothing, given what is left of it without spaces and low-values at its end.
    #[inline]
    pub fn is_null(self, raw: &[u8], trimmed: &[u8], zero: u8) -> bool {
        if trimmed.is_empty() {
            return if raw.first() == Some(&0) { self.rules.low_values } else { self.rules.spaces };
        }
        (self.rules.high_values && trimmed.iter().all(|byte| *byte == 0xff))
            || (self.rules.zeros && trimmed.iter().all(|byte| *byte == zero))
    }
}
