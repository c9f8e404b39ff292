//! Text as the comparisons see it: folded letters, words without ornament, and how alike two words are.
//!
//! Nothing here knows what a value means; the word lists that carry knowledge of the field lie in `words/` as data.

mod fold;
mod jaro;
mod lists;
mod words;

pub(crate) use fold::fold;
pub(crate) use jaro::jaro_winkler;
pub(crate) use lists::{BodyKind, kind_of_word, place_word, state_code, state_name, street_word};
pub(crate) use words::{is_generic, organisation_words};

#[cfg(test)]
mod tests;
