//! What every kind of source yields: batches of decoded records, and the records that could not be decoded.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, UInt64Array};
use arrow::compute::filter;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use concordat_record::{BYTE_OFFSET, Problem, Problems, RECORD_NUMBER};
use serde::Serialize;

/// How many records a batch holds at most.
pub(crate) const BATCH_RECORDS: usize = 8192;

/// Reads one source from its beginning to its end, in bounded memory.
pub trait Reader: Send {
    /// The fields of the source, then [`RECORD_NUMBER`] and [`BYTE_OFFSET`].
    fn schema(&self) -> SchemaRef;

    /// The next records, or none at the end. A batch may hold rejects only.
    ///
    /// # Errors
    /// Only what makes all further reading pointless: the file cannot be read, or so much of its beginning is rejected
    /// that it cannot be what the source file says (`read.wrong-layout`, `read.wrong-code-page`).
    fn next(&mut self) -> Result<Option<ReadBatch>, Problem>;

    /// Passes over the first records, before anything else is read, and without decoding them where the kind can do that. Batches come in
    /// the same pieces at each reading of a source that has not changed; false when the records do not end with a piece, so it has.
    ///
    /// # Errors
    /// As [`Reader::next`].
    fn skip(&mut self, records: u64) -> Result<bool, Problem> {
        let mut skipped = 0;
        while skipped < records {
            let Some(read) = self.next()? else { return Ok(false) };
            skipped += (read.batch.num_rows() + read.rejects.len()) as u64;
        }
        Ok(skipped == records)
    }

    /// What tells the beginning of the source, up to the last batch, from another: a digest of its bytes. None where a source cannot be read
    /// on from the middle, because nobody could tell whether it is still the same.
    fn mark(&self) -> Option<String> {
        None
    }

    /// How far the reading has come.
    fn progress(&self) -> ReadProgress;

    /// SHA-256 of the whole file in lower-case hexadecimal, as it was read. Reads what has not been read yet, so ask at
    /// the end. Of a database it is the digest of its main file at the moment of asking.
    ///
    /// # Errors
    /// `read.cannot-read` when the rest of the file cannot be read.
    fn digest(&mut self) -> Result<String, Problem>;

    /// What is wrong with the source as a whole, which shows only when its last record has been read: control totals that do not
    /// agree. It stops a refresh. Nothing before the end.
    fn closing(&mut self) -> Problems {
        Problems::none()
    }

    /// Where a later reading can go on ([`Wanted::after`](crate::Wanted::after)): of a database with a cursor its last value among
    /// the records given so far, of changes the position behind the last transaction, at the end only. None for a source without such a thing.
    fn position(&self) -> Option<String> {
        None
    }
}

/// Records that were read together.
#[derive(Clone, Debug)]
pub struct ReadBatch {
    /// The records that could be decoded, with the columns of [`Reader::schema`].
    pub batch: RecordBatch,
    /// The records between them that could not.
    pub rejects: Vec<Reject>,
}

/// A record that could not be decoded; nothing of it is lost.
#[derive(Clone, Debug)]
pub struct Reject {
    /// Why, with file, record number, field and byte offset.
    pub problem: Problem,
    /// The record, counted from one; numbers are never given twice.
    pub record_number: u64,
    /// Where the record begins in the file, from zero; none where a source has no bytes, as a database.
    pub byte_offset: Option<u64>,
    /// The record as it stands in the file.
    pub raw: Vec<u8>,
}

/// A record as it stands in its file, to be decoded by itself: what a [`Reject`] has kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRecord {
    /// Its number in the source, from one.
    pub record_number: u64,
    /// Where it begins in the file, from zero.
    pub byte_offset: Option<u64>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How far a reading has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadProgress {
    /// Bytes read so far; zero where a source has no bytes.
    pub bytes_read: u64,
    /// Bytes in all, if known.
    pub total_bytes: Option<u64>,
    /// Records read so far, the rejected ones included.
    pub records: u64,
    /// Records in all, if known.
    pub total_records: Option<u64>,
    /// Records rejected so far.
    pub rejected: u64,
}

/// Writes rows back into a copy of the file they came from, in its own layout.
pub trait Rewrite: Send {
    /// Writes what was read together, in the order of the file. Rejected records stay as they are; records that are in neither are left out.
    ///
    /// # Errors
    /// A value that the layout cannot hold (`encode.…`); a part of a file that cannot be written without the rest
    /// (`encode.part-of-a-file`); a full disk.
    fn write(&mut self, read: &ReadBatch, out: &mut dyn Write) -> Result<(), Problem>;

    /// Writes what stands behind the last record.
    ///
    /// # Errors
    /// As [`Rewrite::write`].
    fn finish(&mut self, out: &mut dyn Write) -> Result<(), Problem>;
}

/// A record for people: its bytes beside its values, field by field.
#[derive(Clone, Debug, Serialize)]
pub struct RecordPreview {
    /// Its number, from one.
    pub record_number: u64,
    /// Where it begins in the file.
    pub byte_offset: u64,
    /// Its fields.
    pub cells: Vec<CellPreview>,
}

/// A field of a record for people.
#[derive(Clone, Debug, Serialize)]
pub struct CellPreview {
    /// Its name, with subscripts.
    pub field: String,
    /// Where it begins in the record, from zero.
    pub offset: u64,
    /// Its bytes.
    pub length: u64,
    /// Its bytes in hexadecimal; the first of them when there are many.
    pub hex: String,
    /// What they mean; nothing when they are blank or wrong.
    pub value: Option<String>,
    /// Why they mean nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<&'static str>,
}

/// The schema of a source: its own fields and the two columns of origin.
pub(crate) fn schema_with_origin(fields: impl IntoIterator<Item = Field>) -> SchemaRef {
    let origin =
        [Field::new(RECORD_NUMBER, DataType::UInt64, false), Field::new(BYTE_OFFSET, DataType::UInt64, true)];
    Arc::new(Schema::new(fields.into_iter().chain(origin).collect::<Vec<_>>()))
}

/// A batch of columns and the two columns of origin.
pub(crate) fn batch_with_origin(
    schema: &SchemaRef,
    mut columns: Vec<ArrayRef>,
    record_numbers: Vec<u64>,
    byte_offsets: Option<Vec<u64>>,
) -> Result<RecordBatch, Problem> {
    let rows = record_numbers.len();
    columns.push(Arc::new(UInt64Array::from(record_numbers)));
    columns.push(match byte_offsets {
        Some(offsets) => Arc::new(UInt64Array::from(offsets)),
        None => Arc::new(UInt64Array::new_null(rows)),
    });
    RecordBatch::try_new(schema.clone(), columns).map_err(|error| inconsistent(&error))
}

/// The rows of columns without a fault.
pub(crate) fn without_faulty<F>(
    columns: Vec<ArrayRef>,
    faults: &[Option<F>],
) -> Result<Vec<ArrayRef>, Problem> {
    if faults.iter().all(Option::is_none) {
        return Ok(columns);
    }
    let keep: BooleanArray = faults.iter().map(|fault| Some(fault.is_none())).collect();
    columns.iter().map(|column| filter(column, &keep).map_err(|error| inconsistent(&error))).collect()
}

/// Arrow refused what a decoder made: a mistake of ours, reported like any other problem rather than a crash.
pub(crate) fn inconsistent(error: &arrow::error::ArrowError) -> Problem {
    Problem::new("read.inconsistent", format!("the decoded columns do not fit together: {error}"))
        .advise("this is a fault of the program; please report it with the source file")
}
