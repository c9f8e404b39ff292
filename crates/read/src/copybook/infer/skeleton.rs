//! Inferred fields as a copybook.

use std::fmt::Write as _;

use super::fields::{Guess, Kind};

/// A copybook in fixed format. Fields are named by what they seem to hold and where they begin, from 1.
pub(super) fn written(fields: &[Guess]) -> String {
    let mut text = String::from(
        "      * Proposed from the bytes of the file: names are missing, and limits of fields\n      * may be wrong. Put the real copybook in its place when it is found.\n       01  INFERRED-RECORD.\n",
    );
    for field in fields {
        let (name, picture) = described(field);
        let name = format!("{name}-{}", field.offset + 1);
        let _ = writeln!(text, "           05  {name:<20}  PIC {picture}.");
    }
    text
}

fn described(field: &Guess) -> (&'static str, String) {
    let length = field.length;
    match field.kind {
        Kind::Text => ("TEXT", format!("X({length})")),
        Kind::Bytes => ("BYTES", format!("X({length})")),
        Kind::Packed => ("PACKED", format!("S9({}) COMP-3", length * 2 - 1)),
        Kind::Zoned => ("ZONED", format!("S9({length})")),
        Kind::Binary => (
            "BINARY",
            format!(
                "S9({}) COMP",
                if length == 2 {
                    4
                } else if length == 4 {
                    9
                } else {
                    18
                }
            ),
        ),
    }
}
