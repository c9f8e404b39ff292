//! The tables of one-byte code pages, in `pages.txt`, which `code-pages/generate.py` has made from those of glibc.
//!
//! Python's codecs and ICU agree with them but for one byte: cp273 `BC` is a macron here and in ICU, an overline in Python.

use super::code_page::{Family, UNDEFINED};

/// One code page.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    pub name: &'static str,
    pub title: &'static str,
    pub family: Family,
    /// The characters from `40` (EBCDIC) or `80` (ASCII) on.
    letters: &'static str,
}

/// What the bytes `00` to `3F` mean in every EBCDIC page: the control characters of IBM's Character Data Representation
/// Architecture.
const CONTROLS: [u8; 64] = [
    0x00, 0x01, 0x02, 0x03, 0x9c, 0x09, 0x86, 0x7f, 0x97, 0x8d, 0x8e, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, //
    0x10, 0x11, 0x12, 0x13, 0x9d, 0x85, 0x08, 0x87, 0x18, 0x19, 0x92, 0x8f, 0x1c, 0x1d, 0x1e, 0x1f, //
    0x80, 0x81, 0x82, 0x83, 0x84, 0x0a, 0x17, 0x1b, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x05, 0x06, 0x07, //
    0x90, 0x91, 0x16, 0x93, 0x94, 0x95, 0x96, 0x04, 0x98, 0x99, 0x9a, 0x9b, 0x14, 0x15, 0x9e, 0x1a,
];

/// Every page of the table: EBCDIC first, then DOS.
pub(crate) fn pages() -> impl Iterator<Item = Page> {
    include_str!("pages.txt").lines().filter_map(|line| {
        let mut parts = line.splitn(4, '\t');
        let (name, family, title) = (parts.next()?, parts.next()?, parts.next()?);
        let family = if family == "ebcdic" { Family::Ebcdic } else { Family::Ascii };
        Some(Page { name, title, family, letters: parts.next()? })
    })
}

impl Page {
    /// The characters of all bytes.
    pub fn characters(&self) -> [char; 256] {
        let mut all = [UNDEFINED; 256];
        let first: Vec<char> = match self.family {
            Family::Ebcdic => CONTROLS.iter().map(|control| char::from(*control)).collect(),
            Family::Ascii => (0..0x80u8).map(char::from).collect(),
        };
        let letters = first.into_iter().chain(unescaped(self.letters));
        all.iter_mut().zip(letters).for_each(|(slot, letter)| *slot = letter);
        all
    }
}

/// `\XXXX` as the character with that number.
fn unescaped(text: &'static str) -> impl Iterator<Item = char> {
    let mut letters = text.chars();
    std::iter::from_fn(move || match letters.next()? {
        '\\' => {
            let digits: String = letters.by_ref().take(4).collect();
            Some(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32).unwrap_or(UNDEFINED))
        }
        letter => Some(letter),
    })
}
