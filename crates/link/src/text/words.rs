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
    let written_out = |index: usize| -> String {
        let Some(word) = all.get(index) else { return String::new() };
        match *word {
            "ST" => saint_or_street(index, &all).to_owned(),
            word => abbreviation(word).unwrap_or(word).to_owned(),
        }
    };
    let telling: Vec<String> =
        (0..all.len()).map(written_out).filter(|word| !is_silent(word)).flat_map(split_compound).collect();
    if telling.is_empty() { all.iter().map(|word| (*word).to_owned()).collect() } else { telling }
}

/// Some abbreviations stand for two words.
fn split_compound(word: String) -> Vec<String> {
    if word.contains(' ') { word.split(' ').map(str::to_owned).collect() } else { vec![word] }
}

/// `ST` before a name is a saint; at the end, or after an ordinal or a house number, a street.
fn saint_or_street(index: usize, all: &[&str]) -> &'static str {
    let last = index + 1 == all.len();
    let after_number =
        index > 0 && all.get(index - 1).is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    if index > 0 && (last || after_number) { "STREET" } else { "SAINT" }
}
