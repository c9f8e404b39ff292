//! `concordat`: the program. Commands, configuration and wiring; the work itself is in the crates below.

mod commands;
mod demo;
mod folder;
mod keys;
mod plain_http;
mod progress;
mod report;
mod running;
mod system;

use std::process::ExitCode;

use clap::Parser;

use crate::commands::Command;
use crate::report::Failure;

/// Lets public bodies answer each other's questions from the records they already hold.
#[derive(Debug, Parser)]
#[command(
    name = "concordat",
    version,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 done, 1 something is wrong, 2 the command line is.\n\
                  Example:\n  concordat demo"
)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    match commands::run(Program::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Said) => ExitCode::FAILURE,
        Err(Failure::Problems(problems)) => {
            report::problems(&problems);
            ExitCode::FAILURE
        }
    }
}
