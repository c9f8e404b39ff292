//! The body's folder that a command works on, and its text files.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use concordat_record::{Place, Problem};

/// The body that a command is about.
#[derive(Clone, Debug, Args)]
pub struct Folder {
    /// The body's folder: the one with its `concordat.toml`
    #[arg(long = "body", value_name = "FOLDER", default_value = ".")]
    pub path: PathBuf,
}

/// The text of a file.
///
/// # Errors
/// `cli.cannot-read`.
pub fn read_text(path: &Path) -> Result<String, Problem> {
    fs::read_to_string(path).map_err(|error| {
        Problem::new("cli.cannot-read", format!("cannot read the file: {error}"))
            .at(Place::file(path.display().to_string()))
    })
}
