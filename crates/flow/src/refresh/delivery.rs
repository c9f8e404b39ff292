//! What others have dropped into the folder of a source: which files a refresh reads, and that it reads none of them twice.
//!
//! The ledger of what was read lies in `data/drop`. It is not derived: lost, the files that still lie in the folder are read once more.

use std::path::PathBuf;

use concordat_fetch::{DropFolder, Dropped, Waiting};
use concordat_record::{Clock, Place, Problem};
use concordat_store::create_folder;

use crate::body::{Body, SourceFile};

/// The files for one refresh.
pub(super) struct Delivery {
    folder: DropFolder,
    /// Read, in the order of their names.
    files: Vec<Dropped>,
    /// Whole exports that a later one has made useless before anybody read them.
    superseded: Vec<Dropped>,
    waiting: Vec<Waiting>,
}

impl Delivery {
    /// Looks into the folder of a source; none when its files are not dropped. Files that were read before are put away.
    pub(super) fn look(body: &Body, source: &SourceFile, clock: &dyn Clock) -> Result<Option<Self>, Problem> {
        let Some(place) = source.source.drop_place(&body.path(""))? else { return Ok(None) };
        let ledgers = body.path("data/drop");
        create_folder(&ledgers)?;
        let ledger = ledgers.join(format!("{}.ledger", source.name));
        let mut folder = DropFolder::open(&place.folder, place.rules, &ledger)?;
        let look = folder.look(clock)?;
        for known in &look.known {
            folder.put_away(known)?;
        }
        let mut superseded = look.ready;
        let first = if place.all { 0 } else { superseded.len().saturating_sub(1) };
        let files = superseded.split_off(first);
        Ok(Some(Self { folder, files, superseded, waiting: look.waiting }))
    }

    /// Whether there is nothing to read.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The files to read.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.files.iter().map(|file| file.path.clone()).collect()
    }

    /// Why a register cannot be made yet.
    pub(super) fn nothing(&self, source: &SourceFile) -> Problem {
        let problem =
            Problem::new("refresh.nothing-dropped", "no complete file was dropped for the source yet")
                .at(Place::file(&source.file));
        match self.waiting().into_iter().next() {
            Some(waiting) => problem.advise(waiting),
            None => problem.advise("refresh again when there is one"),
        }
    }

    /// The files that are not complete, each with what it waits for.
    pub(super) fn waiting(&self) -> Vec<String> {
        let sentence =
            |Waiting { name, for_what }: &Waiting| format!("`{name}` is there and waits for {for_what}");
        self.waiting.iter().map(sentence).collect()
    }

    /// Notes that the files are going to be read.
    pub(super) fn begin(&mut self, clock: &dyn Clock) -> Result<(), Problem> {
        self.files.iter().try_for_each(|file| self.folder.begin(file, clock))
    }

    /// Notes that the register made of them is published, and puts them away.
    pub(super) fn finish(mut self, clock: &dyn Clock) -> Result<(), Problem> {
        for file in self.superseded.iter().chain(&self.files) {
            self.folder.finish(file, clock)?;
        }
        Ok(())
    }
}
