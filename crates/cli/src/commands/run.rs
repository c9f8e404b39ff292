//! `concordat run`

use clap::Args;

use crate::folder::Folder;
use crate::report::{self, Outcome};
use crate::running::{Notice, Running};
use crate::system::{self, Stop};

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
        system::start_security_log();
        system::runtime()?.block_on(async {
            let mut stop = Stop::listen()?;
            let running = Running::start(&self.body.path, &system::world(), Notice(None)).await?;
            let node = running.node.body().settings.node.address;
            report::line(format!(
                "{} is up; other bodies reach it at {node}\nconsole at http://{}",
                running.node.id(),
                running.console
            ))?;
            stop.asked().await;
            running.stop().await;
            report::line("stopped")
        })
    }
}
