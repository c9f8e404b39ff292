//! `concordat refresh`

use clap::Args;
use concordat_flow::{Body, Refresher, Snapshot};
use concordat_record::Name;

use crate::folder::Folder;
use crate::progress::Progress;
use crate::report::{self, Form, Outcome};

/// Reads sources anew, maps them, and publishes each register as a new snapshot. Readers see the old snapshot or the new
/// one whole; when anything fails, the old one stands. Registers that are asked live have no snapshot and are passed over.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  concordat refresh --body treasury exempt-organisations")]
pub struct Refresh {
    /// The registers to refresh; all when none is named
    #[arg(value_name = "REGISTER")]
    registers: Vec<Name>,
    #[command(flatten)]
    body: Folder,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    output: Form,
}

impl Refresh {
    pub fn run(self) -> Outcome {
        let body = Body::open(&self.body.path)?;
        let refresher = Refresher::open(&body, &crate::system::world())?;
        let registers =
            if self.registers.is_empty() { body.registers.keys().cloned().collect() } else { self.registers };
        let mut snapshots = Vec::new();
        for register in registers {
            if is_live(&body, &register) {
                if self.output == Form::Text {
                    report::line(format!("{register}: live, asked at each question; nothing to refresh"))?;
                }
                continue;
            }
            let progress = Progress::begin(register.as_str());
            let snapshot = refresher.refresh(&register, &mut |stage| progress.at(stage));
            progress.end();
            let snapshot = snapshot?;
            if self.output == Form::Text {
                show(&snapshot)?;
            }
            snapshots.push(snapshot);
        }
        if self.output == Form::Json {
            report::json(&snapshots)?;
        }
        Ok(())
    }
}

fn is_live(body: &Body, register: &Name) -> bool {
    body.registers.get(register).is_some_and(|file| file.register.live().is_some())
}

/// One line on a register that was refreshed, and one for each check that some records failed.
pub fn show(snapshot: &Snapshot) -> Outcome {
    if snapshot.nothing_new {
        let (register, records) = (&snapshot.register, snapshot.records);
        report::line(format!("{register}: nothing new was dropped, its {records} records stand"))?;
        return waiting(snapshot);
    }
    report::line(format!(
        "{}: {} records published, {} in quarantine{}",
        snapshot.register,
        snapshot.records,
        snapshot.quarantined,
        match &snapshot.quarantine {
            Some(file) => format!(" ({file})"),
            None => String::new(),
        }
    ))?;
    if snapshot.read_before > 0 {
        let read = snapshot.read_before;
        report::line(format!("  {read} records of the source had been read by a refresh that did not end"))?;
    }
    for change in &snapshot.drift {
        report::line(format!("  the source has changed: {change}"))?;
    }
    for line in snapshot.quality_lines() {
        report::line(format!("  {line}"))?;
    }
    waiting(snapshot)
}

/// A line for each file that was dropped and is not complete.
fn waiting(snapshot: &Snapshot) -> Outcome {
    snapshot.waiting.iter().try_for_each(|file| report::line(format!("  {file}")))
}
