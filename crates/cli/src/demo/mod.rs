//! `concordat demo`: four bodies on this machine, three of them with real public registers in legacy form.
//!
//! Everything it does goes the way that a body's own node goes; nothing is prepared but the example's files. What it shows
//! it also checks, and it ends with a failure when something shown is not as it should be.

mod ask;
mod batch;
#[cfg(test)]
mod benchmark;
mod bodies;
mod example;
mod layout;
mod ports;
mod refuse;
mod result;
mod show;
mod walk;

use std::path::PathBuf;

use clap::Args;
use concordat_record::Problem;
use tokio::task::JoinHandle;

use crate::report::{self, Failure, Form, Outcome};
use crate::system::{self, Stop};

use self::walk::Walk;

/// How a program ends that Ctrl-C has broken off: 128 and the number of the signal.
const BROKEN_OFF: i32 = 130;

/// Lays the example out, refreshes its registers, starts four nodes, asks, is refused, and matches two registers: each step on
/// real public registers, each answer proven.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  concordat demo --once --output json")]
pub struct Demo {
    /// The folder to lay the example out in; a second run starts from what it finds there
    #[arg(long, value_name = "FOLDER", default_value = "concordat-demo")]
    folder: PathBuf,
    /// Begin anew: new keys, empty logs, registers read again
    #[arg(long)]
    fresh: bool,
    /// Stop after the last step instead of staying up
    #[arg(long)]
    once: bool,
    /// How to print the result; `json` needs `--once`
    #[arg(long, value_enum, default_value_t)]
    output: Form,
}

impl Demo {
    pub fn run(self) -> Outcome {
        if self.output == Form::Json && !self.once {
            return Err(Problem::new(
                "demo.json-needs-once",
                "one JSON object cannot be printed while the demo stays up",
            )
            .advise("add `--once`")
            .into());
        }
        system::runtime()?.block_on(self.walk())
    }

    async fn walk(&self) -> Outcome {
        let breaking_off = break_off_when_asked()?;
        let world = system::world();
        let mut walk = Walk::new(&world, self.output == Form::Text);

        let laid_out = walk.lay_out(&self.folder, self.fresh)?;
        walk.refresh(&self.folder)?;
        let nodes = walk.start(&self.folder).await?;
        walk.ask(&nodes).await?;
        walk.be_refused(&nodes, &self.folder).await?;
        walk.match_registers(&self.folder)?;

        let result = walk.result();
        let is_sound = result.failures.is_empty();
        match self.output {
            Form::Json => report::json(&result)?,
            Form::Text => show::verdict(&result)?,
        }
        let mut stop = Stop::listen()?;
        breaking_off.abort();
        if is_sound && !self.once {
            show::staying_up(&nodes, &laid_out)?;
            stop.asked().await;
            report::line("\nstopping")?;
        }
        nodes.stop().await;
        if is_sound { Ok(()) } else { Err(Failure::Said) }
    }
}

/// Ends the program at once when Ctrl-C comes during the steps. Each of them may be broken off at any moment: what it has
/// published stands, and the next run begins where this one was.
fn break_off_when_asked() -> Result<JoinHandle<()>, Problem> {
    let mut stop = Stop::listen()?;
    Ok(tokio::spawn(async move {
        stop.asked().await;
        report::aside("broken off; the next run goes on from here");
        std::process::exit(BROKEN_OFF);
    }))
}
