//! The text of a file in a moving buffer, with the place of each byte in the file, whatever its encoding.

use std::borrow::Cow;

use concordat_record::Problem;
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::file::SourceFile;

/// A window over a file. Encodings of which ASCII is a part are kept as they are, so that offsets stay true; UTF-16 becomes
/// UTF-8 on the way in.
pub(crate) struct Text {
    file: SourceFile,
    encoding: &'static Encoding,
    /// Only for UTF-16.
    decoder: Option<Decoder>,
    buffer: Vec<u8>,
    /// Where the unread part of the buffer begins.
    at: usize,
    /// Where that is in the file.
    offset: u64,
    end: bool,
}

/// How much is read at once.
const CHUNK: usize = 1 << 20;

impl Text {
    pub fn new(file: SourceFile, encoding: &'static Encoding) -> Result<Self, Problem> {
        let wide = encoding == UTF_16LE || encoding == UTF_16BE;
        let decoder = wide.then(|| encoding.new_decoder_without_bom_handling());
        let mut text = Self { file, encoding, decoder, buffer: Vec::new(), at: 0, offset: 0, end: false };
        text.more()?;
        // The byte order mark, in UTF-8 here whatever it was in the file.
        if (wide || encoding == UTF_8) && text.rest().starts_with("\u{feff}".as_bytes()) {
            text.advance(3);
        }
        Ok(text)
    }

    /// The buffer, where its unread part begins, and whether the file ends with it.
    pub fn view(&self) -> (&[u8], usize, bool) {
        (&self.buffer, self.at, self.end)
    }

    pub fn rest(&self) -> &[u8] {
        self.buffer.get(self.at..).unwrap_or_default()
    }

    /// Passes over so many bytes of the buffer.
    pub fn advance(&mut self, bytes: usize) {
        let passed = self.buffer.get(self.at..self.at + bytes).unwrap_or_default();
        self.offset += if self.decoder.is_some() { wide_length(passed) } else { bytes as u64 };
        self.at += bytes;
    }

    /// Reads on; false at the end of the file.
    pub fn more(&mut self) -> Result<bool, Problem> {
        if self.end {
            return Ok(false);
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        if self.decoder.is_none() {
            self.end = self.file.fill(&mut self.buffer, CHUNK)? < CHUNK;
            return Ok(true);
        }
        let mut raw = Vec::with_capacity(CHUNK);
        self.end = self.file.fill(&mut raw, CHUNK)? < CHUNK;
        self.decode_wide(&raw);
        Ok(true)
    }

    fn decode_wide(&mut self, raw: &[u8]) {
        let Some(decoder) = &mut self.decoder else { return };
        let mut rest = raw;
        loop {
            let room = decoder.max_utf8_buffer_length(rest.len()).unwrap_or(CHUNK);
            let mut text = String::with_capacity(room);
            let (result, read, _) = decoder.decode_to_string(rest, &mut text, self.end);
            self.buffer.extend_from_slice(text.as_bytes());
            rest = rest.get(read..).unwrap_or_default();
            if result == CoderResult::InputEmpty {
                return;
            }
        }
    }

    pub fn is_utf8(&self) -> bool {
        self.decoder.is_some() || self.encoding == UTF_8
    }

    /// Some of the buffer as UTF-8; none when it is not of the encoding. `plain` says that it is UTF-8 already.
    pub fn decoded<'a>(&self, raw: &'a [u8], plain: bool) -> Option<Cow<'a, [u8]>> {
        if plain || self.is_utf8() || raw.is_ascii() {
            return Some(Cow::Borrowed(raw));
        }
        let text = self.encoding.decode_without_bom_handling_and_without_replacement(raw)?;
        Some(Cow::Owned(text.into_owned().into_bytes()))
    }

    /// Some of the buffer as it stands in the file.
    pub fn raw(&self, text: &[u8]) -> Vec<u8> {
        if self.decoder.is_none() {
            return text.to_vec();
        }
        let units = String::from_utf8_lossy(text);
        let big = self.encoding == UTF_16BE;
        units
            .encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    }

    /// Where the unread part begins in the file.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    pub fn shown(&self) -> &str {
        &self.file.shown
    }

    pub fn digest(&mut self) -> Result<String, Problem> {
        self.file.digest()
    }
}

/// The bytes that a UTF-8 text takes in UTF-16.
fn wide_length(text: &[u8]) -> u64 {
    2 * String::from_utf8_lossy(text).encode_utf16().count() as u64
}
