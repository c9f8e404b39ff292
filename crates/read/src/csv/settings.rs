//! How one file is to be read.

use super::coding::Coding;
use super::marks::Marks;
use crate::control::Subject;
use crate::section::Written;
use crate::types::{Spelling, Type};

/// All that the options of a source say.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub marks: Marks,
    pub coding: Coding,
    /// How many records of names come before the first one.
    pub header_rows: usize,
    pub columns: Option<Vec<String>>,
    pub skip_lines: u64,
    /// Which of several tables that empty lines set apart, from one; all the file when none.
    pub table: Option<u64>,
    /// Lines at the end that are no records.
    pub footer_lines: usize,
    /// What the first line behind the records looks like.
    pub footer: Vec<Wildcard>,
    pub ragged: Ragged,
    pub skip_empty: bool,
    pub trim: bool,
    pub nulls: Vec<String>,
    pub types: Vec<(Written<String>, Type)>,
    pub spelling: Spelling,
    pub longest: usize,
    pub keeps_stray_quotes: bool,
    pub trailer: Option<TrailerRule>,
    /// How much is read at once, in bytes.
    pub chunk: usize,
}

/// What becomes of records with more or fewer fields than there are columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ragged {
    /// They are rejected.
    Reject,
    /// Missing fields are null; records with too many are rejected.
    Pad,
    /// Missing fields are null, and those too many are left out.
    Cut,
    /// Missing fields are null, and those too many belong to the last column.
    Join,
}

/// How trailer records are known, and where their totals stand.
#[derive(Clone, Debug)]
pub(crate) struct TrailerRule {
    /// What they begin with, as bytes of the scanned text.
    pub begins_with: Vec<u8>,
    /// Each total with the field it stands in, from one.
    pub totals: Vec<(Subject, usize)>,
}

/// A text in which `*` stands for any letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wildcard(Vec<Vec<u8>>);

impl Wildcard {
    /// `pattern` as bytes of the scanned text.
    pub fn new(pattern: &[u8]) -> Self {
        Self(pattern.split(|byte| *byte == b'*').map(<[u8]>::to_vec).collect())
    }

    /// Whether all of a text, spaces around it left out, has this form.
    pub fn fits(&self, text: &[u8]) -> bool {
        let Some((first, others)) = self.0.split_first() else { return false };
        let Some(mut rest) = text.trim_ascii().strip_prefix(first.as_slice()) else { return false };
        let Some((last, inner)) = others.split_last() else { return rest.is_empty() };
        for part in inner.iter().filter(|part| !part.is_empty()) {
            let Some(at) = rest.windows(part.len()).position(|window| window == part.as_slice()) else {
                return false;
            };
            rest = rest.get(at + part.len()..).unwrap_or_default();
        }
        rest.ends_with(last)
    }
}

#[cfg(test)]
mod tests {
    use super::Wildcard;

    #[test]
    fn a_star_stands_for_any_letters() {
        for (pattern, text, fits) in [
            ("Total*", "Total: 5", true),
            ("Total*", "Sum", false),
            ("Total", " Total ", true),
            ("Total", "Totals", false),
            ("*note*end", "a note to the end", true),
            ("*note*end", "a note to the end.", false),
            ("*", "", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(Wildcard::new(pattern.as_bytes()).fits(text.as_bytes()), fits, "{pattern} {text}");
        }
    }
}
