//! Reads a source as the program does, and holds the reader to what it promises.

use std::collections::HashMap;
use std::path::Path;

use arrow::array::{ArrayRef, AsArray, RecordBatch, UInt64Array};
use arrow::compute::{concat_batches, take};
use arrow::datatypes::UInt64Type;
use concordat_read::{Profiler, RawRecord, ReadBatch, Reader, Source, Wanted};
use concordat_record::{BYTE_OFFSET, Problem, RECORD_NUMBER};

use crate::folder::Folder;

/// The source file of a folder; everything else lies where it says.
pub(crate) const SOURCE: &str = "source.toml";

/// More rows than this are not read twice.
const COMPARED_ROWS: u64 = 2_000;
/// Some formats say in a few bytes that a value comes back millions of times. That is slow and nothing else.
const MOST_ROWS: u64 = 100_000;

/// Reads the source that a folder describes.
pub(crate) fn read(input: &[u8]) {
    read_folder(&Folder::parse(input));
}

pub(crate) fn read_folder(folder: &Folder) {
    let Some(source) = folder.text(SOURCE).and_then(|text| Source::parse(text, SOURCE).ok()) else { return };
    let Ok(base) = folder.lay_out() else { return };
    let Some(whole) = outcome(source.open(base.path())) else { return };
    previews(&source, base.path());
    rejects_can_be_read_again(&source, base.path(), &whole);
    if whole.rows + whole.rejects <= COMPARED_ROWS {
        a_part_is_as_in_the_whole(&source, base.path(), &whole);
    }
    let text = folder.text(SOURCE).unwrap_or_default();
    if source.kind().name == "copybook" && !text.contains("only =") && !text.contains("\"skip\"") {
        rows_are_written_back_as_they_were(&source, base.path(), &whole);
    }
}

/// A source that was read to its end.
pub(crate) struct Whole {
    batches: Vec<ReadBatch>,
    rows: u64,
    rejects: u64,
}

/// Reads to the end; none when that cannot be.
///
/// Promises: records that were read are rows or rejects, and are counted as such; no record number is given twice; what is wrong is
/// wrong with the file and never with the decoder.
pub(crate) fn outcome(opened: Result<Box<dyn Reader>, Problem>) -> Option<Whole> {
    let mut reader = opened.map_err(|problem| sound(&problem)).ok()?;
    let mut profiler = Profiler::new(&reader.schema());
    let mut whole = Whole { batches: Vec::new(), rows: 0, rejects: 0 };
    while let Some(read) = reader.next().map_err(|problem| sound(&problem)).ok()? {
        profiler.add(&read.batch);
        profiler.add_rejects(&read.rejects, 5);
        read.rejects.iter().for_each(|reject| sound(&reject.problem));
        whole.rows += read.batch.num_rows() as u64;
        whole.rejects += read.rejects.len() as u64;
        whole.batches.push(read);
        if whole.rows > MOST_ROWS {
            return None;
        }
    }
    reader.closing().0.iter().for_each(sound);
    let progress = reader.progress();
    assert_eq!(progress.records, whole.rows + whole.rejects, "records are rows or rejects");
    assert_eq!(progress.rejected, whole.rejects, "rejects are counted");
    if let (true, Some(total)) = (progress.bytes_read > 0, progress.total_bytes) {
        assert!(progress.bytes_read <= total, "{} bytes of {total} were read", progress.bytes_read);
    }
    whole.numbers_are_given_once();
    let _ = (profiler.finish(), reader.digest().map_err(|problem| sound(&problem)));
    Some(whole)
}

impl Whole {
    fn numbers_are_given_once(&self) {
        let rows = self.batches.iter().flat_map(|read| numbers(&read.batch).values());
        let rejects = self.batches.iter().flat_map(|read| &read.rejects).map(|reject| &reject.record_number);
        let mut all: Vec<u64> = rows.chain(rejects).copied().collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count, "a record number is given once");
    }

    /// All rows as one batch.
    fn rows(&self) -> Option<RecordBatch> {
        let first = self.batches.first()?;
        concat_batches(&first.batch.schema(), self.batches.iter().map(|read| &read.batch)).ok()
    }
}

fn numbers(batch: &RecordBatch) -> &UInt64Array {
    let column = batch.column_by_name(RECORD_NUMBER).map(ArrayRef::as_primitive::<UInt64Type>);
    assert!(column.is_some(), "rows have their numbers");
    column.unwrap_or_else(|| unreachable!("asserted"))
}

/// A problem that is the file's, or one of our settings', and not the decoder's.
pub(crate) fn sound(problem: &Problem) {
    assert!(problem.code != "read.inconsistent", "{problem}");
}

fn previews(source: &Source, base: &Path) {
    let _ = source.preview(base).map_err(|problem| sound(&problem));
}

/// What was kept of a reject is read again by itself: one outcome for each.
fn rejects_can_be_read_again(source: &Source, base: &Path, whole: &Whole) {
    let rejects = whole.batches.iter().flat_map(|read| &read.rejects).take(100);
    let records: Vec<RawRecord> = rejects
        .map(|reject| RawRecord {
            record_number: reject.record_number,
            byte_offset: reject.byte_offset,
            bytes: reject.raw.clone(),
        })
        .collect();
    match source.again(base, &records) {
        Ok(Some(again)) => assert_eq!(again.len(), records.len(), "each record has its outcome"),
        Ok(None) => {}
        Err(problem) => sound(&problem),
    }
}

/// Every second column alone: the same records, and where both times a row came of one, the same values.
fn a_part_is_as_in_the_whole(source: &Source, base: &Path, whole: &Whole) {
    let Some(rows) = whole.rows() else { return };
    let schema = rows.schema();
    let names = schema.fields().iter().map(|field| field.name().as_str());
    let columns: Vec<String> = names
        .filter(|name| *name != RECORD_NUMBER && *name != BYTE_OFFSET)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    let wanted = Wanted { columns: Some(columns.clone()), ..Wanted::default() };
    let Some(part) = outcome(source.open_wanted(base, &wanted)) else { return };
    assert_eq!(part.rows + part.rejects, whole.rows + whole.rejects, "a part has as many records");
    let Some(narrow) = part.rows() else { return };
    let places: HashMap<u64, u64> = numbers(&narrow).values().iter().copied().zip(0..).collect();
    let kept = numbers(&rows).values().iter().zip(0u64..);
    let (here, there): (Vec<u64>, Vec<u64>) =
        kept.filter_map(|(number, at)| Some((at, *places.get(number)?))).unzip();
    let (here, there) = (UInt64Array::from(here), UInt64Array::from(there));
    for name in &columns {
        let (Some(one), Some(other)) = (rows.column_by_name(name), narrow.column_by_name(name)) else {
            assert!(rows.column_by_name(name).is_none(), "the column `{name}` was asked for");
            continue;
        };
        let (one, other) = (take(one, &here, None).ok(), take(other, &there, None).ok());
        assert_eq!(one, other, "the column `{name}` has the same values alone");
    }
}

/// Rows that nobody changed give the same file, byte for byte, or a problem that says why not.
fn rows_are_written_back_as_they_were(source: &Source, base: &Path, whole: &Whole) {
    let Ok(mut rewrite) = source.rewrite(base) else { return };
    let mut out = Vec::new();
    let written = whole.batches.iter().try_for_each(|read| rewrite.write(read, &mut out));
    if written.and_then(|()| rewrite.finish(&mut out)).is_ok()
        && let Ok(file) = std::fs::read(base.join(source.path()))
    {
        assert!(out == file, "{} bytes are written back as {} others", file.len(), out.len());
    }
}
