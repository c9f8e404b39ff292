//! Keeping records that could not be read or mapped: each as a line of JSON with reason, place and what stood in the source.
//!
//! The file holds personal data as the source does, so only its owner can read it.

use std::fs::{self, File};
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::UInt64Type;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use concordat_engine::cell_to_json;
use concordat_map::Quarantined;
use concordat_read::Reject;
use concordat_record::{BYTE_OFFSET, Place, Problem, RECORD_NUMBER};
use serde::Serialize;
use serde_json::{Map, Value};

/// Writes one quarantine file.
pub(crate) struct Quarantine {
    path: PathBuf,
    out: Option<BufWriter<File>>,
    count: u64,
}

/// One line.
#[derive(Serialize)]
struct Line<'a> {
    record_number: u64,
    byte_offset: Option<u64>,
    #[serde(flatten)]
    problem: &'a Problem,
    /// The bytes as they stand in the source, in base64: of a record that could not be decoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<String>,
    /// The decoded fields: of a record that could not be mapped.
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Map<String, Value>>,
}

impl Quarantine {
    /// A file that is made with its first record.
    pub(crate) fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), out: None, count: 0 }
    }

    /// A file that has some records already; what a killed run has written behind them is cut off.
    pub(crate) fn behind(path: &Path, count: u64, bytes: u64) -> Result<Self, Problem> {
        let mut quarantine = Self { count, ..Self::at(path) };
        if count > 0 {
            let open = || {
                let mut file = fs::OpenOptions::new().write(true).open(path)?;
                file.set_len(bytes)?;
                file.seek(SeekFrom::End(0))?;
                Ok(BufWriter::new(file))
            };
            quarantine.out = Some(open().map_err(|error| cannot_write(path, &error))?);
        }
        Ok(quarantine)
    }

    /// Makes the records set aside so far durable; gives the size of the file.
    pub(crate) fn make_durable(&mut self) -> Result<u64, Problem> {
        let Some(out) = &mut self.out else { return Ok(0) };
        let flush = |out: &mut BufWriter<File>| {
            out.flush()?;
            out.get_ref().sync_all()?;
            out.stream_position()
        };
        flush(out).map_err(|error| cannot_write(&self.path, &error))
    }

    /// Records set aside so far.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Sets a record aside that could not be decoded.
    pub(crate) fn undecoded(&mut self, reject: &Reject) -> Result<(), Problem> {
        self.write(&Line {
            record_number: reject.record_number,
            byte_offset: reject.byte_offset,
            problem: &reject.problem,
            raw: Some(STANDARD.encode(&reject.raw)),
            fields: None,
        })
    }

    /// Sets a record aside that could not be mapped; its fields are in the batch it was read with.
    pub(crate) fn unmapped(&mut self, set_aside: &Quarantined, read: &RecordBatch) -> Result<(), Problem> {
        let numbers =
            read.column_by_name(RECORD_NUMBER).and_then(|column| column.as_primitive_opt::<UInt64Type>());
        let row = numbers.and_then(|numbers| numbers.values().binary_search(&set_aside.record_number).ok());
        let fields = row.map(|row| {
            let schema = read.schema();
            let columns = schema.fields().iter().zip(read.columns());
            columns
                .filter(|(field, _)| ![RECORD_NUMBER, BYTE_OFFSET].contains(&field.name().as_str()))
                .map(|(field, column)| (field.name().clone(), cell_to_json(column, row)))
                .collect()
        });
        self.write(&Line {
            record_number: set_aside.record_number,
            byte_offset: set_aside.byte_offset,
            problem: &set_aside.problem,
            raw: None,
            fields,
        })
    }

    /// Makes the file durable; none when nothing was set aside.
    pub(crate) fn finish(mut self) -> Result<Option<PathBuf>, Problem> {
        let Some(out) = self.out.take() else { return Ok(None) };
        let file = out.into_inner().map_err(|error| self.failed(error.error()))?;
        file.sync_all().map_err(|error| self.failed(&error))?;
        Ok(Some(self.path))
    }

    fn write(&mut self, line: &Line<'_>) -> Result<(), Problem> {
        self.count += 1;
        let path = self.path.clone();
        let failed = |error: std::io::Error| cannot_write(&path, &error);
        let out = match &mut self.out {
            Some(out) => out,
            None => self.out.insert(BufWriter::new(private(&self.path).map_err(failed)?)),
        };
        serde_json::to_writer(&mut *out, line).map_err(|error| cannot_write(&self.path, &error.into()))?;
        out.write_all(b"\n").map_err(|error| cannot_write(&self.path, &error))
    }

    fn failed(&self, error: &std::io::Error) -> Problem {
        cannot_write(&self.path, error)
    }
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Problem {
    let code =
        if error.kind() == std::io::ErrorKind::StorageFull { "file.disk-full" } else { "file.cannot-write" };
    Problem::new(code, format!("cannot write the quarantine: {error}"))
        .at(Place::file(path.display().to_string()))
        .advise("free some space and run it again; what was published before stands")
}

#[cfg(unix)]
fn private(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn private(path: &Path) -> std::io::Result<File> {
    fs::File::create(path)
}
