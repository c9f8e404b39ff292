//! `concordat check`

use clap::Args;
use concordat_flow::{Checked, check};
use concordat_record::Severity;

use crate::folder::Folder;
use crate::report::{self, Failure, Form, Outcome, count};

/// Reads every file of a body's folder, holds mappings against sources and agreements against registers, and runs the
/// registers' tests. Changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  concordat check --body treasury")]
pub struct Check {
    #[command(flatten)]
    body: Folder,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    output: Form,
}

impl Check {
    pub fn run(self) -> Outcome {
        let checked = check(&self.body.path, &*crate::system::world().clock);
        match self.output {
            Form::Json => report::json(&checked)?,
            Form::Text => show(&checked)?,
        }
        if checked.is_sound() { Ok(()) } else { Err(Failure::Said) }
    }
}

fn show(checked: &Checked) -> Outcome {
    for problem in &checked.problems.0 {
        report::line(problem)?;
    }
    for test in checked.tests.iter().filter(|test| !test.passed) {
        report::line(format!("test failed: {} / {}", test.register, test.name))?;
        for difference in &test.differences {
            report::line(format!("  {difference}"))?;
        }
    }
    let passed = checked.tests.iter().filter(|test| test.passed).count();
    let errors = checked.problems.0.iter().filter(|problem| problem.severity == Severity::Error).count();
    let warnings = checked.problems.0.len() - errors;
    report::line(format!(
        "{}, {passed} of {} passed, {}, {}",
        count(checked.files, "file"),
        count(checked.tests.len(), "test"),
        count(errors, "error"),
        count(warnings, "warning")
    ))
}
