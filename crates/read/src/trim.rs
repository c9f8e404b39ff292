//! Padding behind values.

/// Without spaces and low-values at its end; eight spaces at a time.
#[inline]
pub(crate) fn trim_end(raw: &[u8], space: u8) -> &[u8] {
    let mut rest = raw;
    while let Some((before, last)) = rest.split_last_chunk::<8>()
        && *last == [space; 8]
    {
        rest = before;
    }
    let end = rest.iter().rposition(|byte| *byte != space && *byte != 0).map_or(0, |last| last + 1);
    rest.get(..end).unwrap_or_default()
}

/// Without spaces and low-values around it.
#[inline]
pub(crate) fn trim(raw: &[u8], space: u8) -> &[u8] {
    let begin = raw.iter().position(|byte| *byte != space && *byte != 0).unwrap_or(raw.len());
    trim_end(raw.get(begin..).unwrap_or_default(), space)
}
