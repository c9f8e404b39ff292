//! Jaro–Winkler similarity with bit masks.
//!
//! Jaro (1989), "Advances in record-linkage methodology", JASA 84:414; Winkler (1990), "String comparator metrics and
//! enhanced decision rules in the Fellegi–Sunter model of record linkage". The common prefix counts up to four letters
//! at 0.1 each, for strings whose Jaro similarity is above 0.7, as Winkler's own program does.

use std::cell::RefCell;

const BOOST_ABOVE: f32 = 0.7;
const PREFIX_WEIGHT: f32 = 0.1;

/// How alike two strings are, 0 to 1; 1 when equal, and the same whichever comes first. Two empty strings are equal.
pub(crate) fn jaro_winkler(a: &str, b: &str) -> f32 {
    if a == b {
        return 1.0;
    }
    // The greedy assignment depends on which string leads; a fixed order makes the measure symmetric.
    let (a, b) = if (a.len(), a) <= (b.len(), b) { (a, b) } else { (b, a) };
    let (jaro, prefix) = if a.is_ascii() && b.is_ascii() {
        let jaro =
            if b.len() <= 64 { short(a.as_bytes(), b.as_bytes()) } else { long(a.as_bytes(), b.as_bytes()) };
        (jaro, common_prefix(a.bytes(), b.bytes()))
    } else {
        let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
        (long(&a, &b), common_prefix(a.iter(), b.iter()))
    };
    if jaro > BOOST_ABOVE { jaro + PREFIX_WEIGHT * prefix * (1.0 - jaro) } else { jaro }
}

fn common_prefix<T: PartialEq>(a: impl Iterator<Item = T>, b: impl Iterator<Item = T>) -> f32 {
    a.zip(b).take(4).take_while(|(a, b)| a == b).count() as f32
}

fn jaro(matches: usize, out_of_order: usize, a: usize, b: usize) -> f32 {
    if matches == 0 {
        return 0.0;
    }
    let matched = matches as f32;
    let transpositions = (out_of_order / 2) as f32;
    (matched / a as f32 + matched / b as f32 + (matched - transpositions) / matched) / 3.0
}

fn window(longer: usize) -> usize {
    (longer / 2).saturating_sub(1)
}

thread_local! {
    /// Where each byte occurs in the first string; all zero between calls.
    static POSITIONS: RefCell<[u64; 128]> = const { RefCell::new([0; 128]) };
}

/// Both at most 64 bytes of ASCII: the letters of `a` still free are one word of bits.
fn short(a: &[u8], b: &[u8]) -> f32 {
    POSITIONS.with_borrow_mut(|positions| {
        for (index, byte) in a.iter().enumerate() {
            positions[usize::from(byte & 127)] |= 1 << index;
        }
        let window = window(a.len().max(b.len()));
        let (mut taken_a, mut taken_b) = (0u64, 0u64);
        for (index, byte) in b.iter().enumerate() {
            let reach = bits_from(index.saturating_sub(window)) & !bits_from(index + window + 1);
            let free = positions[usize::from(byte & 127)] & reach & !taken_a;
            taken_a |= free & free.wrapping_neg();
            taken_b |= u64::from(free != 0) << index;
        }
        for byte in a {
            positions[usize::from(byte & 127)] = 0;
        }
        let matches = taken_a.count_ones() as usize;
        let mut out_of_order = 0;
        while taken_a != 0 {
            let (at, bt) = (taken_a.trailing_zeros() as usize, taken_b.trailing_zeros() as usize);
            out_of_order += usize::from(a.get(at) != b.get(bt));
            taken_a &= taken_a - 1;
            taken_b &= taken_b.wrapping_sub(1);
        }
        jaro(matches, out_of_order, a.len(), b.len())
    })
}

fn bits_from(index: usize) -> u64 {
    u32::try_from(index).ok().and_then(|index| u64::MAX.checked_shl(index)).unwrap_or(0)
}

/// Any length, any letters: the textbook way.
fn long<T: PartialEq>(a: &[T], b: &[T]) -> f32 {
    let window = window(a.len().max(b.len()));
    let mut taken = vec![false; a.len()];
    let mut from_b = Vec::new();
    for (index, letter) in b.iter().enumerate() {
        let reach = index.saturating_sub(window)..(index + window + 1).min(a.len());
        if let Some(at) = reach.into_iter().find(|&at| !taken[at] && a[at] == *letter) {
            taken[at] = true;
            from_b.push(letter);
        }
    }
    let from_a = a.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(letter, _)| letter);
    let out_of_order = from_a.zip(&from_b).filter(|(a, b)| a != *b).count();
    jaro(from_b.len(), out_of_order, a.len(), b.len())
}
