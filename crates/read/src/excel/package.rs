//! What kind of workbook a file is, and whether it is small enough to be opened: looked at before any library sees it.
//!
//! A workbook of today is a zip archive, of which some parts are held in memory whole. How large those really are is found by unpacking
//! them once to nowhere, because the directory of an archive can lie.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use concordat_record::{Place, Problem};
use zip::ZipArchive;

/// The formats of workbooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Excel 97 to 2003.
    Xls,
    Xlsx,
    Xlsb,
    /// OpenDocument.
    Ods,
}

/// How an old workbook and an encrypted one begin ([MS-CFB], section 2.2).
pub(super) const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
pub(super) const ZIP: &[u8] = b"PK\x03\x04";

/// An old workbook is held in memory.
const MOST_XLS: u64 = 256 << 20;
/// All parts of an archive together, unpacked.
const MOST_UNPACKED: u64 = 4 << 30;
/// The parts that are held in memory, unpacked: texts that cells share, styles.
const MOST_HELD: u64 = if cfg!(test) { 4 << 20 } else { 512 << 20 };
/// Parts of an archive.
const MOST_PARTS: usize = 10_000;

/// The format of a file, when it may be opened.
pub(super) fn examine(mut file: &File, shown: &str) -> Result<Format, Problem> {
    let failed = |error: &dyn std::fmt::Display| cannot_read(shown, &error.to_string());
    let mut begin = [0; 8];
    let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.take(8).read(&mut begin));
    let begin = begin.get(..read.map_err(|error| failed(&error))?).unwrap_or_default();
    if begin == COMPOUND {
        let size = file.metadata().map_err(|error| failed(&error))?.len();
        if size > MOST_XLS {
            return Err(too_large(shown, "the workbook", MOST_XLS));
        }
        return if holds_encrypted_package(file).map_err(|error| failed(&error))? {
            Err(encrypted(shown))
        } else {
            Ok(Format::Xls)
        };
    }
    if !begin.starts_with(ZIP) {
        let problem = Problem::new(
            "excel.not-a-workbook",
            format!("`{shown}` is no workbook of Excel or OpenDocument"),
        );
        return Err(problem
            .at(Place::file(shown))
            .advise("check `kind`; a web page or text with the ending .xls is of another kind"));
    }
    let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| failed(&error))?;
    let mut archive = archive;
    weigh(&mut archive, shown)?;
    let has = |name: &str| archive.file_names().flatten().any(|known| known.eq_ignore_ascii_case(name));
    if has("xl/workbook.xml") {
        Ok(Format::Xlsx)
    } else if has("xl/workbook.bin") {
        Ok(Format::Xlsb)
    } else if has("content.xml") {
        Ok(Format::Ods)
    } else {
        Err(cannot_read(shown, "the archive holds no workbook"))
    }
}

/// Refuses archives that unpack to more than can be held.
fn weigh<R: Read + Seek>(archive: &mut ZipArchive<R>, shown: &str) -> Result<(), Problem> {
    if archive.len() > MOST_PARTS {
        return Err(cannot_read(shown, &format!("it has more than {MOST_PARTS} parts")));
    }
    let (mut all, mut held) = (0u64, 0u64);
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| cannot_read(shown, &error.to_string()))?;
        all = all.saturating_add(part.size());
        if all > MOST_UNPACKED {
            return Err(too_large(shown, "the unpacked workbook", MOST_UNPACKED));
        }
        let name = part.name().map_err(|error| cannot_read(shown, &error.to_string()))?.to_ascii_lowercase();
        // Sheets are streamed; pictures and the like are never opened.
        if !name.starts_with("xl/")
            || name.starts_with("xl/worksheets/sheet")
            || name.starts_with("xl/media/")
        {
            continue;
        }
        let room = MOST_HELD - held;
        let real = io::copy(&mut part.take(room + 1), &mut io::sink());
        held += real.map_err(|error| cannot_read(shown, &format!("`{name}`: {error}")))?;
        if held > MOST_HELD {
            return Err(too_large(shown, "what the sheets of the workbook share", MOST_HELD));
        }
    }
    Ok(())
}

/// [MS-OFFCRYPTO], section 2.3.4.4: the name of a stream, in UTF-16.
fn holds_encrypted_package(mut file: &File) -> io::Result<bool> {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    file.seek(SeekFrom::Start(0))?;
    let mut window = Vec::new();
    loop {
        let kept = window.len().saturating_sub(name.len());
        window.drain(..kept);
        if file.take(1 << 20).read_to_end(&mut window)? == 0 {
            return Ok(false);
        }
        if window.windows(name.len()).any(|part| part == name) {
            return Ok(true);
        }
    }
}

pub(super) fn cannot_read(shown: &str, why: &str) -> Problem {
    Problem::new("excel.cannot-read", format!("`{shown}` cannot be read as a workbook: {why}"))
        .at(Place::file(shown))
        .advise("open it in the program that wrote it and save it anew")
}

pub(super) fn encrypted(shown: &str) -> Problem {
    Problem::new("excel.encrypted", format!("`{shown}` is protected by a password"))
        .at(Place::file(shown))
        .advise("ask for it without a password, or save it without one")
}

pub(super) fn too_large(shown: &str, what: &str, most: u64) -> Problem {
    Problem::new("excel.too-large", format!("{what} is larger than {most} bytes"))
        .at(Place::file(shown))
        .advise("export the sheet as CSV, or split it")
}
