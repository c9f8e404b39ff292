//! Side-by-side runs: ours and its peer on the same input, one after the other, on the same machine.
//!
//! CPU time is the figure to compare, because it hardly depends on what else the machine does.

mod customers;
mod entries;
pub mod measure;
mod parcels;
mod prepare;
mod register;

use std::path::{Path, PathBuf};

use self::entries::{Contender, ENTRIES};
use self::measure::{Measured, measure};
use crate::{Command, Outcome};

pub const COMMAND: Command = Command {
    name: "bench",
    summary: "measures each step beside its peer and prints a table for docs/benchmarks.md",
    help:
        " [NAME…] [--runs N] [--data DIR]

  NAME        decode, csv, xml, dbase, fixed-width, database, map, link, ask or append; all of them by default
  --runs N    how often each contender runs; the median counts; 3 by default
  --data DIR  published files (examples/grants/README.md lists them); link takes all states that are there

Prints CPU seconds (user and system, of the process and its children), wall seconds, peak memory and, where a
contender says how much it did, work for each CPU second. Peers are installed under the target folder (Python) or on
the machine (GnuCOBOL, as root on Debian); one that cannot be is named, with the reason, and left out.

Example: cargo xtask bench decode map --runs 5",
    run,
};

fn run(arguments: &[String]) -> Outcome {
    let Options { names, runs, data } = parse(arguments)?;
    println!("| benchmark | contender | CPU s | wall s | peak MB | work per CPU s | ratio |");
    println!("|---|---|---:|---:|---:|---:|---:|");
    let mut notes = Vec::new();
    for entry in
        ENTRIES.iter().filter(|entry| names.is_empty() || names.iter().any(|name| name == entry.name))
    {
        let folder = prepare::folder(entry.name)?;
        if let Some(prepare) = entry.prepare {
            prepare(&folder, data.as_deref())?;
        }
        let _running = entry.beside.map(|start| start(&folder)).transpose()?;
        let mut ours: Option<f64> = None;
        for contender in entry.contenders {
            let measured = median(contender, runs, &folder);
            let rate = measured.as_ref().ok().and_then(Measured::rate);
            let ratio = match (ours, rate) {
                (Some(ours), Some(theirs)) => format!("ours {:.1} ×", ours / theirs),
                _ => String::new(),
            };
            ours = ours.or(rate);
            println!("| {} | {} | {} | {ratio} |", entry.name, contender.name(), cells(&measured));
            let note = match measured {
                Ok(measured) => measured.note,
                Err(error) => Some(format!("not measured: {error}")),
            };
            notes.extend(note.map(|note| format!("{}, {}: {note}", entry.name, contender.name())));
        }
    }
    println!();
    for note in notes {
        println!("* {note}");
    }
    Ok(())
}

/// What the command line asked for.
struct Options {
    names: Vec<String>,
    runs: usize,
    data: Option<PathBuf>,
}

fn parse(arguments: &[String]) -> Outcome<Options> {
    let (mut names, mut runs, mut data) = (Vec::new(), 3, None);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--runs" => runs = rest.next().ok_or("--runs needs a number")?.parse()?,
            "--data" => data = Some(PathBuf::from(rest.next().ok_or("--data needs a folder")?)),
            name if ENTRIES.iter().any(|entry| entry.name == name) => names.push(name.to_owned()),
            other => return Err(format!("there is no benchmark `{other}`; see --help").into()),
        }
    }
    Ok(Options { names, runs: std::cmp::max(runs, 1), data })
}

/// What a contender cost, as cells of its line.
fn cells(measured: &Outcome<Measured>) -> String {
    measured.as_ref().map_or_else(|_| "not measured | | |".to_owned(), Measured::cells)
}

/// The run with the middle CPU time.
fn median(contender: &Contender, runs: usize, folder: &Path) -> Outcome<Measured> {
    let command = contender.command(folder)?;
    let mut measured = Vec::new();
    for _ in 0..runs {
        measured.push(measure(&command, folder)?);
    }
    measured.sort_by(|a, b| a.cpu.total_cmp(&b.cpu));
    Ok(measured.swap_remove(runs / 2))
}
