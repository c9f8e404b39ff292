//! Which marks could set a text's records and fields apart.

use std::collections::BTreeMap;

use crate::csv::marks::{LineEnd, Marks};

/// Delimiters that files usually have, the most usual first.
const USUAL: [char; 6] = [',', ';', '\t', '|', ' ', ':'];
/// Lines looked at.
const LINES: usize = 500;
/// Delimiters tried besides the usual ones.
const MOST_OTHERS: usize = 8;

/// The sets of marks to try, the most usual first.
pub(super) fn candidates(text: &str) -> Vec<Marks> {
    let line_end = line_end(text);
    let quotes: Vec<u8> = [b'"', b'\''].into_iter().filter(|quote| text.as_bytes().contains(quote)).collect();
    let mut all = Vec::new();
    for delimiter in delimiters(text) {
        let bytes = delimiter.as_bytes().to_vec();
        for quote in quotes.iter().copied().map(Some).chain([None]) {
            let spaced =
                delimiter != " " && quote.is_some_and(|quote| has_spaced_quotes(text, &delimiter, quote));
            let usual = Marks {
                delimiter: bytes.clone(),
                quote,
                escape: None,
                line_end: line_end.clone(),
                comment: None,
                merged: false,
                spaced,
            };
            if text.contains('\\') && has_escapes(text, &delimiter, quote) {
                all.push(Marks { escape: Some(b'\\'), ..usual.clone() });
            }
            if delimiter == " " && text.contains("  ") {
                all.push(Marks { merged: true, ..usual.clone() });
            }
            all.push(usual);
        }
    }
    all
}

/// A delimiter as it is called.
pub(super) fn in_words(delimiter: &[u8]) -> String {
    match delimiter {
        b"," => "comma".into(),
        b";" => "semicolon".into(),
        b"\t" => "tab".into(),
        b"|" => "bar".into(),
        b" " => "space".into(),
        b":" => "colon".into(),
        other => format!("`{}`", String::from_utf8_lossy(other).escape_debug()),
    }
}

/// What ends the lines of a text.
fn line_end(text: &str) -> LineEnd {
    let (mut feeds, mut returns) = (0usize, 0usize);
    let mut letters = text.bytes().peekable();
    while let Some(byte) = letters.next() {
        match byte {
            b'\n' => feeds += 1,
            b'\r' if letters.peek() != Some(&b'\n') && letters.peek().is_some() => returns += 1,
            _ => {}
        }
    }
    match (feeds, returns) {
        (0, 1..) => LineEnd::Cr,
        (0, 0) if text.contains('\u{1e}') => LineEnd::Mark(b"\x1e".to_vec()),
        (0, 0) if text.contains('\u{85}') => LineEnd::Mark("\u{85}".as_bytes().to_vec()),
        // A few of them are in values.
        (feeds, returns) if returns > 0 && returns * 5 >= feeds => LineEnd::Any,
        _ => LineEnd::Lf,
    }
}

/// Delimiters to try, the most usual first.
fn delimiters(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text
        .split(['\n', '\r', '\u{1e}', '\u{85}'])
        .filter(|line| !line.trim().is_empty())
        .take(LINES)
        .collect();
    let mut in_lines: BTreeMap<String, usize> = BTreeMap::new();
    for line in &lines {
        let mut seen: Vec<String> = Vec::new();
        let mut note = |mark: String| {
            if !seen.contains(&mark) {
                seen.push(mark);
            }
        };
        line.chars().filter(|letter| could_delimit(*letter)).for_each(|letter| note(letter.to_string()));
        runs(line).for_each(|run| note(run.to_owned()));
        for mark in seen {
            *in_lines.entry(mark).or_default() += 1;
        }
    }
    let usual: Vec<String> = USUAL.iter().map(char::to_string).collect();
    let mut others: Vec<(&String, &usize)> =
        in_lines.iter().filter(|(mark, count)| !usual.contains(mark) && **count * 3 >= lines.len()).collect();
    others.sort_by(|a, b| b.1.cmp(a.1).then(b.0.len().cmp(&a.0.len())));
    let others = others.into_iter().take(MOST_OTHERS).map(|(mark, _)| mark.clone());
    let doubled = |mark: &String| in_lines.contains_key(&mark.repeat(2)) && comes_in_pairs(text, mark);
    usual
        .iter()
        .filter(|mark| in_lines.contains_key(*mark) && !doubled(mark))
        .cloned()
        .chain(others)
        .chain(none(text))
        .collect()
}

/// Whether a mark always stands twice.
fn comes_in_pairs(text: &str, mark: &str) -> bool {
    let Some(mark) = mark.chars().next() else { return false };
    text.split(|letter| letter != mark).all(|run| run.chars().count() % 2 == 0)
}

/// A delimiter that is nowhere in the text, for a single column.
fn none(text: &str) -> Option<String> {
    [",", ";", "\t", "|", "\u{1f}"].into_iter().find(|mark| !text.contains(mark)).map(str::to_owned)
}

fn could_delimit(letter: char) -> bool {
    !letter.is_alphanumeric() && !"\"'.\r\n_()[]{}\u{fffd}\u{feff}\u{a0}".contains(letter)
}

/// Marks of two letters or more: the same several times, or several different ones.
fn runs(line: &str) -> impl Iterator<Item = &str> {
    const LONGEST: usize = 6;
    let is_part =
        |letter: char| could_delimit(letter) && !letter.is_whitespace() && letter != '-' && letter != '/';
    line.split(move |letter: char| !is_part(letter))
        .filter(|run| run.chars().count() >= 2 && run.len() <= LONGEST)
}

/// Whether spaces stand between delimiters and quotation marks.
fn has_spaced_quotes(text: &str, delimiter: &str, quote: u8) -> bool {
    let quote = char::from(quote);
    text.contains(&format!("{delimiter} {quote}")) || text.contains(&format!("{quote} {delimiter}"))
}

/// Whether backslashes stand before marks.
fn has_escapes(text: &str, delimiter: &str, quote: Option<u8>) -> bool {
    let quoted = quote.is_some_and(|quote| text.contains(&format!("\\{}", char::from(quote))));
    quoted || text.contains(&format!("\\{delimiter}"))
}

#[cfg(test)]
mod tests {
    use super::{delimiters, line_end};
    use crate::csv::marks::LineEnd;

    #[test]
    fn line_ends_are_those_that_most_lines_have() {
        for (text, expected) in [
            ("a\nb\n", LineEnd::Lf),
            ("a\r\nb\r\n", LineEnd::Lf),
            ("a\rb\rc", LineEnd::Cr),
            ("a\nb\rc\r\nd", LineEnd::Any),
            ("a\u{1e}b\u{1e}", LineEnd::Mark(vec![0x1e])),
            ("a", LineEnd::Lf),
        ] {
            assert_eq!(line_end(text), expected, "{text:?}");
        }
    }

    #[test]
    fn unusual_delimiters_are_tried_when_many_lines_have_them() {
        for (text, expected) in [
            ("a||b\nc||d", "||"),
            ("a~|~b\nc~|~d", "~|~"),
            ("a\u{1}b\nc\u{1}d", "\u{1}"),
            ("a^b\nc^d", "^"),
            ("a§b", "§"),
        ] {
            assert!(delimiters(text).iter().any(|mark| mark == expected), "{text:?}");
        }
    }
}
