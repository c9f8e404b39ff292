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
    /// Excel 5 to 2003, in a compound file.
    Xls,
    /// The same without the compound file around it.
    BareXls,
    Xlsx,
    Xlsb,
    /// OpenDocument.
    Ods,
}

/// How an old workbook and an encrypted one begin ([MS-CFB], section 2.2).
pub(super) const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// How the records of an old workbook begin, as some programs write them to a file ([MS-XLS], section 2.4.21).
const BARE: &[u8] = b"\x09\x08";
pub(super) const ZIP: &[u8] = b"PK\x03\x04";

/// All parts of an archive together, unpacked.
const MOST_UNPACKED: u64 = 4 << 30;
/// The parts of a binary workbook that are held in memory, unpacked: texts that cells share, styles.
const MOST_HELD: u64 = if cfg!(test) { 4 << 20 } else { 128 << 20 };
/// What a text that cells share takes besides its letters.
const TEXT: u64 = 48;
/// A record of a binary workbook.
const MOST_RECORD: u64 = 1 << 20;
/// The parts of a binary workbook that consist of records, besides its sheets.
const RECORDS: [&str; 3] = ["xl/workbook.bin", "xl/sharedstrings.bin", "xl/styles.bin"];
/// Parts of an archive.
const MOST_PARTS: usize = 10_000;

/// The format of a file, when it may be opened.
pub(super) fn examine(mut file: &File, shown: &str) -> Result<Format, Problem> {
    let failed = |error: &dyn std::fmt::Display| cannot_read(shown, &error.to_string());
    let mut begin = [0; 8];
    let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.take(8).read(&mut begin));
    let begin = begin.get(..read.map_err(|error| failed(&error))?).unwrap_or_default();
    if begin == COMPOUND {
        return Ok(Format::Xls);
    }
    if is_bare(begin) {
        return Ok(Format::BareXls);
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
    count(&mut archive, shown)?;
    let has = |name: &str| archive.file_names().flatten().any(|known| known.eq_ignore_ascii_case(name));
    // Some programs number the part with the workbook.
    let is_workbook =
        |name: &str| name.strip_suffix(".xml").is_some_and(|stem| stem.starts_with("xl/workbook"));
    if archive.file_names().flatten().any(|name| is_workbook(&name.to_ascii_lowercase())) {
        Ok(Format::Xlsx)
    } else if has("xl/workbook.bin") {
        weigh(&mut archive, shown)?;
        Ok(Format::Xlsb)
    } else if has("content.xml") {
        Ok(Format::Ods)
    } else {
        Err(cannot_read(shown, "the archive holds no workbook"))
    }
}

/// Whether the records of an old workbook begin: from Excel 5 on, or in Excel 2 to 4 with a length of four to six bytes.
pub(super) fn is_bare(begin: &[u8]) -> bool {
    begin.starts_with(BARE) || matches!(begin, [0x09, 0x00 | 0x02 | 0x04, 4..=6, 0, ..])
}

/// Refuses archives of too many parts, or of parts that say of themselves that they are too large.
fn count<R: Read + Seek>(archive: &mut ZipArchive<R>, shown: &str) -> Result<(), Problem> {
    if archive.len() > MOST_PARTS {
        return Err(cannot_read(shown, &format!("it has more than {MOST_PARTS} parts")));
    }
    let mut all = 0u64;
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(|error| cannot_read(shown, &error.to_string()))?;
        all = all.saturating_add(part.size());
    }
    if all > MOST_UNPACKED { Err(too_large(shown, "the unpacked workbook", MOST_UNPACKED)) } else { Ok(()) }
}

/// Refuses binary workbooks of which too much would be held, or whose records are longer than they are ([MS-XLSB], section 2.1.4).
fn weigh<R: Read + Seek>(archive: &mut ZipArchive<R>, shown: &str) -> Result<(), Problem> {
    let (mut held, mut texts) = (0u64, 0u64);
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| cannot_read(shown, &error.to_string()))?;
        let name = part.name().map_err(|error| cannot_read(shown, &error.to_string()))?.to_ascii_lowercase();
        let is_sheet = name.starts_with("xl/worksheets/") && name.strip_suffix(".rels").is_none();
        let failed = |error: &io::Error| cannot_read(shown, &format!("`{name}`: {error}"));
        if is_sheet || RECORDS.contains(&name.as_str()) {
            let size = part.size();
            texts += count_texts(&mut BufReader::new(part)).map_err(|error| failed(&error))?;
            // Sheets are streamed.
            held += if is_sheet { 0 } else { size };
        } else if name.starts_with("xl/") && !name.starts_with("xl/media/") {
            let real = io::copy(&mut part.take(MOST_HELD + 1), &mut io::sink());
            held += real.map_err(|error| failed(&error))?;
        }
        if held + texts * TEXT > MOST_HELD {
            return Err(too_large(shown, "what the sheets of the workbook share", MOST_HELD));
        }
    }
    Ok(())
}

/// Goes through records, and says how many of them are texts that cells share.
fn count_texts(part: &mut impl Read) -> io::Result<u64> {
    const SHARED_TEXT: u32 = 0x13;
    let mut texts = 0;
    while let Some(kind) = packed(part, 2)? {
        let length = packed(part, 4)?.ok_or(io::ErrorKind::UnexpectedEof)?.into();
        if length > MOST_RECORD {
            return Err(io::Error::other("a record is too long"));
        }
        if io::copy(&mut part.take(length), &mut io::sink())? < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        texts += u64::from(kind == SHARED_TEXT);
    }
    Ok(texts)
}

/// A number of seven bits in each byte, of which the highest bit says that another one follows; none at the end.
fn packed(part: &mut impl Read, most: u32) -> io::Result<Option<u32>> {
    let (mut number, mut byte) = (0, [0]);
    for place in 0..most {
        if part.read(&mut byte)? == 0 {
            return if place == 0 { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
        let [bits] = byte;
        number |= u32::from(bits & 0x7f) << (7 * place);
        if bits & 0x80 == 0 {
            break;
        }
    }
    Ok(Some(number))
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
