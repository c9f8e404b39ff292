//! Quarantine: the records that could not be read or mapped, kept with reason, place and what stood in the source.
//!
//! `keep` writes them during a refresh, `entry` reads them back, `replay` takes those that can be read or mapped by now into the register.

mod entry;
mod keep;
mod replay;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use concordat_record::{Name, Place, Problem};
use serde::Serialize;

pub use entry::SetAside;
pub(crate) use keep::Quarantine;
pub use replay::Replayed;

use crate::body::Body;
use crate::refresh::{moment, published};
use entry::Entries;

/// Records that were set aside for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The problem's code.
    pub code: String,
    /// The field, check or property it is about, where there is one.
    pub field: Option<String>,
    /// How many records.
    pub records: u64,
    /// The first of them, by its number in the source.
    pub first: u64,
    /// What is wrong with that one.
    pub sentence: String,
}

/// Why the records of a quarantine file were set aside, the commonest reason first.
///
/// # Errors
/// `quarantine.no-such-file`, `quarantine.broken`.
pub fn reasons(file: &Path) -> Result<Vec<Reason>, Problem> {
    let mut reasons: BTreeMap<(String, Option<String>), Reason> = BTreeMap::new();
    for entry in Entries::open(file)? {
        let SetAside { record_number: first, code, place, sentence, .. } = entry?;
        let field = place.field;
        let reason = reasons.entry((code.clone(), field.clone())).or_insert(Reason {
            code,
            field,
            records: 0,
            first,
            sentence,
        });
        reason.records += 1;
    }
    let mut reasons: Vec<Reason> = reasons.into_values().collect();
    reasons.sort_by(|a, b| b.records.cmp(&a.records).then(a.first.cmp(&b.first)));
    Ok(reasons)
}

/// One record of a quarantine file, by its number in the source.
///
/// # Errors
/// `quarantine.no-such-record`, and as [`reasons`].
pub fn set_aside(file: &Path, record_number: u64) -> Result<SetAside, Problem> {
    for entry in Entries::open(file)? {
        let entry = entry?;
        if entry.record_number == record_number {
            return Ok(entry);
        }
    }
    let sentence = format!("record {record_number} is not in this quarantine");
    Err(Problem::new("quarantine.no-such-record", sentence)
        .at(Place::file(file.display().to_string()))
        .advise("`concordat quarantine list` shows which are"))
}

/// The quarantine that the last refresh of a register has left, whether it was published or not; none when it set nothing aside.
///
/// # Errors
/// `quarantine.unknown-register`.
pub fn newest(body: &Body, register: &Name) -> Result<Option<PathBuf>, Problem> {
    if !body.registers.contains_key(register) {
        let known: Vec<&str> = body.registers.keys().map(Name::as_str).collect();
        return Err(Problem::new(
            "quarantine.unknown-register",
            format!("there is no register `{register}`"),
        )
        .advise(crate::body::did_you_mean(register.as_str(), &known, "registers")));
    }
    let folder = body.path("data/quarantine").join(register.as_str());
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path());
    // Those of refreshes before the published one are kept to compare with; their records are in it, or set aside by it anew.
    let published = published(body, register);
    let is_current = |file: &PathBuf| moment(file).is_none_or(|moment| Some(moment) >= published);
    Ok(files.filter(|file| file.extension().is_some_and(|ending| ending == "jsonl")).filter(is_current).max())
}
