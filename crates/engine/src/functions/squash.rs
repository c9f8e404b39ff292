//! `squash`: a text without needless space.

use std::sync::Arc;

use arrow::array::StringArray;
use arrow::datatypes::DataType;

use super::Function;

/// A text without space around it and with single spaces inside; nothing but space gives null. Fixed-length fields are
/// padded with spaces, and an empty field means that nothing is known.
///
/// Space is Unicode's `White_Space` and NUL, which low-values in a mainframe record become.
pub(super) static SQUASH: Function = Function {
    name: "squash",
    parameters: &["text"],
    summary: "no space around, single spaces inside; null when nothing is left",
    cases: &[
        ("squash('  ACME   WIDGETS ')", "ACME WIDGETS"),
        ("squash('one')", "one"),
        ("squash('a\u{a0}b\tc')", "a b c"),
        ("squash('A\u{0}\u{0}')", "A"),
        ("squash('   ')", "null"),
        ("squash('')", "null"),
        ("squash(NULL)", "null"),
    ],
    returns: DataType::Utf8,
    kernel: |_, arguments| {
        let [texts] = arguments else { return Arc::new(StringArray::new_null(0)) };
        Arc::new(texts.iter().map(|text| squash(text?)).collect::<StringArray>())
    },
};

fn squash(text: &str) -> Option<String> {
    let mut squashed = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c == '\0').filter(|word| !word.is_empty()) {
        if !squashed.is_empty() {
            squashed.push(' ');
        }
        squashed.push_str(word);
    }
    (!squashed.is_empty()).then_some(squashed)
}
