//! Names of bodies, registers and exchanges.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Entropy;

/// Why a text is not an identifier.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IdentifierError {
    /// A body has four parts.
    #[error("a body is written INSTANCE/CLASS/MEMBER/SUBSYSTEM, and `{0}` has {1} parts")]
    Parts(String, usize),
    /// A part is empty.
    #[error("`{0}` has an empty part")]
    Empty(String),
    /// A character is not allowed.
    #[error("`{0}` has the character {1:?}, which is not allowed here")]
    Character(String, char),
    /// Too long to be a name.
    #[error("`{0}…` is longer than {1} characters")]
    Long(String, usize),
}

/// A public body, the member of a federation: `INSTANCE/CLASS/MEMBER/SUBSYSTEM`, as X-Road writes it.
///
/// Each part has 1 to 64 of the characters that PR-REST §4.8 allows, without the quotation marks and brackets
/// that would need escaping in a Cedar entity or a URL: letters, digits, `-`, `_`, `.`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BodyId(String);

impl BodyId {
    /// The four parts: instance, class, member, subsystem.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// The whole, as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BodyId {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split('/').collect();
        if parts.len() != 4 {
            return Err(IdentifierError::Parts(text.into(), parts.len()));
        }
        for part in parts {
            check_part(text, part, |c| c.is_ascii_alphanumeric() || "-_.".contains(c))?;
        }
        Ok(Self(text.into()))
    }
}

/// The name of a source, register, agreement or fact: 1 to 64 ASCII letters, digits, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// The name, as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Name {
    /// The name in words, for people: `isTaxExempt` is `is tax exempt`, `grant-eligibility` is `grant eligibility`.
    pub fn words(&self) -> String {
        let mut words = String::new();
        for character in self.0.chars() {
            match character {
                '-' | '_' => words.push(' '),
                upper if upper.is_ascii_uppercase() => {
                    words.push(' ');
                    words.push(upper.to_ascii_lowercase());
                }
                other => words.push(other),
            }
        }
        words.trim().to_owned()
    }
}

impl FromStr for Name {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check_part(text, text, |c| c.is_ascii_alphanumeric() || "-_".contains(c))?;
        Ok(Self(text.into()))
    }
}

fn check_part(whole: &str, part: &str, allowed: impl Fn(char) -> bool) -> Result<(), IdentifierError> {
    const LONGEST: usize = 64;
    if part.is_empty() || part.chars().all(|c| c == '.') {
        return Err(IdentifierError::Empty(whole.into()));
    }
    if let Some(character) = part.chars().find(|c| !allowed(*c)) {
        return Err(IdentifierError::Character(whole.into(), character));
    }
    if part.len() > LONGEST {
        return Err(IdentifierError::Long(part.chars().take(16).collect(), LONGEST));
    }
    Ok(())
}

/// One exchange, the same on both sides: 32 lower-case hexadecimal digits, 128 random bits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExchangeId(String);

impl ExchangeId {
    /// A new one.
    pub fn random(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes);
        let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
        Self(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)]).collect())
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ExchangeId {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check_part(text, text, |c| c.is_ascii_digit() || ('a'..='f').contains(&c))?;
        match text.len() {
            32 => Ok(Self(text.into())),
            _ => Err(IdentifierError::Long(text.into(), 32)),
        }
    }
}

macro_rules! written_as_text {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
written_as_text!(BodyId, Name, ExchangeId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_well_formed_names_are_bodies() {
        for (text, good) in [
            ("US/GOV/TREASURY/EXEMPT", true),
            ("EE/GOV/70008440/rr.v1", true),
            ("US/GOV/TREASURY", false),
            ("US/GOV//EXEMPT", false),
            ("US/GOV/../EXEMPT", false),
            ("US/GOV/TREAS%2FURY/EXEMPT", false),
            ("US/GOV/TREASURY/EX\"EMPT", false),
            ("", false),
        ] {
            assert_eq!(text.parse::<BodyId>().is_ok(), good, "{text}");
        }
    }
}
