//! `concordat quarantine`

mod list;
mod replay;
mod show;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use concordat_flow::quarantine::newest;
use concordat_record::{Name, Problem};

use crate::folder::Folder;
use crate::report::{Failure, Outcome};

/// Looks after the records that could not be read or mapped: why they were set aside, what stands in them, and taking those into the register
/// that can be read by now.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  concordat quarantine list --body treasury")]
pub struct Quarantine {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List why records were set aside, and how many
    List(list::List),
    /// Show one record: what is wrong with it, and what stands in the source
    Show(show::Show),
    /// Decode and map the records anew after a source or register file was mended, and publish those that are good
    Replay(replay::Replay),
}

impl Quarantine {
    pub fn run(self) -> Outcome {
        match self.action {
            Action::List(list) => list.run(),
            Action::Show(show) => show.run(),
            Action::Replay(replay) => replay.run(),
        }
    }
}

/// The quarantine file of a register, or the file itself when one is named.
fn file(of: &str, folder: &Folder) -> Result<PathBuf, Failure> {
    let given = PathBuf::from(of);
    if given.is_file() {
        return Ok(given);
    }
    let register: Name = of.parse().map_err(|_| {
        Problem::new(
            "quarantine.no-such-file",
            format!("`{of}` is neither a file nor the name of a register"),
        )
    })?;
    let body = folder.whatever_is_sound()?;
    newest(&body, &register)?.ok_or_else(|| {
        Problem::new("quarantine.empty", format!("no record of `{register}` is in quarantine")).into()
    })
}
