//! The word lists in `words/`: general knowledge of how names and addresses are written, one word to a line.
//!
//! A line is `FROM TO`, or one word where there is nothing to say of it; `#` begins a comment. Words are written folded.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

use crate::hash::Identity;

/// Looked up for every word of every name, so with the quick hash.
type Map<V> = HashMap<&'static str, V, BuildHasherDefault<Identity>>;
type Set = HashSet<&'static str, BuildHasherDefault<Identity>>;

fn entries(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    file.lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (from, to) = line.split_once(' ').unwrap_or((line, ""));
            (from, to.trim())
        })
}

fn table(file: &'static str) -> Map<&'static str> {
    entries(file).collect()
}

static ABBREVIATIONS: LazyLock<Map<&str>> =
    LazyLock::new(|| table(include_str!("../../words/abbreviations.txt")));
static SILENT: LazyLock<Set> =
    LazyLock::new(|| entries(include_str!("../../words/silent.txt")).map(|(word, _)| word).collect());
static GENERIC: LazyLock<Set> =
    LazyLock::new(|| entries(include_str!("../../words/generic.txt")).map(|(word, _)| word).collect());
static STREET: LazyLock<Map<&str>> = LazyLock::new(|| table(include_str!("../../words/street.txt")));
static PLACE: LazyLock<Map<&str>> = LazyLock::new(|| table(include_str!("../../words/place.txt")));
static STATES: LazyLock<HashMap<String, &str>> = LazyLock::new(|| {
    let entries = entries(include_str!("../../words/states.txt"));
    entries.flat_map(|(code, name)| [(code.to_owned(), code), (name.replace(' ', ""), code)]).collect()
});
static STATE_NAMES: LazyLock<Map<&str>> = LazyLock::new(|| table(include_str!("../../words/states.txt")));
static KINDS: LazyLock<Map<BodyKind>> = LazyLock::new(|| {
    let mut kinds = Map::default();
    let mut groups: Vec<&str> = Vec::new();
    for (word, group) in entries(include_str!("../../words/kinds.txt")) {
        let (role, group) = group.split_once(' ').unwrap_or((group, word));
        let number = groups.iter().position(|known| *known == group).unwrap_or_else(|| {
            groups.push(group);
            groups.len() - 1
        });
        let bit = 1u64 << number.min(63);
        kinds.insert(word, if role == "beside" { BodyKind::Beside(bit) } else { BodyKind::Branch(bit) });
    }
    kinds
});

/// What a word in a name says of the kind of body, as one bit for each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyKind {
    /// The body stands beside another whose name it bears: `FOUNDATION`, `ALUMNI`, `CLUB`.
    Beside(u64),
    /// The branch of activity: `UNIVERSITY` is education, `HOSPITAL` is health.
    Branch(u64),
}

pub(super) fn abbreviation(word: &str) -> Option<&'static str> {
    ABBREVIATIONS.get(word).copied()
}

pub(super) fn is_silent(word: &str) -> bool {
    SILENT.contains(word)
}

/// Whether a word names what sort of body it is rather than which one.
pub(crate) fn is_generic(word: &str) -> bool {
    GENERIC.contains(word)
}

/// What a folded word says of the kind of body, if anything.
pub(crate) fn kind_of_word(word: &str) -> Option<BodyKind> {
    KINDS.get(word).copied()
}

/// The long form of a word in a street address, and itself when there is none.
pub(crate) fn street_word(word: &str) -> &str {
    STREET.get(word).copied().unwrap_or(word)
}

/// The long form of a word in the name of a town.
pub(crate) fn place_word(word: &str) -> &str {
    PLACE.get(word).copied().unwrap_or(word)
}

/// The two-letter code of a state, from the code or the name; none if it is neither.
pub(crate) fn state_code(folded: &str) -> Option<&'static str> {
    STATES.get(folded.replace(' ', "").as_str()).copied()
}

/// The name of a state, from its code as people write it.
pub(crate) fn state_name(code: &str) -> Option<&'static str> {
    STATE_NAMES.get(code.trim().to_ascii_uppercase().as_str()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_folded_without_repetition_and_leads_to_final_words() {
        for (name, file) in [
            ("abbreviations", include_str!("../../words/abbreviations.txt")),
            ("silent", include_str!("../../words/silent.txt")),
            ("generic", include_str!("../../words/generic.txt")),
            ("street", include_str!("../../words/street.txt")),
            ("place", include_str!("../../words/place.txt")),
            ("kinds", include_str!("../../words/kinds.txt")),
            ("states", include_str!("../../words/states.txt")),
        ] {
            let mut seen = HashSet::new();
            for (from, _) in entries(file) {
                assert_eq!(crate::text::fold(from), from, "{name} must be folded");
                assert!(seen.insert(from), "{name} has `{from}` twice");
            }
            if ["abbreviations", "street", "place"].contains(&name) {
                for (from, to) in entries(file) {
                    assert!(
                        !seen.contains(to) || from == to,
                        "{name}: `{from}` leads to `{to}`, which leads on"
                    );
                }
            }
        }
        let groups: HashSet<u64> = KINDS
            .values()
            .map(|kind| match kind {
                BodyKind::Beside(bit) | BodyKind::Branch(bit) => *bit,
            })
            .collect();
        assert!(groups.len() < 63, "each kind of body must have a bit of its own");
    }
}
