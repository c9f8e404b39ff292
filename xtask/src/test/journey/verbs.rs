//! What a journey can do besides running programs: prepare and damage files.

use std::path::Path;

use super::documented;
use crate::Outcome;

/// One verb.
pub struct Verb {
    pub name: &'static str,
    pub run: fn(&[String]) -> Outcome,
}

/// Every verb.
pub const VERBS: &[Verb] = &[
    // excerpt DOCUMENT WORD FILE: what a document asks its reader to save
    Verb { name: "excerpt", run: documented::excerpt },
    // copy FROM TO: a file, or a folder with all in it
    Verb { name: "copy", run: |words| copy(Path::new(argument(words, 0)?), Path::new(argument(words, 1)?)) },
    // remove FILE
    Verb { name: "remove", run: |words| Ok(std::fs::remove_file(argument(words, 0)?)?) },
    // flip FILE BYTE: one bit of one byte, counted from zero, from the end when negative
    Verb { name: "flip", run: |words| flip(argument(words, 0)?, argument(words, 1)?.parse()?) },
    // truncate FILE BYTES: keeps the first so many bytes
    Verb { name: "truncate", run: |words| truncate(argument(words, 0)?, argument(words, 1)?.parse()?) },
    // replace FILE OLD NEW: the first OLD in a text, which must be there
    Verb {
        name: "replace",
        run: |words| replace(argument(words, 0)?, argument(words, 1)?, argument(words, 2)?),
    },
];

fn argument(words: &[String], index: usize) -> Outcome<&str> {
    Ok(words.get(index).ok_or("the verb lacks a word")?)
}

fn copy(from: &Path, to: &Path) -> Outcome {
    if from.is_file() {
        std::fs::copy(from, to)?;
        return Ok(());
    }
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

fn flip(file: &str, at: i64) -> Outcome {
    let mut content = std::fs::read(file)?;
    let index = if at < 0 { content.len().checked_add_signed(at.try_into()?) } else { Some(at.try_into()?) };
    let byte = index.and_then(|index| content.get_mut(index)).ok_or("the file is too short")?;
    *byte ^= 1;
    Ok(std::fs::write(file, content)?)
}

fn truncate(file: &str, bytes: u64) -> Outcome {
    Ok(std::fs::OpenOptions::new().write(true).open(file)?.set_len(bytes)?)
}

fn replace(file: &str, old: &str, new: &str) -> Outcome {
    let text = std::fs::read_to_string(file)?;
    if !text.contains(old) {
        return Err(format!("{file} does not contain `{old}`").into());
    }
    Ok(std::fs::write(file, text.replacen(old, new, 1))?)
}
