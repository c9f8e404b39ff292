//! What a fuzzer begins with: the cases of the decoders, and the few files that no case has (`seeds/TARGET/`).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::folder::{Folder, Part};
use crate::source::SOURCE;
use crate::targets::Target;
use crate::{postgres, terminal};

/// An input with a name.
pub struct Seed {
    /// The case it was.
    pub name: String,
    /// The input.
    pub bytes: Vec<u8>,
}

/// Files of a case that no decoder reads.
const BESIDE: [&str; 1] = ["expected.txt"];
/// Larger cases are there to be slow.
const MOST: usize = 64 << 10;

/// The parts of the example's workbook around its sheet.
const WORKBOOK: &str = "book.xlsx";

impl Target {
    /// What it begins with.
    ///
    /// # Errors
    /// A folder of cases that cannot be read.
    pub fn seeds(&self) -> io::Result<Vec<Seed>> {
        let mut seeds = Vec::new();
        for kind in self.cases {
            for case in cases(&here().join("../read/cases").join(kind))? {
                let name = format!("{kind}-{}", name_of(&case));
                let folder = folder_of(&case)?;
                seeds.extend(folder.map(|folder| Seed { name, bytes: folder.to_bytes() }));
            }
        }
        let streams = match self.name {
            "terminal" => terminal::streams(),
            "postgres" => postgres::streams(),
            _ => Vec::new(),
        };
        seeds.extend(streams.into_iter().map(|(name, bytes)| Seed { name: name.into(), bytes }));
        seeds.extend(files(&here().join("seeds").join(self.name))?);
        seeds.extend(self.findings()?);
        seeds.retain(|seed| seed.bytes.len() <= MOST);
        Ok(seeds)
    }

    /// What once broke a promise.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn findings(&self) -> io::Result<Vec<Seed>> {
        files(&here().join("findings").join(self.name))
    }
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The cases of a kind: its folders, or the folder itself when there are files in it.
fn cases(kind: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut folders, files): (Vec<_>, Vec<_>) = sorted(kind)?.into_iter().partition(|path| path.is_dir());
    if !files.is_empty() {
        folders.push(kind.to_owned());
    }
    Ok(folders)
}

/// The files and folders in a folder, by name; none when it is not there.
fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<PathBuf>>>()?;
    found.sort();
    Ok(found)
}

fn files(folder: &Path) -> io::Result<Vec<Seed>> {
    let files = sorted(folder)?.into_iter();
    files.map(|path| Ok(Seed { name: name_of(&path), bytes: fs::read(path)? })).collect()
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A case as a folder: its source file with all beside it.
fn folder_of(case: &Path) -> io::Result<Option<Folder>> {
    let mut parts = Vec::new();
    gather(case, "", &mut parts)?;
    let source = match parts.iter().position(|part| part.name == SOURCE) {
        Some(at) => impatient(&String::from_utf8_lossy(&parts.remove(at).bytes)),
        // A case without a source file is a workbook.
        None => match parts.iter().find(|part| part.ends("xls")) {
            Some(book) => format!("kind = \"excel\"\npath = \"{}\"\n", book.name),
            None => return Ok(None),
        },
    };
    if parts.iter().any(|part| part.ends("xml") && part.name != "data.xml") {
        parts = sheets(parts)?;
    }
    let mut folder = Folder::default().with(SOURCE, source);
    folder.0.extend(parts);
    Ok(Some(folder))
}

/// All files below a folder; records that are written as hexadecimal digits as bytes.
fn gather(folder: &Path, within: &str, parts: &mut Vec<Part>) -> io::Result<()> {
    for path in sorted(folder)? {
        let name = format!("{within}{}", name_of(&path));
        if path.is_dir() {
            gather(&path, &format!("{name}/"), parts)?;
        } else if name == "records.hex" {
            let bytes = bytes_of(&fs::read_to_string(&path)?);
            parts.push(Part { name: "records.dat".into(), bytes });
        } else if !BESIDE.contains(&name.as_str()) {
            parts.push(Part { name, bytes: fs::read(&path)? });
        }
    }
    Ok(())
}

fn bytes_of(hexadecimal: &str) -> Vec<u8> {
    let digits: Vec<u8> = hexadecimal.chars().filter_map(|letter| Some(letter.to_digit(16)? as u8)).collect();
    digits.chunks_exact(2).filter_map(|pair| Some(pair.first()? << 4 | pair.last()?)).collect()
}

/// A service that fails is not asked again: a fuzzer has no time.
fn impatient(source: &str) -> String {
    let mut source = source.to_owned();
    for kind in ["[rest]\n", "[soap]\n"] {
        if source.contains(kind) && !source.contains("retries") {
            source = source.replace(kind, &format!("{kind}retries = 0\n"));
        }
    }
    source
}

/// The sheets of a case as parts of the workbook in `seeds`, the first of them in the place of its own.
fn sheets(parts: Vec<Part>) -> io::Result<Vec<Part>> {
    let (xml, mut others): (Vec<Part>, Vec<Part>) = parts.into_iter().partition(|part| part.ends("xml"));
    let Some(first) = xml.into_iter().next() else { return Ok(others) };
    let (book, own) = match first.name.as_str() {
        "content.xml" => ("book.ods", "book.ods/content.xml"),
        _ => (WORKBOOK, "book.xlsx/xl/worksheets/sheet1.xml"),
    };
    let around = fs::read(here().join("seeds/excel").join(book.replace('.', "-")))?;
    for part in Folder::parse(&around).0.into_iter().filter(|part| part.name != SOURCE) {
        let bytes = if part.name == own { within(&part.bytes, &first.bytes) } else { part.bytes };
        others.push(Part { bytes, ..part });
    }
    Ok(others)
}

/// A document with other contents in its first element: what is between the first and the last mark of a place to fill.
fn within(document: &[u8], contents: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(document);
    let (begin, end) = match (text.find("<sheetData"), text.rfind("</worksheet>")) {
        (Some(begin), Some(end)) => (begin, end),
        _ => match (text.find("<table:table "), text.rfind("</office:spreadsheet>")) {
            (Some(begin), Some(end)) => (begin, end),
            _ => return contents.to_vec(),
        },
    };
    [
        text.as_bytes().get(..begin).unwrap_or_default(),
        contents,
        text.as_bytes().get(end..).unwrap_or_default(),
    ]
    .concat()
}
