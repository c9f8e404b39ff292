//! Refresh: a source is read anew, mapped, checked, and published as a register's new snapshot.
//!
//! Order matters, because a kill may come between any two steps: the quarantine and the snapshot's files are written under new
//! names first, the answer store switches to them in one transaction last, and files that nothing points to any more
//! are removed after that. Until the switch, readers see the old snapshot; a run that did not get so far leaves nothing
//! but files that the next run goes on with, if the source is still the same, or removes. One process at a time refreshes a register.

mod delivery;
mod duplicates;
mod files;
mod publish;
mod snapshot;
mod stage;
mod staging;

use std::path::PathBuf;

use concordat_engine::Engine;
use concordat_map::Mapping;
use concordat_read::{Change, Profiler, Reader, drift};
use concordat_record::{Name, Place, Problem, Problems};
use concordat_store::{Store, create_folder};

use crate::World;
use crate::body::{ANSWERS, Body, RegisterFile, SourceFile, digest};

pub(crate) use duplicates::Duplicates;
pub(crate) use files::{Files, moment, published};
pub use snapshot::Snapshot;
pub(crate) use snapshot::{fact_number, snapshot_in, subject_number};
pub use stage::{Stage, Watch};

use delivery::Delivery;
use staging::Staging;

/// Refreshes the registers of a body.
pub struct Refresher<'body> {
    pub(crate) body: &'body Body,
    pub(crate) world: World,
    pub(crate) store: Store,
    pub(crate) engine: Engine,
}

impl std::fmt::Debug for Refresher<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Refresher").field("body", self.body.id()).finish_non_exhaustive()
    }
}

impl<'body> Refresher<'body> {
    /// Opens the answer store of a body's folder.
    ///
    /// # Errors
    /// `store.…` when it cannot be opened.
    pub fn open(body: &'body Body, world: &World) -> Result<Self, Problem> {
        create_folder(&body.path("data"))?;
        let store = Store::open(&body.path(ANSWERS))?;
        Ok(Self { body, world: world.clone(), store, engine: Engine::new() })
    }

    /// Refreshes a register unless its source is, to the byte, what the current snapshot was made from, by the same
    /// register and link files.
    ///
    /// # Errors
    /// As [`Refresher::refresh`].
    pub fn refresh_if_changed(&self, register: &Name, watch: Watch<'_>) -> Result<Snapshot, Problems> {
        let (file, source) = self.find(register)?;
        if source.source.drop_place(&self.body.path(""))?.is_some() {
            return self.refresh(register, watch);
        }
        let mut reader = self.reader(source)?;
        let current = snapshot_in(&self.store.reading()?, register)?;
        if let Some(current) = current
            && current.made_by == self.made_by(file, source)
            && current.digest == reader.digest()?
        {
            return Ok(current);
        }
        self.refresh(register, watch)
    }

    /// Reads the source of a register and publishes a new snapshot.
    ///
    /// # Errors
    /// `refresh.live` for a register whose source is asked at the moment of a question.
    /// What makes all of it pointless: the source cannot be opened or read, the mapping does not fit, more records are bad
    /// than the register allows (`refresh.too-many-quarantined`), the disk is full. The snapshot that stood before then still does.
    pub fn refresh(&self, register: &Name, watch: Watch<'_>) -> Result<Snapshot, Problems> {
        let (file, source) = self.find(register)?;
        let current = snapshot_in(&self.store.reading()?, register)?;
        let clock = &*self.world.clock;
        let mut delivery = Delivery::look(self.body, source, clock)?;
        if let Some(delivery) = delivery.as_ref().filter(|delivery| delivery.is_empty()) {
            let standing = current.ok_or_else(|| delivery.nothing(source))?;
            return Ok(Snapshot { nothing_new: true, waiting: delivery.waiting(), ..standing });
        }
        let open = |delivery: &Option<Delivery>| match delivery {
            Some(delivery) => source
                .source
                .open_files(&self.body.path(""), &delivery.paths())
                .map_err(|problem| problem.in_file(&source.file)),
            None => self.reader(source),
        };
        let mut reader = open(&delivery)?;
        let mapping = Mapping::compile(&self.engine, &file.register, &reader.schema())?;
        let made_by = self.made_by(file, source);
        let files = Files::new(self.body, register, self.world.clock.now(), current.as_ref(), &made_by)?;
        let behind = match files.left() {
            Some(left) if left.reached_by(reader.as_mut())? => Some(left.clone()),
            Some(_) => {
                reader = open(&delivery)?;
                files.start_over();
                None
            }
            None => None,
        };
        if let Some(delivery) = &mut delivery {
            delivery.begin(clock)?;
        }
        let staging = Staging::begin(&files, mapping.schema(), &reader.schema(), made_by, behind)?;
        let made =
            self.stage(file, source, reader.as_mut(), &mapping, staging, watch).and_then(|mut snapshot| {
                snapshot.digest = reader.digest()?;
                let before = current.as_ref().map(|current| current.columns.as_slice());
                snapshot.drift = before.map_or(Vec::new(), |before| drift(before, &snapshot.columns));
                refuse_ruins(&snapshot, current.as_ref(), file.register.most_quarantined())?;
                self.publish(file, &snapshot, &files, watch)
            });
        match (made, delivery) {
            (Ok(snapshot), Some(delivery)) => {
                let waiting = delivery.waiting();
                delivery.finish(clock)?;
                Ok(Snapshot { waiting, ..snapshot })
            }
            (Ok(snapshot), None) => Ok(snapshot),
            (Err(problems), _) => {
                files.give_up();
                Err(problems)
            }
        }
    }

    /// Reads, maps and gathers the records; publishes nothing.
    fn stage(
        &self,
        file: &RegisterFile,
        source: &SourceFile,
        reader: &mut dyn Reader,
        mapping: &Mapping,
        mut staging: Staging<'_>,
        watch: Watch<'_>,
    ) -> Result<Snapshot, Problems> {
        let files = staging.files;
        let read_before = staging.read_before();
        while let Some(read) = reader.next()? {
            let mapped = mapping.map(&read.batch)?;
            staging.add(&read, mapped)?;
            staging.settle(reader)?;
            watch(&Stage::reading(&reader.progress(), staging.quarantine.count()));
        }
        let closing = reader.closing();
        if closing.has_errors() {
            return Err(closing);
        }
        let quality = staging.quality.clone();
        let columns = staging.columns();
        let (records, quarantine) = staging.finish(source.name.as_str())?;
        Ok(Snapshot {
            register: file.name.clone(),
            refreshed: self.world.clock.now(),
            source: source.name.clone(),
            digest: String::new(),
            made_by: self.made_by(file, source),
            records,
            read_before,
            nothing_new: false,
            waiting: Vec::new(),
            quarantined: quarantine.count(),
            file: files.relative(&files.parquet),
            model: None,
            quarantine: quarantine.finish()?.map(|path| files.relative(&path)),
            facts: file.register.facts().map(|fact| fact.name.clone()).collect(),
            quality,
            columns,
            drift: Vec::new(),
        })
    }

    /// What has changed in the source of a register since its current snapshot was made, by the first records of both; nothing is published.
    ///
    /// # Errors
    /// `drift.no-snapshot`, and what keeps the source from being read.
    pub fn drift(&self, register: &Name) -> Result<Vec<Change>, Problem> {
        let (_, source) = self.find(register)?;
        let Some(current) = snapshot_in(&self.store.reading()?, register)? else {
            let sentence = format!("`{register}` was never refreshed, so there is nothing to compare with");
            return Err(Problem::new("drift.no-snapshot", sentence).advise("run `concordat refresh`"));
        };
        let mut reader = self.reader(source)?;
        let mut profiler = Profiler::new(&reader.schema());
        while profiler.records() < staging::PROFILED
            && let Some(read) = reader.next()?
        {
            profiler.add(&read.batch);
        }
        Ok(drift(&current.columns, &profiler.finish().columns))
    }

    pub(crate) fn find(&self, register: &Name) -> Result<(&'body RegisterFile, &'body SourceFile), Problem> {
        let body = self.body;
        let file = body.registers.get(register).ok_or_else(|| {
            let known: Vec<&str> = body.registers.keys().map(Name::as_str).collect();
            Problem::new("refresh.unknown-register", format!("there is no register `{register}`"))
                .advise(crate::body::did_you_mean(register.as_str(), &known, "registers"))
        })?;
        if file.register.live().is_some() {
            return Err(live(register).at(Place::file(&file.file)));
        }
        let source = body.sources.get(file.register.source()).ok_or_else(|| {
            Problem::new("refresh.unknown-source", format!("there is no source `{}`", file.register.source()))
                .at(Place::file(&file.file))
        })?;
        Ok((file, source))
    }

    pub(crate) fn reader(&self, source: &SourceFile) -> Result<Box<dyn Reader>, Problem> {
        source.source.open(&self.body.path("")).map_err(|problem| problem.in_file(&source.file))
    }

    /// Publishes what was staged.
    pub(crate) fn publish(
        &self,
        file: &RegisterFile,
        staged: &Snapshot,
        files: &Files,
        watch: Watch<'_>,
    ) -> Result<Snapshot, Problems> {
        publish::publish(self, file, staged, files, watch)
    }

    /// Digest of the files that decide what a snapshot holds, beside the source's records: those of source and copybook, of
    /// register and code lists, of the link rules, and this program's version.
    fn made_by(&self, file: &RegisterFile, source: &SourceFile) -> String {
        let link = self.body.links.get(&file.name).map(|link| link.digest);
        let all = digest([
            env!("CARGO_PKG_VERSION").as_bytes(),
            &source.digest,
            &file.digest,
            link.as_ref().map(<[u8; 32]>::as_slice).unwrap_or_default(),
        ]);
        concordat_prove::Digest(all).to_string()
    }
}

fn live(register: &Name) -> Problem {
    let sentence = format!(
        "`{register}` is live: its source is asked at the moment of a question, and nothing of it is kept"
    );
    Problem::new("refresh.live", sentence).advise(
        "there is nothing to refresh; leave `[live]` out of the register's file to have it read whole",
    )
}

/// Whether what was read is worth publishing. A source that is empty all at once is a failed export, not a closed register.
fn refuse_ruins(staged: &Snapshot, current: Option<&Snapshot>, most_quarantined: f64) -> Result<(), Problem> {
    let all = staged.records + staged.quarantined;
    if all == 0 && current.is_some_and(|current| current.records > 0) {
        return Err(Problem::new(
            "refresh.no-records",
            "the source has no record, and the register has some",
        )
        .advise("look at the export; to empty the register on purpose, delete its answer store first"));
    }
    if staged.quarantined as f64 <= most_quarantined * all as f64 {
        return Ok(());
    }
    let (bad, percent) = (staged.quarantined, most_quarantined * 100.0);
    let sentence =
        format!("{bad} of {all} records are bad, more than {percent} %, so the register was not published");
    let problem = Problem::new("refresh.too-many-quarantined", sentence);
    Err(match &staged.quarantine {
        Some(file) => problem.at(Place::file(file)).advise("the file names each record and its reason; `most_quarantined` in the register's file sets the limit"),
        None => problem,
    })
}

/// Where a body keeps the snapshots of a register.
pub(crate) fn snapshot_folder(body: &Body, register: &Name) -> PathBuf {
    body.path("data/snapshots").join(register.as_str())
}
