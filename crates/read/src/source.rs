//! A source file: where records come from and how they are written there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use concordat_record::{Place, Problem, Problems, nearest, place_of};
use toml::de::DeTable;

use crate::databases::Catalogue;
use crate::kinds::{KINDS, Kind, Lies, Location, Open};
use crate::origin::{DropPlace, Origin};
use crate::reader::{RawRecord, ReadBatch, Reader, RecordPreview, Rewrite};
use crate::section::Section;
use crate::services::live::{Answered, Asking, Live};
use crate::wanted::{Narrowed, Wanted};

/// One source, as `sources/NAME.toml` describes it.
///
/// ```toml
/// kind = "csv"                 # one of the kinds
/// path = "data/hospitals.csv"  # relative to the body's folder
/// [csv]                        # the options of the kind
/// delimiter = ";"
/// [from]                       # where the file lies, if not on this machine
/// [unpack]                     # which file of an archive is meant
/// ```
#[derive(Debug)]
pub struct Source {
    kind: &'static Kind,
    path: String,
    origin: Origin,
    options: Arc<dyn Open>,
}

impl Source {
    /// Reads the text of a source file.
    ///
    /// # Errors
    /// All its problems, each with line and column: malformed TOML (`source.malformed`), `source.missing-key`,
    /// `source.unknown-key`, `source.unknown-kind`, `source.wrong-form`, `source.unknown-word`.
    pub fn parse(text: &str, file_name: &str) -> Result<Self, Problems> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut problems = Problems::none();
        for error in errors {
            let place = place_of(text, file_name, &error.span().unwrap_or_default());
            problems.push(Problem::new("source.malformed", error.message().trim().to_owned()).at(place));
        }
        if problems.has_errors() {
            return Err(problems);
        }
        let mut section = Section::root(text, file_name, table.get_ref());
        let source = Self::configure(&mut section);
        problems.extend(section.problems);
        problems.0.sort_by_key(|problem| (problem.place.line, problem.place.column));
        match source {
            Some(source) => problems.or(source),
            None => Err(problems),
        }
    }

    fn configure(section: &mut Section<'_>) -> Option<Self> {
        let kind = section
            .required_text("kind", "what the source is")
            .and_then(|written| section.problems.keep(find_kind(&written.value, written.place)));
        let in_a_file = kind.is_none_or(|kind| kind.lies == Lies::InAFile);
        let path = if in_a_file {
            section.required_text("path", "the file, relative to the body's folder").map(|path| path.value)
        } else {
            Some(String::new())
        };
        let Some(kind) = kind else {
            let mut known: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
            known.extend(["kind", "path"]);
            section.refuse_unknown(&known);
            return None;
        };
        let in_files: &[&str] = if in_a_file { &["path", "from", "unpack", "drop"] } else { &[] };
        let known: Vec<&str> = ["kind", kind.name].into_iter().chain(in_files.iter().copied()).collect();
        section.refuse_unknown(&known);
        let origin = Origin::configure(section);
        let mut own = section.section(kind.name);
        let known: Vec<&str> = kind.options.iter().map(|option| option.name).collect();
        own.refuse_unknown(&known);
        let options = (kind.configure)(&mut own);
        section.problems.extend(own.problems);
        Some(Self { kind, path: path?, origin: origin?, options: options?.into() })
    }

    /// The kind of source.
    pub fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// The path of the source's file, as written; empty for a kind that has none.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Opens the source; `base` is the body's folder (see [`Source::base`]).
    ///
    /// # Errors
    /// A missing or unreadable file (`read.no-such-file`, `read.cannot-read`), with near names as advice, or what the kind
    /// finds wrong: a faulty copybook (`copybook.…`), a missing table (`sqlite.no-such-table`), and so on.
    pub fn open(&self, base: &Path) -> Result<Box<dyn Reader>, Problem> {
        self.open_wanted(base, &Wanted::default())
    }

    /// Opens a part of the source: what is not wanted is not given, and where the kind of source allows it, not read either.
    ///
    /// # Errors
    /// As [`Source::open`]; a column that is not there (`read.no-such-column`).
    pub fn open_wanted(&self, base: &Path, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        Narrowed::of(self.open_own(base, wanted)?, wanted).or_else(|_| {
            // A column that is not there is looked for among all of them, not only among those that were asked for.
            Narrowed::of(self.open_own(base, &Wanted::default())?, wanted)
        })
    }

    /// As the kind opens it: perhaps with more than is wanted.
    fn open_own(&self, base: &Path, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        if let Some(asked) = &wanted.asked {
            return Ok(Box::new(Answered::new(self.ask(base, &Asking::with(asked.as_slice()))?)));
        }
        if self.kind.lies == Lies::Elsewhere {
            return self.options.open(&Location::here(base, ""), wanted);
        }
        self.origin.open(&self.options, base, &self.path, wanted)
    }

    /// Refuses a file to write into that is one of those the source reads: nobody may lose a source by a slip of the pen.
    ///
    /// # Errors
    /// `read.would-overwrite`.
    pub fn refuse_writing_over(&self, base: &Path, file: &Path) -> Result<(), Problem> {
        let Ok(file) = file.canonicalize() else { return Ok(()) };
        if self.kind.lies == Lies::Elsewhere || !self.origin.is_read_from(base, &self.path, &file) {
            return Ok(());
        }
        let sentence = "the output would be written over a file that the source reads";
        Err(Problem::new("read.would-overwrite", sentence)
            .at(Place::file(file.display().to_string()))
            .advise("write into another file, or into another folder than the source's"))
    }

    /// The folder that the source's files are dropped into, and when one is complete; none when its path names its files.
    ///
    /// # Errors
    /// `fetch.…` when the path is no pattern.
    pub fn drop_place(&self, base: &Path) -> Result<Option<DropPlace>, Problem> {
        self.origin.dropped.as_ref().map(|dropped| dropped.place(base, &self.path)).transpose()
    }

    /// Opens certain files by what the source file says of them, read one after the other.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn open_files(&self, base: &Path, files: &[PathBuf]) -> Result<Box<dyn Reader>, Problem> {
        self.origin.open_files(&self.options, base, files)
    }

    /// What the source can be asked with at the moment of a question.
    ///
    /// # Errors
    /// `source.not-live` for a kind that can only be read whole; a description of a service that cannot be read (`soap.…`).
    pub fn parameters(&self, base: &Path) -> Result<Vec<String>, Problem> {
        self.live()?.parameters(&Location::here(base, self.path.as_str()))
    }

    /// What is wrong with asking the source with values of these parameters and of no others; no server is asked. Where a parameter is at
    /// fault, it is the field of the problem's place.
    pub fn check_asking(&self, base: &Path, names: &[&str]) -> Problems {
        let at = Location::here(base, self.path.as_str());
        self.live().map_or_else(Problems::from, |live| live.check(&at, names))
    }

    /// The columns that every answer of the source has; none when each answer shows its own, or only the service could tell. A database is
    /// asked for them, as it is when it is checked.
    ///
    /// # Errors
    /// `source.not-live`; a description of a service that cannot be read (`soap.…`); a database that cannot be asked (`database.…`).
    pub fn answer_columns(&self, base: &Path) -> Result<Option<SchemaRef>, Problem> {
        self.live()?.columns(&Location::here(base, self.path.as_str()))
    }

    /// Asks the source at the moment of a question. What it remembers of its server, so as to leave a failing one alone and not to connect
    /// for each question, lives as long as this.
    ///
    /// # Errors
    /// `source.not-live`; a wrong or missing parameter (`service.unknown-parameter`, `service.no-parameter`); a server that fails or is late
    /// (`http.…`, `soap.…`, `tn3270.…`, `database.…`, `service.late`) or is left alone (`service.resting`); more records than wanted (`service.too-many`).
    pub fn ask(&self, base: &Path, asking: &Asking) -> Result<ReadBatch, Problem> {
        self.live()?.ask(&Location::here(base, self.path.as_str()), asking)
    }

    fn live(&self) -> Result<&dyn Live, Problem> {
        if !self.origin.is_here() {
            let sentence = "a file that has to be fetched first cannot be asked, only read";
            return Err(Problem::new("source.not-live", sentence));
        }
        self.options.live().ok_or_else(|| {
            let sentence = format!("a source of the kind `{}` cannot be asked, only read", self.kind.name);
            Problem::new("source.not-live", sentence)
        })
    }

    /// Decodes records that were rejected before, each by itself, by what the source file says now; none where the kind of source
    /// cannot. Needs the file only where it describes its records itself, as a heading does.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn again(&self, base: &Path, records: &[RawRecord]) -> Result<Option<Vec<ReadBatch>>, Problem> {
        self.options.again(&self.origin.first(base, &self.path)?, records)
    }

    /// What writes the rows of this source back into a copy of its file, in the file's own layout. Rows that nobody changed give the same
    /// file, byte for byte.
    ///
    /// # Errors
    /// As [`Source::open`]; a kind that is not written back (`source.not-written`).
    pub fn rewrite(&self, base: &Path) -> Result<Box<dyn Rewrite>, Problem> {
        let rewrite = self.options.rewrite(&self.origin.first(base, &self.path)?)?;
        rewrite.ok_or_else(|| {
            let sentence =
                format!("a source of the kind `{}` is not written back in its own layout", self.kind.name);
            Problem::new("source.not-written", sentence).advise("choose another output format")
        })
    }

    /// The first records with their bytes beside their values, for a person who compares them with what should be there. Empty for kinds
    /// whose bytes say nothing by themselves.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn preview(&self, base: &Path) -> Result<Vec<RecordPreview>, Problem> {
        self.options.preview(&self.origin.first(base, &self.path)?)
    }

    /// All that is wrong with the source, without reading its records: missing files, every fault of a copybook, a missing table.
    pub fn check(&self, base: &Path) -> Problems {
        if self.kind.lies == Lies::Elsewhere {
            return self.options.check(&Location::here(base, ""));
        }
        self.origin.check(self.options.as_ref(), base, &self.path)
    }

    /// Tells the source that all records up to a position ([`Reader::position`]) are durable here, so that it may forget what it keeps
    /// for us: the changes of a database. A source that keeps nothing does nothing. Told twice, it does nothing the second time.
    ///
    /// # Errors
    /// The source cannot be told (`database.…`); it keeps everything then.
    pub fn confirm(&self, base: &Path, position: &str) -> Result<(), Problem> {
        self.options.confirm(&Location::here(base, self.path.as_str()), position)
    }

    /// The tables of the database that the source reads from, with columns and estimated rows; none when it reads from no database.
    /// The source file need not name a table yet.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn catalogue(&self, base: &Path) -> Option<Result<Catalogue, Problem>> {
        self.options.catalogue(&Location::here(base, self.path.as_str()))
    }

    /// The folder that the paths in a source file are relative to: the body's folder when the file lies in its `sources`
    /// folder, else the file's own folder.
    pub fn base(source_file: &Path) -> PathBuf {
        let folder = source_file.parent().unwrap_or(Path::new(""));
        if folder.file_name().is_some_and(|name| name == "sources") {
            return match folder.parent() {
                Some(body) => body.into(),
                None => PathBuf::new(),
            };
        }
        folder.into()
    }
}

fn find_kind(word: &str, place: Place) -> Result<&'static Kind, Problem> {
    KINDS.iter().find(|kind| kind.name == word).ok_or_else(|| {
        let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
        let advice = match nearest(word, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the kinds are {}", names.join(", ")),
        };
        Problem::new("source.unknown-kind", format!("there is no kind of source `{word}`"))
            .at(place)
            .advise(advice)
    })
}

#[cfg(test)]
mod tests;
