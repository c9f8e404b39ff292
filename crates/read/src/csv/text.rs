//! The text of a file in a moving window, with its place in the file.

use concordat_record::Problem;

use super::coding::{Coding, Recoder};
use crate::file::SourceFile;

/// A window over a file.
pub(crate) struct Text {
    file: SourceFile,
    coding: Coding,
    recoder: Option<Recoder>,
    buffer: Vec<u8>,
    /// Where the unread part of the buffer begins.
    at: usize,
    /// Where that is in the file.
    offset: u64,
    end: bool,
    /// How much is read at once.
    pub chunk: usize,
}

/// A megabyte stays in a core's own memory while it is decoded.
pub(crate) const CHUNK: usize = 1 << 20;

const BYTE_ORDER_MARK: &str = "\u{feff}";

impl Text {
    pub fn new(file: SourceFile, coding: Coding, chunk: usize) -> Result<Self, Problem> {
        let (offset, recoder) = (file.read, coding.recoder());
        let mut text = Self { file, coding, recoder, buffer: Vec::new(), at: 0, offset, end: false, chunk };
        text.more()?;
        // The byte order mark, in UTF-8 here whatever it was in the file.
        if text.coding.is_utf8() && text.rest().starts_with(BYTE_ORDER_MARK.as_bytes()) {
            text.advance(BYTE_ORDER_MARK.len());
        }
        Ok(text)
    }

    /// What was read and not passed over.
    pub fn rest(&self) -> &[u8] {
        self.buffer.get(self.at..).unwrap_or_default()
    }

    /// Whether the file ends with the buffer.
    pub fn is_last(&self) -> bool {
        self.end
    }

    /// Passes over so many bytes of the buffer.
    pub fn advance(&mut self, bytes: usize) {
        let passed = self.buffer.get(self.at..self.at + bytes).unwrap_or_default();
        let length = self.coding.length(passed);
        self.go_on(length);
        self.at += bytes;
    }

    /// Half a letter at the end of the file is reckoned as a whole one, and there is no more than what was read.
    fn go_on(&mut self, length: u64) {
        self.offset = self.offset.saturating_add(length).min(self.file.read);
    }

    /// Gives so many bytes away and passes over them.
    pub fn take(&mut self, bytes: usize) -> Vec<u8> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let mut carried = Vec::with_capacity(self.chunk + self.chunk / 2);
        carried.extend_from_slice(self.buffer.get(bytes..).unwrap_or_default());
        let mut taken = std::mem::replace(&mut self.buffer, carried);
        taken.truncate(bytes);
        let length = self.coding.length(&taken);
        self.go_on(length);
        taken
    }

    /// Reads on; false at the end of the file.
    pub fn more(&mut self) -> Result<bool, Problem> {
        if self.end {
            return Ok(false);
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        if let Some(recoder) = &mut self.recoder {
            let mut raw = Vec::with_capacity(self.chunk);
            self.end = self.file.fill(&mut raw, self.chunk)? < self.chunk;
            recoder.recode(&raw, self.end, &mut self.buffer);
        } else {
            self.buffer.reserve(self.chunk + 1);
            self.end = self.file.fill(&mut self.buffer, self.chunk)? < self.chunk;
        }
        Ok(true)
    }

    pub fn coding(&self) -> &Coding {
        &self.coding
    }

    /// Where the unread part begins in the file.
    pub fn offset(&self) -> u64 {
        self.offset
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
