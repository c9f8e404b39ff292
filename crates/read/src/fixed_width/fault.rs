//! What can be wrong with a record.

use concordat_record::{Place, Problem};

/// Why a record is no row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The value is not of the column's type.
    WrongType(String),
    NotInCodePage,
    /// The value of a header that the record stands under.
    Header(String),
    TooShort {
        length: usize,
        needed: usize,
    },
    TooLong {
        length: usize,
        needed: usize,
    },
    UnknownType,
}

impl Reason {
    pub fn problem(&self, place: Place) -> Problem {
        match self {
            Self::WrongType(of) => {
                Problem::new("fixed-width.wrong-type", format!("the value is not of type {of}")).advise(
                    "check the column's position and type; words that mean null are listed under `null`",
                )
            }
            Self::NotInCodePage => Problem::new(
                "read.not-in-code-page",
                "the text has bytes that the encoding has no letter for",
            )
            .advise("say how letters are written: `encoding`"),
            Self::Header(of) => Problem::new(
                "fixed-width.wrong-header",
                format!("the header above has a value that is not of type {of}"),
            )
            .advise("check the header's columns"),
            Self::TooShort { length, needed } => {
                let sentence = format!("the record has {length} positions where the layout needs {needed}");
                Problem::new("fixed-width.short-record", sentence)
                    .advise("`short_records = \"pad\"` reads what is there, and the rest as null")
            }
            Self::TooLong { length, needed } => {
                let sentence = format!("the record has {length} positions where the layout has {needed}");
                Problem::new("fixed-width.long-record", sentence)
                    .advise("`long_records = \"cut\"` leaves out what is behind the last column")
            }
            Self::UnknownType => Problem::new(
                "fixed-width.unknown-record-type",
                "the record is of a type that the layout does not describe",
            )
            .advise("describe it under `[[fixed-width.record]]`; one without `is` takes all others"),
        }
        .at(place)
    }
}
