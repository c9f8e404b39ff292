//! The code page of text: the one under which the fewest characters are odd.

use crate::copybook::code_page::{CodePage, Family};

/// The pages that are common, the commonest first: what no character tells apart is of these.
const COMMON: [&str; 11] =
    ["cp037", "cp1140", "cp500", "cp273", "cp1047", "cp277", "cp278", "cp280", "cp284", "cp285", "cp297"];
/// So much text tells pages apart.
const MOST: usize = 64 << 10;

/// The EBCDIC page under which the texts look most like words, and why.
pub(crate) fn ebcdic_page(texts: &[&[u8]]) -> (String, String) {
    // The pages called common read what they do not know as spaces, which is never unusual.
    let tells = |name: &&str| !COMMON.contains(name) && !name.starts_with("common");
    let names = CodePage::names().map(|(name, _)| name).filter(tells);
    let mut scores: Vec<(&str, f64)> = Vec::new();
    for name in COMMON.into_iter().chain(names) {
        let Ok(page) = CodePage::named(name) else { continue };
        if page.family() == Family::Ebcdic {
            scores.push((name, score(&page, texts)));
        }
    }
    let mut best = ("cp037", f64::MIN);
    for (name, score) in &scores {
        if *score > best.1 + 0.5 {
            best = (name, *score);
        }
    }
    let equal: Vec<&str> = scores
        .iter()
        .filter(|(name, score)| *name != best.0 && *score >= best.1 - 0.5)
        .map(|(name, _)| *name)
        .collect();
    let why = match equal.as_slice() {
        [] => format!("{} leaves the fewest unusual characters in the text fields", best.0),
        [one] => {
            format!("the text fields look the same in {} and {one}; {} is the commoner page", best.0, best.0)
        }
        [first, .., last] if equal.len() > 6 => {
            format!(
                "the text fields look the same in {} and {} other pages, {first} to {last}; {} is the commonest",
                best.0,
                equal.len(),
                best.0
            )
        }
        several => format!(
            "the text fields look the same in {} and {}; {} is the commonest page",
            best.0,
            several.join(", "),
            best.0
        ),
    };
    (best.0.into(), why)
}

/// How usual the characters are, where they stand.
fn score(page: &CodePage, texts: &[&[u8]]) -> f64 {
    let table: Vec<char> = (0..=255u8).map(|byte| letter(page, byte)).collect();
    let mut score = 0.0;
    let mut left = MOST;
    for text in texts {
        let Some(rest) = left.checked_sub(text.len()) else { break };
        left = rest;
        let letters: Vec<char> =
            text.iter().filter_map(|byte| table.get(usize::from(*byte)).copied()).collect();
        for (index, letter) in letters.iter().enumerate() {
            let near =
                |index: Option<usize>| index.and_then(|index| letters.get(index)).copied().unwrap_or(' ');
            score += weight(near(index.checked_sub(1)), *letter, near(Some(index + 1)));
        }
    }
    score
}

fn letter(page: &CodePage, byte: u8) -> char {
    let mut text = Vec::new();
    if !page.decode_into(&[byte], &mut text) {
        return char::REPLACEMENT_CHARACTER;
    }
    std::str::from_utf8(&text)
        .ok()
        .and_then(|text| text.chars().next())
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// What a character between two others says for a page.
fn weight(before: char, letter: char, after: char) -> f64 {
    if letter.is_ascii_alphanumeric() || letter == ' ' {
        return 1.0;
    }
    if " .,-&/'()#:;+*\"%@!?".contains(letter) {
        return 0.8;
    }
    if letter == char::REPLACEMENT_CHARACTER {
        return -2.0;
    }
    if !letter.is_alphabetic() {
        return 0.0;
    }
    // A letter stands in a word of its own script, and capitals come before small letters.
    let is_foreign = |near: char| near.is_alphabetic() && is_latin(near) != is_latin(letter);
    let is_alone = !before.is_alphabetic() && !after.is_alphabetic();
    let is_odd =
        (letter.is_lowercase() && after.is_uppercase()) || (letter.is_uppercase() && before.is_lowercase());
    let is_in_number = before.is_ascii_digit() || after.is_ascii_digit();
    if is_alone || is_odd || is_in_number || is_foreign(before) || is_foreign(after) { -0.5 } else { 0.9 }
}

fn is_latin(letter: char) -> bool {
    letter < '\u{250}'
}
