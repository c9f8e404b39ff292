//! `concordat demo`: four bodies on this machine, three of them with real public registers in legacy form.
//!
//! Everything it does goes the way that a body's own node goes; nothing is prepared but the example's files. What it shows
//! it also checks, and it ends with a failure when something shown is not as it should be.

mod ask;
mod batch;
mod bodies;
mod example;
mod layout;
mod ports;
mod refuse;
mod result;
mod show;

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use concordat_flow::{Body, Refresher, Snapshot, World};

use crate::progress::Progress;
use crate::report::{self, Failure, Form, Outcome};
use crate::running::{Notice, Running};

use self::bodies::{BODIES, Nodes};
use self::result::{Checks, DemoResult};

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
            return Err(concordat_record::Problem::new(
                "demo.json-needs-once",
                "one JSON object cannot be printed while the demo stays up",
            )
            .advise("add `--once`")
            .into());
        }
        let world = crate::system::world();
        crate::system::runtime()?.block_on(self.steps(&world))
    }

    async fn steps(&self, world: &World) -> Outcome {
        let told = self.output == Form::Text;
        let mut result = DemoResult::default();
        let mut checks = Checks::default();

        let clock = Instant::now();
        let laid_out = layout::lay_out(&self.folder, self.fresh, world)?;
        result.seconds.lay_out = clock.elapsed().as_secs_f64();
        if told {
            show::laid_out(&laid_out)?;
        }

        let clock = Instant::now();
        result.registers = self.refresh(world, told)?;
        checks.registers(&result.registers);
        result.seconds.refresh = clock.elapsed().as_secs_f64();

        let clock = Instant::now();
        let nodes = self.start(world).await?;
        result.seconds.start = clock.elapsed().as_secs_f64();
        if told {
            show::started(&nodes)?;
        }

        let clock = Instant::now();
        let asked = ask::ask_for_applicants(&nodes).await?;
        (result.answers, result.proofs) = (asked.answers, asked.proofs);
        checks.answers(&result.answers, &result.proofs);
        result.seconds.ask = clock.elapsed().as_secs_f64();
        if told {
            show::answers(&result.answers, &result.proofs)?;
        }

        let clock = Instant::now();
        result.refusals = refuse::refusals(&nodes, &self.folder, world).await?;
        checks.refusals(&result.refusals);
        result.seconds.refuse = clock.elapsed().as_secs_f64();
        if told {
            show::refusals(&result.refusals)?;
        }

        let clock = Instant::now();
        result.batch = batch::match_registers(&self.folder)?;
        checks.batch(&result.batch);
        result.seconds.batch = clock.elapsed().as_secs_f64();
        if told {
            show::batch(&result.batch)?;
        }

        result.failures = checks.failures;
        let sound = result.failures.is_empty();
        if self.output == Form::Json {
            report::json(&result)?;
        } else {
            show::verdict(&result)?;
        }
        if !self.once && sound {
            show::staying_up(&nodes, &laid_out)?;
            crate::system::until_stopped().await?;
            report::line("\nstopping")?;
        }
        nodes.stop().await;
        if sound { Ok(()) } else { Err(Failure::Said) }
    }

    /// Refreshes each register that has no snapshot of the source as it is now.
    fn refresh(&self, world: &World, told: bool) -> Result<Vec<Snapshot>, Failure> {
        if told {
            report::line("\n2  Refresh three registers from their legacy systems")?;
        }
        let mut snapshots = Vec::new();
        for spec in BODIES {
            let body = Body::open(&self.folder.join(spec.folder))?;
            let refresher = Refresher::open(&body, world)?;
            for register in body.registers.keys() {
                let progress = Progress::begin(register.as_str());
                let snapshot = refresher.refresh_if_changed(register, &mut |stage| progress.at(stage));
                progress.end();
                let snapshot = snapshot?;
                if told {
                    show::register(&snapshot)?;
                }
                snapshots.push(snapshot);
            }
        }
        Ok(snapshots)
    }

    async fn start(&self, world: &World) -> Result<Nodes, Failure> {
        let mut nodes = Nodes::default();
        for spec in BODIES {
            let notice =
                Notice(Some("Demonstration on public registers. No answer here is official.".to_owned()));
            let running = Running::start(&self.folder.join(spec.folder), world, notice).await?;
            nodes.add(spec.id, running);
        }
        Ok(nodes)
    }
}
