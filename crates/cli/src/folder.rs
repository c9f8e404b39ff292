//! The body's folder that a command works on, and its text files.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;
use concordat_flow::Body;
use concordat_record::{Place, Problem};

use crate::report::Failure;

/// The body that a command is about.
#[derive(Clone, Debug, Args)]
pub struct Folder {
    /// The body's folder: the one with its `concordat.toml`
    #[arg(long = "body", value_name = "FOLDER", default_value = ".")]
    pub path: PathBuf,
}

impl Folder {
    /// The body with whatever can be read of it: keys and log can be used while a mapping is being mended.
    ///
    /// # Errors
    /// What is wrong with `concordat.toml`.
    pub fn whatever_is_sound(&self) -> Result<Body, Failure> {
        let (body, problems) = Body::survey(&self.path);
        body.ok_or(Failure::Problems(problems))
    }
}

/// The text of a file.
///
/// # Errors
/// `cli.no-such-file`, `cli.cannot-read`.
pub fn read_text(path: &Path) -> Result<String, Problem> {
    let problem = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => Problem::new("cli.no-such-file", "the file does not exist"),
        ErrorKind::InvalidData => Problem::new("cli.not-text", "the file is not UTF-8 text"),
        _ => Problem::new("cli.cannot-read", format!("cannot read the file: {error}")),
    };
    fs::read_to_string(path).map_err(|error| problem(error).at(Place::file(path.display().to_string())))
}
