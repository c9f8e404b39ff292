//! `concordat run`

use clap::Args;

use crate::folder::Folder;
use crate::report::{self, Outcome};
use crate::running::{Notice, Running};

/// Runs the node of a body: answers other bodies, serves the console and the interface for this body's own systems. Ctrl-C
/// stops it cleanly.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  concordat run --body treasury")]
pub struct Run {
    #[command(flatten)]
    body: Folder,
}

impl Run {
    pub fn run(self) -> Outcome {
        crate::system::runtime()?.block_on(async {
            let running = Running::start(&self.body.path, &crate::system::world(), Notice(None)).await?;
            report::line(format!("{} is up; console at http://{}", running.node.id(), running.console))?;
            crate::system::until_stopped().await?;
            running.stop().await;
            report::line("stopped")
        })
    }
}
