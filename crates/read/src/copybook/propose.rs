//! How an unknown mainframe file would be read: with the copybook given, with one that lies beside it, or with one inferred.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use concordat_record::Problem;

use super::infer::beside::{copybooks, is_named_as};
use super::infer::page::ebcdic_page;
use super::infer::{skeleton, structures};
use super::layout::{Dialect, Layout};
use super::recognise::{Guess, guess};
use crate::clues::{Candidate, Sample, Seen, quoted};
use crate::kinds::Location;

/// The ways to read a file, the likeliest first.
pub(crate) fn propose(seen: &Seen<'_>) -> Result<Vec<Candidate>, Problem> {
    let tail = tail(seen);
    if let Some(copybook) = seen.copybook {
        return with_copybook(seen, copybook, &tail)
            .map(|guesses| guesses.into_iter().map(|(_, candidate)| candidate).collect());
    }
    let mut candidates = Vec::new();
    for copybook in copybooks(seen.at) {
        // What is wrong with a copybook that nobody named is nobody's concern.
        let fitting =
            with_copybook(seen, &copybook, &tail).unwrap_or_default().into_iter().filter(|(fits, _)| *fits);
        candidates.extend(fitting.map(|(_, mut candidate)| {
            let found =
                format!("`{}` in the same folder describes records of this length", copybook.display());
            candidate.evidence.push(found);
            candidate
        }));
    }
    candidates.extend(inferred(seen, &tail));
    if candidates.is_empty() {
        let sentence = format!(
            "`{}` looks like a mainframe file, but its bytes do not show how long its records are",
            seen.sample.name
        );
        return Err(
            Problem::new("inspect.needs-copybook", sentence).advise("name the copybook: `--copybook FILE`")
        );
    }
    Ok(candidates)
}

/// The copybook beside a file that has its name and describes records as long as its own are: whatever the file's bytes look like.
pub(crate) fn of_same_name(at: &Location, sample: &Sample) -> Option<PathBuf> {
    let seen = Seen { at, sample, copybook: None };
    let tail = tail(&seen);
    let fits = |copybook: &PathBuf| {
        let guesses = with_copybook(&seen, copybook, &tail).unwrap_or_default();
        guesses.iter().any(|(fits, _)| *fits)
    };
    copybooks(at).into_iter().filter(|copybook| is_named_as(copybook, at)).find(fits)
}

/// The ways that a copybook allows, and whether the records are as long as it says.
fn with_copybook(seen: &Seen<'_>, copybook: &Path, tail: &[u8]) -> Result<Vec<(bool, Candidate)>, Problem> {
    let shown = copybook.display().to_string();
    let guesses = guess(&seen.at.base.join(copybook), &shown, seen.sample, tail)?;
    let candidate = |guess: Guess| {
        let mut options =
            format!("[copybook]\npath = {}\ncode_page = {}\n", quoted(&shown), quoted(&guess.code_page));
        options.push_str(&guess.options);
        let (encoding, evidence, layout) = (guess.code_page, guess.evidence, Some(guess.layout));
        (guess.fits, Candidate { options, encoding, evidence, layout })
    };
    Ok(guesses.into_iter().map(candidate).collect())
}

/// The ways that the bytes alone show, each with a copybook made from them.
fn inferred(seen: &Seen<'_>, tail: &[u8]) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for structure in structures(seen.sample, tail) {
        let (text, cells) = skeleton(&structure, seen.sample);
        let Ok(layout) = Layout::parse(&text, "inferred", Dialect::default()) else { continue };
        let (page, why) = ebcdic_page(&cells);
        let mut evidence = structure.evidence;
        evidence.push(format!(
            "no copybook was given: fields are inferred, records with a confidence of {:.0} %",
            structure.confidence * 100.0
        ));
        evidence.push(why);
        let options = format!(
            "[copybook]\ntext = '''\n{text}'''\ncode_page = {}\n{}",
            quoted(&page),
            structure.options
        );
        candidates.push(Candidate { options, encoding: page, evidence, layout: Some(layout.to_string()) });
    }
    candidates
}

/// The end of the file; nothing when the sample has all of it, or when the file is not what its name says (packed, or far away).
fn tail(seen: &Seen<'_>) -> Vec<u8> {
    const MOST: u64 = 64 << 10;
    let mut bytes = Vec::new();
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = File::open(seen.at.full_path())?;
        if file.metadata()?.len() == seen.sample.size {
            file.seek(SeekFrom::Start(seen.sample.size.saturating_sub(MOST)))?;
            file.take(MOST).read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    };
    if seen.sample.is_whole() { Vec::new() } else { read().unwrap_or_default() }
}
