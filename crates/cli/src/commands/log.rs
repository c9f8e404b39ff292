//! `concordat log`

mod fetch;

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use concordat_flow::Body;
use concordat_prove::{Leaf, LogReader, verify_dir, verify_proof, verify_url};
use concordat_record::{ExchangeId, Place, Problem};
use concordat_sign::VerifierKey;
use serde::Serialize;

use crate::folder::{Folder, read_text};
use crate::report::{self, Form, Outcome, table};

/// Shows, proves and verifies what the log of a body holds.
#[derive(Debug, Args)]
pub struct Log {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the newest entries of this body's log
    Show(Show),
    /// Write the proof of an exchange into a file
    Proof(Proof),
    /// Verify a proof, with the public key of the body alone
    VerifyProof(VerifyProof),
    /// Verify a whole log: a folder, or another body's node
    Verify(Verify),
}

/// Lists entries, the newest first.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  concordat log show --body treasury --limit 20")]
struct Show {
    /// Entries to list
    #[arg(long, default_value_t = 20)]
    limit: u64,
    #[command(flatten)]
    body: Folder,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    output: Form,
}

/// Writes a proof, as C2SP tlog-proof has it.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  concordat log proof 6f1c0a52b7d94e0f8a3b5c7d9e1f2a34 --body grants -o exchange.tlog-proof"
)]
struct Proof {
    /// The exchange
    exchange: ExchangeId,
    /// Where the proof goes; to the terminal when not given
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    body: Folder,
}

/// The key that a log is verified with.
#[derive(Debug, Args)]
struct Key {
    /// The verifier key of the body whose log it is, or a file that holds it; that of `--body` when not given
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    #[command(flatten)]
    body: Folder,
}

/// Verifies a proof offline.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  concordat log verify-proof exchange.tlog-proof --key treasury.key.pub")]
struct VerifyProof {
    /// The proof
    file: PathBuf,
    #[command(flatten)]
    key: Key,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    output: Form,
}

/// Verifies every byte of a log: entries, tiles, root and signature.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  concordat log verify treasury/data/log --body treasury\n  concordat log verify https://127.0.0.1:7443/log --body grants"
)]
struct Verify {
    /// The log's folder, or the address of another body's node followed by `/log`
    log: String,
    #[command(flatten)]
    key: Key,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    output: Form,
}

impl Log {
    pub fn run(self) -> Outcome {
        match self.action {
            Action::Show(show) => show.run(),
            Action::Proof(proof) => proof.run(),
            Action::VerifyProof(verify) => verify.run(),
            Action::Verify(verify) => verify.run(),
        }
    }
}

/// An entry with its place.
#[derive(Serialize)]
struct Numbered {
    index: u64,
    #[serde(flatten)]
    leaf: Leaf,
}

impl Show {
    fn run(self) -> Outcome {
        let log = reader(&self.body.path)?;
        let size = log.checkpoint()?.size;
        let mut from = size.saturating_sub(self.limit);
        let mut entries = Vec::new();
        while from < size {
            let leaves = log.leaves(from..size)?;
            let Some((last, _)) = leaves.last() else { break };
            from = last + 1;
            entries.extend(leaves.into_iter().map(|(index, leaf)| Numbered { index, leaf }));
        }
        entries.reverse();
        if self.output == Form::Json {
            return report::json(&entries);
        }
        let rows: Vec<[String; 7]> = entries.iter().map(row).collect();
        report::line(table(
            ["Entry", "Time", "Side", "Other body", "Register", "Purpose", "Outcome"],
            &rows,
        ))?;
        report::line(format!("{size} entries in the log of {}", log.checkpoint()?.origin))
    }
}

fn row(entry: &Numbered) -> [String; 7] {
    let leaf = &entry.leaf;
    [
        format!("{} {}", entry.index, leaf.exchange),
        leaf.time.to_string(),
        format!("{:?}", leaf.side).to_lowercase(),
        leaf.peer.to_string(),
        leaf.register.to_string(),
        leaf.purpose.to_string(),
        leaf.outcome.to_string(),
    ]
}

impl Proof {
    fn run(self) -> Outcome {
        let log = reader(&self.body.path)?;
        let (index, _) = log.find(&self.exchange)?.ok_or_else(|| {
            Problem::new("log.unknown-exchange", format!("the log has no exchange {}", self.exchange))
                .advise("`concordat log show` lists the exchanges")
        })?;
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

impl VerifyProof {
    fn run(self) -> Outcome {
        let shown = self.file.display().to_string();
        let proven =
            verify_proof(&read_text(&self.file)?, &self.key.read()?).map_err(|p| p.in_file(&shown))?;
        if self.output == Form::Json {
            return report::json(&serde_json::json!({
                "verified": true,
                "log": proven.checkpoint.origin,
                "index": proven.index,
                "size": proven.checkpoint.size,
                "leaf": proven.leaf,
            }));
        }
        let leaf = &proven.leaf;
        report::line(format!(
            "the proof holds: entry {} of {} in the log of {}\n  exchange {} on {}\n  {} about {} for {}: {}",
            proven.index,
            proven.checkpoint.size,
            proven.checkpoint.origin,
            leaf.exchange,
            leaf.time,
            leaf.peer,
            leaf.register,
            leaf.purpose,
            leaf.outcome
        ))
    }
}

impl Verify {
    fn run(self) -> Outcome {
        let report = if self.log.starts_with("https://") {
            let body = Body::open(&self.key.body.path)?;
            let remote = fetch::Remote::connect(&self.log, &body)?;
            let key = match &self.key.key {
                Some(_) => self.key.read()?,
                None => remote.key().clone(),
            };
            verify_url(&remote, &key)?
        } else {
            verify_dir(Path::new(&self.log), &self.key.read()?)?
        };
        match self.output {
            Form::Json => report::json(&serde_json::json!({ "verified": true, "report": report })),
            Form::Text => {
                for warning in &report.warnings.0 {
                    report::line(warning)?;
                }
                report::line(format!(
                    "the log of {} is whole: {} entries, root {}",
                    report.origin, report.size, report.root
                ))
            }
        }
    }
}

impl Key {
    fn read(&self) -> Result<VerifierKey, Problem> {
        let Some(given) = &self.key else {
            let body = Body::open(&self.body.path).map_err(|problems| first(problems))?;
            return Ok(body.signing_key()?.verifier().clone());
        };
        let file = Path::new(given);
        if !file.exists() {
            return given.trim().parse();
        }
        let text = fs::read_to_string(file).map_err(|error| {
            Problem::new("cli.cannot-read", format!("cannot read the key: {error}")).at(Place::file(given))
        })?;
        text.trim().parse().map_err(|problem: Problem| problem.in_file(given))
    }
}

fn first(problems: concordat_record::Problems) -> Problem {
    let mut problems = problems.into_iter();
    problems.next().unwrap_or_else(|| Problem::new("cli.failed", "the body's folder cannot be read"))
}

fn reader(body: &Path) -> Result<LogReader, crate::report::Failure> {
    let body = Body::open(body)?;
    let key = body.signing_key()?;
    Ok(LogReader::open(&body.path("data/log"), key.verifier())?)
}
