//! The files of one refresh. Each refresh has names of its own, so nothing that is in use is ever written to.

use std::fs;
use std::path::{Path, PathBuf};

use concordat_engine::remove_unfinished;
use concordat_record::{Name, Problem, Timestamp};
use concordat_store::create_folder;

use super::snapshot_folder;
use crate::body::Body;

/// Earlier snapshots that are kept beside the current one, to compare with.
const KEPT: usize = 2;

/// Where one refresh writes.
pub(super) struct Files {
    body: PathBuf,
    folder: PathBuf,
    pub(super) parquet: PathBuf,
    pub(super) model: PathBuf,
    pub(super) quarantine: PathBuf,
}

impl Files {
    /// Names for a refresh at a moment; their folders are made, and what killed runs left is removed.
    pub(super) fn new(body: &Body, register: &Name, now: Timestamp) -> Result<Self, Problem> {
        let folder = snapshot_folder(body, register);
        let quarantine = body.path("data/quarantine").join(register.as_str());
        create_folder(&folder)?;
        create_folder(&quarantine)?;
        // What cannot be removed now is removed by a later run.
        let _ = remove_unfinished(&folder);
        // Microseconds since 1970, in sixteen digits: names sort by time.
        let stem = format!("{:016}", now.micros().max(0));
        Ok(Self {
            body: body.path(""),
            parquet: folder.join(format!("{stem}.parquet")),
            model: folder.join(format!("{stem}.model.json")),
            quarantine: quarantine.join(format!("{stem}.jsonl")),
            folder,
        })
    }

    /// A path relative to the body's folder, as the answer store and problems name it.
    pub(super) fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.body).unwrap_or(path).display().to_string()
    }

    /// Removes all but this refresh's files and those of the last few before it.
    pub(super) fn remove_old(&self) {
        for folder in [Some(self.folder.as_path()), self.quarantine.parent()].into_iter().flatten() {
            let Ok(entries) = fs::read_dir(folder) else { continue };
            let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
            files.sort();
            let mut stems: Vec<String> = files.iter().filter_map(|file| stem(file)).collect();
            stems.dedup();
            let old = &stems[..stems.len().saturating_sub(KEPT + 1)];
            for file in &files {
                if stem(file).is_some_and(|stem| old.contains(&stem)) {
                    // What cannot be removed now is removed by a later run.
                    let _ = fs::remove_file(file);
                }
            }
        }
    }
}

/// The moment in a file's name.
fn stem(file: &Path) -> Option<String> {
    let name = file.file_name()?.to_str()?;
    let stem = name.split('.').next()?;
    (stem.len() == 16 && stem.bytes().all(|byte| byte.is_ascii_digit())).then(|| stem.to_owned())
}
