//! What can be wrong with a record, in words.

use concordat_record::{Place, Problem};

use super::scan::Broken;
use crate::reader::Reject;
use crate::types::Type;

pub(super) fn broken(why: Broken) -> Problem {
    let (sentence, advice) = match why {
        Broken::TextAfterQuote => (
            "text follows a closing quotation mark",
            "a quotation mark within a value is written twice; set `stray_quotes = \"keep\"` if it is a letter, or `quote = \"\"` if it means nothing",
        ),
        Broken::OpenQuote => (
            "a quotation mark opens a value and does not close it",
            "close it; set `stray_quotes = \"keep\"` if it is a letter, or `quote = \"\"` if quotation marks mean nothing here",
        ),
        Broken::TooLong => {
            ("the record is longer than `max_record_bytes`", "raise `max_record_bytes` if that is right")
        }
    };
    Problem::new("csv.broken-record", sentence).advise(advice)
}

pub(super) fn wrong_width(found: usize, columns: usize) -> Problem {
    let sentence = format!("the record has {found} fields, but there are {columns} columns");
    Problem::new("csv.wrong-width", sentence)
        .advise("look for a delimiter in a value without quotation marks; `ragged` says what else may become of such records")
}

pub(super) fn wrong_type(of: &Type) -> Problem {
    Problem::new("csv.wrong-type", format!("the value is not of type {}", of.written()))
}

pub(super) fn not_utf8() -> Problem {
    Problem::new("csv.not-in-encoding", "the record holds bytes that are not UTF-8")
        .advise("set `encoding`, for example to \"windows-1252\"")
}

pub(super) fn not_in_encoding(encoding: &str) -> Problem {
    Problem::new("csv.not-in-encoding", format!("the value holds bytes that are not {encoding}"))
        .advise("check `encoding`")
}

/// When most of the first records are rejected, the options are wrong, not the records.
pub(super) fn judge(records: usize, rejects: &[Reject], shown: &str) -> Result<(), Problem> {
    const FEW_REJECTS: usize = 10;
    let all = rejects.len() > 1 && rejects.len() == records;
    let most = rejects.len() >= FEW_REJECTS && rejects.len() * 2 > records;
    if !all && !most {
        return Ok(());
    }
    let first = rejects.first().map(|reject| reject.problem.sentence.clone()).unwrap_or_default();
    let sentence =
        format!("{} of the first {records} records are rejected; of the first one: {first}", rejects.len());
    Err(Problem::new("csv.wrong-dialect", sentence).at(Place::file(shown)).advise(
        "check `delimiter`, `quote`, `encoding`, `skip_lines` and `types`; `concordat inspect` proposes them",
    ))
}
