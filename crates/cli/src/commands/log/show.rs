//! `concordat log show`

use clap::Args;
use concordat_prove::{Leaf, LogReader};
use concordat_record::Problem;
use serde::Serialize;

use crate::folder::Folder;
use crate::report::{self, Form, Outcome, table};

/// Lists entries, the newest first.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  concordat log show --body treasury --limit 20")]
pub struct Show {
    /// Entries to list
    #[arg(long, default_value_t = 20)]
    limit: u64,
    #[command(flatten)]
    body: Folder,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    output: Form,
}

/// An entry with its place.
#[derive(Serialize)]
struct Numbered {
    index: u64,
    #[serde(flatten)]
    leaf: Leaf,
}

impl Show {
    pub fn run(self) -> Outcome {
        let log = super::reader(&self.body)?;
        let head = log.checkpoint()?;
        let entries = newest(&log, head.size, self.limit)?;
        if self.output == Form::Json {
            return report::json(&entries);
        }
        let rows: Vec<[String; 8]> = entries.iter().map(row).collect();
        let heading = ["Entry", "Exchange", "Time", "Side", "Other body", "Register", "Purpose", "Outcome"];
        report::line(table(heading, &rows))?;
        report::line(format!("{} of {} entries in the log of {}", rows.len(), head.size, head.origin))
    }
}

fn newest(log: &LogReader, size: u64, limit: u64) -> Result<Vec<Numbered>, Problem> {
    let mut from = size.saturating_sub(limit);
    let mut entries = Vec::new();
    while from < size {
        // A reader gives some at a time.
        let leaves = log.leaves(from..size)?;
        let Some((last, _)) = leaves.last() else { break };
        from = last + 1;
        entries.extend(leaves.into_iter().map(|(index, leaf)| Numbered { index, leaf }));
    }
    entries.reverse();
    Ok(entries)
}

fn row(entry: &Numbered) -> [String; 8] {
    let leaf = &entry.leaf;
    [
        entry.index.to_string(),
        leaf.exchange.to_string(),
        leaf.time.to_string(),
        format!("{:?}", leaf.side).to_lowercase(),
        leaf.peer.to_string(),
        leaf.register.to_string(),
        leaf.purpose.to_string(),
        leaf.outcome.to_string(),
    ]
}
