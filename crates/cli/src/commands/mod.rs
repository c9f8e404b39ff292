//! The commands, one file each.

mod ask;
mod check;
mod drift;
mod init;
mod inspect;
mod keys;
mod log;
mod quarantine;
mod read;
mod refresh;
mod run;
mod sign;

use clap::Subcommand;

use crate::demo;
use crate::report::Outcome;

/// The list of commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// See the whole way at work: four bodies on this machine, three with real public registers
    Demo(demo::Demo),
    /// Make the folder of a new body
    Init(init::Init),
    /// Find out what a legacy file is, and propose source and register files
    Inspect(inspect::Inspect),
    /// Read a source and print its records
    Read(read::Read),
    /// Check a body's folder and run the tests of its registers
    Check(check::Check),
    /// Read a body's sources anew and publish its registers
    Refresh(refresh::Refresh),
    /// Compare sources with what they were at the last refresh
    Drift(drift::Drift),
    /// List, show and replay the records that could not be read or mapped
    Quarantine(quarantine::Quarantine),
    /// Run the node of a body
    Run(run::Run),
    /// Ask another body, through the running node of this one
    Ask(ask::Ask),
    /// Sign an agreement or a federation list
    Sign(sign::Sign),
    /// Show a body's public keys, as the federation list has them
    Keys(keys::Keys),
    /// Show, prove, verify and erase what a log holds
    Log(log::Log),
}

/// Runs one.
pub fn run(command: Command) -> Outcome {
    match command {
        Command::Demo(demo) => demo.run(),
        Command::Init(init) => init.run(),
        Command::Inspect(inspect) => inspect.run(),
        Command::Read(read) => read.run(),
        Command::Check(check) => check.run(),
        Command::Refresh(refresh) => refresh.run(),
        Command::Drift(drift) => drift.run(),
        Command::Quarantine(quarantine) => quarantine.run(),
        Command::Run(run) => run.run(),
        Command::Ask(ask) => ask.run(),
        Command::Sign(sign) => sign.run(),
        Command::Keys(keys) => keys.run(),
        Command::Log(log) => log.run(),
    }
}

#[cfg(test)]
mod tests;
