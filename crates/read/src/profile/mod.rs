//! What columns hold: how full each is, how many different values, how long, of which form and range, what is unusual, what is likely
//! personal.
//!
//! [`Profiler`] gathers a profile batch by batch; `spread` looks at numbers, `personal` at names and forms; [`drift`] compares two profiles.

mod drift;
mod gather;
mod personal;
mod spread;
#[cfg(test)]
mod tests;

use concordat_record::Problems;
use serde::{Deserialize, Serialize};

pub use drift::{Change, drift};
pub use gather::Profiler;

/// What is known of a column after a sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// Its type as it is read.
    pub data_type: String,
    /// The share of records that have a value, from 0 to 1.
    pub filled: f64,
    /// How many different values there are, at least when `distinct_is_exact` is false.
    pub distinct: u64,
    /// Whether all of them were counted.
    pub distinct_is_exact: bool,
    /// The characters of the shortest value.
    pub shortest: u64,
    /// The characters of the longest value.
    pub longest: u64,
    /// The commonest form: `9` for a digit, `A` and `a` for letters, others as they are; runs are counted, as in `9(5)-9(4)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The share of values that have this form, from 0 to 1.
    pub pattern_share: f64,
    /// What the values could be converted to, when all of them can: `integer`, `decimal(12,2)`, `date(YYYYMMDD)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looks_like: Option<String>,
    /// Other types that all of them have as well, as when no day is beyond the twelfth.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub or_like: Vec<String>,
    /// Whether the numbers have a comma before their places.
    #[serde(default)]
    pub decimal_comma: bool,
    /// Whether every record has a value and no value comes twice.
    pub likely_identifier: bool,
    /// The smallest and the largest value of a column of numbers or dates; left out where values may be personal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<(String, String)>,
    /// How many values are unlike nearly all others: of another form, or far from them as numbers.
    #[serde(default)]
    pub outliers: u64,
    /// Which personal data the column likely holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal: Option<String>,
}

/// What a sample of records holds.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Records that were looked at.
    pub records: u64,
    /// How many of them could not be decoded.
    pub rejected: u64,
    /// The first problems of those.
    pub problems: Problems,
    /// What the columns hold.
    pub columns: Vec<ColumnProfile>,
}
