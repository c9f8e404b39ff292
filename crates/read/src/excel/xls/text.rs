//! Texts of a workbook: of Excel 97 in UTF-16 or the lower halves of it ([MS-XLS], section 2.5.293 and following), of Excel 5 and 95 in a code
//! page; and those that cells share.

use std::io::{Read, Seek};

use super::super::fault::{Fault, Result};
use super::super::shared::SharedTexts;
use super::records::Pieces;
use crate::copybook::CodePage;

/// How texts are written.
#[derive(Clone, Debug)]
pub(super) enum Letters {
    Unicode,
    Page(Box<CodePage>),
}

/// How long the number is that says how long a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    Byte,
    Word,
}

impl Letters {
    /// By the number of a code page ([MS-XLS], section 2.4.52); the one of Western Europe when there is none.
    pub fn of_code_page(number: Option<u16>) -> Result<Self> {
        let name = match number {
            None | Some(0x8001) => "windows-1252".into(),
            Some(367) => "ascii".into(),
            Some(874) => "windows-874".into(),
            Some(932) => "shift_jis".into(),
            Some(936) => "gbk".into(),
            Some(949) => "euc-kr".into(),
            Some(950) => "big5".into(),
            Some(10_000 | 0x8000) => "macintosh".into(),
            Some(10_006) => "mac-greek".into(),
            Some(10_007) => "x-mac-cyrillic".into(),
            Some(10_029) => "mac-ce".into(),
            Some(page @ 1250..=1258) => format!("windows-{page}"),
            Some(page) => format!("cp{page}"),
        };
        match CodePage::named(&name) {
            Ok(page) => Ok(Self::Page(Box::new(page))),
            Err(_) => Fault::damaged(format!("its texts are in the code page `{name}`, which is unknown")),
        }
    }

    /// Reads a text and its length.
    pub fn read<R: Read + Seek>(&self, pieces: &mut Pieces<'_, R>, length: Length) -> Result<String> {
        let count = match length {
            Length::Byte => pieces.u8()?.into(),
            Length::Word => pieces.u16()?.into(),
        };
        match self {
            Self::Unicode => {
                if count == 0 {
                    return Ok(String::new());
                }
                let is_wide = pieces.u8()? & 1 != 0;
                let mut units = Vec::with_capacity(count);
                pieces.units(count, is_wide, &mut units)?;
                let mut text = String::with_capacity(count);
                push_units(&units, &mut text);
                Ok(text)
            }
            Self::Page(page) => {
                let mut bytes = Vec::with_capacity(count);
                pieces.bytes(count, &mut bytes)?;
                Ok(decoded(page, &bytes))
            }
        }
    }
}

/// Text of a code page; bytes that mean nothing there are marked.
fn decoded(page: &CodePage, bytes: &[u8]) -> String {
    let mut text = Vec::new();
    if !page.decode_into(bytes, &mut text) {
        text.clear();
        for byte in bytes {
            if !page.decode_into(&[*byte], &mut text) {
                text.extend_from_slice("\u{fffd}".as_bytes());
            }
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

fn push_units(units: &[u16], text: &mut String) {
    let letters = char::decode_utf16(units.iter().copied());
    text.extend(letters.map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

/// Reads the record that holds the texts that cells share, and those that go on with it (sections 2.4.265 and 2.5.294).
pub(super) fn shared_texts<R: Read + Seek>(pieces: &mut Pieces<'_, R>) -> Result<SharedTexts> {
    // How often they are used, and how many there are.
    pieces.skip(4)?;
    let count = pieces.u32()?;
    let (mut texts, mut units, mut text) = (SharedTexts::default(), Vec::new(), String::new());
    for _ in 0..count {
        if !pieces.has_more()? {
            break;
        }
        let length = pieces.u16()?;
        let flags = pieces.u8()?;
        let runs = if flags & 8 != 0 { pieces.u16()? } else { 0 };
        let extension = if flags & 4 != 0 { pieces.u32()? } else { 0 };
        units.clear();
        pieces.units(length.into(), flags & 1 != 0, &mut units)?;
        text.clear();
        push_units(&units, &mut text);
        // Fonts within the text, and how it is pronounced.
        pieces.skip(4 * u64::from(runs) + u64::from(extension))?;
        texts.push(&text)?;
    }
    Ok(texts)
}
