//! The words of an organisation's name, without what says nothing about which organisation it is.

use super::fold;
use super::lists::{abbreviation, is_silent};

pub(crate) use super::lists::is_generic;

/// The words of a name, folded and written out, legal forms and little words left out.
///
/// A name of such words only keeps them: `The Corporation` is still a name.
pub(crate) fn organisation_words(name: &str) -> Vec<String> {
    let folded = fold(name);
    let all: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    let mut telling = Vec::with_capacity(all.len());
    for (index, word) in all.iter().enumerate() {
        let word =
            if *word == "ST" { saint_or_street(index, &all) } else { abbreviation(word).unwrap_or(word) };
        // Some abbreviations stand for two words.
        telling.extend(word.split(' ').filter(|word| !is_silent(word)).map(str::to_owned));
    }
    if telling.is_empty() { all.iter().map(|word| (*word).to_owned()).collect() } else { telling }
}

/// `ST` before a name is a saint; at the end, or after an ordinal or a house number, a street.
fn saint_or_street(index: usize, all: &[&str]) -> &'static str {
    let last = index + 1 == all.len();
    let after_number =
        index > 0 && all.get(index - 1).is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    if index > 0 && (last || after_number) { "STREET" } else { "SAINT" }
}
