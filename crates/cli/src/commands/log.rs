//! `concordat log`

mod erase;
mod fetch;
mod key;
mod proof;
mod show;
mod verify;

use clap::{Args, Subcommand};
use concordat_prove::LogReader;
use concordat_record::{ExchangeId, Problem, Problems};
use serde_json::{Value, json};

use crate::folder::Folder;
use crate::report::{self, Failure, Form, Outcome};

/// Shows, proves, verifies and erases what the log of a body holds.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  concordat log show --body treasury")]
pub struct Log {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the newest entries of this body's log
    Show(show::Show),
    /// Write the proof of an exchange into a file
    Proof(proof::Proof),
    /// Verify a proof, with the public key of the body alone
    VerifyProof(proof::VerifyProof),
    /// Verify a whole log: a folder, or another body's node
    Verify(verify::Verify),
    /// Erase the person from an exchange; its proof stays valid
    Erase(erase::Erase),
}

impl Log {
    pub fn run(self) -> Outcome {
        match self.action {
            Action::Show(show) => show.run(),
            Action::Proof(proof) => proof.run(),
            Action::VerifyProof(verify) => verify.run(),
            Action::Verify(verify) => verify.run(),
            Action::Erase(erase) => erase.run(),
        }
    }
}

/// Where a body keeps its log.
const FOLDER: &str = "data/log";

/// A body's own log, to be read while its node may be at work on it.
fn reader(folder: &Folder) -> Result<LogReader, Failure> {
    let body = folder.whatever_is_sound()?;
    Ok(LogReader::open(&body.path(FOLDER), body.signing_key()?.verifier())?)
}

/// Where the newest entry of an exchange stands.
fn find(log: &LogReader, exchange: &ExchangeId) -> Result<u64, Problem> {
    let found = log.find(exchange)?.map(|(index, _)| index);
    found.ok_or_else(|| {
        Problem::new("log.unknown-exchange", format!("the log has no exchange {exchange}"))
            .advise("`concordat log show` lists the exchanges")
    })
}

/// Tells what a verification found. What does not hold is a result too, so that programs get it as JSON.
fn tell<T>(
    verified: Result<T, Problems>,
    form: Form,
    in_words: impl FnOnce(&T) -> String,
    in_json: impl FnOnce(&T) -> Value,
) -> Outcome {
    match (verified, form) {
        (Ok(verified), Form::Text) => report::line(in_words(&verified)),
        (Ok(verified), Form::Json) => report::json(&in_json(&verified)),
        (Err(problems), Form::Text) => Err(problems.into()),
        (Err(problems), Form::Json) => {
            report::json(&json!({ "verified": false, "problems": problems }))?;
            Err(Failure::Said)
        }
    }
}
