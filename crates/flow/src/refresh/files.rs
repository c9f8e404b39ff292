//! The files of one refresh. Each refresh has names of its own, so nothing that is in use is ever written to.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use concordat_record::{Name, Place, Problem, Timestamp};
use concordat_store::create_folder;

use super::staging::Durable;
use super::{Snapshot, snapshot_folder};
use crate::body::Body;

/// Earlier snapshots that are kept beside the current one, to compare with.
const KEPT: usize = 2;

/// Where one refresh writes.
pub(crate) struct Files {
    stem: String,
    body: PathBuf,
    folders: [PathBuf; 2],
    pub(crate) parquet: PathBuf,
    pub(crate) model: PathBuf,
    pub(crate) quarantine: PathBuf,
    /// Where a refresh under way notes what is durable of it.
    pub(crate) staging: PathBuf,
    /// What a refresh before this one, which did not end, has left to go on with.
    left: Option<Durable>,
    /// Held until the refresh is done; the system lets go of it when the process is killed.
    _lock: File,
}

impl Files {
    /// Names for a refresh at a moment, all of them after those of the current snapshot, whatever the clock says. Their
    /// folders are made, and what runs left that never published is removed.
    ///
    /// # Errors
    /// `refresh.running` when another refresh of this register is at work; `file.cannot-write`.
    pub(crate) fn new(
        body: &Body,
        register: &Name,
        now: Timestamp,
        current: Option<&Snapshot>,
        made_by: &str,
    ) -> Result<Self, Problem> {
        let folder = snapshot_folder(body, register);
        let quarantine = body.path("data/quarantine").join(register.as_str());
        create_folder(&folder)?;
        create_folder(&quarantine)?;
        let lock = lock(&folder, register)?;
        let current = current.and_then(|current| moment(Path::new(&current.file)));
        let folders = [folder.clone(), quarantine.clone()];
        let now = u64::try_from(now.micros()).unwrap_or_default();
        let moment_now = current.map_or(now, |current| now.max(current + 1));
        let (stem, left) = match left(&folder, made_by) {
            Some((stem, durable)) => (stem, Some(durable)),
            // Microseconds since 1970, in sixteen digits: names sort by time.
            None => (format!("{moment_now:016}"), None),
        };
        remove(&folders, |file| {
            let is_old = moment(file).is_some_and(|moment| Some(moment) <= current);
            is_ours(file) && !is_old && !(left.is_some() && begins_with(file, &stem))
        });
        Ok(Self {
            body: body.path(""),
            parquet: folder.join(format!("{stem}.parquet")),
            model: folder.join(format!("{stem}.model.json")),
            quarantine: quarantine.join(format!("{stem}.jsonl")),
            staging: folder.join(format!("{stem}{STAGING}")),
            stem,
            left,
            folders,
            _lock: lock,
        })
    }

    /// What there is to go on with.
    pub(super) fn left(&self) -> Option<&Durable> {
        self.left.as_ref()
    }

    /// A part of the snapshot, from one, while the whole is not there yet.
    pub(crate) fn part(&self, number: u32) -> PathBuf {
        self.folders[0].join(format!("{}.part-{number}.parquet", self.stem))
    }

    /// Removes what a refresh before this one has left, the quarantine included.
    pub(crate) fn start_over(&self) {
        remove(&self.folders, |file| begins_with(file, &self.stem));
    }

    /// Removes what only a refresh under way needs.
    pub(crate) fn remove_staging(&self) {
        remove(&self.folders[..1], |file| begins_with(file, &self.stem) && moment(file).is_none());
    }

    /// A path relative to the body's folder, as the answer store and problems name it.
    pub(crate) fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.body).unwrap_or(path).display().to_string()
    }

    /// Removes what this refresh has written and did not publish, to give the room back. The quarantine stays for people.
    pub(crate) fn give_up(&self) {
        for file in [&self.parquet, &self.model] {
            // What cannot be removed now is removed by the next run.
            let _ = fs::remove_file(file);
        }
        self.remove_staging();
    }

    /// Removes all but this refresh's files and those of the last few before it.
    pub(crate) fn remove_old(&self) {
        self.remove_staging();
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

/// The moment of the last refresh of a register that has ended and was published; none when there was none.
pub(crate) fn published(body: &Body, register: &Name) -> Option<u64> {
    let files = files(&snapshot_folder(body, register));
    let is_under_way = |stem: &str| files.iter().any(|file| file.ends_with(format!("{stem}{STAGING}")));
    let is_whole = |file: &&PathBuf| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        name.strip_suffix(".parquet").is_some_and(|stem| !is_under_way(stem))
    };
    files.iter().filter(is_whole).filter_map(|file| moment(file)).max()
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

/// The ending of the note on what is durable.
const STAGING: &str = ".staging.json";

/// The latest refresh that did not end and would make the same of the same source: its names, and how far it came.
fn left(folder: &Path, made_by: &str) -> Option<(String, Durable)> {
    let stem = |file: &Path| Some(file.file_name()?.to_str()?.strip_suffix(STAGING)?.to_owned());
    let notes = files(folder).into_iter().filter_map(|file| Some((stem(&file)?, file)));
    let (stem, note) = notes.max()?;
    Some((stem, Durable::of(&note, made_by)?))
}

fn begins_with(file: &Path, stem: &str) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(stem))
}

/// Whether a refresh has written a file, finished or not; the lock and what people may have put there are not.
fn is_ours(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.get(..16).is_some_and(|stem| stem.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The moment in the name of a finished file; none when it is not finished or not ours.
pub(crate) fn moment(file: &Path) -> Option<u64> {
    let name = file.file_name()?.to_str()?;
    let (stem, ending) = name.split_once('.')?;
    let finished = ["parquet", "model.json", "jsonl"].contains(&ending);
    (finished && stem.len() == 16).then(|| stem.parse().ok()).flatten()
}
