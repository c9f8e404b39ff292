//! Reading the text files of a folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use concordat_record::{Name, Place, Problem, Problems};

/// Longest configuration file that is read. What people write is far shorter; what is longer is something else.
const LONGEST: u64 = 4 << 20;

/// The text of a file; `shown` is how problems name it.
pub(crate) fn read_text(path: &Path, shown: &str) -> Result<String, Problem> {
    let place = || Place::file(shown);
    let cannot = |error: &io::Error| match error.kind() {
        io::ErrorKind::NotFound => Problem::new("body.no-such-file", "the file does not exist").at(place()),
        io::ErrorKind::InvalidData => {
            Problem::new("body.not-text", "the file is not UTF-8 text").at(place()).advise("save it as UTF-8")
        }
        _ => Problem::new("body.cannot-read", format!("cannot read the file: {error}")).at(place()),
    };
    let length = fs::metadata(path).map_err(|error| cannot(&error))?.len();
    if length > LONGEST {
        return Err(
            Problem::new("body.too-long", format!("the file is longer than {LONGEST} bytes")).at(place())
        );
    }
    fs::read_to_string(path).map_err(|error| cannot(&error))
}

/// The files of a folder with an extension, by name; none when the folder does not exist.
pub(crate) fn list(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Problem> {
    let cannot = |error: &io::Error| {
        Problem::new("body.cannot-read", format!("cannot read the folder: {error}"))
            .at(Place::file(folder.display().to_string()))
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(cannot(&error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| cannot(&error))?.path();
        if path.is_file() && path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// A text file of one of a body's folders, with the name that its stem is.
pub(crate) struct Text {
    pub(crate) name: Name,
    /// As problems name it: `sources/eo-master.toml`.
    pub(crate) shown: String,
    pub(crate) content: String,
}

/// All text files of a subfolder with an extension. A file that cannot be read or whose stem is no name is a problem.
pub(crate) fn texts(body: &Path, subfolder: &str, extension: &str, problems: &mut Problems) -> Vec<Text> {
    let files = problems.keep(list(&body.join(subfolder), extension)).unwrap_or_default();
    files
        .into_iter()
        .filter_map(|path| {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let shown = format!("{subfolder}/{stem}.{extension}");
            let name = stem.parse().map_err(|error| {
                Problem::new("body.file-name", format!("the file's name is used as a name, but {error}"))
                    .at(Place::file(&shown))
                    .advise("use letters, digits, `-` and `_`")
            });
            let name = problems.keep(name)?;
            let content = problems.keep(read_text(&path, &shown))?;
            Some(Text { name, shown, content })
        })
        .collect()
}
