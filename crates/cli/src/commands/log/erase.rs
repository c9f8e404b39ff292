//! `concordat log erase`

use clap::Args;
use concordat_prove::Log;
use concordat_record::ExchangeId;

use crate::folder::Folder;
use crate::report::{self, Outcome};

/// Destroys the salt of an exchange: nobody can test any more whether it was about a certain person. That the two bodies
/// exchanged something, when, for which purpose and with which outcome stays in the log and stays provable. It cannot be taken
/// back. Stop the node first.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  concordat log erase 6f1c0a52b7d94e0f8a3b5c7d9e1f2a34 --body grants")]
pub struct Erase {
    /// The exchange
    exchange: ExchangeId,
    #[command(flatten)]
    body: Folder,
}

impl Erase {
    pub fn run(self) -> Outcome {
        // Before the log is opened to be written: that would make one where none is.
        let index = super::find(&super::reader(&self.body)?, &self.exchange)?;
        let body = self.body.whatever_is_sound()?;
        let log = Log::open(&body.path(super::FOLDER), body.signing_key()?)?;
        crate::system::runtime()?.block_on(log.erase(index))?;
        report::line(format!(
            "erased: whom exchange {} was about can no longer be tested against entry {index}\n\
             still provable: that it took place, when, with whom, for which purpose, and how it ended\n\
             the other body keeps its own log; ask it to erase there too",
            self.exchange
        ))
    }
}
