//! Makes the data of `examples/grants` from published files: each register in the form in which a legacy system keeps it.
//!
//! The same input gives the same bytes, so that a change of the data is a change somebody made.

mod ebcdic;
mod education;
mod health;
mod subjects;
mod treasury;
mod truth;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};

use crate::{Command, Outcome, workspace};

pub const COMMAND: Command = Command {
    name: "example",
    summary: "makes the data of examples/grants from the published files",
    help: " --data DIR [--states KS,KY,…] [--out DIR]

  --data DIR      the folder of published files (examples/grants/README.md lists them)
  --states LIST   whose exempt organisations to take; as in the example by default: AL,AR,DE,KS,KY,ME
  --out DIR       where to write; examples/grants by default

Writes treasury/legacy/eo-master.dat.gz, education/legacy/institutions.csv.gz,
health/legacy/hospitals.sqlite.gz, treasury/links/exempt-organisations.subjects.csv.gz and truth.csv.",
    run,
};

/// Small enough together to keep the example under 8 MB, and rich enough: 131 institutions with a known tax record.
const STATES: &str = "AL,AR,DE,KS,KY,ME";

/// What the command line asked for.
struct Options {
    data: PathBuf,
    states: Vec<String>,
    out: PathBuf,
}

fn run(arguments: &[String]) -> Outcome {
    make(&parse(arguments)?)
}

/// Makes the data of the registers of all states that a folder of published files has, below another folder.
pub fn of_all_states(data: &Path, out: &Path) -> Outcome {
    let mut states = Vec::new();
    for entry in std::fs::read_dir(data.join("irs"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let state = name.strip_prefix("eo_").and_then(|name| name.strip_suffix(".csv.gz"));
        states.extend(state.map(str::to_uppercase));
    }
    states.sort();
    make(&Options { data: data.to_owned(), states, out: out.to_owned() })
}

fn make(options: &Options) -> Outcome {
    let records = treasury::write(options)?;
    println!("treasury   {records:>7} exempt organisations in {}", options.states.join(", "));
    let records = education::write(options)?;
    println!("education  {records:>7} institutions");
    let records = health::write(options)?;
    println!("health     {records:>7} hospitals");
    let subjects = subjects::write(options)?;
    println!("subjects   {subjects:>7} colleges as another register spells them, to learn from");
    let pairs = truth::write(options)?;
    println!("truth      {pairs:>7} institutions with a known tax record");
    Ok(())
}

fn parse(arguments: &[String]) -> Outcome<Options> {
    let (mut data, mut states) = (None, STATES.to_owned());
    let mut out = workspace::root().join("examples/grants");
    for pair in arguments.chunks(2) {
        match pair {
            [name, value] if name == "--data" => data = Some(PathBuf::from(value)),
            [name, value] if name == "--states" => states.clone_from(value),
            [name, value] if name == "--out" => out = PathBuf::from(value),
            other => {
                return Err(format!("`{}` is not an option with a value; see --help", other.join(" ")).into());
            }
        }
    }
    let states: Vec<String> = states.split(',').map(|state| state.trim().to_uppercase()).collect();
    if let Some(wrong) = states.iter().find(|state| state.len() != 2) {
        return Err(format!("`{wrong}` is not the two letters of a state").into());
    }
    Ok(Options { data: data.ok_or("--data is missing; see --help")?, states, out })
}

/// The whole content of a gzip file.
fn gunzip(path: &Path) -> Outcome<Vec<u8>> {
    let file = std::fs::File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut content = Vec::new();
    GzDecoder::new(file).read_to_end(&mut content)?;
    Ok(content)
}

/// Writes a gzip file that says nothing about when or where it was made (RFC 1952 §2.3.1: `MTIME` 0, no name).
fn gzip(path: &Path, content: &[u8]) -> Outcome {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let file = std::fs::File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut gzip = GzBuilder::new().mtime(0).operating_system(255).write(file, Compression::best());
    gzip.write_all(content)?;
    gzip.finish()?.sync_all()?;
    Ok(())
}

/// The rows of published CSV, read by column name.
fn csv_rows(
    content: &[u8],
    mut each: impl FnMut(&dyn Fn(&str) -> Outcome<String>) -> Outcome,
) -> Outcome<usize> {
    let mut reader = csv::Reader::from_reader(content);
    let headers = reader.headers()?.clone();
    let mut rows = 0;
    for row in reader.records() {
        let row = row?;
        each(&|column| {
            let index = headers.iter().position(|header| header == column);
            let value = index.and_then(|index| row.get(index));
            Ok(value.ok_or_else(|| format!("there is no column `{column}`"))?.to_owned())
        })?;
        rows += 1;
    }
    Ok(rows)
}
