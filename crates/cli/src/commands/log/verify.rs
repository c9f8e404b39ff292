//! `concordat log verify`

use std::path::Path;

use clap::Args;
use concordat_flow::Body;
use concordat_prove::{Report, verify_dir, verify_url};
use concordat_record::Problems;
use serde_json::json;

use super::fetch::Remote;
use super::key::Key;
use crate::report::{Failure, Form, Outcome};

/// Verifies a whole log, from its entries up to its signed root. Of a folder every byte is read; of another body's node what it
/// shows to everybody.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  concordat log verify treasury/data/log --body treasury\n  concordat log verify https://127.0.0.1:7443/log --body grants"
)]
pub struct Verify {
    /// A log's folder, or the address of another body's node followed by `/log`
    log: String,
    #[command(flatten)]
    key: Key,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    output: Form,
}

impl Verify {
    pub fn run(self) -> Outcome {
        let verified = if self.log.starts_with("https://") {
            self.over_tls()?
        } else {
            verify_dir(Path::new(&self.log), &self.key.read()?)
        };
        super::tell(verified, self.output, in_words, |report| json!({ "verified": true, "report": report }))
    }

    /// As a member of the federation: the other node lets nobody else in.
    fn over_tls(&self) -> Result<Result<Report, Problems>, Failure> {
        let remote = Remote::connect(&self.log, &Body::open(&self.key.body.path)?)?;
        let key = self.key.given()?.unwrap_or_else(|| remote.key().clone());
        Ok(verify_url(&remote, &key))
    }
}

fn in_words(report: &Report) -> String {
    let mut lines: Vec<String> = report.warnings.0.iter().map(ToString::to_string).collect();
    lines.push(format!(
        "the log of {} is whole: {} entries, root {}",
        report.origin, report.size, report.root
    ));
    if let Some(salts) = report.salts.filter(|salts| salts.destroyed > 0) {
        lines.push(format!("the person has been erased from {} of them", salts.destroyed));
    }
    lines.join("\n")
}
