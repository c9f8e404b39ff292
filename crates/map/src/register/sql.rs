//! An expression and where it is written, so that a problem inside it can be shown at its line of the register file.

use std::ops::Range;

use concordat_record::{Place, place_of};

/// An SQL expression of a register file.
#[derive(Clone, Debug)]
pub struct Sql {
    /// The expression.
    pub text: String,
    /// Where its value begins in the file.
    pub place: Place,
    /// Line and column of its first character, when every character of it stands in the file as it is (no escapes).
    start: Option<(u64, u64)>,
}

impl Sql {
    /// An expression from a TOML string that lies at a span (quotation marks included) of a file.
    pub(crate) fn new(value: &str, document: &str, file: &str, span: &Range<usize>) -> Self {
        let place = place_of(document, file, span);
        let raw = document.get(span.clone()).unwrap_or_default();
        // TOML 1.0, "String": a newline right after three quotation marks is not part of the text.
        let quotes = if raw.starts_with("\"\"\"") || raw.starts_with("'''") { 3 } else { 1 };
        let content = raw.get(quotes..raw.len().saturating_sub(quotes)).unwrap_or_default();
        let trimmed = if quotes == 3 { content.trim_start_matches('\r').strip_prefix('\n') } else { None };
        let start = match (place.line, place.column) {
            (Some(line), _) if trimmed == Some(value) => Some((line + 1, 1)),
            (Some(line), Some(column)) if content == value => Some((line, column + quotes as u64)),
            _ => None,
        };
        Self { text: value.into(), place, start }
    }

    /// The place in the file that belongs to a place inside the expression.
    pub(crate) fn at(&self, inside: &Place) -> Place {
        let (Some((line, column)), Some(inner_line)) = (self.start, inside.line) else {
            return self.place.clone();
        };
        let mut place = self.place.clone().line(line + inner_line.saturating_sub(1));
        place.column = inside.column.map(|inner| if inner_line == 1 { column + inner - 1 } else { inner });
        place
    }
}
