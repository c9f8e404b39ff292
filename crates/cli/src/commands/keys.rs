//! `concordat keys`

use clap::Args;

use crate::folder::Folder;
use crate::keys::PublicKeys;
use crate::report::{self, Form, Outcome};

/// Shows what others must know of a body: its entry for the federation list, with the key that its signatures verify with and its
/// certificate. Nothing of it is secret.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  concordat keys --body treasury >> federation.toml")]
pub struct Keys {
    #[command(flatten)]
    body: Folder,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    output: Form,
}

impl Keys {
    pub fn run(self) -> Outcome {
        let keys = PublicKeys::of(&self.body.whatever_is_sound()?)?;
        match self.output {
            Form::Json => report::json(&keys),
            Form::Text => report::line(keys),
        }
    }
}
