//! The types of columns that are not described by a copybook, and how text becomes a value of each.
//!
//! [`Type`] is what a source file says; [`Builder`] is a column of that type under construction; [`Spelling`] is how a file writes
//! numbers, truth and years. `number` and `pattern` read the texts.

mod builder;
mod month;
mod number;
mod pattern;
mod spelling;
#[cfg(test)]
mod tests;

use arrow::datatypes::{DataType, TimeUnit};

pub(crate) use builder::Builder;
pub(crate) use number::decimal;
pub(crate) use pattern::{
    Pattern, civil_from_days, date_pattern, date_patterns, days_from_civil, timestamp_pattern,
};
pub(crate) use spelling::{BOOLEAN, DECIMAL, Spelling, THOUSANDS, TWO_DIGIT_YEARS_FROM};

/// What the texts of a column stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    /// Up to 64 bits.
    Integer,
    /// Exact, with so many digits, and so many of them behind the point.
    Decimal(u8, i8),
    /// Floating point.
    Number,
    Boolean,
    /// A calendar date in a pattern.
    Date(String),
    /// A time of day in a pattern.
    Time(String),
    /// A date and a time of day in a pattern.
    Timestamp(String),
}

/// How types are written in a source file.
pub(crate) const TYPE_FORMS: &str = "text, integer, decimal(12,2), number, boolean, date, date(DD.MM.YYYY), time, time(HHmm), timestamp, \
     timestamp(DD.MM.YYYY HH:mm)";

/// ISO 8601, which is meant where no pattern is given.
const DATE: &str = "YYYY-MM-DD";
const TIME: &str = "HH:mm[:ss[.f]]";
const TIMESTAMP: &str = "YYYY-MM-DD[T][ ]HH:mm[:ss[.f]]";

impl Type {
    /// Reads a type as a source file has it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (word, arguments) = match text.split_once('(') {
            Some((word, rest)) => (word.trim(), Some(rest.strip_suffix(')')?.trim())),
            None => (text, None),
        };
        match (word, arguments) {
            ("text", None) => Some(Self::Text),
            ("integer", None) => Some(Self::Integer),
            ("number", None) => Some(Self::Number),
            ("boolean", None) => Some(Self::Boolean),
            ("date", pattern) => {
                let pattern = pattern.unwrap_or(DATE);
                Pattern::parse(pattern).filter(Pattern::is_date).map(|_| Self::Date(pattern.into()))
            }
            ("time", pattern) => {
                let pattern = pattern.unwrap_or(TIME);
                Pattern::parse(pattern).filter(Pattern::is_time).map(|_| Self::Time(pattern.into()))
            }
            ("timestamp", pattern) => {
                let pattern = pattern.unwrap_or(TIMESTAMP);
                let parsed = Pattern::parse(pattern).filter(Pattern::has_date);
                parsed.map(|_| Self::Timestamp(pattern.into()))
            }
            ("decimal", Some(arguments)) => {
                let (precision, scale) = arguments.split_once(',')?;
                let precision = precision.trim().parse().ok().filter(|digits| (1..=38).contains(digits))?;
                let scale =
                    scale.trim().parse().ok().filter(|scale| (0..=precision as i8).contains(scale))?;
                Some(Self::Decimal(precision, scale))
            }
            _ => None,
        }
    }

    /// As a source file has it.
    pub fn written(&self) -> String {
        let with_pattern = |word: &str, pattern: &str, usual: &str| {
            if pattern == usual { word.to_owned() } else { format!("{word}({pattern})") }
        };
        match self {
            Self::Text => "text".into(),
            Self::Integer => "integer".into(),
            Self::Decimal(precision, scale) => format!("decimal({precision},{scale})"),
            Self::Number => "number".into(),
            Self::Boolean => "boolean".into(),
            Self::Date(pattern) => with_pattern("date", pattern, DATE),
            Self::Time(pattern) => with_pattern("time", pattern, TIME),
            Self::Timestamp(pattern) => with_pattern("timestamp", pattern, TIMESTAMP),
        }
    }

    pub fn data_type(&self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Integer => DataType::Int64,
            Self::Decimal(precision, scale) => DataType::Decimal128(*precision, *scale),
            Self::Number => DataType::Float64,
            Self::Boolean => DataType::Boolean,
            Self::Date(_) => DataType::Date32,
            Self::Time(_) => DataType::Time64(TimeUnit::Microsecond),
            Self::Timestamp(pattern) => {
                let has_zone = Pattern::parse(pattern).is_some_and(|pattern| pattern.has_zone());
                DataType::Timestamp(TimeUnit::Microsecond, has_zone.then(|| "+00:00".into()))
            }
        }
    }

    /// A column under construction, of texts as they are usually spelled.
    pub fn builder(&self, rows: usize) -> Builder {
        Builder::new(self, rows, &Spelling::default())
    }
}
