//! Where reading goes on behind a record that breaks the grammar: only where the next one surely begins.

/// The record separator of a sequence (RFC 7464, section 2.2).
pub(super) const SEPARATOR: u8 = 0x1e;

/// The next line, or the separator of a sequence.
pub(super) fn next_line(text: &[u8], begin: usize) -> Option<usize> {
    let rest = text.get(begin + 1..)?;
    let end = rest.iter().position(|byte| matches!(*byte, b'\n' | SEPARATOR))?;
    Some(begin + 1 + end + usize::from(rest.get(end) == Some(&b'\n')))
}

/// A line that begins with a bracket, or the separator of a sequence, from the line of the fault on.
pub(super) fn next_document(text: &[u8], begin: usize, fault: usize) -> Option<usize> {
    let line = line_start(text, fault).max(begin + 1);
    let rest = text.get(line - 1..)?;
    let begins = |pair: &[u8]| matches!(pair, [b'\n', b'{' | b'['] | [_, SEPARATOR]);
    rest.windows(2).position(begins).map(|before| line + before)
}

/// A line that is indented like the one the record begins in, and begins as it does, behind a comma.
pub(super) fn next_element(text: &[u8], begin: usize, fault: usize) -> Option<usize> {
    let indent = text.get(line_start(text, begin)..begin)?;
    let indent = if indent.iter().all(u8::is_ascii_whitespace) { indent } else { &[] };
    let wanted = [b"\n", indent, text.get(begin..=begin)?].concat();
    let from = line_start(text, fault).max(begin + 1) - 1;
    let rest = text.get(from..)?;
    let mut places = rest.windows(wanted.len()).enumerate().filter(|(_, window)| *window == wanted);
    let behind_comma =
        |at: usize| text.get(..at).is_some_and(|before| before.trim_ascii_end().ends_with(b","));
    places.find(|(at, _)| behind_comma(from + at)).map(|(at, _)| from + at + wanted.len() - 1)
}

fn line_start(text: &[u8], at: usize) -> usize {
    let before = text.get(..at).unwrap_or(text);
    before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
}
