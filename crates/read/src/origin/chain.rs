//! Several files read one after the other as one source.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, UInt64Array};
use arrow::datatypes::SchemaRef;
use aws_lc_rs::digest::{SHA256, digest};
use concordat_fetch::{FetchedFile, Found, Unpack};
use concordat_record::{Place, Problem, Problems, RECORD_NUMBER};

use super::{Bytes, Origin, location};
use crate::file::hexadecimal;
use crate::kinds::{Location, Open};
use crate::reader::{ReadBatch, ReadProgress, Reader, Reject, inconsistent};
use crate::wanted::Wanted;

/// Reads files in their order. The records are numbered through; problems name the file, and the record by its number in there.
pub(crate) struct Chain {
    options: Arc<dyn Open>,
    base: PathBuf,
    wanted: Wanted,
    unpack: Unpack,
    /// Files as they lie, in which there may be several.
    found: VecDeque<Found>,
    /// Files that were found in the last of them.
    files: VecDeque<FetchedFile>,
    current: Option<Link>,
    schema: SchemaRef,
    /// What was read of the files before the current one.
    before: ReadProgress,
    /// Digest and name of each file as it lies.
    digests: Vec<(String, String)>,
    /// Whether there was only ever one file: then it is that file's digest and mark that count.
    several: bool,
    closing: Problems,
    /// Bytes of all files as they lie, if that is known.
    total_bytes: Option<u64>,
    is_over: bool,
}

/// A file that is being read.
struct Link {
    reader: Box<dyn Reader>,
    at: Location,
    lying_at: String,
}

impl Link {
    /// How far the file has been read, in bytes as they lie.
    fn progress(&self) -> ReadProgress {
        let own = self.reader.progress();
        let Bytes::Fetched(fetched) = &self.at.bytes else { return own };
        let (bytes_read, total_bytes) = fetched.file.progress();
        ReadProgress { bytes_read, total_bytes, total_records: None, ..own }
    }
}

impl Chain {
    pub fn new(
        origin: &Origin,
        options: &Arc<dyn Open>,
        base: &Path,
        wanted: &Wanted,
        found: Vec<Found>,
        files: Vec<FetchedFile>,
    ) -> Result<Self, Problem> {
        let mut chain = Self {
            options: options.clone(),
            base: base.into(),
            wanted: wanted.clone(),
            unpack: origin.unpack.clone(),
            several: found.len() + files.len() > 1,
            current: None,
            schema: Arc::new(arrow::datatypes::Schema::empty()),
            before: ReadProgress::default(),
            digests: Vec::new(),
            closing: Problems::none(),
            // Members of one archive do not say how much of it they take.
            total_bytes: found.iter().map(Found::size).sum::<Option<u64>>().filter(|_| files.is_empty()),
            found: found.into(),
            files: files.into(),
            is_over: false,
        };
        chain.current = chain.following()?;
        let Some(link) = &chain.current else {
            return Err(Problem::new("read.no-such-file", "there is no file to read"));
        };
        chain.schema = link.reader.schema();
        Ok(chain)
    }

    /// Opens the next file; none behind the last one.
    fn following(&mut self) -> Result<Option<Link>, Problem> {
        while self.files.is_empty() {
            let Some(found) = self.found.pop_front() else { return Ok(None) };
            self.files = FetchedFile::all_in(found, &self.unpack)?.into();
            self.several |= self.files.len() > 1;
        }
        let Some(file) = self.files.pop_front() else { return Ok(None) };
        let lying_at = file.lying_at().to_owned();
        let at = location(&self.base, file);
        let reader = self.options.open(&at, &self.wanted)?;
        Ok(Some(Link { reader, at, lying_at }))
    }

    /// Goes on to the next file when the current one is read; false behind the last one.
    fn go_on(&mut self) -> Result<bool, Problem> {
        let Some(link) = self.current.take().filter(|_| !self.is_over) else { return Ok(false) };
        let mut link = link;
        self.finish(&mut link)?;
        let Some(next) = self.following()? else {
            self.is_over = true;
            self.current = Some(link);
            return Ok(false);
        };
        let done = link.progress();
        self.before.records += done.records;
        self.before.rejected += done.rejected;
        self.before.bytes_read += done.bytes_read;
        let schema = next.reader.schema();
        if schema.fields() != self.schema.fields() {
            return Err(different(&self.schema, &schema, &next.at.path));
        }
        self.current = Some(next);
        Ok(true)
    }

    /// Notes the digest of a file that was read, and what is wrong with it as a whole.
    fn finish(&mut self, link: &mut Link) -> Result<(), Problem> {
        if let Bytes::Fetched(fetched) = &link.at.bytes
            && let Some(fault) = fetched.fault.take()
        {
            self.closing.push(fault);
        }
        self.closing.extend(link.reader.closing());
        if self.digests.iter().all(|(_, known)| *known != link.lying_at) {
            self.digests.push((link.reader.digest()?, link.lying_at.clone()));
        }
        Ok(())
    }

    /// A batch with numbers that go on from those of the files before.
    fn renumbered(&self, read: ReadBatch) -> Result<ReadBatch, Problem> {
        let before = self.before.records;
        if before == 0 {
            return Ok(read);
        }
        let renumber = |reject: Reject| Reject { record_number: reject.record_number + before, ..reject };
        let schema = read.batch.schema();
        let columns: Vec<ArrayRef> = schema
            .fields()
            .iter()
            .zip(read.batch.columns())
            .map(|(field, column)| match column.as_any().downcast_ref::<UInt64Array>() {
                Some(numbers) if field.name() == RECORD_NUMBER => Arc::new(
                    numbers
                        .iter()
                        .map(|number| number.map(|number| number + before))
                        .collect::<UInt64Array>(),
                ),
                _ => column.clone(),
            })
            .collect();
        let batch = RecordBatch::try_new(schema, columns).map_err(|error| inconsistent(&error))?;
        Ok(ReadBatch { batch, rejects: read.rejects.into_iter().map(renumber).collect() })
    }
}

/// Two files of one source that do not have the same columns.
fn different(first: &SchemaRef, other: &SchemaRef, shown: &str) -> Problem {
    let lacks = |a: &SchemaRef, b: &SchemaRef| {
        a.fields()
            .iter()
            .find(|field| b.fields().iter().all(|other| other != *field))
            .map(|field| format!("`{}`", field.name()))
    };
    let sentence = match (lacks(first, other), lacks(other, first)) {
        (Some(lacking), _) => {
            format!("`{shown}` has no column {lacking} of the same type as the files before it")
        }
        (None, Some(more)) => format!("`{shown}` has a column {more}, which the files before it have not"),
        (None, None) => {
            format!("the columns of `{shown}` stand in another order than in the files before it")
        }
    };
    Problem::new("read.different-columns", sentence).at(Place::file(shown)).advise(
        "files that are read as one source have the same columns; give the others a source of their own",
    )
}

impl Reader for Chain {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn next(&mut self) -> Result<Option<ReadBatch>, Problem> {
        loop {
            let Some(link) = self.current.as_mut().filter(|_| !self.is_over) else { return Ok(None) };
            let read = match link.reader.next() {
                Ok(read) => read,
                Err(problem) => {
                    // Why the bytes ended is the cause of whatever the kind says about it.
                    let Bytes::Fetched(fetched) = &link.at.bytes else { return Err(problem) };
                    return Err(fetched.fault.take().unwrap_or(problem));
                }
            };
            if let Some(read) = read {
                return self.renumbered(read).map(Some);
            }
            if !self.go_on()? {
                return Ok(None);
            }
        }
    }

    fn mark(&self) -> Option<String> {
        self.current.as_ref().filter(|_| !self.several).and_then(|link| link.reader.mark())
    }

    fn position(&self) -> Option<String> {
        self.current.as_ref().filter(|_| !self.several).and_then(|link| link.reader.position())
    }

    fn progress(&self) -> ReadProgress {
        let now = self.current.as_ref().map(Link::progress).unwrap_or_default();
        if !self.several {
            return now;
        }
        ReadProgress {
            bytes_read: self.before.bytes_read.saturating_add(now.bytes_read),
            total_bytes: self.total_bytes,
            records: self.before.records + now.records,
            total_records: None,
            rejected: self.before.rejected + now.rejected,
        }
    }

    /// Of one file that file's; of several the digest of the list of theirs, each in a line with its name, as `sha256sum` prints it.
    fn digest(&mut self) -> Result<String, Problem> {
        if let (false, Some(link)) = (self.several, &mut self.current) {
            return link.reader.digest();
        }
        while self.go_on()? {}
        let lines: Vec<String> =
            self.digests.iter().map(|(digest, name)| format!("{digest}  {name}\n")).collect();
        Ok(hexadecimal(digest(&SHA256, lines.concat().as_bytes()).as_ref()))
    }

    fn closing(&mut self) -> Problems {
        std::mem::take(&mut self.closing)
    }
}
