//! `concordat quarantine replay`

use clap::Args;
use concordat_flow::{Body, Refresher};
use concordat_record::Name;

use crate::folder::Folder;
use crate::progress::Progress;
use crate::report::{self, Form, Outcome};

/// Decodes and maps the quarantined records of a register anew, by the source and register files as they are now, and publishes those that
/// are good. Records that are published already stay as they are; the next refresh maps them by the mended files too.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  concordat quarantine replay exempt-organisations --body treasury")]
pub struct Replay {
    /// The register
    register: Name,
    #[command(flatten)]
    body: Folder,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    output: Form,
}

impl Replay {
    pub fn run(self) -> Outcome {
        let body = Body::open(&self.body.path)?;
        let refresher = Refresher::open(&body, &crate::system::world())?;
        let progress = Progress::begin(self.register.as_str());
        let replayed = refresher.replay(&self.register, &mut |stage| progress.at(stage));
        progress.end();
        let replayed = replayed?;
        if self.output == Form::Json {
            return report::json(&replayed);
        }
        let (published, left) = (replayed.published, replayed.quarantined);
        report::line(format!("{}: {published} records published, {left} stay in quarantine", self.register))
    }
}
