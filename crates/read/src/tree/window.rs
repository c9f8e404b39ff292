//! The text of a file as UTF-8 in a moving buffer, whatever its encoding, with the place of each byte in the file.

use concordat_record::{Place, Problem};
use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::file::SourceFile;
use crate::recode::{decode, encode, encoded_length};

/// How much is read at once.
const CHUNK: usize = 1 << 20;

/// A window over a file.
pub(crate) struct Window {
    file: SourceFile,
    encoding: &'static Encoding,
    /// None while the file is UTF-8 anyway.
    decoder: Option<Decoder>,
    bytes: Vec<u8>,
    /// Where the window begins in the file.
    offset: u64,
    /// Line ends before the window.
    lines: u64,
    is_last: bool,
}

impl Window {
    /// Begins to read a file. The encoding is the one given, else what a byte order mark or the zeros of UTF-16 show, else what `declared`
    /// finds in the first bytes, else UTF-8.
    pub fn open(
        mut file: SourceFile,
        given: Option<&'static Encoding>,
        declared: fn(&[u8]) -> Result<Option<&'static Encoding>, Problem>,
    ) -> Result<Self, Problem> {
        let mut raw = Vec::new();
        let is_last = file.fill(&mut raw, CHUNK)? < CHUNK;
        let at = Place::file(&file.shown);
        if raw.starts_with(&[0, 0, 0xfe, 0xff]) || raw.starts_with(&[0xff, 0xfe, 0, 0]) {
            let problem = Problem::new("read.utf-32", "the file is written in UTF-32").at(at);
            return Err(problem.advise("convert it to UTF-8, for example with `iconv -f UTF-32 -t UTF-8`"));
        }
        let (mark, mark_length) = match Encoding::for_bom(&raw) {
            Some((encoding, length)) => (Some(encoding), length),
            None => (None, 0),
        };
        let found = match given.or(mark).or_else(|| wide_without_mark(&raw)) {
            Some(encoding) => encoding,
            None => declared(&raw).map_err(|problem| problem.at(at))?.unwrap_or(UTF_8),
        };
        // A mark of another encoding than the one given is left to the decoder, which will find it strange.
        let skipped = if mark == Some(found) { mark_length } else { 0 };
        raw.drain(..skipped);
        let decoder = (found != UTF_8).then(|| found.new_decoder_without_bom_handling());
        let mut window = Self {
            file,
            encoding: found,
            decoder,
            bytes: Vec::new(),
            offset: skipped as u64,
            lines: 0,
            is_last,
        };
        match &mut window.decoder {
            None => window.bytes = raw,
            Some(decoder) => decode(decoder, &raw, is_last, &mut window.bytes),
        }
        Ok(window)
    }

    /// The text in the window, and whether the file ends with it.
    pub fn view(&self) -> (&[u8], bool) {
        (&self.bytes, self.is_last)
    }

    /// Reads on; nothing happens at the end of the file.
    pub fn more(&mut self) -> Result<(), Problem> {
        if self.is_last {
            return Ok(());
        }
        let Some(decoder) = &mut self.decoder else {
            self.is_last = self.file.fill(&mut self.bytes, CHUNK)? < CHUNK;
            return Ok(());
        };
        let mut raw = Vec::new();
        self.is_last = self.file.fill(&mut raw, CHUNK)? < CHUNK;
        decode(decoder, &raw, self.is_last, &mut self.bytes);
        Ok(())
    }

    /// Takes text off the front of the window; gives it with its place.
    pub fn take(&mut self, length: usize) -> Text {
        let rest = self.bytes.get(length..).unwrap_or_default().to_vec();
        let mut bytes = std::mem::replace(&mut self.bytes, rest);
        bytes.truncate(length);
        let text = Text { bytes, offset: self.offset, first_line: self.lines + 1, encoding: self.encoding };
        // Half a letter at the end of the file was reckoned as a whole one.
        let end = self.offset + text.encoded_length(0..text.bytes.len());
        self.offset = end.min(self.file.read);
        self.lines += newlines(&text.bytes);
        text
    }

    /// A copy of the text at the front of the window, which stays there.
    pub fn copy(&self, length: usize) -> Text {
        let bytes = self.bytes.get(..length).unwrap_or(&self.bytes).to_vec();
        Text { bytes, offset: self.offset, first_line: self.lines + 1, encoding: self.encoding }
    }

    /// Where a byte of the window stands in the file: line from one, and offset.
    pub fn place(&self, at: usize) -> Place {
        let before = self.bytes.get(..at).unwrap_or(&self.bytes);
        let offset = self.offset + encoded_length(before, self.encoding);
        Place::file(&self.file.shown).line(self.lines + newlines(before) + 1).byte(offset)
    }

    pub fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    /// Bytes of the file that are done with.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    pub fn size(&self) -> u64 {
        self.file.size
    }

    pub fn shown(&self) -> &str {
        &self.file.shown
    }

    pub fn mark(&self) -> String {
        self.file.mark()
    }

    pub fn digest(&mut self) -> Result<String, Problem> {
        self.file.digest()
    }
}

/// A part of a file's text.
pub(crate) struct Text {
    /// As UTF-8, unless the file breaks its own encoding.
    pub bytes: Vec<u8>,
    /// Where it begins in the file.
    pub offset: u64,
    /// The line it begins in, from one.
    pub first_line: u64,
    encoding: &'static Encoding,
}

impl Text {
    /// A record that was kept by itself, without what stood around it.
    pub fn alone(bytes: &[u8], offset: u64, encoding: &'static Encoding) -> Self {
        let text = if encoding == UTF_8 {
            bytes.to_vec()
        } else {
            encoding.decode_without_bom_handling(bytes).0.into_owned().into_bytes()
        };
        let is_around = |byte: &u8| byte.is_ascii_whitespace() || *byte == b',';
        let begin = text.iter().position(|byte| !is_around(byte)).unwrap_or(text.len());
        let end = text.iter().rposition(|byte| !is_around(byte)).map_or(begin, |last| last + 1);
        let bytes = text.get(begin..end).unwrap_or_default().to_vec();
        Self { bytes, offset, first_line: 1, encoding }
    }

    /// How many bytes a part of it takes in the file.
    pub fn encoded_length(&self, part: std::ops::Range<usize>) -> u64 {
        encoded_length(self.bytes.get(part).unwrap_or_default(), self.encoding)
    }

    /// A part of it as it stands in the file.
    pub fn raw(&self, part: std::ops::Range<usize>) -> Vec<u8> {
        encode(self.bytes.get(part).unwrap_or_default(), self.encoding)
    }

    /// A record as text; none when its bytes were not of the file's encoding.
    pub fn sound<'t>(&self, record: &'t [u8]) -> Option<&'t str> {
        // The decoder puts U+FFFD where it finds such bytes.
        let is_sound = |text: &&str| self.encoding == UTF_8 || !text.contains('\u{fffd}');
        std::str::from_utf8(record).ok().filter(is_sound)
    }

    pub fn encoding_name(&self) -> &'static str {
        self.encoding.name()
    }
}

/// The beginning of a file as UTF-8, as [`Window::open`] would see it; none in an encoding that it does not read.
pub(crate) fn beginning(
    raw: &[u8],
    declared: fn(&[u8]) -> Result<Option<&'static Encoding>, Problem>,
) -> Option<(Vec<u8>, &'static Encoding)> {
    let (mark, mark_length) =
        Encoding::for_bom(raw).map_or((None, 0), |(encoding, length)| (Some(encoding), length));
    let encoding = match mark.or_else(|| wide_without_mark(raw)) {
        Some(encoding) => encoding,
        None => declared(raw).ok()?.unwrap_or(UTF_8),
    };
    let rest = raw.get(mark_length..)?;
    if encoding == UTF_8 {
        return Some((rest.to_vec(), encoding));
    }
    let whole = if encoding.is_single_byte() { rest.len() } else { rest.len() & !1 };
    Some((encoding.decode_without_bom_handling(rest.get(..whole)?).0.into_owned().into_bytes(), encoding))
}

#[expect(clippy::naive_bytecount, reason = "the compiler makes vectors of it")]
pub(crate) fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// UTF-16 whose first characters are ASCII, as markup and brackets are, shows a zero in every second byte.
fn wide_without_mark(raw: &[u8]) -> Option<&'static Encoding> {
    match raw {
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some(UTF_16BE),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some(UTF_16LE),
        _ => None,
    }
}
