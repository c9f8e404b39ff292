//! `concordat drift`

use clap::Args;
use concordat_flow::{Body, Refresher};
use concordat_record::Name;
use serde_json::json;

use crate::folder::Folder;
use crate::report::{self, Form, Outcome};

/// Compares the sources of a body with what they were at the last refresh: columns that are gone or new, other types, forms and fill rates.
/// Reads the first records only, and publishes nothing.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  concordat drift --body treasury exempt-organisations")]
pub struct Drift {
    /// The registers whose sources are compared; all when none is named
    #[arg(value_name = "REGISTER")]
    registers: Vec<Name>,
    #[command(flatten)]
    body: Folder,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    output: Form,
}

impl Drift {
    pub fn run(self) -> Outcome {
        let body = Body::open(&self.body.path)?;
        let refresher = Refresher::open(&body, &crate::system::world())?;
        let registers =
            if self.registers.is_empty() { body.registers.keys().cloned().collect() } else { self.registers };
        let mut found = Vec::new();
        for register in registers {
            let changes = refresher.drift(&register)?;
            if self.output == Form::Text {
                let count = changes.len();
                report::line(format!("{register}: {count} changes in its source since the last refresh"))?;
                changes.iter().try_for_each(|change| report::line(format!("  {change}")))?;
            }
            found.push(json!({ "register": register, "changes": changes }));
        }
        if self.output == Form::Json {
            report::json(&found)?;
        }
        Ok(())
    }
}
