//! `concordat quarantine list`

use clap::Args;
use concordat_flow::quarantine::{Reason, newest, reasons};
use concordat_record::Name;
use serde_json::json;

use super::file;
use crate::folder::Folder;
use crate::report::{self, Failure, Form, Outcome};

/// Lists why records of the last refresh were set aside, and how many, the commonest reason first.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  concordat quarantine list --body treasury\n  concordat quarantine list exempt-organisations --body treasury\n  concordat quarantine list rejects.jsonl"
)]
pub struct List {
    /// A register, or a file that `read --quarantine` has written; all registers of the body when none is named
    #[arg(value_name = "REGISTER|FILE")]
    of: Option<String>,
    #[command(flatten)]
    body: Folder,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    output: Form,
}

impl List {
    pub fn run(self) -> Outcome {
        let lists = match &self.of {
            Some(of) => vec![(of.clone(), reasons(&file(of, &self.body)?)?)],
            None => self.all()?,
        };
        if self.output == Form::Json {
            let lists: Vec<_> =
                lists.iter().map(|(of, reasons)| json!({ "of": of, "reasons": reasons })).collect();
            return report::json(&lists);
        }
        lists.iter().try_for_each(|(of, reasons)| show(of, reasons))
    }

    fn all(&self) -> Result<Vec<(String, Vec<Reason>)>, Failure> {
        let body = self.body.whatever_is_sound()?;
        let registers: Vec<Name> = body.registers.keys().cloned().collect();
        let mut lists = Vec::new();
        for register in registers {
            let reasons = newest(&body, &register)?.map_or(Ok(Vec::new()), |file| reasons(&file))?;
            lists.push((register.to_string(), reasons));
        }
        Ok(lists)
    }
}

fn show(of: &str, reasons: &[Reason]) -> Outcome {
    let all: u64 = reasons.iter().map(|reason| reason.records).sum();
    report::line(format!("{of}: {all} records in quarantine"))?;
    for Reason { code, field, records, first, sentence } in reasons {
        let field = field.as_ref().map_or_else(String::new, |field| format!(" ({field})"));
        report::line(format!("  {records:>8}  {code}{field}, first in record {first}: {sentence}"))?;
    }
    Ok(())
}
