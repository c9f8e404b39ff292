//! Turns what SQLite says into a [`Problem`].

use std::path::Path;

use concordat_record::{Place, Problem};
use rusqlite::ErrorCode;

pub(crate) fn problem(path: &Path, error: &rusqlite::Error) -> Problem {
    let place = Place::file(path.display().to_string());
    let (code, sentence, advice) = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => (
            "store.disk-full",
            "the disk is full; what was published before stands".to_owned(),
            "free some space and run it again",
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
            "store.busy",
            "another process holds the file".to_owned(),
            "wait for the other refresh to end, or stop the other node of this folder",
        ),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => (
            "store.damaged",
            "the file is damaged".to_owned(),
            "bring it back from the backup; a damaged answers.sqlite can also be deleted and made again by a refresh",
        ),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => (
            "store.cannot-open",
            "the file cannot be opened for writing".to_owned(),
            "check that the folder exists and that this user may write to it",
        ),
        _ => ("store.failed", format!("the answer store failed: {error}"), "see the file named here"),
    };
    Problem::new(code, sentence).at(place).advise(advice)
}
