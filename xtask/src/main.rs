//! Developer commands, run as `cargo xtask COMMAND`. The list of them is [`COMMANDS`].
//!
//! Left out on purpose: anything that a user of Concordat needs; that belongs to the program `concordat`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for developers at a terminal")]

#[cfg(test)]
mod arrows;
mod bench;
mod example;
mod features;
mod fuzz;
mod machine;
mod python;
mod servers;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

/// What a command ends with: nothing, or the reason why it failed.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// One developer command.
struct Command {
    /// What is typed after `cargo xtask`.
    name: &'static str,
    /// One line for the list of commands.
    summary: &'static str,
    /// What `--help` adds: options and what the command leaves behind.
    help: &'static str,
    run: fn(&[String]) -> Outcome,
}

/// Every command. To add one: a module, its `COMMAND`, a line here.
const COMMANDS: &[&Command] =
    &[&test::COMMAND, &bench::COMMAND, &fuzz::COMMAND, &example::COMMAND, &features::COMMAND, &tidy::COMMAND];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(code) = fuzz::instead_of_the_compiler(&arguments) {
        return code;
    }
    let Some((name, rest)) = arguments.split_first().filter(|(name, _)| !is_help(name)) else {
        print_list();
        return ExitCode::SUCCESS;
    };
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        eprintln!("error: there is no command `{name}`\n");
        print_list();
        return ExitCode::from(2);
    };
    if rest.iter().any(|argument| is_help(argument)) {
        println!("{}\n\nUsage: cargo xtask {}{}", command.summary, command.name, command.help);
        return ExitCode::SUCCESS;
    }
    match (command.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn is_help(argument: &str) -> bool {
    matches!(argument, "-h" | "--help" | "help")
}

fn print_list() {
    println!("Usage: cargo xtask COMMAND [--help]\n");
    for command in COMMANDS {
        println!("  {:10} {}", command.name, command.summary);
    }
}

#[cfg(test)]
mod tests {
    use super::COMMANDS;

    #[test]
    fn every_command_has_its_own_name_and_documents_itself() {
        for (index, command) in COMMANDS.iter().enumerate() {
            assert!(COMMANDS[..index].iter().all(|other| other.name != command.name), "{}", command.name);
            assert!(!command.summary.is_empty() && !command.summary.ends_with('.'), "{}", command.name);
            assert!(command.help.lines().count() > 1, "`{}` says too little in --help", command.name);
        }
    }
}
