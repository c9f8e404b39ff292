//! A copybook cut from a program, or a whole program: only what can describe data is left.

use super::text::Token;

/// The tokens without the identification, environment and procedure divisions.
pub(crate) fn data_division(tokens: Vec<Token>) -> Vec<Token> {
    let is_division = |index: usize, words: &[&str]| {
        words.iter().any(|word| tokens.get(index).is_some_and(|token| token.is(word)))
            && tokens.get(index + 1).is_some_and(|token| token.is("DIVISION"))
    };
    let (mut kept, mut is_data) = (vec![true; tokens.len()], true);
    for (index, kept) in kept.iter_mut().enumerate() {
        if is_division(index, &["IDENTIFICATION", "ID", "ENVIRONMENT", "PROCEDURE"]) {
            is_data = false;
        } else if is_division(index, &["DATA"]) || is_section(&tokens, index) {
            is_data = true;
        }
        *kept = is_data;
    }
    if kept.iter().all(|kept| *kept) {
        return tokens;
    }
    let mut kept = kept.into_iter();
    tokens.into_iter().filter(|_| kept.next().unwrap_or(true)).collect()
}

/// A section that only the data division has.
fn is_section(tokens: &[Token], index: usize) -> bool {
    const SECTIONS: [&str; 4] = ["FILE", "WORKING-STORAGE", "LOCAL-STORAGE", "LINKAGE"];
    let is = |index: usize, word: &str| tokens.get(index).is_some_and(|token| token.is(word));
    SECTIONS.iter().any(|word| is(index, word)) && is(index + 1, "SECTION")
}

/// Whether a program says that `,` is its decimal point.
pub(crate) fn has_decimal_comma(tokens: &[Token]) -> bool {
    tokens.windows(4).any(|words| {
        let is = |index: usize, word: &str| words.get(index).is_some_and(|token| token.is(word));
        is(0, "DECIMAL-POINT") && (is(1, "COMMA") || (is(1, "IS") && is(2, "COMMA")))
    })
}
