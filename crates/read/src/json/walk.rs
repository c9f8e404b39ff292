//! Walks through a record whose outline is known to be JSON.

use std::borrow::Cow;

use super::grammar::{Outline, skip_space, string, unescaped, value};

/// Records nest less deeply than this, whatever `max_depth` says.
pub(crate) const DEEPEST: usize = 512;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Object,
    Array,
    /// What stands between the quotation marks, escapes as written.
    String(&'a str),
    /// A number, `true` or `false`.
    Plain(&'a str),
    Null,
}

/// A value within a record: the record's text, and where the value begins.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a> {
    pub text: &'a str,
    pub at: usize,
}

impl<'a> Value<'a> {
    pub fn root(text: &'a str) -> Self {
        Self { text, at: skip_space(text.as_bytes(), 0) }
    }

    /// Where it ends.
    pub fn end(self) -> usize {
        match value(self.text.as_bytes(), self.at, true, usize::MAX) {
            Outline::Ends(end) => end,
            _ => self.text.len(),
        }
    }

    /// As it is written.
    pub fn raw(self) -> &'a str {
        self.text.get(self.at..self.end()).unwrap_or_default()
    }

    pub fn token(self) -> Token<'a> {
        match self.text.as_bytes().get(self.at) {
            Some(b'{') => Token::Object,
            Some(b'[') => Token::Array,
            Some(b'"') => {
                let raw = self.raw();
                Token::String(raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default())
            }
            Some(b'n') | None => Token::Null,
            Some(_) => Token::Plain(self.raw()),
        }
    }

    /// Calls a function for each member of an object, with its name; the function gives where the value ends.
    pub fn members<E>(
        self,
        mut each: impl FnMut(Cow<'a, str>, Value<'a>) -> Result<usize, E>,
    ) -> Result<usize, E> {
        let bytes = self.text.as_bytes();
        let mut at = skip_space(bytes, self.at + 1);
        while bytes.get(at) == Some(&b'"') {
            let Outline::Ends(end) = string(bytes, at) else { break };
            let name = text_of(self.text.get(at + 1..end - 1).unwrap_or_default()).unwrap_or_default();
            // Behind the name stands a colon.
            let begin = skip_space(bytes, skip_space(bytes, end) + 1);
            at = skip_space(bytes, each(name, Value { text: self.text, at: begin })?);
            if bytes.get(at) == Some(&b',') {
                at = skip_space(bytes, at + 1);
            }
        }
        Ok((at + 1).min(self.text.len()))
    }

    /// Calls a function for each element of an array; the function gives where the value ends.
    pub fn elements<E>(self, mut each: impl FnMut(Value<'a>) -> Result<usize, E>) -> Result<usize, E> {
        let bytes = self.text.as_bytes();
        let mut at = skip_space(bytes, self.at + 1);
        while bytes.get(at).is_some_and(|byte| *byte != b']') {
            at = skip_space(bytes, each(Value { text: self.text, at })?);
            if bytes.get(at) == Some(&b',') {
                at = skip_space(bytes, at + 1);
            }
        }
        Ok((at + 1).min(self.text.len()))
    }
}

/// A string without its escapes; none when it holds half of a surrogate pair.
pub(crate) fn text_of(inner: &str) -> Option<Cow<'_, str>> {
    if inner.contains('\\') { unescaped(inner).map(Cow::Owned) } else { Some(Cow::Borrowed(inner)) }
}

/// A number without an exponent, `1.5e3` as `1500`; none when that would be longer than any column holds.
pub(crate) fn without_exponent(number: &str) -> Option<Cow<'_, str>> {
    let Some((mantissa, exponent)) = number.split_once(['e', 'E']) else {
        return Some(Cow::Borrowed(number));
    };
    let exponent: i32 = exponent.parse().ok().filter(|exponent| (-80..=80).contains(exponent))?;
    let (sign, digits) = mantissa.strip_prefix('-').map_or(("", mantissa), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let point = whole.len() as i32 + exponent;
    let text = if point <= 0 {
        format!("{sign}0.{}{all}", "0".repeat(point.unsigned_abs() as usize))
    } else if point as usize >= all.len() {
        format!("{sign}{all}{}", "0".repeat(point as usize - all.len()))
    } else {
        let (whole, fraction) = all.split_at(point as usize);
        format!("{sign}{whole}.{fraction}")
    };
    Some(Cow::Owned(text))
}

#[cfg(test)]
mod tests {
    use super::{Value, without_exponent};

    #[test]
    fn members_and_elements_are_visited_in_order() {
        let text = "{ \"a\" : [1, [2], \"x\"] , \"\\u00e9\":{} }";
        let mut seen = Vec::new();
        let end = Value::root(text).members(|name, value| {
            seen.push(format!("{name}={}", value.raw()));
            if value.raw().starts_with('[') {
                value.elements(|item| {
                    seen.push(item.raw().to_owned());
                    Ok::<_, ()>(item.end())
                })?;
            }
            Ok::<_, ()>(value.end())
        });
        assert_eq!(seen, ["a=[1, [2], \"x\"]", "1", "[2]", "\"x\"", "é={}"]);
        assert_eq!(end, Ok(text.len()));
    }

    #[test]
    fn exponents_are_written_out_exactly() {
        for (number, expected) in [
            ("1.5e3", Some("1500")),
            ("-12e-3", Some("-0.012")),
            ("1.25E+1", Some("12.5")),
            ("7", Some("7")),
            ("1e400", None),
        ] {
            assert_eq!(without_exponent(number).as_deref(), expected, "{number}");
        }
    }
}
