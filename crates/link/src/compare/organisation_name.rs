//! Names of organisations: shared words weighed by how rare they are.
//!
//! Soft TF-IDF (Cohen, Ravikumar and Fienberg 2003) over the words that tell something: a word counts as much as it is rare
//! in the register, words that name only the sort of body count little, words spelt almost alike count almost fully.
//! Measured as Dice's coefficient of weights, so that extra words on one side cost what they are worth.

use super::{Comparator, Grade, Kind, Likeness, Several};
use crate::counts::{Counts, Tally};
use crate::hash::{combine, hash};
use crate::text::{is_generic, jaro_winkler, organisation_words};

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
    weighs_rarity: true,
    comparator: &OrganisationName,
};

/// Most words and most other names of one record that are looked at; real names have fewer.
const MOST_WORDS: usize = 16;
const MOST_NAMES: usize = 8;
const GENERIC_SHARE: f32 = 0.25;
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
    name_bits: f32,
    all_bits: f32,
    words: Box<[Word]>,
    initials: Box<str>,
}

struct Word {
    hash: u64,
    bits: f32,
    position: u8,
    text: Box<str>,
}

impl Comparator for OrganisationName {
    type Value = Box<[Name]>;

    fn prepare(&self, texts: &[&str], counts: &Counts) -> Option<Box<[Name]>> {
        let names = texts.iter().take(MOST_NAMES).filter_map(|text| Name::new(text, counts));
        let names: Box<[Name]> = names.collect();
        (!names.is_empty()).then_some(names)
    }

    fn likeness(&self, left: &Box<[Name]>, right: &Box<[Name]>) -> Option<Likeness> {
        let pairs = left.iter().flat_map(|l| right.iter().map(move |r| (l, r)));
        pairs.map(|(l, r)| l.likeness(r)).max_by(|a, b| {
            a.similarity.total_cmp(&b.similarity).then(a.bits.total_cmp(&b.bits))
        })
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

impl Name {
    fn new(text: &str, counts: &Counts) -> Option<Self> {
        let texts = organisation_words(text);
        if texts.is_empty() {
            return None;
        }
        let mut words: Vec<Word> =
            (0u8..).zip(texts.iter().take(MOST_WORDS)).map(|(position, text)| Word::new(text, position, counts)).collect();
        let sequence = combine(words.iter().map(|word| word.hash));
        let all_bits = words.iter().map(|word| word.bits).sum();
        words.sort_unstable_by_key(|word| (word.hash, word.position));
        Some(Self {
            sequence,
            bag: combine(words.iter().map(|word| word.hash)),
            joined: hash(texts.concat().as_bytes()),
            name_bits: counts.value_bits(sequence),
            all_bits,
            initials: texts.iter().filter_map(|text| text.chars().next()).collect::<String>().into(),
            words: words.into(),
        })
    }

    fn likeness(&self, other: &Self) -> Likeness {
        if self.sequence == other.sequence {
            return Likeness { similarity: 1.0, bits: self.name_bits };
        }
        if self.bag == other.bag || self.joined == other.joined {
            return Likeness { similarity: SAME_WORDS, bits: self.name_bits.min(other.name_bits) };
        }
        let mut shared = Shared::default();
        shared.equal_words(&self.words, &other.words);
        shared.alike_words();
        shared.compound_words();
        let all = self.all_bits + other.all_bits;
        let similarity = if all > 0.0 { (2.0 * shared.bits / all).min(ALIKE_AT_MOST) } else { 0.0 };
        let likeness = Likeness { similarity, bits: shared.bits };
        if likeness.similarity < INITIALS && (self.abbreviates(other) || other.abbreviates(self)) {
            return Likeness { similarity: INITIALS, bits: self.name_bits.min(other.name_bits) };
        }
        likeness
    }

    /// Whether this name is the initials of the other: `UAH` or `MIT`.
    fn abbreviates(&self, other: &Self) -> bool {
        matches!(&*self.words, [word] if word.text.len() >= 3 && other.words.len() >= 3 && word.text == other.initials)
    }
}

impl Word {
    fn new(text: &str, position: u8, counts: &Counts) -> Self {
        let hash = hash(text.as_bytes());
        let bits = counts.word_bits(hash);
        let bits = if is_generic(text) { bits.min(counts.unique_bits() * GENERIC_SHARE) } else { bits };
        Self { hash, bits, position, text: text.into() }
    }
}

/// What two names share so far, and the words not yet accounted for.
#[derive(Default)]
struct Shared<'a> {
    bits: f32,
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
        let Self { bits, left, right } = self;
        left.retain(|l| {
            let alike = |r: &Word| likeness_of_words(&l.text, &r.text);
            let best = right.iter().enumerate().map(|(at, r)| (alike(r), at)).max_by(|a, b| a.0.total_cmp(&b.0));
            let Some((similarity, at)) = best.filter(|(similarity, _)| *similarity > 0.0) else { return true };
            let r = right.swap_remove(at);
            *bits += similarity * l.bits.min(r.bits);
            false
        });
    }

    /// Two neighbouring words of one side written as one word on the other: `MID AMERICA`, `MIDAMERICA`.
    fn compound_words(&mut self) {
        self.bits += compounds(&mut self.left, &mut self.right);
        self.bits += compounds(&mut self.right, &mut self.left);
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
    if short.len() < 3 || short.bytes().any(|byte| byte.is_ascii_digit()) || long.bytes().any(|byte| byte.is_ascii_digit()) {
        return 0.0;
    }
    if long.starts_with(short) && (short.len() >= 4 || long.len() - short.len() == 1) {
        return if long.len() - short.len() <= 2 { 0.95 } else { 0.8 };
    }
    let similarity = if short.len() >= 4 { jaro_winkler(short, long) } else { 0.0 };
    if similarity >= 0.92 { similarity } else { 0.0 }
}
