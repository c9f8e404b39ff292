//! Where a refresh stands, for whoever watches it.

use concordat_read::ReadProgress;

use super::Snapshot;

/// Where long work stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    /// Records seen so far.
    pub records: u64,
    /// Records set aside so far.
    pub rejected: u64,
    /// Work done so far, in the unit of `total`.
    pub done: u64,
    /// Work in all: bytes or records; zero when that is not known.
    pub total: u64,
}

/// Whoever watches.
pub type Watch<'a> = &'a mut dyn FnMut(&Stage);

impl Stage {
    pub(crate) fn reading(progress: &ReadProgress, rejected: u64) -> Self {
        let (done, total) = match (progress.total_bytes, progress.total_records) {
            (Some(total), _) => (progress.bytes_read, total),
            (None, Some(total)) => (progress.records, total),
            (None, None) => (0, 0),
        };
        Self { records: progress.records, rejected, done, total }
    }

    pub(super) fn publishing(done: u64, snapshot: &Snapshot) -> Self {
        Self { records: done, rejected: snapshot.quarantined, done, total: snapshot.records }
    }
}
