//! The disk as an argument: the few things the log does with files, so that tests can break each of them.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use concordat_record::{Place, Problem};

/// The files of one log. Paths are relative, with `/`. Nothing is durable before it has been synchronised: a file with
/// [`Disk::sync`], its name with [`Disk::sync_folder`].
pub(crate) trait Disk: Send + Sync {
    /// The whole of a file; none when it is not there.
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>>;
    /// Up to `length` bytes from a place in a file; fewer at its end, none of a file that is not there.
    fn read_at(&self, path: &str, offset: u64, length: usize) -> io::Result<Vec<u8>>;
    /// How long a file is; none when it is not there.
    fn length(&self, path: &str) -> io::Result<Option<u64>>;
    /// The files below a folder, at any depth; none when it is not there.
    fn list(&self, folder: &str) -> io::Result<Vec<String>>;
    /// Makes a file with this content, and the folders above it; what was in it is lost.
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()>;
    /// Writes into a file, which grows or is made as needed.
    fn write_at(&self, path: &str, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Cuts a file.
    fn truncate(&self, path: &str, length: u64) -> io::Result<()>;
    /// Puts a file in the place of another in one step.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file, and the folder of unfinished tiles that it leaves empty.
    fn remove(&self, path: &str) -> io::Result<()>;
    /// Makes the content of a file durable.
    fn sync(&self, path: &str) -> io::Result<()>;
    /// Makes the contents of many files durable.
    fn sync_all(&self, paths: &[&str]) -> io::Result<()> {
        paths.iter().try_for_each(|path| self.sync(path))
    }
    /// Makes the names in a folder durable; the empty path is the log's own folder.
    fn sync_folder(&self, folder: &str) -> io::Result<()>;
    /// Takes the log for one writer, until the lock is dropped or the process ends; none when another has it.
    fn lock(&self, path: &str) -> io::Result<Option<Box<dyn Send + Sync>>>;
    /// Whether a writer has the log just now.
    fn is_locked(&self, path: &str) -> io::Result<bool>;
}

/// Files that a real folder synchronises at the same time.
const SYNCING_THREADS: usize = 8;

/// A real folder.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// An existing folder.
    pub(crate) fn at(folder: &Path) -> Self {
        Self(folder.into())
    }

    /// A folder that is made, durably, if it is not there.
    pub(crate) fn make(folder: &Path) -> io::Result<Self> {
        let made: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
        std::fs::create_dir_all(folder)?;
        for above in made.iter().filter_map(|folder| folder.parent()) {
            let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
            File::open(above)?.sync_all()?;
        }
        Ok(Self(folder.into()))
    }

    fn open(&self, path: &str) -> io::Result<Option<File>> {
        absent_is_none(File::open(self.0.join(path)))
    }

    fn open_to_write(&self, path: &str, options: &mut OpenOptions) -> io::Result<File> {
        let path = self.0.join(path);
        match options.write(true).create(true).open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                std::fs::create_dir_all(path.parent().unwrap_or(&self.0))?;
                options.open(&path)
            }
            result => result,
        }
    }

    fn list_into(&self, folder: &str, files: &mut Vec<String>) -> io::Result<()> {
        let Some(items) = absent_is_none(std::fs::read_dir(self.0.join(folder)))? else { return Ok(()) };
        for item in items {
            let item = item?;
            let name = item.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if item.file_type()?.is_dir() { self.list_into(&path, files)? } else { files.push(path) }
        }
        Ok(())
    }
}

fn absent_is_none<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Disk for Folder {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        absent_is_none(std::fs::read(self.0.join(path)))
    }

    fn read_at(&self, path: &str, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if let Some(mut file) = self.open(path)? {
            file.seek(SeekFrom::Start(offset))?;
            file.take(length as u64).read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    }

    fn length(&self, path: &str) -> io::Result<Option<u64>> {
        Ok(absent_is_none(std::fs::metadata(self.0.join(path)))?.map(|metadata| metadata.len()))
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let mut files = Vec::new();
        self.list_into(folder, &mut files)?;
        files.sort();
        Ok(files)
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.open_to_write(path, OpenOptions::new().truncate(true))?.write_all(bytes)
    }

    fn write_at(&self, path: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.open_to_write(path, OpenOptions::new().truncate(false))?;
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)
    }

    fn truncate(&self, path: &str, length: u64) -> io::Result<()> {
        OpenOptions::new().write(true).open(self.0.join(path))?.set_len(length)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.0.join(from), self.0.join(to))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let path = self.0.join(path);
        absent_is_none(std::fs::remove_file(&path))?;
        if let Some(folder) = path.parent().filter(|folder| folder.extension().is_some_and(|end| end == "p"))
        {
            // It may still hold others, and then it stays.
            let _ = std::fs::remove_dir(folder);
        }
        Ok(())
    }

    fn sync(&self, path: &str) -> io::Result<()> {
        // Opened for writing, because Linux reports a failed write-back once to whoever asks first.
        OpenOptions::new().write(true).open(self.0.join(path))?.sync_data()
    }

    /// Several at once: the file system joins what waits at the same time into one flush of the disk.
    fn sync_all(&self, paths: &[&str]) -> io::Result<()> {
        let share = paths.len().div_ceil(SYNCING_THREADS).max(1);
        std::thread::scope(|threads| {
            let sync = |share: &[&str]| share.iter().try_for_each(|path| self.sync(path));
            let running: Vec<_> =
                paths.chunks(share).map(|share| threads.spawn(move || sync(share))).collect();
            running.into_iter().try_for_each(|thread| match thread.join() {
                Ok(synced) => synced,
                Err(_) => Err(io::Error::other("a thread panicked")),
            })
        })
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        File::open(self.0.join(folder))?.sync_all()
    }

    fn lock(&self, path: &str) -> io::Result<Option<Box<dyn Send + Sync>>> {
        let file = self.open_to_write(path, OpenOptions::new().truncate(false))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Box::new(file))),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
    }

    fn is_locked(&self, path: &str) -> io::Result<bool> {
        let Some(file) = self.open(path)? else { return Ok(false) };
        match file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(std::fs::TryLockError::WouldBlock) => Ok(true),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
    }
}

/// A failed call to the disk, for the person who runs the node.
pub(crate) fn disk_problem(doing: &str, path: &str, error: &io::Error) -> Problem {
    let problem = Problem::new("prove.disk", format!("the log's disk failed while {doing}: {error}"));
    let problem = if path.is_empty() { problem } else { problem.at(Place::file(path)) };
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            problem.advise("make room on the disk of the log")
        }
        _ => problem.advise("look at the disk of the log and at the system's own messages about it"),
    }
}

#[cfg(test)]
pub(crate) mod simulated;
