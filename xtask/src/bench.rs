//! Side-by-side runs: ours and its peer on the same input, one after the other, on the same machine.
//!
//! CPU time is the figure to compare, because it hardly depends on what else the machine does.

mod entries;
mod measure;
mod prepare;

use std::path::Path;

use self::entries::{Contender, ENTRIES};
use self::measure::{Measured, measure};
use crate::{Command, Outcome};

pub const COMMAND: Command = Command {
    name: "bench",
    summary: "measures each step beside its peer and prints a table for docs/benchmarks.md",
    help:
        " [NAME…] [--runs N]

  NAME       decode, map, link, ask or append; all of them by default
  --runs N   how often each contender runs; the median counts; 3 by default

Prints CPU seconds (user and system, of the process and its children), wall seconds, peak memory and, where a
contender says how much it did, work for each CPU second. A peer that is not installed is named and left out.",
    run,
};

fn run(arguments: &[String]) -> Outcome {
    let (names, runs) = parse(arguments)?;
    println!("| benchmark | contender | CPU s | wall s | peak MB | work per CPU s | ratio |");
    println!("|---|---|---:|---:|---:|---:|---:|");
    let mut notes = Vec::new();
    for entry in
        ENTRIES.iter().filter(|entry| names.is_empty() || names.iter().any(|name| name == entry.name))
    {
        let folder = prepare::folder(entry.name)?;
        let mut ours: Option<f64> = None;
        for contender in entry.contenders {
            let measured = median(contender, runs, &folder);
            let rate = measured.as_ref().ok().and_then(|measured| measured.as_ref()?.rate());
            let ratio = match (ours, rate) {
                (Some(ours), Some(theirs)) => format!("ours {:.1} ×", ours / theirs),
                _ => String::new(),
            };
            ours = ours.or(rate);
            println!("| {} | {} | {} | {ratio} |", entry.name, contender.name(), cells(&measured));
            let note = measured.ok().flatten().and_then(|measured| measured.note);
            notes.extend(note.map(|note| format!("{}, {}: {note}", entry.name, contender.name())));
        }
    }
    println!();
    for note in notes {
        println!("* {note}");
    }
    Ok(())
}

fn parse(arguments: &[String]) -> Outcome<(Vec<String>, usize)> {
    let (mut names, mut runs) = (Vec::new(), 3);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--runs" => runs = rest.next().ok_or("--runs needs a number")?.parse()?,
            name if ENTRIES.iter().any(|entry| entry.name == name) => names.push(name.to_owned()),
            other => return Err(format!("there is no benchmark `{other}`; see --help").into()),
        }
    }
    Ok((names, std::cmp::max(runs, 1)))
}

/// What a contender cost, as cells of its line; why it has none, when it was not measured.
fn cells(measured: &Outcome<Option<Measured>>) -> String {
    match measured {
        Ok(Some(measured)) => measured.cells(),
        Ok(None) => "not installed | | |".to_owned(),
        Err(error) => format!("failed: {} | | |", error.to_string().lines().next().unwrap_or_default()),
    }
}

/// The run with the middle CPU time; none when the contender is not installed.
fn median(contender: &Contender, runs: usize, folder: &Path) -> Outcome<Option<Measured>> {
    let Some(command) = contender.command()? else { return Ok(None) };
    let mut measured = Vec::new();
    for _ in 0..runs {
        measured.push(measure(&command, folder)?);
    }
    measured.sort_by(|a, b| a.cpu.total_cmp(&b.cpu));
    Ok(measured.into_iter().nth(runs / 2))
}
