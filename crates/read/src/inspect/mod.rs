//! Looks at an unknown file: what kind it is, how it is written, what its columns hold; and proposes the files that publish it.
//!
//! The profile is read through the proposed source file, so what is proposed is known to parse, to open and to read. What is packed is
//! looked into.

mod folder;
mod foreign;
mod hints;
mod packed;
mod propose;
mod show;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::Schema;
use concordat_record::{Place, Problem, Problems};
use serde::Serialize;

use crate::clues::{Candidate, Clue, Sample, Seen};
use crate::copybook::of_same_name;
use crate::file::SourceFile;
use crate::kinds::{KINDS, Kind, Lies, Location};
use crate::profile::{ColumnProfile, Profile, Profiler};
use crate::{Reader, RecordPreview, Source};

pub use folder::{FolderInspection, LeftOut, inspect_folder};
use packed::Inside;
pub use propose::Proposal;
pub(crate) use propose::promise;

/// What was found out about a file.
#[derive(Clone, Debug, Serialize)]
pub struct Inspection {
    /// The file, as it was given.
    pub file: String,
    /// Its size in bytes.
    pub size: u64,
    /// The kind of source it is.
    pub kind: &'static str,
    /// How sure that is, from 0 to 1.
    pub confidence: f64,
    /// How its letters are written.
    pub encoding: String,
    /// What was seen, one sentence each.
    pub evidence: Vec<String>,
    /// The records with offsets, when a copybook describes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<String>,
    /// The first records, each field's bytes beside its value, where the kind has such.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub first: Vec<RecordPreview>,
    /// How many records were looked at.
    pub records: u64,
    /// How many of them could not be decoded.
    pub rejected: u64,
    /// The first problems of those.
    pub problems: Problems,
    /// What the columns hold.
    pub columns: Vec<ColumnProfile>,
    /// The files that would publish it.
    pub proposal: Proposal,
}

/// Records that are profiled.
const RECORDS: u64 = 20_000;
/// Of what is surer than this, a copybook of the same name changes nothing.
const CERTAIN: f64 = 0.95;
/// Problems of rejects that are shown.
const PROBLEMS: usize = 5;

/// Looks at a file; a mainframe file needs its copybook beside it. Paths are relative to `base`, the body's folder, and go into the
/// proposal as they are given.
///
/// # Errors
/// `inspect.unknown-format`, `inspect.needs-copybook`, `inspect.no-records`, `inspect.empty`, a missing file, or what makes every way of reading fail.
pub fn inspect(base: &Path, path: &Path, copybook: Option<&Path>) -> Result<Inspection, Problem> {
    let Some(shown) = path.to_str().map(str::to_owned) else {
        let sentence = "its name is not UTF-8, so no source file can name it";
        return Err(Problem::new("inspect.name-not-utf-8", sentence)
            .at(Place::file(path.display().to_string()))
            .advise("rename the file"));
    };
    let inside = packed::inside(base, &shown)?;
    let sample = sample(&inside.at)?;
    let look = Look { base, shown, inside, sample };
    if copybook.is_some() {
        return look.with(copybook, Some("a copybook was given".to_owned()));
    }
    foreign::refuse(&look.sample).map_err(|problem| problem.at(Place::file(&look.shown)))?;
    look.with_copybook_of_same_name().map_or_else(|| look.with(None, None), Ok)
}

/// A file that is looked at.
struct Look<'a> {
    base: &'a Path,
    shown: String,
    inside: Inside,
    sample: Sample,
}

impl Look<'_> {
    /// With the copybook that lies beside it and has its name, if it describes most of the records: nobody has said that it does.
    fn with_copybook_of_same_name(&self) -> Option<Inspection> {
        let is_certain = recognise(&self.sample, None)
            .is_ok_and(|(kind, clue)| kind.name != "copybook" && clue.confidence >= CERTAIN);
        let beside = of_same_name(&self.inside.at, &self.sample).filter(|_| !is_certain)?;
        let why =
            format!("`{}` beside it has its name, and describes records of this length", beside.display());
        self.with(Some(&beside), Some(why)).ok().filter(|found| found.rejected * 2 <= found.records)
    }

    /// As what it is; with a copybook as a mainframe file, for the reason that is given.
    fn with(&self, copybook: Option<&Path>, why: Option<String>) -> Result<Inspection, Problem> {
        let Self { base, shown, inside: Inside { at, unpack, evidence: packing }, sample } = self;
        let (kind, clue) = recognise(sample, why)?;
        let candidates = (kind.propose)(&Seen { at, sample, copybook })?;
        let candidates = candidates
            .into_iter()
            .map(|candidate| Candidate { options: format!("{}{unpack}", candidate.options), ..candidate })
            .collect();
        let (candidate, profile) = best(kind, base, shown, candidates)?;
        let first = previewed(kind, base, shown, &candidate);
        let proposal = propose::proposal(&sample.name, kind, shown, &candidate, &profile);
        let mut evidence = packing.clone();
        for seen in clue.evidence.into_iter().chain(candidate.evidence) {
            if !evidence.contains(&seen) {
                evidence.push(seen);
            }
        }
        Ok(Inspection {
            file: shown.clone(),
            size: sample.size,
            kind: kind.name,
            confidence: clue.confidence,
            encoding: candidate.encoding,
            evidence,
            layout: candidate.layout,
            first,
            records: profile.records,
            rejected: profile.rejected,
            problems: profile.problems,
            columns: profile.columns,
            proposal,
        })
    }
}

fn sample(at: &Location) -> Result<Sample, Problem> {
    let mut file = SourceFile::open(at)?;
    let mut bytes = Vec::new();
    file.fill(&mut bytes, Sample::BYTES)?;
    if bytes.is_empty() {
        return Err(Problem::new("inspect.empty", format!("`{}` is empty", at.path)));
    }
    let size = match file.size {
        0 if bytes.len() < Sample::BYTES => bytes.len() as u64,
        0 => packed::counted(at)?,
        known => known,
    };
    Ok(Sample { name: packed::unpacked_name(&at.path), bytes, size })
}

/// The surest kind; a copybook makes it a mainframe file, with the reason that is given.
fn recognise(sample: &Sample, copybook: Option<String>) -> Result<(&'static Kind, Clue), Problem> {
    let by_copybook = KINDS.iter().find(|kind| kind.name == "copybook");
    if let (Some(kind), Some(why)) = (by_copybook, copybook) {
        return Ok((kind, Clue { confidence: 1.0, evidence: vec![why] }));
    }
    let mut best: Option<(&'static Kind, Clue)> = None;
    for kind in KINDS {
        let Some(clue) = (kind.recognise)(sample) else { continue };
        if best.as_ref().is_none_or(|(_, known)| clue.confidence > known.confidence) {
            best = Some((kind, clue));
        }
    }
    best.ok_or_else(|| {
        let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
        Problem::new("inspect.unknown-format", format!("`{}` is of none of the known kinds", sample.name))
            .advise(format!(
                "the kinds are {}; a mainframe file needs its copybook: `--copybook FILE`",
                kinds.join(", ")
            ))
    })
}

/// The candidate under which the fewest records are rejected; the earlier one when they are equal.
fn best(
    kind: &Kind,
    base: &Path,
    path: &str,
    candidates: Vec<Candidate>,
) -> Result<(Candidate, Profile), Problem> {
    let mut best: Option<(Candidate, Profile)> = None;
    let mut failed = None;
    for candidate in candidates {
        match profile_of(kind, base, path, &candidate) {
            Ok(profile) => {
                let better = best.as_ref().is_none_or(|(_, known)| profile.rejected < known.rejected);
                let perfect = profile.rejected == 0;
                if better {
                    best = Some((candidate, profile));
                }
                if perfect {
                    break;
                }
            }
            Err(problem) => {
                failed.get_or_insert(problem);
            }
        }
    }
    best.ok_or_else(|| {
        failed.unwrap_or_else(|| Problem::new("inspect.unknown-format", "there is no way to read the file"))
    })
}

/// The first records as they are read; that they cannot be shown is no reason to show nothing else.
fn previewed(kind: &Kind, base: &Path, path: &str, candidate: &Candidate) -> Vec<RecordPreview> {
    let text = propose::source_text(kind, path, candidate, &[]);
    Source::parse(&text, "the proposal").ok().and_then(|source| source.preview(base).ok()).unwrap_or_default()
}

fn profile_of(kind: &Kind, base: &Path, path: &str, candidate: &Candidate) -> Result<Profile, Problem> {
    let text = propose::source_text(kind, path, candidate, &[]);
    let source = Source::parse(&text, "the proposal").map_err(first)?;
    if kind.lies == Lies::Elsewhere {
        // The file only describes a service. Nobody asked to call it.
        return Ok(Profiler::new(&Arc::new(Schema::empty())).finish());
    }
    let mut reader = source.open(base)?;
    let mut profiler = Profiler::new(&reader.schema());
    read_sample(reader.as_mut(), &mut profiler)?;
    Ok(profiler.finish())
}

fn read_sample(reader: &mut dyn Reader, profiler: &mut Profiler) -> Result<(), Problem> {
    while profiler.records() < RECORDS
        && let Some(read) = reader.next()?
    {
        profiler.add(&read.batch);
        profiler.add_rejects(&read.rejects, PROBLEMS);
    }
    Ok(())
}

fn first(problems: Problems) -> Problem {
    let none = || Problem::new("inspect.unknown-format", "there is no way to read the file");
    problems.into_iter().next().unwrap_or_else(none)
}
