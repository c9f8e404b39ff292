//! What went wrong, where, and what to do: the one shape of bad news in the terminal, the interfaces and the pages.

use std::fmt;

use serde::Serialize;

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; the work goes on.
    Warning,
    /// The record, file or request cannot be used as it is.
    Error,
}

/// Where a problem was seen. Every part is optional, because a missing database has no line and a wrong line has no record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file, as the person who reads the message would name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Line in a text file, counted from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Column in that line, in characters, counted from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// Record in a data file, counted from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_number: Option<u64>,
    /// The field of the record or the key in the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Offset from the beginning of the file, in bytes, counted from zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte_offset: Option<u64>,
}

impl Place {
    /// A place that is a whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: Some(file.into()), ..Self::default() }
    }

    /// The same place, narrowed to a line (from one).
    #[must_use]
    pub fn line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// The same place, narrowed to a column of the line (from one).
    #[must_use]
    pub fn column(mut self, column: u64) -> Self {
        self.column = Some(column);
        self
    }

    /// The same place, narrowed to a record (from one).
    #[must_use]
    pub fn record(mut self, record_number: u64) -> Self {
        self.record_number = Some(record_number);
        self
    }

    /// The same place, narrowed to a field or key.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same place, narrowed to a byte of the file (from zero).
    #[must_use]
    pub fn byte(mut self, byte_offset: u64) -> Self {
        self.byte_offset = Some(byte_offset);
        self
    }

    fn is_nowhere(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Place {
    /// `sources/eo.toml:12:5, record 7, field "EO-NAME", byte 1750`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(file) = &self.file {
            let numbers = [self.line, self.column].into_iter().flatten().map(|number| number.to_string());
            parts.push(std::iter::once(file.clone()).chain(numbers).collect::<Vec<_>>().join(":"));
        } else if let Some(line) = self.line {
            parts.push(format!("line {line}"));
        }
        if let Some(number) = self.record_number {
            parts.push(format!("record {number}"));
        }
        if let Some(field) = &self.field {
            parts.push(format!("field \"{field}\""));
        }
        if let Some(offset) = self.byte_offset {
            parts.push(format!("byte {offset}"));
        }
        f.write_str(&parts.join(", "))
    }
}

/// One piece of bad news, addressed to the person who must act.
///
/// The tone: a sentence in lower case without a final stop, in the reader's words, never a value of a record (it may be
/// personal); the advice apart from the complaint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A stable code such as `read.truncated-record`: the crate's word, a dot, and what happened.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub sentence: String,
    /// Where it was seen.
    #[serde(skip_serializing_if = "Place::is_nowhere")]
    pub place: Place,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

impl Problem {
    /// An error with a code and a sentence, nowhere yet and without advice.
    pub fn new(code: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            sentence: sentence.into(),
            place: Place::default(),
            advice: None,
        }
    }

    /// A warning with a code and a sentence.
    pub fn warning(code: &'static str, sentence: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::new(code, sentence) }
    }

    /// The same problem, at a place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// The same problem, with what to do about it.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// The same problem; the file is named unless a place nearer to the cause has named one already.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.place.file.get_or_insert_with(|| file.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(f, "{kind}[{}]: {}", self.code, self.sentence)?;
        if !self.place.is_nowhere() {
            write!(f, "\n  at {}", self.place)?;
        }
        if let Some(advice) = &self.advice {
            write!(f, "\n  try: {advice}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

/// All the problems of one piece of work, in the order they were found. Never empty when used as an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// No problem yet.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Adds all of another collection.
    pub fn extend(&mut self, others: impl IntoIterator<Item = Problem>) {
        self.0.extend(others);
    }

    /// Whether one of them is an error, so that the work cannot go on.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|p| p.severity == Severity::Error)
    }

    /// Keeps the value of a result, or adds its problem and gives nothing: the way to report all problems, not the first.
    pub fn keep<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.push(problem)).ok()
    }

    /// The value, unless there are errors; warnings alone are dropped with it.
    ///
    /// # Errors
    /// All the problems, warnings included, when one of them is an error.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.has_errors() { Err(self) } else { Ok(value) }
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
