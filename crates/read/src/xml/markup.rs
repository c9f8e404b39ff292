//! Where markup begins and ends (Extensible Markup Language 1.0, section 2), so that elements can be found without being read.

use std::ops::Range;

/// A piece of markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Markup {
    /// A start tag: its name, where what follows the name ends, and whether the element is empty.
    Start {
        name: Range<usize>,
        end_of_attributes: usize,
        is_empty: bool,
    },
    End {
        name: Range<usize>,
    },
    /// What stands between `<![CDATA[` and `]]>`.
    Data {
        inner: Range<usize>,
    },
    Comment,
    /// Its target.
    Instruction {
        target: Range<usize>,
    },
    /// `<!DOCTYPE`, which is never read.
    Doctype,
}

/// Why there is no markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// The text ends within it.
    Open,
    /// What is wrong where.
    Wrong(usize, &'static str),
}

/// The markup that begins with the `<` at `at`, and where it ends.
pub(super) fn markup(text: &[u8], at: usize) -> Result<(Markup, usize), Missing> {
    let rest = text.get(at + 1..).unwrap_or_default();
    match rest.first() {
        None => Err(Missing::Open),
        Some(b'/') => end_tag(text, at),
        Some(b'?') => {
            let end = find(text, at + 2, b"?>").ok_or(Missing::Open)?;
            let target = at + 2..name_end(text, at + 2).min(end);
            if target.is_empty() {
                return Err(Missing::Wrong(at, "a name behind `<?`"));
            }
            Ok((Markup::Instruction { target }, end + 2))
        }
        Some(b'!') => declaration(text, at, rest),
        Some(first) if is_name_start(*first) => start_tag(text, at),
        Some(_) => Err(Missing::Wrong(at, "a name behind `<`; a `<` in a text is written `&lt;`")),
    }
}

fn declaration(text: &[u8], at: usize, rest: &[u8]) -> Result<(Markup, usize), Missing> {
    const DATA: &[u8] = b"![CDATA[";
    if rest.starts_with(b"!--") {
        let end = find(text, at + 4, b"--").ok_or(Missing::Open)?;
        return match text.get(end + 2) {
            None => Err(Missing::Open),
            Some(b'>') => Ok((Markup::Comment, end + 3)),
            Some(_) => Err(Missing::Wrong(end, "no `--` within a comment")),
        };
    }
    if rest.starts_with(DATA) {
        let begin = at + 1 + DATA.len();
        let end = find(text, begin, b"]]>").ok_or(Missing::Open)?;
        return Ok((Markup::Data { inner: begin..end }, end + 3));
    }
    if rest.starts_with(b"!DOCTYPE") {
        return Ok((Markup::Doctype, at + 1));
    }
    let may_become = |whole: &[u8]| rest.len() < whole.len() && whole.starts_with(rest);
    if may_become(b"!--") || may_become(DATA) || may_become(b"!DOCTYPE") {
        return Err(Missing::Open);
    }
    Err(Missing::Wrong(at, "`<!--` or `<![CDATA[` behind `<!`"))
}

fn end_tag(text: &[u8], at: usize) -> Result<(Markup, usize), Missing> {
    let name = at + 2..name_end(text, at + 2);
    let mut end = name.end;
    while text.get(end).is_some_and(u8::is_ascii_whitespace) {
        end += 1;
    }
    match text.get(end) {
        None => Err(Missing::Open),
        Some(b'>') if !name.is_empty() => Ok((Markup::End { name }, end + 1)),
        Some(_) => Err(Missing::Wrong(end, "`>` behind the name of an end tag")),
    }
}

/// Values of attributes may hold `>` and `/`, but no `<`.
fn start_tag(text: &[u8], at: usize) -> Result<(Markup, usize), Missing> {
    let name = at + 1..name_end(text, at + 1);
    let mut here = name.end;
    loop {
        let rest = text.get(here..).unwrap_or_default();
        let Some(length) = rest.iter().position(|byte| matches!(byte, b'>' | b'"' | b'\'' | b'<')) else {
            return Err(Missing::Open);
        };
        here += length;
        match text.get(here) {
            Some(b'>') => {
                let is_empty = text.get(here - 1) == Some(&b'/');
                let end_of_attributes = here - usize::from(is_empty);
                return Ok((Markup::Start { name, end_of_attributes, is_empty }, here + 1));
            }
            Some(b'<') | None => return Err(Missing::Wrong(here, "no `<` within a tag")),
            Some(quote) => {
                let rest = text.get(here + 1..).unwrap_or_default();
                let Some(length) = rest.iter().position(|byte| byte == quote || *byte == b'<') else {
                    return Err(Missing::Open);
                };
                here += length + 1;
                if text.get(here) == Some(&b'<') {
                    return Err(Missing::Wrong(here, "no `<` within a tag"));
                }
                here += 1;
            }
        }
    }
}

fn find(text: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    let rest = text.get(from..)?;
    let first = *wanted.first()?;
    let mut at = 0;
    loop {
        at += rest.get(at..)?.iter().position(|byte| *byte == first)?;
        if rest.get(at..)?.starts_with(wanted) {
            return Some(from + at);
        }
        at += 1;
    }
}

/// Letters, `_` and `:`; beyond ASCII nearly all characters are allowed (section 2.3), and all are taken.
fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':') || byte >= 0x80
}

fn name_end(text: &[u8], begin: usize) -> usize {
    let rest = text.get(begin..).unwrap_or_default();
    let is_name = |byte: u8| is_name_start(byte) || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    begin + rest.iter().position(|byte| !is_name(*byte)).unwrap_or(rest.len())
}

/// Where the next `<` is.
pub(super) fn next_markup(text: &[u8], from: usize) -> Option<usize> {
    text.get(from..)?.iter().position(|byte| *byte == b'<').map(|at| from + at)
}

/// How far a record reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// It ends here; and whether an element of the same name stands directly in it.
    Ends(usize, bool),
    /// It ends, but has too many levels.
    TooDeep(usize),
    Open,
    /// What is wrong where, and where the first element of the same name stands directly in it.
    Wrong {
        fault: usize,
        sentence: String,
        nested: Option<usize>,
    },
}

/// Follows the element that begins at `begin` to its end.
pub(super) fn element(text: &[u8], begin: usize, deepest: usize) -> Extent {
    let mut open: Vec<Range<usize>> = Vec::new();
    let (mut is_too_deep, mut nested) = (false, None);
    let mut at = begin;
    let wrong = |fault, sentence, nested| Extent::Wrong { fault, sentence, nested };
    loop {
        let Some(next) = next_markup(text, at) else { return Extent::Open };
        let (found, end) = match markup(text, next) {
            Ok(found) => found,
            Err(Missing::Open) => return Extent::Open,
            Err(Missing::Wrong(fault, what)) => return wrong(fault, format!("expected {what}"), nested),
        };
        match found {
            Markup::Start { name, is_empty, .. } => {
                is_too_deep |= open.len() >= deepest;
                if nested.is_none()
                    && open.len() == 1
                    && open.first().map(|row| text.get(row.clone())) == Some(text.get(name.clone()))
                {
                    nested = Some(next);
                }
                if !is_empty {
                    open.push(name);
                }
            }
            Markup::End { name } => {
                let Some(last) = open.pop() else {
                    return wrong(next, "an end tag closes nothing".into(), nested);
                };
                let (last, name) = (text.get(last), text.get(name));
                if last != name {
                    let shown =
                        |name: Option<&[u8]>| String::from_utf8_lossy(name.unwrap_or_default()).into_owned();
                    let sentence = format!("`{}` is closed by the end tag of `{}`", shown(last), shown(name));
                    return wrong(next, sentence, nested);
                }
            }
            Markup::Doctype => {
                return wrong(next, "a document type stands within the records".into(), nested);
            }
            _ => {}
        }
        at = end;
        if open.is_empty() {
            return if is_too_deep { Extent::TooDeep(at) } else { Extent::Ends(at, nested.is_some()) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Extent, element};

    #[test]
    fn an_element_ends_where_its_end_tag_is_whatever_stands_in_it() {
        for text in [
            "<a/>",
            "<a></a>",
            "<a b='>' c=\"/>'\"/>",
            "<a><a/><b><a>x</a></b></a >",
            "<a><!-- </a> --><![CDATA[</a>]]]]><?x </a>?></a>",
            "<ä:b.c-1></ä:b.c-1>",
        ] {
            assert_eq!(
                element(text.as_bytes(), 0, 9),
                Extent::Ends(text.len(), text.contains("<a><a")),
                "{text}"
            );
            for end in 1..text.len() {
                let cut = element(&text.as_bytes()[..end], 0, 9);
                assert!(matches!(cut, Extent::Open), "{text} {end} {cut:?}");
            }
        }
        for text in [
            "<a></b>",
            "<a><b></a>",
            "<a>< b/></a>",
            "<a b='<'/>",
            "<a><!-- -- --></a>",
            "<a><!ENTITY x></a>",
            "<a></ a>",
            "<a><1/></a>",
            "<a><b c=\"></a>\"</a>",
        ] {
            assert!(matches!(element(text.as_bytes(), 0, 9), Extent::Wrong { .. }), "{text}");
        }
        assert_eq!(element(b"<a><a><a/></a></a>", 0, 1), Extent::TooDeep(18));
    }
}
