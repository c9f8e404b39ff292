//! A file that was found, and the files in it: opened as a stream, or on this machine's disk.

use std::fmt;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use concordat_record::{Place, Problem};

use crate::ahead::Ahead;
use crate::disk::OnDisk;
use crate::fault::{carry, problem_of};
use crate::tap::{Count, Digest, Tap};
use crate::transport::Found;
use crate::unpack::{Dug, Input, Layers, Trail, Unpack};

/// A file to read: one that lies somewhere, or one in an archive.
#[derive(Clone)]
pub struct FetchedFile {
    lying: Arc<Lying>,
    trail: Trail,
    shown: String,
    /// What was opened to look at it and has not been read.
    opened: Arc<Mutex<Option<Opened>>>,
    /// Its bytes on this machine's disk, once they were asked for.
    disk: Arc<OnceLock<Arc<OnDisk>>>,
    /// How far the last stream has come.
    progress: Arc<Mutex<(Count, Option<u64>)>>,
}

/// A file as it lies.
#[derive(Debug)]
struct Lying {
    found: Found,
    unpack: Unpack,
    /// Itself on this machine's disk, or a copy, once that was needed.
    disk: OnceLock<Arc<OnDisk>>,
}

struct Opened {
    input: Input,
    fault: Option<Problem>,
}

impl FetchedFile {
    /// The files that are meant by one that was found: itself, what is packed in it, or several files of an archive, in the order
    /// of their names. Looks at its beginning, and through an archive as a whole.
    ///
    /// # Errors
    /// `fetch.…` when it cannot be read, `unpack.…` when it is damaged or says not what is meant.
    pub fn all_in(found: Found, unpack: &Unpack) -> Result<Vec<Self>, Problem> {
        let lying = Arc::new(Lying { found, unpack: unpack.clone(), disk: OnceLock::new() });
        Ok(match lying.dig(Trail::default())? {
            Dug::Bytes(bytes) => {
                let (trail, input) = *bytes;
                let fault = trail.fault.clone();
                vec![Self::new(&lying, trail, Some(Opened { input, fault }))]
            }
            Dug::Several(trails) => trails.into_iter().map(|trail| Self::new(&lying, trail, None)).collect(),
        })
    }

    fn new(lying: &Arc<Lying>, trail: Trail, opened: Option<Opened>) -> Self {
        let shown = trail.shown(&lying.found.shown);
        let opened = Arc::new(Mutex::new(opened));
        Self { lying: lying.clone(), trail, shown, opened, disk: Arc::default(), progress: Arc::default() }
    }

    /// How it is called in messages: the path as it was written, and the file in the archive behind an exclamation mark.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// How the file that holds it is called: the same for all files of an archive.
    pub fn lying_at(&self) -> &str {
        &self.lying.found.shown
    }

    /// Its path, when it lies on this machine and is not packed.
    pub fn plain(&self) -> Option<&Path> {
        self.lying.found.local().filter(|_| !self.trail.is_packed())
    }

    /// How many bytes the last stream has read, as they lie, and how many there are, if that is known.
    pub fn progress(&self) -> (u64, Option<u64>) {
        let progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        (progress.0.get(), progress.1)
    }

    /// Opens it from its beginning.
    ///
    /// # Errors
    /// As [`FetchedFile::all_in`].
    pub fn stream(&self) -> Result<FileStream, Problem> {
        let Opened { input, fault } = self.open()?;
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) =
            (input.packed.clone(), input.packed_size);
        Ok(FileStream {
            bytes: input.bytes,
            size: input.size,
            packed: input.packed,
            packed_size: input.packed_size,
            tap: input.tap,
            lying: self.lying.clone(),
            shown: self.shown.clone(),
            fault,
        })
    }

    /// Its bytes as a seekable file on this machine's disk: itself when it lies here and is not packed, else a private copy.
    ///
    /// # Errors
    /// As [`FetchedFile::all_in`]; `fetch.too-large` and `fetch.cannot-copy` of the copy.
    pub fn on_disk(&self) -> Result<Arc<OnDisk>, Problem> {
        if let Some(disk) = self.disk.get() {
            return Ok(disk.clone());
        }
        let Opened { mut input, fault } = self.open()?;
        let disk = match (input.disk.take(), fault) {
            (_, Some(fault)) => return Err(fault),
            (Some(disk), None) => disk,
            (None, None) => {
                Arc::new(OnDisk::copy(&mut input.bytes, self.lying.unpack.limits.copy, &self.shown)?)
            }
        };
        Ok(self.disk.get_or_init(|| disk).clone())
    }

    /// How many bytes it gives, counted by reading it once, as far as so many. Of a file that is cut off or damaged those before the
    /// fault count: whoever reads it meets the fault.
    ///
    /// # Errors
    /// As [`FetchedFile::all_in`].
    pub fn measured(&self, most: u64) -> Result<u64, Problem> {
        if let Some(disk) = self.disk.get() {
            return Ok(disk.size());
        }
        // What is kept open to be read later is none of ours.
        let Dug::Bytes(bytes) = self.lying.dig(self.trail.clone())? else { return Ok(0) };
        let (_, input) = *bytes;
        if let Some(size) = input.size {
            return Ok(size);
        }
        let (mut bytes, mut buffer, mut counted) = (input.bytes.take(most), vec![0; 1 << 16], 0);
        loop {
            match bytes.read(&mut buffer) {
                Ok(0) => return Ok(counted),
                Ok(read) => counted += read as u64,
                Err(error) if counted == 0 => return Err(problem_of(&self.shown, &error)),
                Err(_) => return Ok(counted),
            }
        }
    }

    fn open(&self) -> Result<Opened, Problem> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(opened) = opened {
            return Ok(opened);
        }
        match self.lying.dig(self.trail.clone())? {
            Dug::Bytes(bytes) => Ok(Opened { input: bytes.1, fault: bytes.0.fault }),
            Dug::Several(_) => {
                let sentence = format!("`{}` is an archive of several files within an archive", self.shown);
                Err(Problem::new("unpack.which-member", sentence)
                    .at(Place::file(self.lying_at()))
                    .advise("read the inner archives one at a time: name one by `member` under `[unpack]`"))
            }
        }
    }
}

impl fmt::Debug for FetchedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FetchedFile").field(&self.shown).finish()
    }
}

impl Lying {
    fn dig(&self, trail: Trail) -> Result<Dug, Problem> {
        let layers = Layers {
            unpack: &self.unpack,
            shown: &self.found.shown,
            open: &|| self.open(),
            on_disk: &|| self.on_disk(),
        };
        layers.dig(trail)
    }

    fn open(&self) -> Result<Input, Problem> {
        let shown = self.found.shown.clone();
        let raw = self.found.open()?;
        let disk = self.found.local().map(|path| OnDisk::lying(path.to_owned()));
        let disk = disk.transpose().map_err(|error| problem_of(&shown, &error))?.map(Arc::new);
        let tap = Tap::new(raw.bytes);
        let (size, packed) = (raw.size, tap.count.clone());
        let bytes = Ahead::new(Box::new(tap.clone()));
        Ok(Input { bytes, disk, size, packed, packed_size: size, tap: Some(tap), shown })
    }

    fn on_disk(&self) -> Result<Arc<OnDisk>, Problem> {
        if let Some(disk) = self.disk.get() {
            return Ok(disk.clone());
        }
        let shown = &self.found.shown;
        let disk = match self.found.local() {
            Some(path) => OnDisk::lying(path.to_owned()).map_err(|error| problem_of(shown, &error))?,
            None => OnDisk::copy(&mut self.found.open()?.bytes, self.unpack.limits.copy, shown)?,
        };
        Ok(self.disk.get_or_init(|| Arc::new(disk)).clone())
    }
}

/// The unpacked bytes of a file, from its beginning to its end. An error of reading carries a [`Problem`]: see
/// [`problem_of`](crate::problem_of).
pub struct FileStream {
    bytes: Ahead,
    size: Option<u64>,
    packed: Count,
    packed_size: Option<u64>,
    tap: Option<Tap>,
    lying: Arc<Lying>,
    shown: String,
    fault: Option<Problem>,
}

impl FileStream {
    /// How it is called in messages.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// How many bytes it gives, if that is known before.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// How many bytes of the file as it lies have been read.
    pub fn packed_read(&self) -> u64 {
        self.packed.get()
    }

    /// How many there are, if that is known.
    pub fn packed_size(&self) -> Option<u64> {
        self.packed_size
    }

    /// SHA-256 of the file as it lies, packed or not; of a file in an archive that of the archive. Reads what has not been read.
    ///
    /// # Errors
    /// When the rest cannot be read.
    pub fn digest(&mut self) -> Result<Digest, Problem> {
        let digest = match &mut self.tap {
            Some(tap) => tap.digest(),
            None => self.lying.on_disk()?.digest(),
        };
        digest.map_err(|error| problem_of(&self.shown, &error))
    }
}

impl Read for FileStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        if read == 0
            && !buffer.is_empty()
            && let Some(fault) = self.fault.take()
        {
            return Err(carry(fault));
        }
        Ok(read)
    }
}

impl fmt::Debug for FileStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FileStream").field(&self.shown).finish()
    }
}
