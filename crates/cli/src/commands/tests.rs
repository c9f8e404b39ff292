use clap::{CommandFactory, Parser, Subcommand};

use super::Command;

#[derive(Debug, Parser)]
struct Program {
    #[command(subcommand)]
    _command: Command,
}

#[test]
fn the_commands_fit_together() {
    Program::command().debug_assert();
}

#[test]
fn every_command_says_what_it_does_and_shows_an_example() {
    fn look(command: &clap::Command, path: &str) {
        let path = format!("{path} {}", command.get_name());
        assert!(command.get_about().is_some(), "{path} has no description");
        if command.has_subcommands() {
            command.get_subcommands().for_each(|sub| look(sub, &path));
        }
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(after.contains("Example"), "{path} shows no example");
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{path}: {} is not explained", argument.get_id());
        }
    }
    let commands = Command::augment_subcommands(clap::Command::new("concordat"));
    commands.get_subcommands().for_each(|command| look(command, ""));
}
