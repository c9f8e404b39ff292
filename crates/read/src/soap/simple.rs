//! Simple types of XML Schema (Part 2), as far as columns and requests care.

use super::xml::Name;
use crate::types::{Type, timestamp_pattern};

/// The namespace of XML Schema.
pub(crate) const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// What the text of an element or attribute stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Simple {
    pub base: Base,
    /// Total digits and digits behind the point, when the schema limits both.
    pub digits: (Option<u8>, Option<u8>),
    /// The values there are, if they are listed.
    pub allowed: Vec<String>,
    /// How the schema calls it.
    pub name: Name,
}

/// The builtin types that differ for us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Base {
    #[default]
    Text,
    Integer,
    Decimal,
    Number,
    Boolean,
    Date,
    Timestamp,
}

impl Simple {
    /// A builtin type.
    pub fn builtin(local: &str) -> Self {
        let base = match local {
            "byte" | "short" | "int" | "long" | "integer" | "nonNegativeInteger" | "positiveInteger"
            | "nonPositiveInteger" | "negativeInteger" | "unsignedByte" | "unsignedShort" | "unsignedInt" => {
                Base::Integer
            }
            "decimal" | "unsignedLong" => Base::Decimal,
            "float" | "double" => Base::Number,
            "boolean" => Base::Boolean,
            "date" => Base::Date,
            "dateTime" => Base::Timestamp,
            _ => Base::Text,
        };
        Self { base, name: Name::new(XSD, local), ..Self::default() }
    }

    /// The type of a column with these values. The schema tells most; what it leaves open (digits, zones) the values tell.
    pub fn column(&self, values: &[String]) -> Type {
        match self.base {
            Base::Text => Type::Text,
            Base::Integer => Type::Integer,
            Base::Number => Type::Number,
            Base::Boolean => Type::Boolean,
            Base::Date => Type::Date("YYYY-MM-DD".into()),
            Base::Timestamp => {
                timestamp_pattern(values).map_or(Type::Text, |pattern| Type::Timestamp(pattern.into()))
            }
            Base::Decimal => {
                let digits =
                    |value: &String| value.trim().split_once('.').map_or(0, |(_, fraction)| fraction.len());
                let seen = values.iter().map(digits).max().unwrap_or(0).min(38) as u8;
                let (total, scale) = self.digits;
                let scale = scale.unwrap_or(0).max(seen);
                Type::Decimal(total.unwrap_or(38).max(scale).clamp(1, 38), scale as i8)
            }
        }
    }
}

/// A date without the zone that XML Schema allows behind it (Part 2, §3.2.9).
pub(crate) fn without_zone(date: &str) -> &str {
    let date = date.trim();
    match date.strip_suffix('Z') {
        Some(date) => date,
        None => match date.get(..10).zip(date.get(10..)) {
            Some((day, zone)) if zone.len() == 6 && zone.starts_with(['+', '-']) => day,
            _ => date,
        },
    }
}
