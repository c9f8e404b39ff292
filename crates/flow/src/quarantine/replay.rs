//! Taking records out of quarantine: after a source or register file was mended, what can be read and mapped by now joins the register.
//!
//! The records that are published already stay as they are, so this takes a moment where a refresh takes long. What the mended files make of the others is seen by the next refresh.

use std::path::Path;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use concordat_engine::{SnapshotReader, SnapshotWriter, join_snapshots};
use concordat_map::{CheckCount, KEY, Mapped, Mapping, Quality};
use concordat_read::{RawRecord, ReadBatch, Source};
use concordat_record::{BYTE_OFFSET, Name, Problem, Problems, RECORD_NUMBER};
use serde_json::{Map, Value, json};

use super::entry::{Entries, SetAside};
use super::{Quarantine, newest};
use crate::refresh::{Duplicates, Files, Refresher, Snapshot, Watch, snapshot_in};

/// What a replay has come to.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Replayed {
    /// Records that were taken out of quarantine and published.
    pub published: u64,
    /// Records that stay in quarantine.
    pub quarantined: u64,
    /// The snapshot that has them; none when nothing has changed.
    pub snapshot: Option<Snapshot>,
}

/// Records are decoded and mapped so many at a time.
const BATCH: usize = 4_096;

impl Refresher<'_> {
    /// Decodes and maps the quarantined records of a register anew and publishes those that are good by now.
    ///
    /// # Errors
    /// `quarantine.not-published` when the last refresh was not published, `quarantine.other-columns` when the register's properties or
    /// facts have changed, `quarantine.no-raw-records` when the kind of source keeps no bytes to decode again, and as
    /// [`Refresher::refresh`]. The snapshot that stood before then still does.
    pub fn replay(&self, register: &Name, watch: Watch<'_>) -> Result<Replayed, Problems> {
        let (file, source) = self.find(register)?;
        let Some(current) = snapshot_in(&self.store.reading()?, register)? else {
            return Err(not_published("the register has never been published").into());
        };
        let Some(set_aside) = newest(self.body, register)? else {
            return Ok(Replayed { published: 0, quarantined: 0, snapshot: None });
        };
        if current.quarantine.as_ref().map(|file| self.body.path(file)).as_ref() != Some(&set_aside) {
            return Err(not_published("the last refresh was not published").into());
        }
        let reader = self.reader(source)?;
        let mapping = Mapping::compile(&self.engine, &file.register, &reader.schema())?;
        let standing = self.body.path(&current.file);
        same_columns(&SnapshotReader::open(&standing, None)?.schema(), mapping.schema())?;
        let files = Files::new(self.body, register, self.world.clock.now(), Some(&current), "")?;
        let mut replay = Replay {
            base: self.body.path(""),
            source: &source.source,
            schema: reader.schema(),
            mapping: &mapping,
            duplicates: keys(&standing)?,
            part: SnapshotWriter::create(&files.part(1), mapping.schema())?,
            quarantine: Quarantine::at(&files.quarantine),
            snapshot: current.clone(),
        };
        let replayed = replay.all(&set_aside).and_then(|()| {
            let published = replay.part.rows();
            let quarantined = replay.quarantine.count();
            if published == 0 {
                files.start_over();
                return Ok(Replayed { published, quarantined, snapshot: None });
            }
            replay.part.finish([])?;
            let metadata = [("source".to_owned(), source.name.to_string())];
            join_snapshots(&[standing, files.part(1)], &files.parquet, metadata)?;
            let kept = replay.quarantine.finish()?;
            let snapshot = Snapshot {
                refreshed: self.world.clock.now(),
                records: current.records + published,
                quarantined,
                file: files.relative(&files.parquet),
                quarantine: kept.map(|path| files.relative(&path)),
                ..replay.snapshot
            };
            let snapshot = self.publish(file, &snapshot, &files, watch)?;
            Ok(Replayed { published, quarantined, snapshot: Some(snapshot) })
        });
        if replayed.is_err() {
            files.start_over();
        }
        replayed
    }
}

/// A replay under way.
struct Replay<'a> {
    base: std::path::PathBuf,
    source: &'a Source,
    /// What the source's records look like.
    schema: SchemaRef,
    mapping: &'a Mapping,
    duplicates: Duplicates,
    part: SnapshotWriter,
    quarantine: Quarantine,
    /// The one that stands, with the quality that comes out.
    snapshot: Snapshot,
}

impl Replay<'_> {
    fn all(&mut self, set_aside: &Path) -> Result<(), Problems> {
        let mut waiting = Vec::new();
        for entry in Entries::open(set_aside)? {
            waiting.push(entry?);
            if waiting.len() == BATCH {
                self.some(std::mem::take(&mut waiting))?;
            }
        }
        self.some(waiting)
    }

    fn some(&mut self, entries: Vec<SetAside>) -> Result<(), Problems> {
        let (undecoded, unmapped): (Vec<SetAside>, Vec<SetAside>) =
            entries.into_iter().partition(|entry| entry.fields.is_none());
        if !undecoded.is_empty() {
            for read in self.decode(undecoded)? {
                self.take(&read, None)?;
            }
        }
        if !unmapped.is_empty() {
            let before = counted(&unmapped, &self.snapshot.quality);
            let batch = batch(&self.schema, &unmapped)?;
            self.take(&ReadBatch { batch, rejects: Vec::new() }, Some(&before))?;
        }
        Ok(())
    }

    fn decode(&self, entries: Vec<SetAside>) -> Result<Vec<ReadBatch>, Problem> {
        let raw = entries.into_iter().map(|entry| RawRecord {
            record_number: entry.record_number,
            byte_offset: entry.byte_offset,
            bytes: entry.raw.unwrap_or_default(),
        });
        self.source.again(&self.base, &raw.collect::<Vec<_>>())?.ok_or_else(|| {
            let kind = self.source.kind().name;
            Problem::new(
                "quarantine.no-raw-records",
                format!("records of the kind `{kind}` cannot be decoded by themselves"),
            )
            .advise("run `concordat refresh`, which reads the whole source anew")
        })
    }

    /// Maps a batch and keeps what is good. `before` is what the quality counted for these records, if they were counted.
    fn take(&mut self, read: &ReadBatch, before: Option<&Quality>) -> Result<(), Problem> {
        for reject in &read.rejects {
            self.quarantine.undecoded(reject)?;
        }
        let mut mapped: Mapped = self.mapping.map(&read.batch)?;
        self.duplicates.take_out(&mut mapped)?;
        for set_aside in &mapped.quarantined {
            self.quarantine.unmapped(set_aside, &read.batch)?;
        }
        if let Some(before) = before {
            self.snapshot.quality.take_away(before);
        }
        self.snapshot.quality.add(&mapped.quality);
        self.part.write(&mapped.batch)
    }
}

fn not_published(why: &str) -> Problem {
    Problem::new("quarantine.not-published", format!("{why}, so there is nothing to add records to"))
        .advise("run `concordat refresh`")
}

fn same_columns(standing: &SchemaRef, now: &SchemaRef) -> Result<(), Problem> {
    let names = |schema: &SchemaRef| -> Vec<_> {
        schema.fields().iter().map(|field| (field.name().clone(), field.data_type().clone())).collect()
    };
    if names(standing) == names(now) {
        return Ok(());
    }
    let sentence = "the register has other properties or facts than the snapshot that stands";
    Err(Problem::new("quarantine.other-columns", sentence)
        .advise("run `concordat refresh`, which maps all records anew"))
}

fn keys(standing: &Path) -> Result<Duplicates, Problem> {
    let mut duplicates = Duplicates::default();
    for batch in SnapshotReader::open(standing, Some(&[KEY]))? {
        duplicates.remember(&batch?)?;
    }
    Ok(duplicates)
}

/// What the quality counted for records that could not be mapped: each came in, and failed the check it was set aside for.
fn counted(entries: &[SetAside], quality: &Quality) -> Quality {
    let failed = |check: &CheckCount| {
        let named = |entry: &&SetAside| {
            entry.code == "map.failed-check" && entry.place.field.as_deref() == Some(&check.name)
        };
        entries.iter().filter(named).count() as u64
    };
    let records = entries.len() as u64;
    let count = |check: &CheckCount| {
        let failed = failed(check);
        CheckCount { failed, passed: records - failed, ..check.clone() }
    };
    // A duplicate was mapped before it was set aside.
    let mapped = entries.iter().filter(|entry| entry.code == "refresh.duplicate-key").count() as u64;
    Quality { records, mapped, checks: quality.checks.iter().map(count).collect(), ..Quality::default() }
}

/// Records as they were decoded, from the fields that were kept.
fn batch(schema: &SchemaRef, entries: &[SetAside]) -> Result<RecordBatch, Problem> {
    let row = |entry: &SetAside| -> Map<String, Value> {
        let mut row = entry.fields.clone().unwrap_or_default();
        row.insert(RECORD_NUMBER.into(), json!(entry.record_number));
        row.insert(BYTE_OFFSET.into(), json!(entry.byte_offset));
        row
    };
    let rows: Vec<Map<String, Value>> = entries.iter().map(row).collect();
    let failed = |_| {
        Problem::new(
            "quarantine.other-fields",
            "the fields in quarantine do not fit those of the source any more",
        )
        .advise("run `concordat refresh`, which reads the whole source anew")
    };
    let mut decoder = arrow::json::ReaderBuilder::new(schema.clone()).build_decoder().map_err(failed)?;
    decoder.serialize(&rows).map_err(failed)?;
    let batch = decoder.flush().map_err(failed)?;
    Ok(batch.unwrap_or_else(|| RecordBatch::new_empty(schema.clone())))
}
