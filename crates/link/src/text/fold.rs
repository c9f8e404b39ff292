//! Folding: one spelling for values that differ in case, accents and punctuation only.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Upper-case letters and digits, words parted by one space.
///
/// Accents fall (compatibility decomposition, Unicode Standard Annex 15); apostrophes and full stops inside a word
/// join (`O'Neil` → `ONEIL`, `U.S.A.` → `USA`); `&` and `+` become `AND`; all other signs part words.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        text.chars().for_each(|letter| push(&mut folded, letter));
    } else {
        text.nfkd().filter(|letter| !is_combining_mark(*letter)).for_each(|letter| push(&mut folded, letter));
    }
    join_letters(&folded)
}

fn push(folded: &mut String, letter: char) {
    match letter {
        'a'..='z' => folded.push(letter.to_ascii_uppercase()),
        'A'..='Z' | '0'..='9' => folded.push(letter),
        '\'' | '’' | '‘' | '`' | 'ʼ' => {}
        '&' | '+' => folded.push_str(" AND "),
        _ if letter.is_ascii() => folded.push(' '),
        _ => push_foreign(folded, letter),
    }
}

/// Letters that have no accent to lose but a usual spelling in plain letters.
fn push_foreign(folded: &mut String, letter: char) {
    let plain = match letter {
        'ß' | 'ẞ' => "SS",
        'æ' | 'Æ' => "AE",
        'œ' | 'Œ' => "OE",
        'ø' | 'Ø' => "O",
        'ł' | 'Ł' => "L",
        'đ' | 'Đ' | 'ð' | 'Ð' => "D",
        'þ' | 'Þ' => "TH",
        'ı' => "I",
        _ => {
            if letter.is_alphanumeric() {
                folded.extend(letter.to_uppercase());
            } else {
                folded.push(' ');
            }
            return;
        }
    };
    folded.push_str(plain);
}

/// Joins neighbouring single letters, over an `AND` too: `A AND M` → `AM`, `U S A` → `USA`; parts words by one space.
fn join_letters(spaced: &str) -> String {
    let words: Vec<&str> = spaced.split_ascii_whitespace().collect();
    let is_letter = |index: usize| {
        words
            .get(index)
            .is_some_and(|word| word.len() == 1 && word.as_bytes().iter().all(u8::is_ascii_alphabetic))
    };
    let mut joined = String::with_capacity(spaced.len());
    let mut before_was_letter = false;
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let single = is_letter(index);
        if !(joined.is_empty() || single && before_was_letter) {
            joined.push(' ');
        }
        joined.push_str(word);
        before_was_letter = single;
        index += if single && words.get(index + 1) == Some(&"AND") && is_letter(index + 2) { 2 } else { 1 };
    }
    joined
}
