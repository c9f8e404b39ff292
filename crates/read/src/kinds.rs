//! The visible list of source kinds. To add one: a folder, a line here, a folder of cases.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use concordat_fetch::OnDisk;
use concordat_record::{Problem, Problems};

use crate::clues::{Candidate, Clue, Sample, Seen};
use crate::databases::Catalogue;
use crate::file::{cannot_open, refuse_pipe};
use crate::origin::{Bytes, unseen};
use crate::reader::{RawRecord, ReadBatch, Reader, RecordPreview, Rewrite};
use crate::section::{OptionDoc, Section};
use crate::services::live::Live;
use crate::wanted::Wanted;
use crate::{
    columnar, copybook, csv, dbase, excel, fixed_width, json, mysql, odbc, postgres, rest, soap, sqlite,
    tn3270, xml,
};

/// One kind of source: its name in `kind = "…"`, what it is, its options, and how it is recognised and opened.
pub struct Kind {
    /// The word in a source file; also the name of the table that holds its options.
    pub name: &'static str,
    /// What it is, in one line.
    pub meaning: &'static str,
    /// Whether a source of this kind names a file.
    pub lies: Lies,
    /// The options of its table, in the order of the reference page.
    pub options: &'static [OptionDoc],
    /// How sure the first bytes of a file make us that it is of this kind.
    pub(crate) recognise: fn(&Sample) -> Option<Clue>,
    /// The ways to read a file that it recognises, the likeliest first. What the file shows beside the kind, a copybook or a layout, comes with it.
    pub(crate) propose: fn(&Seen<'_>) -> Result<Vec<Candidate>, Problem>,
    /// Reads the options; notes what is wrong in the section.
    pub(crate) configure: fn(&mut Section<'_>) -> Option<Box<dyn Open>>,
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Where the records of a kind of source lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lies {
    /// In a file that `path` names.
    InAFile,
    /// Behind a server that the options name; there is no `path`.
    Elsewhere,
}

/// Every kind, most specific first: when two recognise a file with the same certainty, the earlier one wins.
pub const KINDS: &[Kind] = &[
    sqlite::KIND,
    dbase::KIND,
    soap::KIND,
    columnar::PARQUET,
    columnar::ARROW,
    excel::KIND,
    json::KIND,
    xml::KIND,
    copybook::KIND,
    csv::KIND,
    fixed_width::KIND,
    postgres::KIND,
    mysql::KIND,
    odbc::KIND,
    rest::KIND,
    tn3270::KIND,
];

/// The options of one source, ready to open it.
pub(crate) trait Open: fmt::Debug + Send + Sync {
    /// Opens the source at a location. What is not wanted may be left out of what is read, and need not be: whoever calls leaves it out then.
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem>;

    /// Decodes records that were rejected before, each by itself, by the options as they are now. None where a record's bytes are not enough.
    fn again(&self, _at: &Location, _records: &[RawRecord]) -> Result<Option<Vec<ReadBatch>>, Problem> {
        Ok(None)
    }

    /// What writes the rows of the source back in its own layout; none where a kind is not written.
    fn rewrite(&self, _at: &Location) -> Result<Option<Box<dyn Rewrite>>, Problem> {
        Ok(None)
    }

    /// The first records with their bytes beside their values; none where a kind has no bytes to show.
    fn preview(&self, _at: &Location) -> Result<Vec<RecordPreview>, Problem> {
        Ok(Vec::new())
    }

    /// All that is wrong with the options and what they name, without reading records.
    fn check(&self, at: &Location) -> Problems {
        self.open(at, &Wanted::default()).map_or_else(Problems::from, |_| Problems::none())
    }

    /// The source as one that can be asked at the moment of a question, if it can.
    fn live(&self) -> Option<&dyn Live> {
        None
    }

    /// Tells the source that all records up to a position are durable here, so that it need not keep them for us.
    fn confirm(&self, _at: &Location, _position: &str) -> Result<(), Problem> {
        Ok(())
    }

    /// What there is to read beside what the options name; none for a kind of source that holds nothing else.
    fn catalogue(&self, _at: &Location) -> Option<Result<Catalogue, Problem>> {
        None
    }
}

/// Where a source lies.
#[derive(Clone, Debug)]
pub(crate) struct Location {
    /// The body's folder, which all paths of a source file are relative to.
    pub base: PathBuf,
    /// The path as the source file has it; empty for a kind that has none.
    pub path: String,
    /// Where the bytes of the file come from.
    pub bytes: Bytes,
}

impl Location {
    /// A file of the body's folder, or of this machine, that is not packed.
    pub fn here(base: impl Into<PathBuf>, path: impl Into<String>) -> Self {
        Self { base: base.into(), path: path.into(), bytes: Bytes::Here }
    }

    /// The file on this machine's disk, for kinds that do not read from the beginning to the end: itself, or a private copy of what is
    /// packed or lies elsewhere. Keep it as long as the file is open: a copy goes with it.
    pub fn on_disk(&self) -> Result<Arc<OnDisk>, Problem> {
        match &self.bytes {
            Bytes::Here => {
                let path = self.full_path();
                refuse_pipe(&path, &self.path)?;
                let disk =
                    OnDisk::lying(path.clone()).map_err(|error| cannot_open(&path, &self.path, &error))?;
                Ok(Arc::new(disk))
            }
            Bytes::Fetched(fetched) => fetched.file.on_disk(),
            Bytes::Unseen => Err(unseen()),
        }
    }

    /// Where `path` leads from the body's folder. The bytes of a source's own file may lie elsewhere: see [`Location::on_disk`].
    pub fn full_path(&self) -> PathBuf {
        self.base.join(&self.path)
    }
}

#[cfg(test)]
mod tests;
