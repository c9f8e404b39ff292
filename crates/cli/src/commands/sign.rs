//! `concordat sign`

use std::path::PathBuf;

use clap::Args;
use concordat_flow::sign_file;

use crate::folder::Folder;
use crate::report::{self, Outcome};

/// Signs a text with this body's key: an agreement or a federation list. A text becomes a note with one signature; a note
/// that another party has signed gets ours beside it.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  concordat sign --body treasury agreement.toml -o agreement.note")]
pub struct Sign {
    /// The text, or the note that others have signed already
    file: PathBuf,
    /// Where the note goes; over the file itself when it is a note already
    #[arg(short, long, value_name = "NOTE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    body: Folder,
}

impl Sign {
    pub fn run(self) -> Outcome {
        let key = self.body.whatever_is_sound()?.signing_key()?;
        let signed = sign_file(&key, &self.file, self.output.as_deref())?;
        report::line(format!("{} signed by {}", signed.file.display(), signed.signers.join(" and ")))
    }
}
