//! Where a value of JSON ends (RFC 8259), checked letter by letter: nothing that the grammar does not allow is passed over.

/// What a look at a value has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outline {
    /// It is a value, and ends here.
    Ends(usize),
    /// It is a value with more levels than allowed, and ends here.
    TooDeep(usize),
    /// The text ends before it does.
    Open,
    /// It is none: what was expected where.
    Wrong(usize, &'static str),
}

use Outline::{Ends, Open, TooDeep, Wrong};

/// Where white space ends (section 2).
pub(crate) fn skip_space(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| !b" \t\r\n".contains(byte)).unwrap_or(rest.len())
}

/// Follows the value that begins at `at`. A number at the end of the text is taken for whole only when `is_last`.
pub(crate) fn value(text: &[u8], at: usize, is_last: bool, deepest: usize) -> Outline {
    let mut stack: Vec<u8> = Vec::new();
    let mut is_too_deep = false;
    let mut at = at;
    loop {
        // A value begins here.
        at = skip_space(text, at);
        let Some(first) = text.get(at) else { return Open };
        match first {
            b'{' | b'[' => {
                stack.push(*first);
                is_too_deep |= stack.len() > deepest;
                let close = first + 2;
                let next = skip_space(text, at + 1);
                match text.get(next) {
                    None => return Open,
                    Some(byte) if *byte == close => {
                        stack.pop();
                        at = next + 1;
                    }
                    Some(_) if *first == b'[' => {
                        at = next;
                        continue;
                    }
                    Some(_) => match member_name(text, next) {
                        Ends(end) => {
                            at = end;
                            continue;
                        }
                        other => return other,
                    },
                }
            }
            _ => match scalar(text, at, is_last) {
                Ends(end) => at = end,
                other => return other,
            },
        }
        // A value has ended here.
        loop {
            let Some(open) = stack.last() else {
                return if is_too_deep { TooDeep(at) } else { Ends(at) };
            };
            at = skip_space(text, at);
            match text.get(at) {
                None => return Open,
                Some(b',') if *open == b'[' => {
                    at += 1;
                    break;
                }
                Some(b',') => match member_name(text, skip_space(text, at + 1)) {
                    Ends(end) => {
                        at = end;
                        break;
                    }
                    other => return other,
                },
                Some(byte) if *byte == open + 2 => {
                    stack.pop();
                    at += 1;
                }
                Some(_) if *open == b'[' => return Wrong(at, "`,` or `]`"),
                Some(_) => return Wrong(at, "`,` or `}`"),
            }
        }
    }
}

/// A name and its colon.
fn member_name(text: &[u8], at: usize) -> Outline {
    match text.get(at) {
        None => return Open,
        Some(b'"') => {}
        Some(_) => return Wrong(at, "the name of a member, in quotation marks"),
    }
    match string(text, at) {
        Ends(end) => {
            let colon = skip_space(text, end);
            match text.get(colon) {
                None => Open,
                Some(b':') => Ends(colon + 1),
                Some(_) => Wrong(colon, "`:`"),
            }
        }
        other => other,
    }
}

/// A string, number, `true`, `false` or `null`.
pub(crate) fn scalar(text: &[u8], at: usize, is_last: bool) -> Outline {
    match text.get(at) {
        None => Open,
        Some(b'"') => string(text, at),
        Some(b'-' | b'0'..=b'9') => number(text, at, is_last),
        Some(b't') => word(text, at, b"true", is_last),
        Some(b'f') => word(text, at, b"false", is_last),
        Some(b'n') => word(text, at, b"null", is_last),
        Some(_) => Wrong(at, "a value"),
    }
}

fn word(text: &[u8], at: usize, word: &[u8], is_last: bool) -> Outline {
    let rest = text.get(at..).unwrap_or_default();
    if rest.starts_with(word) {
        return Ends(at + word.len());
    }
    if word.starts_with(rest) && !is_last { Open } else { Wrong(at, "a value") }
}

/// A string (section 7), from its first quotation mark to behind its last.
pub(crate) fn string(text: &[u8], at: usize) -> Outline {
    let mut at = at + 1;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let Some(length) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)) else {
            return Open;
        };
        at += length;
        match (text.get(at), text.get(at + 1)) {
            (Some(b'"'), _) => return Ends(at + 1),
            (Some(b'\\'), None) => return Open,
            (Some(b'\\'), Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')) => at += 2,
            (Some(b'\\'), Some(b'u')) => {
                let digits = text.get(at + 2..).unwrap_or_default();
                let digits = digits.get(..4).unwrap_or(digits);
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return Wrong(at, "four hexadecimal digits behind `\\u`");
                }
                if digits.len() < 4 {
                    return Open;
                }
                at += 6;
            }
            (Some(b'\\'), Some(_)) => return Wrong(at, "one of the escapes of JSON"),
            _ => return Wrong(at, "no control character within a string"),
        }
    }
}

/// A number (section 6).
fn number(text: &[u8], begin: usize, is_last: bool) -> Outline {
    let digits = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        at + rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len())
    };
    let missing = |at: usize| {
        if at >= text.len() && !is_last { Open } else { Wrong(at, "a digit") }
    };
    let whole = begin + usize::from(text.get(begin) == Some(&b'-'));
    let mut at = digits(whole);
    if at == whole {
        return missing(at);
    }
    if text.get(whole) == Some(&b'0') && at > whole + 1 {
        return Wrong(whole, "a number without leading zeros");
    }
    if text.get(at) == Some(&b'.') {
        let end = digits(at + 1);
        if end == at + 1 {
            return missing(end);
        }
        at = end;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let sign = at + 1 + usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        at = digits(sign);
        if at == sign {
            return missing(at);
        }
    }
    if at >= text.len() && !is_last { Open } else { Ends(at) }
}

/// A string without its quotation marks and escapes; none when it is half of a surrogate pair, which no text can hold.
pub(crate) fn unescaped(inner: &str) -> Option<String> {
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        let (plain, escape) = rest.split_at(at);
        out.push_str(plain);
        let kind = escape.as_bytes().get(1)?;
        let mut length = 2;
        match kind {
            b'b' => out.push('\u{8}'),
            b'f' => out.push('\u{c}'),
            b'n' => out.push('\n'),
            b'r' => out.push('\r'),
            b't' => out.push('\t'),
            b'u' => {
                let unit = |at: usize| u32::from_str_radix(escape.get(at..at + 4)?, 16).ok();
                let first = unit(2)?;
                length = 6;
                let code = if (0xd800..0xdc00).contains(&first) {
                    let second = unit(8).filter(|low| (0xdc00..0xe000).contains(low));
                    let second = second.filter(|_| escape.get(6..8) == Some("\\u"))?;
                    length = 12;
                    0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
                } else {
                    first
                };
                out.push(char::from_u32(code)?);
            }
            other => out.push(char::from(*other)),
        }
        rest = escape.get(length..)?;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::{Outline, unescaped, value};

    #[test]
    fn only_what_the_grammar_allows_is_a_value() {
        for text in [
            "{}",
            "[]",
            "0",
            "-0",
            "1.5e-3",
            "\"\"",
            "\"\\u00e9\\n\"",
            "true",
            "null",
            "[1, 2 , {\"a\":[]}]",
            "{\"a\" : 1 , \"b\":{}}",
            "\"\u{7f}\"",
        ] {
            assert_eq!(value(text.as_bytes(), 0, true, 8), Outline::Ends(text.len()), "{text}");
        }
        for text in [
            "01",
            "1.",
            ".5",
            "+1",
            "1e",
            "-",
            "tru",
            "nul",
            "NaN",
            "Infinity",
            "'a'",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\t\"",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{a:1}",
            "{\"a\"}",
            "{\"a\":1,}",
            "{\"a\":}",
            "{,}",
            "[}",
            "{]",
            "\u{feff}1",
            "/**/1",
        ] {
            assert!(matches!(value(text.as_bytes(), 0, true, 8), Outline::Wrong(..)), "{text}");
        }
        for text in ["{", "[1", "\"a", "\"\\", "{\"a\"", "{\"a\":", "[[]", "\"\\u12"] {
            assert_eq!(value(text.as_bytes(), 0, true, 8), Outline::Open, "{text}");
        }
        assert_eq!(value(b"[[[]]]", 0, true, 2), Outline::TooDeep(6));
        assert_eq!(value(b"12", 0, false, 2), Outline::Open, "more digits may follow");
    }

    #[test]
    fn escapes_are_undone_and_half_a_pair_is_refused() {
        for (text, expected) in [
            ("a\\\"b\\\\\\/\\b\\f\\n\\r\\t", Some("a\"b\\/\u{8}\u{c}\n\r\t")),
            ("\\u00e9\\ud83d\\ude00", Some("é😀")),
            ("\\ud83d", None),
            ("\\ud83d\\u0041", None),
            ("\\ude00", None),
        ] {
            assert_eq!(unescaped(text).as_deref(), expected, "{text}");
        }
    }
}
