//! A source's file: opened with helpful problems, read in order, hashed on the way.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use concordat_fetch::{FetchedFile, FileStream, problem_of};
use concordat_record::{Place, Problem, nearest};

use crate::kinds::Location;
use crate::origin::{Bytes, Fault, unseen};

/// A file that is read once from its beginning to its end.
pub(crate) struct SourceFile {
    bytes: Stream,
    /// The path as the source file has it, for problems.
    pub shown: String,
    /// Its size in bytes when it was opened; zero when nobody knows before its end, as of most packed files.
    pub size: u64,
    /// How many bytes have been read.
    pub read: u64,
    /// How many bytes there are to decode: all but a header and a trailer.
    pub decodable: u64,
    /// Where they end.
    end: u64,
    hash: Context,
}

/// Where the bytes come from.
enum Stream {
    Plain(File),
    Fetched(Box<Coming>),
}

/// A stream that is unpacked or comes from elsewhere.
struct Coming {
    stream: FileStream,
    file: FetchedFile,
    /// Where it is kept why the stream broke off.
    fault: Fault,
    broken: bool,
}

/// How many bytes are read at once where nothing else asks for more.
const CHUNK: usize = 1 << 16;

impl SourceFile {
    pub fn open(at: &Location) -> Result<Self, Problem> {
        let (bytes, size) = match &at.bytes {
            Bytes::Here => plain(&at.full_path(), &at.path)?,
            Bytes::Fetched(fetched) => {
                let stream = fetched.file.stream()?;
                let size = stream.size().unwrap_or(0);
                let (file, fault) = (fetched.file.clone(), fetched.fault.clone());
                (Stream::Fetched(Box::new(Coming { stream, file, fault, broken: false })), size)
            }
            Bytes::Unseen => return Err(unseen()),
        };
        let shown = at.path.clone();
        Ok(Self { bytes, shown, size, read: 0, decodable: size, end: u64::MAX, hash: Context::new(&SHA256) })
    }

    /// Finds out the size where nobody knows it yet, by unpacking the file once to nowhere.
    pub fn settle_size(&mut self) -> Result<(), Problem> {
        if let (0, Stream::Fetched(coming)) = (self.size, &self.bytes) {
            self.size = coming.file.measured(u64::MAX)?;
            self.decodable = self.size;
        }
        Ok(())
    }

    /// Leaves out bytes at the beginning and at the end of the file. They count for the digest.
    pub fn frame(&mut self, header: u64, trailer: u64) -> Result<(), Problem> {
        if header == 0 && trailer == 0 {
            return Ok(());
        }
        self.settle_size()?;
        if header.saturating_add(trailer) > self.size {
            let sentence = format!(
                "the file has {} bytes, fewer than the {header} before and the {trailer} behind its records",
                self.size
            );
            return Err(Problem::new("read.too-short", sentence).at(Place::file(&self.shown)));
        }
        self.decodable = self.size - header - trailer;
        if trailer > 0 {
            self.end = self.size - trailer;
        }
        let mut skipped = Vec::new();
        while self.read < header {
            skipped.clear();
            let wanted = usize::try_from(header - self.read).unwrap_or(CHUNK).min(CHUNK);
            if self.fill(&mut skipped, wanted)? == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Adds up to `most` bytes to a buffer; fewer only at the end of the file.
    pub fn fill(&mut self, buffer: &mut Vec<u8>, most: usize) -> Result<usize, Problem> {
        let start = buffer.len();
        let limit = u64::try_from(most).unwrap_or(u64::MAX).min(self.end.saturating_sub(self.read));
        let result = match &mut self.bytes {
            Stream::Plain(file) => file.take(limit).read_to_end(buffer),
            Stream::Fetched(coming) if coming.broken => Ok(0),
            Stream::Fetched(coming) => (&mut coming.stream).take(limit).read_to_end(buffer),
        };
        // Bytes that came before an error stay in the buffer.
        let read = buffer.len() - start;
        self.hash.update(buffer.get(start..).unwrap_or_default());
        self.read += read as u64;
        match result {
            Ok(_) => Ok(read),
            Err(error) => self.broke_off(&error).map(|()| read),
        }
    }

    /// A packed or fetched file that breaks off gives the records that came before; why it did is told when they are read.
    fn broke_off(&mut self, error: &io::Error) -> Result<(), Problem> {
        let Stream::Fetched(coming) = &mut self.bytes else {
            return Err(cannot_read(&self.shown, error));
        };
        let problem = problem_of(&self.shown, error);
        if self.read == 0 {
            return Err(problem);
        }
        coming.broken = true;
        coming.fault.keep(problem);
        Ok(())
    }

    /// SHA-256 of what has been read so far.
    pub fn mark(&self) -> String {
        hexadecimal(self.hash.clone().finish().as_ref())
    }

    /// SHA-256 of the whole file as it lies, packed or not; reads what has not been read.
    pub fn digest(&mut self) -> Result<String, Problem> {
        if let Stream::Fetched(coming) = &mut self.bytes {
            return Ok(hexadecimal(&coming.stream.digest()?));
        }
        self.end = u64::MAX;
        let mut buffer = Vec::with_capacity(CHUNK);
        while self.fill(&mut buffer, CHUNK)? > 0 {
            buffer.clear();
        }
        Ok(self.mark())
    }
}

/// A file of this machine that is read as it lies.
fn plain(path: &Path, shown: &str) -> Result<(Stream, u64), Problem> {
    refuse_pipe(path, shown)?;
    let file = File::open(path).map_err(|error| cannot_open(path, shown, &error))?;
    let metadata = file.metadata().map_err(|error| cannot_read(shown, &error))?;
    if metadata.is_dir() {
        return Err(Problem::new("read.cannot-read", format!("`{shown}` is a folder, not a file"))
            .at(Place::file(shown))
            .advise("for all files in it, write a pattern: `path = \"FOLDER/*\"`"));
    }
    Ok((Stream::Plain(file), metadata.len()))
}

/// A pipe keeps whoever opens it waiting, and a device never ends: neither can be read from its beginning as often as is needed.
pub(crate) fn refuse_pipe(path: &Path, shown: &str) -> Result<(), Problem> {
    match path.metadata() {
        Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => {
            let sentence = format!("`{shown}` is a pipe or a device, not a file");
            Err(Problem::new("read.cannot-read", sentence)
                .at(Place::file(shown))
                .advise("write what comes out of it into a file first"))
        }
        _ => Ok(()),
    }
}

/// The problem of a file that does not open, with near names when it is missing.
pub(crate) fn cannot_open(path: &Path, shown: &str, error: &io::Error) -> Problem {
    if error.kind() != io::ErrorKind::NotFound {
        return cannot_read(shown, error);
    }
    let problem = Problem::new("read.no-such-file", format!("there is no file `{shown}`"));
    if path.is_symlink() {
        return problem.advise("it is a link, and what it leads to does not exist");
    }
    let wanted = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let Some(folder) = path.parent().filter(|folder| folder.is_dir() || folder.as_os_str().is_empty()) else {
        return problem.advise("its folder does not exist either; paths are relative to the body's folder");
    };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let names: Vec<String> = folder
        .read_dir()
        .into_iter()
        .flatten()
        .take(10_000)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    match nearest(&wanted, names.iter().map(String::as_str)) {
        Some(near) => problem.advise(format!("did you mean `{near}` in the same folder?")),
        None => problem.advise("check `path`; it is relative to the body's folder"),
    }
}

/// The problem of a file that does not read.
pub(crate) fn cannot_read(shown: &str, error: &io::Error) -> Problem {
    Problem::new("read.cannot-read", format!("`{shown}` cannot be read: {error}")).at(Place::file(shown))
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)]).collect()
}
