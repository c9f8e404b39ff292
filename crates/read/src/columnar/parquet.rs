//! The kind `parquet`: reads the columns and row groups that somebody wants.

use std::fs::File;
use std::sync::Arc;

use concordat_record::{Place, Problem};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::file::metadata::RowGroupMetaData;

use super::pages::weigh_pages;
use super::plain::{batch, needed, schema};
use super::pruning::may_hold;
use super::strict::StrictFile;
use crate::ahead::{Ahead, Sink, apart};
use crate::clues::{Candidate, Clue, Sample, Seen};
use crate::file::cannot_open;
use crate::kinds::{Kind, Lies, Location, Open};
use crate::reader::{BATCH_RECORDS, ReadProgress, Reader};
use crate::section::Section;
use crate::wanted::Wanted;

/// Apache Parquet.
pub(crate) const KIND: Kind = Kind {
    name: "parquet",
    meaning: "an Apache Parquet file",
    options: &[],
    lies: Lies::InAFile,
    recognise,
    propose,
    configure,
};

#[expect(clippy::unnecessary_wraps, reason = "the list of kinds asks for it")]
fn configure(_: &mut Section<'_>) -> Option<Box<dyn Open>> {
    Some(Box::new(Parquet))
}

#[derive(Debug)]
struct Parquet;

/// A batch holds fewer rows where rows are long, so that it takes about so many bytes.
const BATCH_BYTES: u64 = 8 << 20;
/// More bytes of metadata than this are no metadata: memory is bounded by it.
const MOST_METADATA: u64 = 64 << 20;

impl Open for Parquet {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        let disk = at.on_disk()?;
        let file = disk.open().map_err(|error| cannot_open(disk.path(), &at.path, &error))?;
        let (shown, size) = (at.path.clone(), disk.size());
        let opened = file.try_clone().map_err(|error| cannot_open(disk.path(), &at.path, &error))?;
        let metadata = apart(&shown.clone(), move || metadata(&opened, size, &shown))?;
        let schema = schema(metadata.schema());
        let columns = needed(&schema, wanted);
        let rows = u64::try_from(metadata.metadata().file_metadata().num_rows()).unwrap_or(0);
        let progress =
            ReadProgress { total_bytes: Some(size), total_records: Some(rows), ..ReadProgress::default() };
        let walk = Walk {
            file,
            metadata,
            columns,
            schema: schema.clone(),
            wanted: wanted.clone(),
            shown: at.path.clone(),
        };
        let ahead = Ahead::start(at, schema, progress, move |sink| {
            // A private copy of the file goes with this.
            let _disk = disk;
            walk.run(sink)
        })?;
        Ok(Box::new(ahead))
    }
}

fn metadata(file: &File, size: u64, shown: &str) -> Result<ArrowReaderMetadata, Problem> {
    let footer = footer_length(file, size).map_err(|error| cannot_read(shown, &error.to_string()))?;
    if footer > MOST_METADATA {
        let sentence = format!("its metadata would be {footer} bytes long, more than {MOST_METADATA}");
        return Err(cannot_read(shown, &sentence));
    }
    let options = ArrowReaderOptions::new();
    ArrowReaderMetadata::load(file, options).map_err(|error| cannot_read(shown, &error.to_string()))
}

/// The length of the metadata stands before the last four bytes ("File Format" of the Parquet documentation).
fn footer_length(mut file: &File, size: u64) -> std::io::Result<u64> {
    use std::io::{Read, Seek, SeekFrom};
    let mut end = [0; 8];
    file.seek(SeekFrom::Start(size.saturating_sub(8)))?;
    file.read_exact(&mut end)?;
    let [a, b, c, d, ..] = end;
    Ok(u64::from(u32::from_le_bytes([a, b, c, d])))
}

/// What the thread works with.
struct Walk {
    file: File,
    metadata: ArrowReaderMetadata,
    columns: Vec<usize>,
    schema: arrow::datatypes::SchemaRef,
    wanted: Wanted,
    shown: String,
}

impl Walk {
    fn run(self, sink: &Sink) -> Result<(), Problem> {
        let metadata = self.metadata.metadata().clone();
        let mut next_number = 1;
        let mut left = self.wanted.limit.filter(|_| self.wanted.conditions.is_empty()).unwrap_or(u64::MAX);
        for (index, group) in metadata.row_groups().iter().enumerate() {
            let rows = u64::try_from(group.num_rows()).unwrap_or(0);
            let first_number = next_number;
            next_number += rows;
            if left == 0 || !may_hold(group, &self.schema, self.metadata.schema(), &self.wanted) {
                continue;
            }
            let bytes = u64::try_from(group.total_byte_size()).unwrap_or(0) / rows.max(1);
            let batch_rows = (BATCH_BYTES / bytes.max(1)).clamp(16, BATCH_RECORDS as u64) as usize;
            let file = self.file.try_clone().map_err(|error| cannot_read(&self.shown, &error.to_string()))?;
            let mask =
                ProjectionMask::roots(metadata.file_metadata().schema_descr(), self.columns.iter().copied());
            weigh(&file, group, &mask).map_err(|reason| cannot_read(&self.shown, &reason))?;
            let reader =
                ParquetRecordBatchReaderBuilder::new_with_metadata(StrictFile(file), self.metadata.clone())
                    .with_row_groups(vec![index])
                    .with_projection(mask)
                    .with_batch_size(batch_rows)
                    .with_limit(usize::try_from(left).unwrap_or(usize::MAX))
                    .build()
                    .map_err(|error| cannot_read(&self.shown, &error.to_string()))?;
            let mut number = first_number;
            for read in reader {
                let read = read.map_err(|error| cannot_read(&self.shown, &error.to_string()))?;
                let made = batch(&read, &self.columns, &self.schema, number, &self.shown)?;
                number += read.num_rows() as u64;
                left = left.saturating_sub(read.num_rows() as u64);
                if !sink.send(made) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Looks at the pages of the columns that are read.
fn weigh(file: &File, group: &RowGroupMetaData, mask: &ProjectionMask) -> Result<(), String> {
    for (leaf, column) in group.columns().iter().enumerate().filter(|(leaf, _)| mask.leaf_included(*leaf)) {
        let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
        let (Ok(start), Ok(length)) = (u64::try_from(start), u64::try_from(column.compressed_size())) else {
            return Err(format!("its column {leaf} has a negative place or length"));
        };
        weigh_pages(file, start, length)?;
    }
    Ok(())
}

fn cannot_read(shown: &str, why: &str) -> Problem {
    Problem::new("parquet.cannot-read", format!("`{shown}` cannot be read as Parquet: {why}"))
        .at(Place::file(shown))
        .advise("ask for the file again: it is damaged, not whole, or encrypted")
}

fn recognise(sample: &Sample) -> Option<Clue> {
    sample
        .bytes
        .starts_with(b"PAR1")
        .then(|| Clue { confidence: 1.0, evidence: vec!["the file begins with `PAR1`".into()] })
}

fn propose(seen: &Seen<'_>) -> Result<Vec<Candidate>, Problem> {
    let disk = seen.at.on_disk()?;
    let file = disk.open().map_err(|error| cannot_open(disk.path(), &seen.at.path, &error))?;
    let (shown, size) = (seen.at.path.clone(), disk.size());
    let metadata = apart(&shown.clone(), move || metadata(&file, size, &shown))?;
    let metadata: &Arc<_> = metadata.metadata();
    let whose = metadata.file_metadata().created_by().unwrap_or("an unnamed program");
    let evidence = vec![format!(
        "{} rows in {} row groups, written by {whose}",
        metadata.file_metadata().num_rows(),
        metadata.num_row_groups()
    )];
    Ok(vec![Candidate { options: String::new(), encoding: "columns".into(), evidence, layout: None }])
}
