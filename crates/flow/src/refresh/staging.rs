//! What a refresh gathers before it is published: records in parts, the quarantine, the counts. Every so many records all of it becomes
//! durable together, with a digest of what was read of the source, so that a refresh that was killed goes on behind that point.
//!
//! Left out on purpose: sources that cannot say whether their beginning is still the same (a database); they are read anew.

use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use concordat_engine::{SnapshotReader, SnapshotWriter, join_snapshots};
use concordat_map::{KEY, Mapped, Quality};
use concordat_read::{ColumnProfile, Profiler, ReadBatch, Reader};
use concordat_record::Problem;
use concordat_store::write_file;
use serde::{Deserialize, Serialize};

use super::duplicates::Duplicates;
use super::files::Files;
use crate::quarantine::Quarantine;

/// Records that are read from one durable point to the next.
const PART_RECORDS: u64 = if cfg!(test) { 8_192 } else { 1 << 18 };

/// Records at the beginning of a source that are profiled.
pub(super) const PROFILED: u64 = 20_000;

/// Where a refresh stood when all of it was durable.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Durable {
    /// See [`super::Snapshot::made_by`]: another mapping would make other records.
    made_by: String,
    /// Records that were read, good or bad.
    records: u64,
    /// What tells whether the source still begins like this.
    mark: String,
    /// How many parts hold the records that were mapped.
    parts: u32,
    quarantined: u64,
    quarantine_bytes: u64,
    quality: Quality,
    /// What the columns of the first records hold.
    profile: Vec<ColumnProfile>,
}

impl Durable {
    /// Reads what a refresh that did not end has left; none when there is nothing of use.
    pub(super) fn of(path: &Path, made_by: &str) -> Option<Self> {
        let durable: Self = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        (durable.made_by == made_by).then_some(durable)
    }

    /// Brings a reader to this point; false when the source is not the one that was read.
    pub(super) fn reached_by(&self, reader: &mut dyn Reader) -> Result<bool, Problem> {
        Ok(reader.skip(self.records)? && reader.mark().as_deref() == Some(&self.mark))
    }
}

/// A refresh that gathers records.
pub(super) struct Staging<'files> {
    pub(super) files: &'files Files,
    schema: SchemaRef,
    durable: Durable,
    /// The part that grows.
    part: SnapshotWriter,
    pub(super) quarantine: Quarantine,
    pub(super) quality: Quality,
    duplicates: Duplicates,
    /// While there are few records; those behind a durable point were profiled before it.
    profiler: Option<Profiler>,
    rows: u64,
}

impl<'files> Staging<'files> {
    /// Begins to gather, behind a durable point or from nothing. `schema` is that of the mapped records, `fields` that of the source.
    pub(super) fn begin(
        files: &'files Files,
        schema: &SchemaRef,
        fields: &Schema,
        made_by: String,
        behind: Option<Durable>,
    ) -> Result<Self, Problem> {
        let durable = behind.unwrap_or(Durable { made_by, ..Durable::default() });
        let mut duplicates = Duplicates::default();
        let mut rows = 0;
        for part in parts(files, &durable) {
            let keys = SnapshotReader::open(&part, Some(&[KEY]))?;
            rows += keys.rows();
            for batch in keys {
                duplicates.remember(&batch?)?;
            }
        }
        Ok(Self {
            part: SnapshotWriter::create(&files.part(durable.parts + 1), schema)?,
            quarantine: Quarantine::behind(&files.quarantine, durable.quarantined, durable.quarantine_bytes)?,
            quality: durable.quality.clone(),
            schema: schema.clone(),
            files,
            profiler: durable.profile.is_empty().then(|| Profiler::new(fields)),
            durable,
            duplicates,
            rows,
        })
    }

    /// How many records a refresh before this one has read, which are not read again.
    pub(super) fn read_before(&self) -> u64 {
        self.durable.records
    }

    /// Takes in a batch: what was rejected by the reader, what the mapping set aside, and the records.
    pub(super) fn add(&mut self, read: &ReadBatch, mut mapped: Mapped) -> Result<(), Problem> {
        for reject in &read.rejects {
            self.quarantine.undecoded(reject)?;
        }
        self.profile(&read.batch);
        self.duplicates.take_out(&mut mapped)?;
        for set_aside in &mapped.quarantined {
            self.quarantine.unmapped(set_aside, &read.batch)?;
        }
        self.quality.add(&mapped.quality);
        self.rows += mapped.batch.num_rows() as u64;
        self.part.write(&mapped.batch)
    }

    fn profile(&mut self, batch: &RecordBatch) {
        let Some(profiler) = &mut self.profiler else { return };
        profiler.add(batch);
        if profiler.records() >= PROFILED {
            self.end_profile();
        }
    }

    fn end_profile(&mut self) {
        if let Some(profiler) = self.profiler.take() {
            self.durable.profile = profiler.finish().columns;
        }
    }

    /// Makes all of it durable when enough has come since the last time, and the reader can be brought here again.
    pub(super) fn settle(&mut self, reader: &dyn Reader) -> Result<(), Problem> {
        let records = reader.progress().records;
        let Some(mark) = reader.mark().filter(|_| records - self.durable.records >= PART_RECORDS) else {
            return Ok(());
        };
        self.end_part()?;
        if self.durable.profile.is_empty() {
            self.end_profile();
        }
        self.durable.quarantine_bytes = self.quarantine.make_durable()?;
        self.durable.quarantined = self.quarantine.count();
        self.durable.quality = self.quality.clone();
        (self.durable.records, self.durable.mark) = (records, mark);
        let text = serde_json::to_vec(&self.durable).map_err(|error| {
            Problem::new("refresh.failed", format!("the refresh cannot be described: {error}"))
        })?;
        write_file(&self.files.staging, &text, false)
    }

    /// What the columns of the source hold, from its first records.
    pub(super) fn columns(&mut self) -> Vec<ColumnProfile> {
        self.end_profile();
        self.durable.profile.clone()
    }

    fn end_part(&mut self) -> Result<(), Problem> {
        let next = SnapshotWriter::create(&self.files.part(self.durable.parts + 2), &self.schema)?;
        std::mem::replace(&mut self.part, next).finish([])?;
        self.durable.parts += 1;
        Ok(())
    }

    /// Puts the snapshot's file in its place; gives how many records it has, and the quarantine.
    pub(super) fn finish(mut self, source: &str) -> Result<(u64, Quarantine), Problem> {
        let metadata = [("source".to_owned(), source.to_owned())];
        if self.durable.parts == 0 {
            self.part.finish_as(&self.files.parquet, metadata)?;
        } else {
            self.part.finish([])?;
            self.durable.parts += 1;
            join_snapshots(&parts(self.files, &self.durable), &self.files.parquet, metadata)?;
        }
        Ok((self.rows, self.quarantine))
    }
}

fn parts(files: &Files, durable: &Durable) -> Vec<PathBuf> {
    (1..=durable.parts).map(|number| files.part(number)).collect()
}
