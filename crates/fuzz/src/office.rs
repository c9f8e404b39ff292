//! Workbooks whose parts are the parts of a folder.
//!
//! Nobody guesses the checksum of a changed part, so workbooks are zipped here, behind the mutation.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::folder::{Folder, Part};
use crate::source;

/// Workbooks that a folder may hold in parts: `book.xlsx/xl/workbook.xml`.
const BOOKS: [&str; 3] = ["book.xlsx", "book.xlsb", "book.ods"];

/// Reads a workbook.
pub(crate) fn read(input: &[u8]) {
    source::read_folder(&bound(Folder::parse(input)));
}

/// Puts the parts of each workbook into one file.
fn bound(folder: Folder) -> Folder {
    let (mut bound, mut loose) = (Folder::default(), folder.0);
    for book in BOOKS {
        let within = |part: &Part| part.name.strip_prefix(book).is_some_and(|rest| rest.starts_with('/'));
        let (parts, others): (Vec<Part>, Vec<Part>) = loose.into_iter().partition(within);
        loose = others;
        if let Some(bytes) = zipped(&parts, book.len() + 1).filter(|_| !parts.is_empty()) {
            bound = bound.with(book, bytes);
        }
    }
    bound.0.extend(loose);
    bound
}

fn zipped(parts: &[Part], prefix: usize) -> Option<Vec<u8>> {
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for part in parts {
        archive.start_file(part.name.get(prefix..)?, stored).ok()?;
        archive.write_all(&part.bytes).ok()?;
    }
    Some(archive.finish().ok()?.into_inner())
}
