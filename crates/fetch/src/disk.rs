//! Files on this machine's disk: those that lie here, and private copies of what lies elsewhere or is packed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest::{Context, SHA256};
use concordat_record::{Place, Problem};

use crate::fault::problem_of;
use crate::tap::{Digest, finished};

/// A seekable file. A private copy is readable by this user alone and goes with the last that holds it.
#[derive(Debug)]
pub struct OnDisk {
    path: PathBuf,
    copied: bool,
    size: u64,
    digest: OnceLock<Digest>,
}

/// How much is copied at once.
const CHUNK: usize = 1 << 16;

impl OnDisk {
    /// A file that lies here.
    ///
    /// # Errors
    /// The operating system's, when it cannot be seen.
    pub fn lying(path: PathBuf) -> io::Result<Self> {
        let size = fs::metadata(&path)?.len();
        Ok(Self { path, copied: false, size, digest: OnceLock::new() })
    }

    /// A private copy of a stream, at most so many bytes long.
    pub(crate) fn copy(from: &mut dyn Read, most: u64, shown: &str) -> Result<Self, Problem> {
        let (path, mut file) = private_file().map_err(|error| no_room(shown, &error))?;
        // From here on the file goes whatever happens.
        let mut copy = Self { path, copied: true, size: 0, digest: OnceLock::new() };
        let mut hash = Context::new(&SHA256);
        let mut buffer = vec![0; CHUNK];
        loop {
            let read = match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(problem_of(shown, &error)),
            };
            copy.size += read as u64;
            if copy.size > most {
                return Err(too_much(shown, most));
            }
            let bytes = buffer.get(..read).unwrap_or_default();
            hash.update(bytes);
            file.write_all(bytes).map_err(|error| no_room(shown, &error))?;
        }
        let _ = copy.digest.set(finished(hash));
        Ok(copy)
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Opens it at its beginning.
    ///
    /// # Errors
    /// The operating system's.
    pub fn open(&self) -> io::Result<File> {
        File::open(&self.path)
    }

    /// The bytes from an offset on, no more than so many.
    pub(crate) fn part(&self, offset: u64, most: u64) -> io::Result<io::Take<File>> {
        let mut file = self.open()?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(file.take(most))
    }

    /// SHA-256 of its bytes.
    pub(crate) fn digest(&self) -> io::Result<Digest> {
        if let Some(known) = self.digest.get() {
            return Ok(*known);
        }
        let (mut file, mut hash) = (self.open()?, Context::new(&SHA256));
        let mut buffer = vec![0; CHUNK];
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            hash.update(buffer.get(..read).unwrap_or_default());
        }
        Ok(*self.digest.get_or_init(|| finished(hash)))
    }
}

impl Drop for OnDisk {
    fn drop(&mut self) {
        if self.copied {
            // When this fails the system's own sweep of its temporary folder remains.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A new file in the system's temporary folder (`TMPDIR`), which nobody else can read. Its name need not be secret: it is made
/// new or not at all, so a name that somebody else has taken is passed over.
fn private_file() -> io::Result<(PathBuf, File)> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    const TRIES: u32 = 1000;
    let folder = std::env::temp_dir();
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    for _ in 0..TRIES {
        let name = format!("concordat-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = folder.join(name);
        match options.open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn no_room(shown: &str, error: &io::Error) -> Problem {
    let folder = std::env::temp_dir();
    let sentence =
        format!("`{shown}` cannot be copied into the temporary folder `{}`: {error}", folder.display());
    Problem::new("fetch.cannot-copy", sentence)
        .at(Place::file(shown))
        .advise("free some space there, or name another folder by the environment variable `TMPDIR`")
}

fn too_much(shown: &str, most: u64) -> Problem {
    Problem::new(
        "fetch.too-large",
        format!("`{shown}` is larger than {most} bytes, more than may be copied to this disk"),
    )
    .at(Place::file(shown))
    .advise("raise `max_copy_bytes` under `[unpack]` if the disk has room for it")
}

#[cfg(test)]
mod tests {
    use super::OnDisk;

    #[test]
    fn a_copy_is_private_and_goes_with_its_last_holder() {
        let copy = OnDisk::copy(&mut &b"abc"[..], 3, "a").unwrap();
        let path = copy.path().to_owned();
        assert_eq!((std::fs::read(&path).unwrap(), copy.size()), (b"abc".to_vec(), 3));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        drop(copy);
        assert!(!path.exists());
    }

    #[test]
    fn a_copy_that_grows_too_large_is_a_problem_and_leaves_nothing() {
        let problem = OnDisk::copy(&mut std::io::repeat(0), 1 << 20, "a").unwrap_err();
        assert_eq!(problem.code, "fetch.too-large");
    }
}
