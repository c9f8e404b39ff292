//! The steps, one method each: do it, time it, check it, show it.

use std::path::Path;
use std::time::Instant;

use concordat_flow::{Body, Refresher, Snapshot, World};

use super::bodies::{BODIES, Nodes};
use super::layout::{self, LaidOut};
use super::result::{Checks, DemoResult};
use super::{ask, batch, refuse, show};
use crate::progress::Progress;
use crate::report::{Failure, Outcome};
use crate::running::{Notice, Running};

/// What every page of the demo says.
const NOTICE: &str = "Demonstration on public registers. No answer here is official.";

/// The steps so far.
pub struct Walk<'a> {
    world: &'a World,
    /// Whether each step is shown as it goes.
    shows: bool,
    result: DemoResult,
    checks: Checks,
}

impl<'a> Walk<'a> {
    /// Before the first step.
    pub fn new(world: &'a World, shows: bool) -> Self {
        Self { world, shows, result: DemoResult::default(), checks: Checks::default() }
    }

    /// Step 1.
    pub fn lay_out(&mut self, folder: &Path, fresh: bool) -> Result<LaidOut, Failure> {
        let clock = Instant::now();
        let laid_out = layout::lay_out(folder, fresh, self.world)?;
        self.result.moved.clone_from(&laid_out.moved);
        self.result.seconds.lay_out = clock.elapsed().as_secs_f64();
        self.show(|_| show::laid_out(&laid_out))?;
        Ok(laid_out)
    }

    /// Step 2: each register that has no snapshot of the source as it is now.
    pub fn refresh(&mut self, folder: &Path) -> Outcome {
        let clock = Instant::now();
        self.show(|_| show::refreshing())?;
        for spec in BODIES {
            let body = Body::open(&folder.join(spec.folder))?;
            let refresher = Refresher::open(&body, self.world)?;
            for register in body.registers.keys() {
                let progress = Progress::begin(register.as_str());
                let snapshot = refresher.refresh_if_changed(register, &mut |stage| progress.at(stage));
                progress.end();
                self.publish(snapshot?)?;
            }
        }
        self.checks.registers(&self.result.registers);
        self.result.seconds.refresh = clock.elapsed().as_secs_f64();
        Ok(())
    }

    fn publish(&mut self, snapshot: Snapshot) -> Outcome {
        self.show(|_| show::register(&snapshot))?;
        self.result.registers.push(snapshot);
        Ok(())
    }

    /// Step 3.
    pub async fn start(&mut self, folder: &Path) -> Result<Nodes, Failure> {
        let clock = Instant::now();
        let mut nodes = Nodes::default();
        for spec in BODIES {
            let notice = Notice(Some(NOTICE.to_owned()));
            nodes.add(spec.id, Running::start(&folder.join(spec.folder), self.world, notice).await?);
        }
        self.result.seconds.start = clock.elapsed().as_secs_f64();
        self.show(|_| show::started(&nodes))?;
        Ok(nodes)
    }

    /// Step 4.
    pub async fn ask(&mut self, nodes: &Nodes) -> Outcome {
        let clock = Instant::now();
        let asked = ask::ask_for_applicants(nodes).await?;
        (self.result.answers, self.result.proofs) = (asked.answers, asked.proofs);
        self.checks.answers(&self.result.answers, &self.result.proofs);
        self.result.seconds.ask = clock.elapsed().as_secs_f64();
        self.show(|result| show::answers(&result.answers, &result.proofs))
    }

    /// Step 5.
    pub async fn be_refused(&mut self, nodes: &Nodes, folder: &Path) -> Outcome {
        let clock = Instant::now();
        self.result.refusals = refuse::refusals(nodes, folder, self.world).await?;
        self.checks.refusals(&self.result.refusals);
        self.result.seconds.refuse = clock.elapsed().as_secs_f64();
        self.show(|result| show::refusals(&result.refusals))
    }

    /// Step 6.
    pub fn match_registers(&mut self, folder: &Path) -> Outcome {
        let clock = Instant::now();
        self.result.batch = batch::match_registers(folder)?;
        self.checks.batch(&self.result.batch);
        self.result.seconds.batch = clock.elapsed().as_secs_f64();
        self.show(|result| show::batch(&result.batch))
    }

    /// All that was shown, and what of it is not true.
    pub fn result(self) -> DemoResult {
        DemoResult { failures: self.checks.failures, ..self.result }
    }

    fn show(&self, show: impl FnOnce(&DemoResult) -> Outcome) -> Outcome {
        if self.shows { show(&self.result) } else { Ok(()) }
    }
}
