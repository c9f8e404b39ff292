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
#[command(name = "concordat", version, arg_required_else_help = true)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let program = Program::parse();
    system::start_security_log();
    match commands::run(program.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Said) => ExitCode::FAILURE,
        Err(Failure::Problems(problems)) => {
            report::problems(&problems);
            ExitCode::FAILURE
        }
    }
}
