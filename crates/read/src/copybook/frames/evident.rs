//! Which record format the beginning of a file shows.

use super::{Descriptors, Divided, Framing, LengthWord, LineEnd, Lines};

/// So many records make a coincidence unlikely.
const ENOUGH: usize = 3;

/// A record format that fits the beginning of a file.
pub(crate) struct Evident {
    /// As the option `record_format` has it.
    pub format: &'static str,
    /// The records of the beginning.
    pub records: Divided,
}

/// The format with descriptor words in whose chain the bytes hang together.
///
/// Blocks come first: their words alone are a chain too, but a record does not begin with another word.
pub(crate) fn chain(bytes: &[u8]) -> Option<Evident> {
    let word = LengthWord::default();
    [Some(word), None].into_iter().find_map(|block| {
        let mut framing = Descriptors::new(word, block);
        let records = framing.divide(bytes, false);
        fits(&records).then_some(Evident { format: framing.format(), records })
    })
}

/// Text lines, none of them longer than the layout.
pub(crate) fn lines(bytes: &[u8], is_ebcdic: bool, layout_length: usize) -> Option<Evident> {
    let mut framing = Lines::new(is_ebcdic, LineEnd::Any);
    let records = framing.divide(bytes, false);
    let lengths = || records.starts.iter().zip(&records.ends).map(|(start, end)| end - start);
    let is_possible = fits(&records) && lengths().all(|length| length <= layout_length);
    is_possible.then_some(Evident { format: framing.format(), records })
}

fn fits(records: &Divided) -> bool {
    records.broken.is_none() && records.starts.len() >= ENOUGH
}
