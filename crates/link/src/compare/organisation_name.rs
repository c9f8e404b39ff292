//! Names of organisations: shared words weighed by how rare they are.
//!
//! Soft TF-IDF (Cohen, Ravikumar and Fienberg 2003) over the words that tell something: a word counts as much as it is rare
//! in the register, words that name only the sort of body count little, words spelt almost alike count almost fully.
//! Measured as Dice's coefficient of weights, so that extra words on one side cost what they are worth. Words that
//! repeat the record's own town or state count little too: `Bethel College-North Newton` in North Newton is Bethel College.

use super::{Comparator, Grade, Kind, Likeness, Several, Values};
use crate::counts::{Counts, Tally};
use crate::hash::{combine, hash};
use crate::text::{BodyKind, fold, is_generic, jaro_winkler, kind_of_word, organisation_words, state_name};

pub(super) const KIND: Kind = Kind {
    name: "organisation-name",
    sentence: "how many words two names share, rare words counting more than common ones",
    source: "Cohen, Ravikumar and Fienberg (2003), A comparison of string distance metrics for name-matching tasks",
    several: Several::Alternatives,
    grades: &[
        Grade { name: "same", similarity: 1.0 },
        Grade { name: "same words", similarity: 0.98 },
        Grade { name: "initials", similarity: 0.6 },
    ],
    knows_repeats: true,
    weighs_rarity: true,
    comparator: &OrganisationName,
};

/// Most words and most other names of one record that are looked at; real names have fewer.
const MOST_WORDS: usize = 16;
const MOST_NAMES: usize = 8;
/// A word of the sort of body, or of the place, counts at most this share of what a unique word does.
const GENERIC_SHARE: f32 = 0.25;
/// What a place costs that is only added to a telling name, as a share of what it would cost otherwise.
const ADDED_PLACE: f32 = 0.25;
/// How alike two words for the same branch of activity are, such as college and university.
const SAME_BRANCH: f32 = 0.8;
const SAME_WORDS: f32 = 0.98;
const INITIALS: f32 = 0.6;
/// A likeness of words that are not all the same stays below `SAME_WORDS`.
const ALIKE_AT_MOST: f32 = 0.97;

struct OrganisationName;

/// One name, its words sorted by hash.
pub(crate) struct Name {
    sequence: u64,
    bag: u64,
    joined: u64,
    /// All letters, little words included: `IN THE` may be run together.
    letters: u64,
    bits_of_all: f32,
    words: Box<[Word]>,
    initials: Box<str>,
}

struct Word {
    hash: u64,
    bits: f32,
    position: u8,
    role: Role,
    text: Box<str>,
}

/// What a word does in a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Tells which body it is.
    Telling,
    /// Names the sort of body, and the branch of activity as a bit, if any.
    Generic(u64),
    /// Repeats the record's address.
    Place,
}

impl Comparator for OrganisationName {
    type Value = Box<[Name]>;

    fn prepare(&self, values: &Values<'_>, counts: &Counts) -> Option<Box<[Name]>> {
        let places: Vec<String> = values.beside.iter().flat_map(|place| place_words(place)).collect();
        let names = values.texts.iter().take(MOST_NAMES).filter_map(|text| Name::new(text, &places, counts));
        let names: Box<[Name]> = names.collect();
        (!names.is_empty()).then_some(names)
    }

    fn likeness(&self, left: &Box<[Name]>, right: &Box<[Name]>) -> Option<Likeness> {
        let pairs = left.iter().flat_map(|l| right.iter().map(move |r| (l, r)));
        pairs
            .map(|(l, r)| l.likeness(r))
            .max_by(|a, b| a.similarity.total_cmp(&b.similarity).then(a.bits.total_cmp(&b.bits)))
    }

    fn tally(&self, texts: &[&str], tally: &mut Tally) {
        for text in texts.iter().take(MOST_NAMES) {
            let words = word_hashes(text);
            tally.values.push(combine(words.iter().copied()));
            tally.words.extend(words);
        }
    }
}

/// The words of a name by hash, in order.
pub(crate) fn word_hashes(text: &str) -> Vec<u64> {
    organisation_words(text).iter().take(MOST_WORDS).map(|word| hash(word.as_bytes())).collect()
}

/// The words of a place; of a state, both its code and its name.
fn place_words(place: &str) -> Vec<String> {
    let mut words = organisation_words(place);
    words.extend(state_name(place).iter().flat_map(|name| organisation_words(name)));
    words
}

impl Name {
    fn new(text: &str, places: &[String], counts: &Counts) -> Option<Self> {
        let texts = organisation_words(text);
        if texts.is_empty() {
            return None;
        }
        let word = |(position, text): (u8, &String)| Word::new(text, position, places.contains(text), counts);
        let mut words: Vec<Word> = (0u8..).zip(texts.iter().take(MOST_WORDS)).map(word).collect();
        let sequence = combine(words.iter().map(|word| word.hash));
        words.sort_unstable_by_key(|word| (word.hash, word.position));
        Some(Self {
            sequence,
            bag: combine(words.iter().map(|word| word.hash)),
            joined: hash(texts.concat().as_bytes()),
            letters: hash(fold(text).replace(' ', "").as_bytes()),
            bits_of_all: counts.value_bits(sequence),
            initials: texts.iter().filter_map(|text| text.chars().next()).collect::<String>().into(),
            words: words.into(),
        })
    }

    fn likeness(&self, other: &Self) -> Likeness {
        if self.sequence == other.sequence {
            return Likeness { similarity: 1.0, bits: self.bits_of_all };
        }
        if self.bag == other.bag || self.joined == other.joined || self.letters == other.letters {
            return Likeness { similarity: SAME_WORDS, bits: self.bits_of_all.min(other.bits_of_all) };
        }
        let mut shared = Shared::default();
        shared.equal_words(&self.words, &other.words);
        shared.alike_words();
        shared.compound_words();
        let likeness = Likeness { similarity: shared.similarity(), bits: shared.bits };
        if likeness.similarity < INITIALS && (self.abbreviates(other) || other.abbreviates(self)) {
            return Likeness { similarity: INITIALS, bits: self.bits_of_all.min(other.bits_of_all) };
        }
        likeness
    }

    /// Whether this name is the initials of the other: `UAH` or `MIT`.
    fn abbreviates(&self, other: &Self) -> bool {
        matches!(&*self.words, [word] if word.text.len() >= 3 && other.words.len() >= 3 && word.text == other.initials)
    }
}

impl Word {
    fn new(text: &str, position: u8, is_place: bool, counts: &Counts) -> Self {
        let hash = hash(text.as_bytes());
        let bits = counts.word_bits(hash);
        let branch = match kind_of_word(text) {
            Some(BodyKind::Branch(bit)) => bit,
            _ => 0,
        };
        let role = match (is_generic(text) || branch != 0, is_place) {
            (true, _) => Role::Generic(branch),
            (false, true) => Role::Place,
            (false, false) => Role::Telling,
        };
        let bits = if role == Role::Telling { bits } else { bits.min(counts.unique_bits() * GENERIC_SHARE) };
        Self { hash, bits, position, role, text: text.into() }
    }

    /// 1 to 0.8 for words that probably say the same, else 0.
    fn likeness(&self, other: &Self) -> f32 {
        match (self.role, other.role) {
            (Role::Generic(a), Role::Generic(b)) if a & b != 0 => SAME_BRANCH,
            _ => likeness_of_words(&self.text, &other.text),
        }
    }
}

/// What two names share so far, and the words not yet accounted for.
#[derive(Default)]
struct Shared<'a> {
    bits: f32,
    /// What words that are alike but not equal lack, on both sides.
    lacking: f32,
    /// Whether a shared word tells which body it is.
    telling: bool,
    left: Vec<&'a Word>,
    right: Vec<&'a Word>,
}

impl<'a> Shared<'a> {
    /// Both lists are sorted by hash.
    fn equal_words(&mut self, left: &'a [Word], right: &'a [Word]) {
        let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
        while let (Some(l), Some(r)) = (left.peek(), right.peek()) {
            match l.hash.cmp(&r.hash) {
                std::cmp::Ordering::Equal => {
                    self.bits += l.bits.min(r.bits);
                    self.telling |= l.role == Role::Telling && r.role == Role::Telling;
                    left.next();
                    right.next();
                }
                std::cmp::Ordering::Less => self.left.extend(left.next()),
                std::cmp::Ordering::Greater => self.right.extend(right.next()),
            }
        }
        self.left.extend(left);
        self.right.extend(right);
    }

    /// A slip of the pen, a plural, or a word cut short; worth the commoner word, so that a rare misspelling of a common
    /// word does not look rare.
    fn alike_words(&mut self) {
        let Self { bits, lacking, telling, left, right } = self;
        left.retain(|l| {
            let best = right
                .iter()
                .enumerate()
                .map(|(at, r)| (l.likeness(r), at))
                .max_by(|a, b| a.0.total_cmp(&b.0));
            let Some((similarity, at)) = best.filter(|(similarity, _)| *similarity > 0.0) else {
                return true;
            };
            let r = right.swap_remove(at);
            let both = l.bits.min(r.bits);
            *bits += similarity * both;
            *lacking += 2.0 * (1.0 - similarity) * both;
            *telling |= l.role == Role::Telling && r.role == Role::Telling;
            false
        });
    }

    /// Two neighbouring words of one side written as one word on the other: `MID AMERICA`, `MIDAMERICA`.
    fn compound_words(&mut self) {
        let bits = compounds(&mut self.left, &mut self.right) + compounds(&mut self.right, &mut self.left);
        self.bits += bits;
        self.telling |= bits > 0.0;
    }

    /// Dice's coefficient of weights.
    fn similarity(&self) -> f32 {
        let cost = |word: &&Word| match word.role {
            Role::Place if self.telling => word.bits * ADDED_PLACE,
            _ => word.bits,
        };
        let extra: f32 = self.left.iter().chain(&self.right).map(cost).sum();
        let all = 2.0 * self.bits + self.lacking + extra;
        if all > 0.0 { (2.0 * self.bits / all).min(ALIKE_AT_MOST) } else { 0.0 }
    }
}

fn compounds(whole: &mut Vec<&Word>, parts: &mut Vec<&Word>) -> f32 {
    if whole.is_empty() || parts.len() < 2 {
        return 0.0;
    }
    parts.sort_unstable_by_key(|word| word.position);
    let mut bits = 0.0;
    whole.retain(|word| {
        let at = parts.windows(2).position(|pair| match pair {
            [first, second] => {
                first.position + 1 == second.position
                    && word.text.len() == first.text.len() + second.text.len()
                    && word.text.starts_with(&*first.text)
                    && word.text.ends_with(&*second.text)
            }
            _ => false,
        });
        let Some(at) = at else { return true };
        let of_parts: f32 = parts.drain(at..at + 2).map(|part| part.bits).sum();
        bits += word.bits.min(of_parts);
        false
    });
    bits
}

/// 1 to 0.8 for words that are probably the same word, else 0.
fn likeness_of_words(a: &str, b: &str) -> f32 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    // Words that share neither end are seldom the same word; asking costs more than it finds.
    let same_begin = short.as_bytes().first() == long.as_bytes().first();
    let same_end = short.as_bytes().last() == long.as_bytes().last();
    if short.len() < 3 || !(same_begin || same_end) || has_digit(short) || has_digit(long) {
        return 0.0;
    }
    let longer_by = long.len() - short.len();
    if long.starts_with(short) && (short.len() >= 4 || longer_by == 1) {
        return if longer_by <= 2 { 0.95 } else { 0.8 };
    }
    let worth_asking = short.len() >= 4 && longer_by <= 2 + long.len() / 4;
    let similarity = if worth_asking { jaro_winkler(short, long) } else { 0.0 };
    if similarity >= 0.92 { similarity } else { 0.0 }
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}
