//! The files of one refresh. Each refresh has names of its own, so nothing that is in use is ever written to.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use concordat_record::{Name, Place, Problem, Timestamp};
use concordat_store::create_folder;

use super::{Snapshot, snapshot_folder};
use crate::body::Body;

/// Earlier snapshots that are kept beside the current one, to compare with.
const KEPT: usize = 2;

/// Where one refresh writes.
pub(super) struct Files {
    body: PathBuf,
    folders: [PathBuf; 2],
    pub(super) parquet: PathBuf,
    pub(super) model: PathBuf,
    pub(super) quarantine: PathBuf,
    /// Held until the refresh is done; the system lets go of it when the process is killed.
    _lock: File,
}

impl Files {
    /// Names for a refresh at a moment, all of them after those of the current snapshot, whatever the clock says. Their
    /// folders are made, and what runs left that never published is removed.
    ///
    /// # Errors
    /// `refresh.running` when another refresh of this register is at work; `file.cannot-write`.
    pub(super) fn new(
        body: &Body,
        register: &Name,
        now: Timestamp,
        current: Option<&Snapshot>,
    ) -> Result<Self, Problem> {
        let folder = snapshot_folder(body, register);
        let quarantine = body.path("data/quarantine").join(register.as_str());
        create_folder(&folder)?;
        create_folder(&quarantine)?;
        let lock = lock(&folder, register)?;
        let current = current.and_then(|current| moment(Path::new(&current.file)));
        let folders = [folder.clone(), quarantine.clone()];
        remove(&folders, |file| moment(file).is_none_or(|moment| Some(moment) > current) && is_ours(file));
        let now = u64::try_from(now.micros()).unwrap_or_default();
        let moment = current.map_or(now, |current| now.max(current + 1));
        // Microseconds since 1970, in sixteen digits: names sort by time.
        let stem = format!("{moment:016}");
        Ok(Self {
            body: body.path(""),
            parquet: folder.join(format!("{stem}.parquet")),
            model: folder.join(format!("{stem}.model.json")),
            quarantine: quarantine.join(format!("{stem}.jsonl")),
            folders,
            _lock: lock,
        })
    }

    /// A path relative to the body's folder, as the answer store and problems name it.
    pub(super) fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.body).unwrap_or(path).display().to_string()
    }

    /// Removes what this refresh has written and did not publish, to give the room back. The quarantine stays for people.
    pub(super) fn give_up(&self) {
        for file in [&self.parquet, &self.model] {
            // What cannot be removed now is removed by the next run.
            let _ = fs::remove_file(file);
        }
    }

    /// Removes all but this refresh's files and those of the last few before it.
    pub(super) fn remove_old(&self) {
        for folder in &self.folders {
            let mut moments: Vec<u64> = files(folder).iter().filter_map(|file| moment(file)).collect();
            moments.sort_unstable();
            moments.dedup();
            moments.truncate(moments.len().saturating_sub(KEPT + 1));
            remove(std::slice::from_ref(folder), |file| {
                moment(file).is_some_and(|moment| moments.contains(&moment))
            });
        }
    }
}

/// One refresh of a register at a time: two would remove each other's unfinished files.
fn lock(folder: &Path, register: &Name) -> Result<File, Problem> {
    let path = folder.join("lock");
    let cannot = |error: &std::io::Error| {
        Problem::new("file.cannot-write", format!("cannot lock the register's folder: {error}"))
            .at(Place::file(path.display().to_string()))
    };
    let file = File::create(&path).map_err(|error| cannot(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let sentence = format!("register `{register}` is being refreshed by another process");
            Err(Problem::new("refresh.running", sentence).advise("wait for it to end"))
        }
        Err(TryLockError::Error(error)) => Err(cannot(&error)),
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

fn remove(folders: &[PathBuf], which: impl Fn(&Path) -> bool) {
    for file in folders.iter().flat_map(|folder| files(folder)).filter(|file| which(file)) {
        // What cannot be removed now is removed by a later run.
        let _ = fs::remove_file(file);
    }
}

/// Whether a refresh has written a file, finished or not; the lock and what people may have put there are not.
fn is_ours(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.get(..16).is_some_and(|stem| stem.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The moment in the name of a finished file; none when it is not finished or not ours.
fn moment(file: &Path) -> Option<u64> {
    let name = file.file_name()?.to_str()?;
    let (stem, ending) = name.split_once('.')?;
    let finished = ["parquet", "model.json", "jsonl"].contains(&ending);
    (finished && stem.len() == 16).then(|| stem.parse().ok()).flatten()
}
