//! What COPY … REPLACING and REPLACE do to text words.

use super::text::{Token, TokenKind};

/// Replacements, tried in their order at every text word.
#[derive(Debug, Default)]
pub(crate) struct Replacing(pub Vec<Replacement>);

/// One replacement.
#[derive(Debug)]
pub(crate) enum Replacement {
    /// Text words in a row by others.
    Words { pattern: Vec<Token>, by: Vec<Token> },
    /// The beginning (else the end) of words.
    Part { leading: bool, pattern: String, by: String },
}

impl Replacing {
    /// The tokens after replacing. What was put in place is not looked at again.
    pub fn apply(&self, tokens: &[Token]) -> Vec<Token> {
        if self.0.is_empty() {
            return tokens.to_vec();
        }
        let mut out = Vec::with_capacity(tokens.len());
        let mut rest = tokens;
        while let Some((first, after)) = rest.split_first() {
            let done = self.0.iter().find_map(|replacement| replacement.at(rest));
            let Some((used, by)) = done else {
                out.push(first.clone());
                rest = after;
                continue;
            };
            rest = rest.get(used..).unwrap_or_default();
            // It stands where the replaced text stood, so that a problem with it is shown there.
            out.extend(by.into_iter().enumerate().map(|(index, token)| Token {
                mark: first.mark,
                joined: if index == 0 { first.joined } else { token.joined },
                ..token
            }));
        }
        out
    }
}

impl Replacement {
    /// How many tokens are replaced, and by what; none when it does not fit here.
    fn at(&self, tokens: &[Token]) -> Option<(usize, Vec<Token>)> {
        match self {
            Self::Words { pattern, by } => {
                let found = tokens.get(..pattern.len())?;
                let same = pattern.iter().zip(found).all(|(wanted, found)| wanted.is_same(found));
                same.then(|| (pattern.len(), by.clone()))
            }
            Self::Part { leading, pattern, by } => {
                let word = tokens.first().filter(|token| token.kind == TokenKind::Word)?;
                let split =
                    if *leading { pattern.len() } else { word.text.len().checked_sub(pattern.len())? };
                let (begin, end) = word.text.split_at_checked(split)?;
                let (part, text) =
                    if *leading { (begin, format!("{by}{end}")) } else { (end, format!("{begin}{by}")) };
                let same = part.eq_ignore_ascii_case(pattern);
                let replaced =
                    if text.is_empty() { Vec::new() } else { vec![Token { text, ..word.clone() }] };
                same.then_some((1, replaced))
            }
        }
    }
}
