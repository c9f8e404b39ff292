//! What is known about a published snapshot.

use concordat_map::Quality;
use concordat_read::{Change, ColumnProfile};
use concordat_record::{Name, Problem, Timestamp};
use concordat_store::Reading;
use serde::{Deserialize, Serialize};

/// The records of a register at one refresh: what the answer store says about them, and where their file is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// The register.
    pub register: Name,
    /// When it was refreshed.
    pub refreshed: Timestamp,
    /// The source it was made from.
    pub source: Name,
    /// SHA-256 of that source's file as it was read, in hexadecimal.
    pub digest: String,
    /// SHA-256 over the register, link and source files and the program's version: what decided how it was made.
    pub made_by: String,
    /// Records that were published.
    pub records: u64,
    /// Records of the source that a refresh before, which did not end, had read; this one went on behind them.
    #[serde(default)]
    pub read_before: u64,
    /// Whether a refresh found nothing that had been dropped since, and left this snapshot standing.
    #[serde(default, skip_deserializing)]
    pub nothing_new: bool,
    /// The files that a refresh saw dropped and not complete, each with what it waits for.
    #[serde(default, skip_deserializing)]
    pub waiting: Vec<String>,
    /// Records that were set aside.
    pub quarantined: u64,
    /// The Parquet file, relative to the body's folder.
    pub file: String,
    /// The link model, relative to the body's folder; none when nothing says how subjects are recognised.
    pub model: Option<String>,
    /// Where the records that were set aside are, relative to the body's folder; none when there are none.
    pub quarantine: Option<String>,
    /// The facts that can be asked for, in the order of the register's file.
    pub facts: Vec<Name>,
    /// How good the records are.
    pub quality: Quality,
    /// What the columns of the source held in its first records, to be compared with the next refresh.
    #[serde(default)]
    pub columns: Vec<ColumnProfile>,
    /// What had changed in the source since the snapshot before.
    #[serde(default, skip_deserializing)]
    pub drift: Vec<Change>,
}

impl Snapshot {
    /// The share of records that passed the check that most failed; none when there is no record.
    pub fn passed_share(&self) -> Option<f64> {
        let all = self.records + self.quarantined;
        let worst = self.quality.checks.iter().map(|check| check.failed).max().unwrap_or_default();
        (all > 0).then(|| all.saturating_sub(worst.max(self.quarantined)) as f64 / all as f64)
    }

    /// A line for each check that some records failed.
    pub fn quality_lines(&self) -> Vec<String> {
        let failed = self.quality.checks.iter().filter(|check| check.failed > 0);
        failed
            .map(|check| {
                let seen = check.passed + check.failed;
                format!("not \"{}\": {} of {seen} records", check.name, check.failed)
            })
            .collect()
    }
}

/// The snapshot of a register that a view of the store shows.
pub(crate) fn snapshot_in(reading: &Reading<'_>, register: &Name) -> Result<Option<Snapshot>, Problem> {
    let Some(meta) = reading.meta(register.as_str())? else { return Ok(None) };
    // What another version of the program has written is as good as none, so that a refresh mends it.
    Ok(serde_json::from_str(&meta).ok())
}

/// Documents of one row: what a subject is compared with, and each fact apart, so that a fact that is not granted is not
/// even read.
const DOCUMENTS_PER_ROW: u64 = 1 << 12;

/// The number of the document that a subject is compared with.
pub(crate) fn subject_number(row: u64) -> u64 {
    row * DOCUMENTS_PER_ROW
}

/// The number of the document of a fact, by its position in the register's file.
pub(crate) fn fact_number(row: u64, position: usize) -> u64 {
    row * DOCUMENTS_PER_ROW + 1 + position as u64
}
