//! The key expressions of blocking rules.

use std::cell::OnceCell;

use super::alternatives;
use crate::compare::{house_number, organisation_word_hashes, postcode, state, street_key, town};
use crate::counts::Counts;
use crate::hash::{combine, hash};
use crate::known::Known;
use crate::text::fold;

/// One key expression of the list.
pub struct KeyKind {
    /// How rules name it.
    pub name: &'static str,
    /// What two records share that share a key, for people.
    pub sentence: &'static str,
    /// Whether a number follows the properties.
    pub takes_number: bool,
    /// Whether it looks up how often words occur.
    pub(crate) counts_words: bool,
    pub(crate) values: fn(&Given<'_>) -> Vec<u64>,
}

impl std::fmt::Debug for KeyKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// What a record holds in some properties.
pub(crate) struct Texts {
    values: Vec<String>,
    names: OnceCell<Vec<Vec<u64>>>,
}

impl Texts {
    pub(super) fn of(properties: &[String], record: &dyn Known) -> Self {
        let found = properties.iter().filter_map(|property| record.value(property));
        let values = found.flat_map(|text| alternatives(&text).map(str::to_owned).collect::<Vec<_>>());
        Self { values: values.collect(), names: OnceCell::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The words of each value as an organisation's name, by hash, in order.
    fn names(&self) -> &[Vec<u64>] {
        self.names.get_or_init(|| self.values.iter().map(|text| organisation_word_hashes(text)).collect())
    }
}

/// What a key expression works on.
pub(crate) struct Given<'a> {
    pub(super) texts: &'a Texts,
    pub(super) number: usize,
    pub(super) counts: &'a Counts,
    pub(super) largest_block: usize,
}

/// All key expressions that rules may name.
pub const KEY_KINDS: &[KeyKind] = &[
    plain("exact", "the same text, apart from capitals, accents and punctuation", |given| {
        given.each(|text| Some(fold(text)))
    }),
    KeyKind { takes_number: true, ..plain("first_letters", "the same first letters", first_letters) },
    KeyKind { takes_number: true, ..plain("digits", "the same first digits", digits) },
    plain("postcode", "the same post code", |given| given.each(postcode)),
    plain("town", "the same town", |given| given.each(town)),
    plain("state", "the same state", |given| given.each(state)),
    plain("house_number", "the same house number", |given| given.each(house_number)),
    plain("street", "the same house number and main word of the street, or the same post box", |given| {
        given.texts.values.iter().filter_map(|text| street_key(text)).collect()
    }),
    plain("name", "the same words of an organisation's name, in any order", whole_names),
    plain("words", "a word of an organisation's name", words),
    KeyKind {
        counts_words: true,
        ..plain("rare_words", "a rare word of an organisation's name", rare_words)
    },
    KeyKind {
        counts_words: true,
        ..plain("word_pairs", "two of the four rarest words of an organisation's name", word_pairs)
    },
];

const fn plain(name: &'static str, sentence: &'static str, values: fn(&Given<'_>) -> Vec<u64>) -> KeyKind {
    KeyKind { name, sentence, takes_number: false, counts_words: false, values }
}

impl Given<'_> {
    fn each(&self, value: impl Fn(&str) -> Option<String>) -> Vec<u64> {
        let values =
            self.texts.values.iter().filter_map(|text| value(text)).filter(|value| !value.is_empty());
        distinct(values.map(|value| hash(value.as_bytes())).collect())
    }

    fn words(&self) -> Vec<u64> {
        distinct(self.texts.names().concat())
    }
}

fn distinct(mut values: Vec<u64>) -> Vec<u64> {
    values.sort_unstable();
    values.dedup();
    values
}

fn first_letters(given: &Given<'_>) -> Vec<u64> {
    given.each(|text| Some(fold(text).chars().filter(|letter| *letter != ' ').take(given.number).collect()))
}

/// A text with fewer digits has no key.
fn digits(given: &Given<'_>) -> Vec<u64> {
    given.each(|text| {
        let digits: String = text.chars().filter(char::is_ascii_digit).take(given.number).collect();
        (digits.len() == given.number).then_some(digits)
    })
}

fn whole_names(given: &Given<'_>) -> Vec<u64> {
    let names = given.texts.names().iter().filter(|words| !words.is_empty());
    distinct(names.map(|words| combine(distinct(words.clone()))).collect())
}

fn words(given: &Given<'_>) -> Vec<u64> {
    given.words()
}

/// A word is rare if the block of records that hold it may still be compared whole.
fn rare_words(given: &Given<'_>) -> Vec<u64> {
    let mut words = given.words();
    words.retain(|word| given.counts.word(*word) as usize <= given.largest_block);
    words
}

fn word_pairs(given: &Given<'_>) -> Vec<u64> {
    let mut pairs = Vec::new();
    for name in given.texts.names() {
        let mut words = distinct(name.clone());
        words.sort_by_key(|word| given.counts.word(*word));
        words.truncate(4);
        words.sort_unstable();
        for (index, first) in words.iter().enumerate() {
            pairs.extend(words.iter().skip(index + 1).map(|second| combine([*first, *second])));
        }
    }
    distinct(pairs)
}
