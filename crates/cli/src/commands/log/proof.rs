//! `concordat log proof` and `concordat log verify-proof`

use std::path::PathBuf;

use clap::Args;
use concordat_prove::{ProvenLeaf, verify_proof};
use concordat_record::{ExchangeId, Problems};
use serde_json::{Value, json};

use super::key::Key;
use crate::folder::{Folder, read_text};
use crate::report::{self, Form, Outcome};

/// Writes a proof, as C2SP tlog-proof has it.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  concordat log proof 6f1c0a52b7d94e0f8a3b5c7d9e1f2a34 --body grants -o exchange.tlog-proof"
)]
pub struct Proof {
    /// The exchange
    exchange: ExchangeId,
    /// Where the proof goes; to the terminal when not given
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    body: Folder,
}

impl Proof {
    pub fn run(self) -> Outcome {
        let log = super::reader(&self.body)?;
        let index = super::find(&log, &self.exchange)?;
        let proof = log.proof(index)?;
        match self.output {
            None => report::line(proof.trim_end()),
            Some(file) => {
                concordat_store::write_file(&file, proof.as_bytes(), false)?;
                report::line(format!("entry {index} proven in {}", file.display()))
            }
        }
    }
}

/// Verifies a proof offline.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  concordat log verify-proof exchange.tlog-proof --key treasury.key.pub")]
pub struct VerifyProof {
    /// The proof
    file: PathBuf,
    #[command(flatten)]
    key: Key,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    output: Form,
}

impl VerifyProof {
    pub fn run(self) -> Outcome {
        let key = self.key.read()?;
        let proof = read_text(&self.file)?;
        let proven = verify_proof(&proof, &key)
            .map_err(|problem| Problems::from(problem.in_file(self.file.display().to_string())));
        super::tell(proven, self.output, in_words, in_json)
    }
}

fn in_words(proven: &ProvenLeaf) -> String {
    let (head, leaf) = (&proven.checkpoint, &proven.leaf);
    format!(
        "the proof holds: entry {} of {} in the log of {}\n  exchange {} on {}\n  {} about {} for {}: {}",
        proven.index,
        head.size,
        head.origin,
        leaf.exchange,
        leaf.time,
        leaf.peer,
        leaf.register,
        leaf.purpose,
        leaf.outcome
    )
}

fn in_json(proven: &ProvenLeaf) -> Value {
    json!({
        "verified": true,
        "log": proven.checkpoint.origin,
        "index": proven.index,
        "size": proven.checkpoint.size,
        "leaf": proven.leaf,
    })
}
