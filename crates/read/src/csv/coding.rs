//! How the letters of a file are written, and how the text that is scanned comes of it.
//!
//! Encodings of which ASCII is a part are scanned as they stand, so that offsets are those of the file; the others become UTF-8 on the
//! way in, and offsets are reckoned back.

use std::borrow::Cow;
use std::sync::Arc;

use concordat_record::{Place, Problem, nearest};
use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::copybook::{CodePage, Family};
use crate::recode::{decode, encode, encoded_length};

/// How the letters of a file are written.
#[derive(Clone, Debug)]
pub(crate) enum Coding {
    Utf8,
    /// ASCII and more, decoded value by value.
    Within(&'static Encoding),
    /// UTF-16, and encodings of several bytes in which a mark could be half of a letter.
    Whole(&'static Encoding),
    /// EBCDIC, and the pages of DOS.
    Paged(Arc<CodePage>),
}

/// Encodings that are proposed to whoever misspells one.
const WELL_KNOWN: [&str; 13] = [
    "utf-8",
    "utf-16le",
    "utf-16be",
    "windows-1252",
    "iso-8859-1",
    "iso-8859-15",
    "windows-1250",
    "windows-1251",
    "macintosh",
    "ibm866",
    "shift_jis",
    "cp850",
    "cp037",
];

impl Coding {
    /// An encoding by its name: those of the WHATWG list, and the pages of mainframes and DOS.
    ///
    /// # Errors
    /// `csv.unknown-encoding`, with the nearest name.
    pub fn named(name: &str, place: Place) -> Result<Self, Problem> {
        let name = name.trim().to_ascii_lowercase();
        let label = if name == "latin-1" { "latin1" } else { &name };
        match Encoding::for_label(label.as_bytes()) {
            Some(encoding) if encoding == UTF_8 => return Ok(Self::Utf8),
            Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => {
                return Ok(Self::Whole(encoding));
            }
            Some(encoding) if encoding.is_ascii_compatible() => return Ok(Self::Within(encoding)),
            _ => {}
        }
        if let Ok(page) = CodePage::named(&name) {
            return Ok(Self::Paged(Arc::new(page)));
        }
        let problem =
            Problem::new("csv.unknown-encoding", format!("there is no encoding `{name}`")).at(place);
        Err(match nearest(&name, WELL_KNOWN) {
            Some(near) => problem.advise(format!("did you mean `{near}`?")),
            None => problem.advise(format!("well known are {}", WELL_KNOWN.join(", "))),
        })
    }

    /// The name as it stands in a source file.
    pub fn name(&self) -> String {
        match self {
            Self::Utf8 => "utf-8".into(),
            Self::Within(encoding) | Self::Whole(encoding) => encoding.name().to_ascii_lowercase(),
            Self::Paged(page) => page.name().to_owned(),
        }
    }

    /// The same, for these marks: letters of several bytes may hold a mark above `@` as their second byte.
    pub fn with_marks<'a>(self, marks: impl IntoIterator<Item = &'a u8>) -> Self {
        match self {
            Self::Within(encoding)
                if !encoding.is_single_byte() && marks.into_iter().any(|mark| *mark >= 0x40) =>
            {
                Self::Whole(encoding)
            }
            other => other,
        }
    }

    /// Whether the scanned text is UTF-8.
    pub fn is_utf8(&self) -> bool {
        !matches!(self, Self::Within(_))
    }

    /// A mark as it stands in the scanned text; none when the encoding cannot write it.
    pub fn mark(&self, mark: &str) -> Option<Vec<u8>> {
        match self {
            Self::Within(encoding) => {
                let (bytes, _, unknown) = encoding.encode(mark);
                (!unknown).then(|| bytes.into_owned())
            }
            _ => Some(mark.as_bytes().to_vec()),
        }
    }

    /// Some of the scanned text as UTF-8; none when it is not of the encoding.
    pub fn decoded<'a>(&self, raw: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        let Self::Within(encoding) = self else {
            return std::str::from_utf8(raw).is_ok().then_some(Cow::Borrowed(raw));
        };
        if raw.is_ascii() {
            return Some(Cow::Borrowed(raw));
        }
        let text = encoding.decode_without_bom_handling_and_without_replacement(raw)?;
        Some(Cow::Owned(text.into_owned().into_bytes()))
    }

    /// The bytes that some of the scanned text takes in the file.
    pub fn length(&self, text: &[u8]) -> u64 {
        match self {
            Self::Utf8 | Self::Within(_) => text.len() as u64,
            Self::Whole(encoding) => encoded_length(text, encoding),
            Self::Paged(_) => String::from_utf8_lossy(text).chars().count() as u64,
        }
    }

    /// Some of the scanned text as it stands in the file.
    pub fn raw(&self, text: &[u8]) -> Vec<u8> {
        let letters = || String::from_utf8_lossy(text);
        match self {
            Self::Utf8 | Self::Within(_) => text.to_vec(),
            Self::Whole(encoding) => encode(text, encoding),
            Self::Paged(page) => {
                let one = |letter: char| match letter {
                    '\n' if page.family() == Family::Ebcdic => NEW_LINE,
                    _ => page
                        .encode(letter.encode_utf8(&mut [0; 4]))
                        .ok()
                        .and_then(|b| b.first().copied())
                        .unwrap_or(SUBSTITUTE),
                };
                letters().chars().map(one).collect()
            }
        }
    }

    /// Some of the file as scanned text.
    pub fn scanned(&self, raw: &[u8]) -> Vec<u8> {
        let Some(mut recoder) = self.recoder() else { return raw.to_vec() };
        let mut text = Vec::with_capacity(raw.len());
        recoder.recode(raw, true, &mut text);
        text
    }

    /// What turns the file into the scanned text; none when it is scanned as it stands.
    pub fn recoder(&self) -> Option<Recoder> {
        match self {
            Self::Utf8 | Self::Within(_) => None,
            Self::Whole(encoding) => Some(Recoder::Decoder(encoding.new_decoder_without_bom_handling())),
            Self::Paged(page) => Some(Recoder::Paged(page.clone())),
        }
    }
}

/// EBCDIC's end of a line, its line feed, and what stands for a letter that it does not have.
const NEW_LINE: u8 = 0x15;
const LINE_FEED: u8 = 0x25;
const SUBSTITUTE: u8 = 0x3f;

/// Turns a file into UTF-8, piece by piece.
pub(crate) enum Recoder {
    Decoder(Decoder),
    Paged(Arc<CodePage>),
}

impl Recoder {
    /// Adds the text of some bytes; `last` says that no more come.
    pub fn recode(&mut self, raw: &[u8], last: bool, out: &mut Vec<u8>) {
        match self {
            Self::Decoder(decoder) => decode(decoder, raw, last, out),
            Self::Paged(page) => {
                for byte in raw {
                    match *byte {
                        NEW_LINE | LINE_FEED if page.family() == Family::Ebcdic => out.push(b'\n'),
                        _ if page.decode_into(&[*byte], out) => {}
                        _ => out.extend_from_slice("\u{fffd}".as_bytes()),
                    }
                }
            }
        }
    }
}
