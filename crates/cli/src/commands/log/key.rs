//! The key that a log is verified with.

use std::path::Path;

use clap::Args;
use concordat_record::Problem;
use concordat_sign::VerifierKey;

use crate::folder::{Folder, read_text};
use crate::report::Failure;

/// The key that a log is verified with.
#[derive(Debug, Args)]
pub struct Key {
    /// The verifier key of the body whose log it is, or a file that holds it; that of `--body` when not given
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    #[command(flatten)]
    pub body: Folder,
}

impl Key {
    /// The key that was named, if one was.
    ///
    /// # Errors
    /// It is no key, or a file that holds none.
    pub fn given(&self) -> Result<Option<VerifierKey>, Problem> {
        let Some(given) = &self.key else { return Ok(None) };
        if !Path::new(given).is_file() {
            return given.trim().parse().map(Some);
        }
        let text = read_text(Path::new(given))?;
        text.trim().parse().map(Some).map_err(|problem: Problem| problem.in_file(given))
    }

    /// The key that was named; else that of the body's folder.
    ///
    /// # Errors
    /// As [`Key::given`], or what is wrong with the folder.
    pub fn read(&self) -> Result<VerifierKey, Failure> {
        match self.given()? {
            Some(key) => Ok(key),
            None => Ok(self.body.whatever_is_sound()?.signing_key()?.verifier().clone()),
        }
    }
}
