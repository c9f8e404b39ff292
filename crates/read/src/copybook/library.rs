//! Where the text of copybooks is found: in files, by the names that COPY has for them.

use std::fs;
use std::path::{Component, Path, PathBuf};

use concordat_record::{Problem, nearest};

use super::code_page::CodePage;
use crate::file::cannot_open;

/// A copybook's text and its file, as problems name it.
#[derive(Clone, Debug)]
pub struct CopyText {
    /// The path relative to the folder that all paths are relative to.
    pub file: String,
    /// The text.
    pub text: String,
}

/// What finds the texts that COPY asks for.
pub trait Library {
    /// The text with a name, of a library if one is said (`COPY name OF library`), asked for by a file.
    ///
    /// # Errors
    /// `copybook.no-such-copy`, or why the file cannot be read.
    fn find(&self, name: &str, library: Option<&str>, asking: &str) -> Result<CopyText, Problem>;
}

/// No library: a text that stands for itself.
#[derive(Clone, Copy, Debug)]
pub struct NoLibrary;

impl Library for NoLibrary {
    fn find(&self, name: &str, _: Option<&str>, _: &str) -> Result<CopyText, Problem> {
        Err(Problem::new("copybook.no-such-copy", format!("there is no copybook `{name}` here"))
            .advise("put the copied text in place of COPY"))
    }
}

/// Folders of copybooks.
#[derive(Clone, Debug, Default)]
pub struct Folders {
    /// The folder that all paths are relative to.
    pub base: PathBuf,
    /// Further folders, in the order they are looked through.
    pub paths: Vec<String>,
}

/// How files of copybooks end, besides not at all.
const EXTENSIONS: [&str; 6] = ["cpy", "cbl", "cob", "copy", "inc", "txt"];
/// A copybook longer than this is some other file.
const LONGEST_COPYBOOK: u64 = 16 << 20;
/// In a folder with more files than this, only exact names are found.
const MOST_FILES: usize = 1 << 16;

impl Folders {
    /// Reads the copybook at a path.
    ///
    /// # Errors
    /// `read.no-such-file`, `read.cannot-read`, `copybook.too-long`.
    pub fn read(&self, path: &str) -> Result<CopyText, Problem> {
        let full = self.base.join(path);
        let refused = |error: &std::io::Error| cannot_open(&full, path, error);
        let metadata = fs::metadata(&full).map_err(|error| refused(&error))?;
        if metadata.len() > LONGEST_COPYBOOK {
            let sentence = format!("`{path}` has {} bytes, too many for a copybook", metadata.len());
            return Err(Problem::new("copybook.too-long", sentence));
        }
        if metadata.is_dir() {
            return Err(Problem::new("read.cannot-read", format!("`{path}` is a folder, not a file")));
        }
        let bytes = fs::read(&full).map_err(|error| refused(&error))?;
        Ok(CopyText { file: path.into(), text: as_text(bytes) })
    }

    /// The folders to look through: that of the asking file first.
    fn folders(&self, library: Option<&str>, asking: &str) -> Vec<String> {
        let own = Path::new(asking).parent().map(|folder| folder.to_string_lossy().into_owned());
        let plain: Vec<String> = own.into_iter().chain(self.paths.iter().cloned()).collect();
        let of_library = library.into_iter().flat_map(|library| {
            plain.iter().filter_map(move |folder| {
                let found = self.matching(folder, library, &[])?;
                self.base.join(&found).is_dir().then_some(found)
            })
        });
        of_library.chain(plain.iter().cloned()).collect()
    }

    /// The path of a file or folder whose name is as asked for, but for upper and lower case and the extension.
    fn matching(&self, folder: &str, name: &str, extensions: &[&str]) -> Option<String> {
        let (within, name) = name.rsplit_once('/').map_or(("", name), |(within, name)| (within, name));
        let folder = Path::new(folder).join(within);
        let shown = |name: &str| folder.join(name).to_string_lossy().into_owned();
        let exact = shown(name);
        if !exact.is_empty() && self.base.join(&exact).exists() {
            return Some(exact);
        }
        let listing = fs::read_dir(self.base.join(&folder)).ok()?;
        let mut names: Vec<String> = listing
            .take(MOST_FILES)
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|file| is_named(file, name, extensions))
            .collect();
        // The same choice on every machine: a bare name first, then in the order of the list.
        names.sort_by_key(|file| (rank(file, extensions), file.clone()));
        names.first().map(|name| shown(name))
    }

    fn near(&self, folders: &[String], name: &str) -> Option<String> {
        let listings = folders.iter().filter_map(|folder| fs::read_dir(self.base.join(folder)).ok());
        let names: Vec<String> = listings
            .flat_map(|listing| listing.take(MOST_FILES))
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .map(|file| file.split_once('.').map_or(&*file, |(stem, _)| stem).to_uppercase())
            .collect();
        nearest(&name.to_uppercase(), names.iter().map(String::as_str)).map(str::to_owned)
    }
}

impl Library for Folders {
    fn find(&self, name: &str, library: Option<&str>, asking: &str) -> Result<CopyText, Problem> {
        let name = name.replace('\\', "/");
        let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if !Path::new(&name).components().all(is_plain) {
            let sentence = format!("`{name}` leads out of the folders of copybooks");
            return Err(Problem::new("copybook.copy-outside", sentence)
                .advise("name the file alone, and its folder in `copy_paths`"));
        }
        let folders = self.folders(library, asking);
        let found = folders.iter().filter_map(|folder| self.matching(folder, &name, &EXTENSIONS));
        if let Some(path) = found.into_iter().find(|path| self.base.join(path).is_file()) {
            return self.read(&path);
        }
        let problem = Problem::new("copybook.no-such-copy", format!("there is no copybook `{name}` to copy"));
        Err(match self.near(&folders, &name) {
            Some(near) => problem.advise(format!("did you mean `{near}`?")),
            None => problem.advise("name the folder that has it in `copy_paths`"),
        })
    }
}

fn is_named(file: &str, name: &str, extensions: &[&str]) -> bool {
    if file.eq_ignore_ascii_case(name) {
        return true;
    }
    let Some((stem, extension)) = file.rsplit_once('.') else { return false };
    stem.eq_ignore_ascii_case(name) && extensions.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

fn rank(file: &str, extensions: &[&str]) -> usize {
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    extensions.iter().position(|known| extension.eq_ignore_ascii_case(known)).map_or(0, |place| place + 1)
}

/// UTF-8, else Latin-1; a copybook that comes from the mainframe as it is there, in EBCDIC, mostly in lines of 80 bytes.
fn as_text(bytes: Vec<u8>) -> String {
    const LINE: usize = 80;
    let mut counts = [0usize; 256];
    for byte in &bytes {
        counts[usize::from(*byte)] += 1;
    }
    let count = |byte: u8| counts[usize::from(byte)];
    let is_ebcdic = count(0x40) > bytes.len() / 8 && count(b' ') + count(b'\n') < bytes.len() / 64;
    if is_ebcdic && let Ok(page) = CodePage::named("cp037") {
        let mut text = Vec::new();
        // EBCDIC has two ends of a line, 15 (next line) and 25 (line feed).
        if count(0x15) + count(0x25) > 0 {
            for line in bytes.split(|byte| *byte == 0x15 || *byte == 0x25) {
                page.decode_into(line, &mut text);
                text.push(b'\n');
            }
        } else {
            for line in bytes.chunks(LINE) {
                page.decode_into(line, &mut text);
                text.push(b'\n');
            }
        }
        return String::from_utf8_lossy(&text).into_owned();
    }
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| error.into_bytes().iter().map(|byte| char::from(*byte)).collect());
    match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}
