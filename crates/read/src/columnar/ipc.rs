//! The kind `arrow`: Arrow IPC, as a file (which Feather of version 2 is) or as a stream.

use std::fs::File;
use std::io::BufReader;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ipc::reader::{FileReader, StreamReader};
use concordat_record::{Place, Problem};

use super::lengths::weigh;
use super::plain::{batch, needed, schema};
use crate::ahead::{Ahead, Sink, apart};
use crate::clues::{Candidate, Clue, Sample, Seen};
use crate::file::cannot_open;
use crate::kinds::{Kind, Lies, Location, Open};
use crate::reader::{BATCH_RECORDS, ReadProgress, Reader};
use crate::section::Section;
use crate::wanted::Wanted;

/// Arrow IPC.
pub(crate) const KIND: Kind = Kind {
    name: "arrow",
    meaning: "Arrow IPC: a file (also called Feather, version 2) or a stream",
    options: &[],
    lies: Lies::InAFile,
    recognise,
    propose,
    configure,
};

/// How a file begins ("IPC File Format" of the Arrow specification).
const FILE: &[u8] = b"ARROW1\0\0";
/// How a message of a stream begins: a continuation mark, then its length.
const MESSAGE: [u8; 4] = CONTINUATION.to_le_bytes();
pub(super) const CONTINUATION: i32 = -1;

#[expect(clippy::unnecessary_wraps, reason = "the list of kinds asks for it")]
fn configure(_: &mut Section<'_>) -> Option<Box<dyn Open>> {
    Some(Box::new(Ipc))
}

#[derive(Debug)]
struct Ipc;

impl Open for Ipc {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        let disk = at.on_disk()?;
        let open = || disk.open().map_err(|error| cannot_open(disk.path(), &at.path, &error));
        let (file, shown) = (open()?, at.path.clone());
        let own =
            apart(&shown.clone(), move || Batches::open(file, None, &shown).map(|batches| batches.schema()))?;
        let schema = schema(&own);
        let columns = needed(&schema, wanted);
        let progress = ReadProgress { total_bytes: Some(disk.size()), ..ReadProgress::default() };
        let (file, shown, made) = (open()?, at.path.clone(), schema.clone());
        let limit = wanted.limit.filter(|_| wanted.conditions.is_empty()).unwrap_or(u64::MAX);
        let ahead = Ahead::start(at, schema, progress, move |sink| {
            // A private copy of the file goes with this.
            let _disk = disk;
            let batches = Batches::open(file, Some(columns.clone()), &shown)?;
            walk(batches, &columns, &made, limit, &shown, sink)
        })?;
        Ok(Box::new(ahead))
    }
}

/// Hands batches on in pieces; one of the file may be of any size.
fn walk(
    batches: Batches,
    columns: &[usize],
    schema: &SchemaRef,
    limit: u64,
    shown: &str,
    sink: &Sink,
) -> Result<(), Problem> {
    let mut number = 1;
    for read in batches {
        let read = read.map_err(|error| cannot_read(shown, &error))?;
        for begin in (0..read.num_rows()).step_by(BATCH_RECORDS) {
            let piece = read.slice(begin, BATCH_RECORDS.min(read.num_rows() - begin));
            if number > limit || !sink.send(batch(&piece, columns, schema, number, shown)?) {
                return Ok(());
            }
            number += piece.num_rows() as u64;
        }
    }
    Ok(())
}

/// The batches of either form.
enum Batches {
    File(Box<FileReader<BufReader<File>>>),
    Stream(Box<StreamReader<BufReader<File>>>),
}

impl Batches {
    fn open(mut file: File, columns: Option<Vec<usize>>, shown: &str) -> Result<Self, Problem> {
        use std::io::{Read, Seek, SeekFrom};
        let mut begin = [0; 8];
        let is_file = file.read_exact(&mut begin).is_ok() && begin == FILE;
        weigh(&file, is_file).map_err(|reason| cannot_read(shown, &ArrowError::IpcError(reason)))?;
        let rewound = file.seek(SeekFrom::Start(0));
        let opened = rewound.map_err(ArrowError::from).and_then(|_| {
            Ok(if is_file {
                Self::File(Box::new(FileReader::try_new_buffered(file, columns)?))
            } else {
                Self::Stream(Box::new(StreamReader::try_new_buffered(file, columns)?))
            })
        });
        opened.map_err(|error| cannot_read(shown, &error))
    }

    fn schema(&self) -> SchemaRef {
        match self {
            Self::File(reader) => reader.schema(),
            Self::Stream(reader) => reader.schema(),
        }
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::File(reader) => reader.next(),
            Self::Stream(reader) => reader.next(),
        }
    }
}

fn cannot_read(shown: &str, error: &ArrowError) -> Problem {
    Problem::new("arrow.cannot-read", format!("`{shown}` cannot be read as Arrow IPC: {error}"))
        .at(Place::file(shown))
        .advise("ask for the file again: it is damaged or not whole")
}

fn recognise(sample: &Sample) -> Option<Clue> {
    let certain = |seen: &str| Some(Clue { confidence: 1.0, evidence: vec![seen.into()] });
    if sample.bytes.starts_with(FILE) {
        return certain("the file begins with `ARROW1`");
    }
    let length = sample.bytes.get(4..8).and_then(|length| length.try_into().ok()).map(u32::from_le_bytes);
    let is_stream = sample.bytes.starts_with(&MESSAGE)
        && length
            .is_some_and(|length| (16..1 << 24).contains(&length) && u64::from(length) + 8 <= sample.size);
    if is_stream { certain("the file begins with a message of an Arrow stream") } else { None }
}

#[expect(clippy::unnecessary_wraps, reason = "the list of kinds asks for it")]
fn propose(seen: &Seen<'_>) -> Result<Vec<Candidate>, Problem> {
    let is_file = seen.sample.bytes.starts_with(FILE);
    let evidence = vec![format!("it is a {} of Arrow", if is_file { "file" } else { "stream" })];
    Ok(vec![Candidate { options: String::new(), encoding: "columns".into(), evidence, layout: None }])
}
