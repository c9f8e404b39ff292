//! `digits`: only the digits.

use std::sync::Arc;

use arrow::array::StringArray;
use arrow::datatypes::DataType;

use super::Function;

/// Only the digits 0 to 9 of a text, for numbers that people punctuate in many ways. None left gives null.
pub(super) static DIGITS: Function = Function {
    name: "digits",
    parameters: &["text"],
    summary: "only the digits 0 to 9; null when there is none",
    cases: &[
        ("digits('(617) 555-01 00')", "6175550100"),
        ("digits('02138-1234')", "021381234"),
        ("digits(617)", "617"),
        ("digits('٣')", "null"),
        ("digits('n/a')", "null"),
        ("digits(NULL)", "null"),
    ],
    returns: DataType::Utf8,
    kernel: |_, arguments| {
        let [texts] = arguments else { return Arc::new(StringArray::new_null(0)) };
        let digits = texts.iter().map(|text| {
            let digits: String = text?.chars().filter(char::is_ascii_digit).collect();
            (!digits.is_empty()).then_some(digits)
        });
        Arc::new(digits.collect::<StringArray>())
    },
};
