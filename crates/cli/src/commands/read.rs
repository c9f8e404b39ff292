//! `concordat read`

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use concordat_flow::{OutputFormat, ReadForm, ReadSummary, confirm_source, read_source, refuse_writing_over};
use concordat_read::{Condition, Wanted};
use concordat_record::{Name, Place, Problem, nearest};

use crate::folder::{Folder, read_text};
use crate::progress::Progress;
use crate::report::{self, Failure, Outcome};

/// Reads a source and prints its records as they are decoded. Records that cannot be decoded are counted, and kept with reason,
/// place and raw bytes when `--quarantine` names a file.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  concordat read sources/eo-master.toml --limit 5 --where \"state = NY\"\n  concordat read eo-master --body treasury --output parquet -o eo.parquet"
)]
pub struct Read {
    /// A source file, or the name of a source of the body
    source: String,
    /// Records to read; all when not given
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// The columns to read, separated by commas; all when not given
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    columns: Option<Vec<String>>,
    /// A condition that records must fulfil, such as "state = NY", "revenue >= 100000" or "closed is null"; may be given again
    #[arg(long = "where", value_name = "CONDITION")]
    conditions: Vec<String>,
    /// Where an earlier reading of a database ended, as it was told then: only what came later is read
    #[arg(long, value_name = "POSITION")]
    after: Option<String>,
    /// Ask a service or database with this value of a parameter, instead of reading it with those of the source file; may be given again
    #[arg(long = "ask", value_name = "NAME=VALUE", conflicts_with_all = ["after", "confirm"])]
    asked: Vec<String>,
    /// Tell the database that keeps changes for us that it may forget them, once they are safely in the file
    #[arg(long, requires = "to", conflicts_with_all = ["limit", "conditions", "columns"])]
    confirm: bool,
    /// How to write the records
    #[arg(long, value_enum, default_value_t = Output::Table)]
    output: Output,
    /// Where to write them; to the terminal when not given
    #[arg(short = 'o', long = "to", value_name = "FILE")]
    to: Option<PathBuf>,
    /// Where to keep the records that cannot be decoded, one JSON object a line
    #[arg(long, value_name = "FILE")]
    quarantine: Option<PathBuf>,
    #[command(flatten)]
    body: Folder,
}

/// Takes `NAME=VALUE` apart.
fn parameter(text: &str) -> Result<(String, String), Problem> {
    let parts = text.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.to_owned()));
    parts.filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
        Problem::new("cli.no-parameter", format!("`{text}` is no parameter with its value"))
            .advise("write `--ask NAME=VALUE`")
    })
}

/// The list of output formats: the engine's, and the source's own.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Output {
    /// Columns for reading on a screen
    Table,
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values with a heading
    Csv,
    /// Apache Parquet
    Parquet,
    /// An Arrow IPC file
    Arrow,
    /// The source's own layout: for a copybook file, the same file again
    Copybook,
}

impl Output {
    fn form(self) -> ReadForm {
        let format = match self {
            Self::Table => OutputFormat::Table,
            Self::Jsonl => OutputFormat::Jsonl,
            Self::Csv => OutputFormat::Csv,
            Self::Parquet => OutputFormat::Parquet,
            Self::Arrow => OutputFormat::Arrow,
            Self::Copybook => return ReadForm::Own,
        };
        ReadForm::Table(format)
    }
}

impl Read {
    pub fn run(self) -> Outcome {
        let file = self.file();
        let text = read_text(&file).map_err(|problem| self.advise(problem))?;
        let wanted = self.wanted()?;
        let progress = Progress::begin(&file.display().to_string());
        let (summary, shown) = match &self.to {
            None => (self.print(&file, &text, &wanted, &progress), None),
            Some(to) => (self.read_into(&file, &text, &wanted, to, &progress), Some(to.as_path())),
        };
        progress.end();
        let summary = summary?;
        tell(&summary, shown, self.quarantine.as_deref());
        match &summary.position {
            Some(_) if self.confirm && summary.rejected > 0 && self.quarantine.is_none() => {
                let sentence = "records were rejected and are kept nowhere, so nothing is confirmed";
                let problem = Problem::new("cli.not-confirmed", sentence);
                return Err(problem.advise("read again with `--quarantine FILE`").into());
            }
            Some(position) if self.confirm => {
                confirm_source(&file, &text, position)?;
                report::aside(format!("the source was told that all before {position} is kept here"));
            }
            Some(position) => report::aside(format!("a later reading can go on: --after \"{position}\"")),
            None => {}
        }
        Ok(summary.closing.or(())?)
    }

    fn wanted(&self) -> Result<Wanted, Problem> {
        let conditions: Result<Vec<Condition>, Problem> =
            self.conditions.iter().map(|text| Condition::parse(text)).collect();
        let (columns, after) = (self.columns.clone(), self.after.clone());
        let asked: Result<Vec<(String, String)>, Problem> =
            self.asked.iter().map(|text| parameter(text)).collect();
        let asked = Some(asked?).filter(|asked| !asked.is_empty());
        Ok(Wanted { columns, conditions: conditions?, limit: self.limit, after, asked })
    }

    /// The source's file: as given, or by its name in the body's folder.
    fn file(&self) -> PathBuf {
        let given = PathBuf::from(&self.source);
        if given.exists() || given.extension().is_some_and(|extension| extension == "toml") {
            return given;
        }
        self.body.path.join("sources").join(format!("{}.toml", self.source))
    }

    /// Which sources there are, when the one that was named is none of them.
    fn advise(&self, problem: Problem) -> Problem {
        let Ok(body) = self.body.whatever_is_sound() else { return problem };
        let known: Vec<&str> = body.sources.keys().map(Name::as_str).collect();
        match nearest(&self.source, known.iter().copied()) {
            Some(near) => problem.advise(format!("did you mean `{near}`?")),
            None if known.is_empty() => problem,
            None => problem.advise(format!("the sources are {}", known.join(", "))),
        }
    }

    fn print(
        &self,
        file: &Path,
        text: &str,
        wanted: &Wanted,
        progress: &Progress,
    ) -> Result<ReadSummary, Failure> {
        let mut closed = false;
        let out = Terminal { out: io::stdout(), closed: &mut closed };
        let read = self.read(file, text, wanted, out, progress);
        // Whoever reads our output has enough of it: that is no failure to tell.
        if closed { Err(Failure::Said) } else { read }
    }

    fn read(
        &self,
        file: &Path,
        text: &str,
        wanted: &Wanted,
        out: impl Write + Send,
        progress: &Progress,
    ) -> Result<ReadSummary, Failure> {
        let quarantine = self.quarantine.as_deref();
        quarantine.map_or(Ok(()), |kept| refuse_writing_over(file, text, &[kept]))?;
        let mut watch = |stage: &concordat_flow::Stage| progress.at(stage);
        Ok(read_source(file, text, wanted, self.output.form(), out, quarantine, &mut watch)?)
    }

    /// Writes into a file that appears whole or not at all.
    fn read_into(
        &self,
        file: &Path,
        text: &str,
        wanted: &Wanted,
        to: &Path,
        progress: &Progress,
    ) -> Result<ReadSummary, Failure> {
        refuse_writing_over(file, text, &[to])?;
        if std::fs::metadata(to).is_ok_and(|found| !found.is_file()) {
            // A device or a pipe, as /dev/null, is written to and must not be replaced.
            let out = File::options().write(true).open(to).map_err(|error| cannot_write(to, &error))?;
            return self.read(file, text, wanted, BufWriter::new(out), progress);
        }
        let mut part = to.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let cannot = |error: io::Error| cannot_write(to, &error);
        let out = BufWriter::new(File::create(&part).map_err(cannot)?);
        // A pattern may mean the file that has just been made.
        let is_free = refuse_writing_over(file, text, &[&part]).map_err(Failure::from);
        let summary =
            is_free.and_then(|()| self.read(file, text, wanted, out, progress)).and_then(|summary| {
                File::open(&part).and_then(|file| file.sync_all()).map_err(cannot)?;
                std::fs::rename(&part, to).map_err(cannot)?;
                // The name is safe when the folder is.
                let folder =
                    to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
                File::open(folder).and_then(|folder| folder.sync_all()).map_err(cannot)?;
                Ok(summary)
            });
        if summary.is_err() {
            // The half of a file is of no use; that it is there is the smaller problem.
            let _ = std::fs::remove_file(&part);
        }
        summary
    }
}

fn cannot_write(to: &Path, error: &io::Error) -> Problem {
    Problem::new("cli.cannot-write", format!("cannot write: {error}"))
        .at(Place::file(to.display().to_string()))
}

/// The output stream, which notices when nobody reads it any more (`| head`).
struct Terminal<'a> {
    out: io::Stdout,
    closed: &'a mut bool,
}

impl Write for Terminal<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes);
        self.note(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.out.flush();
        self.note(flushed)
    }
}

impl Terminal<'_> {
    fn note<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        *self.closed |= result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
        result
    }
}

/// On the error stream, so that the records can be piped on.
fn tell(summary: &ReadSummary, to: Option<&Path>, quarantine: Option<&Path>) {
    let place = to.map_or_else(String::new, |to| format!(" into {}", to.display()));
    report::aside(format!("{} records read{place}, {} rejected", summary.records, summary.rejected));
    summary.first_problems.iter().for_each(report::aside);
    let more = summary.rejected.saturating_sub(summary.first_problems.len() as u64);
    match quarantine {
        Some(file) if summary.rejected > 0 => {
            report::aside(format!("all rejected records are in {}", file.display()));
        }
        _ if more > 0 => report::aside(format!("and {more} more; `--quarantine FILE` keeps them all")),
        _ => {}
    }
}
