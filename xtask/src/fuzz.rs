//! Fuzzes the decoders: builds libFuzzer around them, gathers seeds from their cases, runs it, and says what came of it.
//!
//! What it finds is not kept in git by itself: a person shrinks it, mends the decoder, and keeps it in `crates/fuzz/findings` under a
//! name that says what it was.

mod build;
mod report;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};

pub use self::build::instead_of_the_compiler;
use self::report::Report;
use crate::bench::measure::children;
use crate::{Command, Outcome, workspace};

pub const COMMAND: Command = Command {
    name: "fuzz",
    summary: "fuzzes the decoders of foreign bytes with libFuzzer",
    help: " [TARGET…] [--minutes N] [--memory MB]

  TARGET        one of the targets; all of them by default, one after the other. `--list` prints them
  --minutes N   how long each is run, on the wall; 10 by default
  --memory MB   what one input may take; 256 by default

Needs a C++ compiler beside the Rust toolchain. Builds in target/fuzz, once; corpora are kept in target/fuzz/corpus and go on the
next time. Prints executions, coverage and findings as a table for docs/fuzzing.md. A target
stops at its first finding, which is put into target/fuzz/found with what it said beside it. To see it again:

  CONCORDAT_FUZZ=TARGET target/fuzz/debug/concordat-libfuzzer FILE

Mend it, and keep the file in crates/fuzz/findings/TARGET under a name that says what it was.

Example: cargo xtask fuzz csv xml --minutes 20",
    run,
};

/// Seconds that one input may take.
const TIMEOUT: u32 = 10;
/// Bytes of an input.
const LONGEST: u32 = 16 << 10;
/// Megabytes of the whole process, corpus and all.
const RESIDENT: u32 = 2048;

fn run(arguments: &[String]) -> Outcome {
    let options = parse(arguments)?;
    let fuzzer = Fuzzer::build()?;
    let known = fuzzer.targets()?;
    if options.lists {
        for (name, about) in &known {
            println!("{name:12} {about}");
        }
        return Ok(());
    }
    let wanted = |name: &str| options.names.is_empty() || options.names.iter().any(|wanted| wanted == name);
    if let Some(unknown) = options.names.iter().find(|name| known.iter().all(|(known, _)| known != *name)) {
        return Err(format!("there is no target `{unknown}`; see `cargo xtask fuzz --list`").into());
    }
    println!("{}", Report::HEADING);
    let mut findings = 0;
    for (name, _) in known.iter().filter(|(name, _)| wanted(name)) {
        let report = fuzzer.run(name, &options)?;
        println!("{report}");
        findings += report.found.len();
    }
    match findings {
        0 => Ok(()),
        found => Err(format!("{found} findings, in {}", fuzzer.folder.join("found").display()).into()),
    }
}

/// What the command line asked for.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    names: Vec<String>,
    minutes: u32,
    memory: u32,
    lists: bool,
}

fn parse(arguments: &[String]) -> Outcome<Options> {
    let mut options = Options { names: Vec::new(), minutes: 10, memory: 256, lists: false };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--minutes" => options.minutes = rest.next().ok_or("--minutes needs a number")?.parse()?,
            "--memory" => options.memory = rest.next().ok_or("--memory needs a number")?.parse()?,
            "--list" => options.lists = true,
            "all" => {}
            name if !name.starts_with('-') => options.names.push(name.to_owned()),
            other => return Err(format!("there is no option `{other}`; see --help").into()),
        }
    }
    Ok(options)
}

/// The built fuzzer and the folder it works in.
struct Fuzzer {
    program: PathBuf,
    folder: PathBuf,
}

impl Fuzzer {
    fn build() -> Outcome<Self> {
        let folder = workspace::target().join("fuzz");
        Ok(Self { program: build::build(&folder)?, folder })
    }

    /// Names of the targets, each with a line about it.
    fn targets(&self) -> Outcome<Vec<(String, String)>> {
        let listing = workspace::output(Process::new(&self.program).env("CONCORDAT_FUZZ_LIST", "1"))?;
        let lines = listing.lines().filter_map(|line| line.split_once('\t'));
        Ok(lines.map(|(name, about)| (name.to_owned(), about.to_owned())).collect())
    }

    fn run(&self, name: &str, options: &Options) -> Outcome<Report> {
        let [seeds, corpus, found] =
            ["seeds", "corpus", "found"].map(|folder| self.folder.join(folder).join(name));
        for folder in [&seeds, &corpus, &found] {
            fs::create_dir_all(folder)?;
        }
        let mut gather = Process::new(&self.program);
        workspace::output(gather.env("CONCORDAT_FUZZ", name).env("CONCORDAT_FUZZ_SEEDS", &seeds))?;
        let before = files(&found)?;
        let log = found.join("log.txt");
        let cpu = children()?;
        let mut fuzz = Process::new(&self.program);
        fuzz.arg(&corpus).arg(&seeds);
        fuzz.arg(format!("-max_total_time={}", u64::from(options.minutes) * 60));
        fuzz.arg(format!("-timeout={TIMEOUT}")).arg(format!("-rss_limit_mb={RESIDENT}"));
        fuzz.arg(format!("-max_len={LONGEST}")).arg("-print_final_stats=1").arg("-report_slow_units=5");
        // Thousands of counters for an input: to weigh each by its rarity took longer than the decoding.
        fuzz.arg("-entropic=0");
        fuzz.arg(format!("-artifact_prefix={}/", found.display()));
        fuzz.env("CONCORDAT_FUZZ", name).env("CONCORDAT_FUZZ_MEMORY", options.memory.to_string());
        fuzz.current_dir(workspace::root()).stdin(Stdio::null());
        fuzz.stdout(Stdio::null()).stderr(File::create(&log)?).status()?;
        let mut report = Report::of(name, &String::from_utf8_lossy(&fs::read(&log)?), children()? - cpu);
        report.found = files(&found)?.into_iter().filter(|file| !before.contains(file)).collect();
        report.found.retain(|file| file != "log.txt");
        Ok(report)
    }
}

/// Names of the files in a folder.
fn files(folder: &Path) -> Outcome<Vec<String>> {
    let names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::{Options, parse};

    #[test]
    fn targets_and_minutes_are_read_and_the_rest_is_refused() {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let options = parse(&words("csv xml --minutes 20")).unwrap();
        let expected = Options { names: words("csv xml"), minutes: 20, memory: 256, lists: false };
        assert_eq!(options, expected);
        assert_eq!(parse(&words("all")).unwrap().names, Vec::<String>::new());
        assert!(parse(&words("--minutes")).is_err() && parse(&words("--minute 3")).is_err());
    }
}
