//! What has changed in a source between two readings, seen in the profiles of its columns.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::Serialize;

use super::ColumnProfile;

/// A column that is not what it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum Change {
    /// It is not there any more.
    Gone {
        /// The column.
        column: String,
    },
    /// It was not there before.
    New {
        /// The column.
        column: String,
    },
    /// It has another type.
    Type {
        /// The column.
        column: String,
        /// Its type before.
        before: String,
        /// Its type now.
        now: String,
    },
    /// Clearly more or fewer records have a value.
    Filled {
        /// The column.
        column: String,
        /// The share before, 0 to 1.
        before: f64,
        /// The share now.
        now: f64,
    },
    /// Most values have another form.
    Form {
        /// The column.
        column: String,
        /// The commonest form before.
        before: String,
        /// The commonest form now.
        now: String,
    },
    /// What every record had another value of comes more than once.
    NotUnique {
        /// The column.
        column: String,
    },
}

/// A share of filled records that has changed by less is no news.
const FILLED: f64 = 0.1;
/// A form that fewer values have is not the column's form.
const FORM: f64 = 0.6;

/// What has changed from one profile to the next, in the order of the columns.
pub fn drift(before: &[ColumnProfile], now: &[ColumnProfile]) -> Vec<Change> {
    let known: HashMap<&str, &ColumnProfile> =
        before.iter().map(|column| (column.name.as_str(), column)).collect();
    let present: HashSet<&str> = now.iter().map(|column| column.name.as_str()).collect();
    let gone = before.iter().filter(|column| !present.contains(column.name.as_str()));
    let mut changes: Vec<Change> = gone.map(|column| Change::Gone { column: column.name.clone() }).collect();
    for column in now {
        match known.get(column.name.as_str()) {
            Some(before) => changes.extend(changed(before, column)),
            None => changes.push(Change::New { column: column.name.clone() }),
        }
    }
    changes
}

fn changed(before: &ColumnProfile, now: &ColumnProfile) -> Vec<Change> {
    let column = || now.name.clone();
    let mut changes = Vec::new();
    if before.data_type != now.data_type {
        let (before, now) = (before.data_type.clone(), now.data_type.clone());
        changes.push(Change::Type { column: column(), before, now });
    }
    if (before.filled - now.filled).abs() >= FILLED || (before.filled > 0.0) != (now.filled > 0.0) {
        changes.push(Change::Filled { column: column(), before: before.filled, now: now.filled });
    }
    let form = |profile: &ColumnProfile| profile.pattern.clone().filter(|_| profile.pattern_share >= FORM);
    if let (Some(before), Some(now)) = (form(before), form(now))
        && before != now
    {
        changes.push(Change::Form { column: column(), before, now });
    }
    if before.likely_identifier && !now.likely_identifier && now.distinct_is_exact {
        changes.push(Change::NotUnique { column: column() });
    }
    changes
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |share: &f64| share * 100.0;
        match self {
            Self::Gone { column } => write!(f, "column `{column}` is gone"),
            Self::New { column } => write!(f, "column `{column}` is new"),
            Self::Type { column, before, now } => write!(f, "`{column}` was {before} and is {now}"),
            Self::Filled { column, before, now } => {
                let (before, now) = (percent(before), percent(now));
                write!(f, "`{column}` was filled in {before:.0} % of the records, and is in {now:.0} %")
            }
            Self::Form { column, before, now } => {
                write!(f, "most values of `{column}` looked like {before}, and look like {now}")
            }
            Self::NotUnique { column } => {
                write!(f, "values of `{column}` were all different, and are not any more")
            }
        }
    }
}
