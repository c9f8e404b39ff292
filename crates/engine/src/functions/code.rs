//! `code`: what a code stands for.

use std::sync::Arc;

use arrow::array::StringArray;
use arrow::datatypes::DataType;

use super::Function;

/// The label of a code in one of the register's code lists. A code that the list does not have gives null, so that a
/// check (`code('status', status) is not null`) can say how serious that is.
pub(super) static CODE: Function = Function {
    name: "code",
    parameters: &["list", "key"],
    summary: "what a code stands for, from one of the register's code lists; null when the list does not have it",
    cases: &[
        ("code('colours', 'R')", "red"),
        ("code('colours', 7)", "seventh"),
        ("code('colours', 'r')", "null"),
        ("code('colours', '')", "null"),
        ("code('colours', NULL)", "null"),
    ],
    returns: DataType::Utf8,
    kernel: |lists, arguments| {
        let [names, keys] = arguments else { return Arc::new(StringArray::new_null(0)) };
        let labels = names.iter().zip(keys.iter()).map(|(list, key)| lists.label(list?, key?));
        Arc::new(labels.collect::<StringArray>())
    },
};
