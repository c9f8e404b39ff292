//! Reading one source for people: its records as they are decoded, without mapping them.

use std::io::Write;
use std::path::Path;

use concordat_engine::{OutputFormat, RecordSink};
use concordat_read::{ReadBatch, Rewrite, Source, Wanted};
use concordat_record::{Place, Problem, Problems};

use crate::quarantine::Quarantine;
use crate::refresh::{Stage, Watch};

/// Problems that are shown; all of them are in the quarantine.
const SHOWN: usize = 5;

/// How the records of a source are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadForm {
    /// As a table in one of the formats of the engine.
    Table(OutputFormat),
    /// In the source's own layout, over a copy of its file.
    Own,
}

enum Sink<'a> {
    Table(Box<dyn RecordSink + 'a>),
    Own(Box<dyn Rewrite>, Box<dyn Write + 'a>),
}

impl Sink<'_> {
    fn write(&mut self, read: &ReadBatch) -> Result<(), Problem> {
        match self {
            Self::Table(sink) => sink.write(&read.batch),
            Self::Own(rewrite, out) => rewrite.write(read, out),
        }
    }

    fn finish(self) -> Result<(), Problem> {
        match self {
            Self::Table(sink) => sink.finish(),
            Self::Own(mut rewrite, mut out) => {
                rewrite.finish(&mut out)?;
                out.flush().map_err(|error| {
                    Problem::new("engine.cannot-write", format!("the output cannot be written: {error}"))
                })
            }
        }
    }
}

/// What reading a source gave.
#[derive(Clone, Debug)]
pub struct ReadSummary {
    /// Records that were written.
    pub records: u64,
    /// Records that could not be decoded.
    pub rejected: u64,
    /// The first of their problems.
    pub first_problems: Vec<Problem>,
    /// Where a later reading can go on ([`Wanted::after`]), of a source with a cursor or with changes.
    pub position: Option<String>,
    /// What is wrong with the source as a whole, although its records were read: a file that is cut off, totals that do not agree.
    pub closing: Problems,
}

/// Reads what is wanted of a source and writes the records to `out`; those that cannot be decoded go into the file
/// `quarantine`, if one is named.
///
/// # Errors
/// All problems of the source file; what makes reading pointless; a full disk.
pub fn read_source(
    file: &Path,
    text: &str,
    wanted: &Wanted,
    form: ReadForm,
    out: impl Write + Send,
    quarantine: Option<&Path>,
    watch: Watch<'_>,
) -> Result<ReadSummary, Problems> {
    let shown = file.display().to_string();
    let source = Source::parse(text, &shown)?;
    let mut reader =
        source.open_wanted(&Source::base(file), wanted).map_err(|problem| problem.in_file(&shown))?;
    let mut sink = match form {
        ReadForm::Table(format) => Sink::Table(format.sink(out, &reader.schema())?),
        ReadForm::Own => {
            let rewrite = source.rewrite(&Source::base(file)).map_err(|problem| problem.in_file(&shown))?;
            Sink::Own(rewrite, Box::new(out))
        }
    };
    let mut kept = quarantine.map(Quarantine::at);
    let mut summary = ReadSummary {
        records: 0,
        rejected: 0,
        first_problems: Vec::new(),
        position: None,
        closing: Problems::none(),
    };
    while let Some(read) = reader.next()? {
        for reject in &read.rejects {
            summary.rejected += 1;
            if summary.first_problems.len() < SHOWN {
                summary.first_problems.push(reject.problem.clone());
            }
            if let Some(kept) = &mut kept {
                kept.undecoded(reject)?;
            }
        }
        summary.records += read.batch.num_rows() as u64;
        sink.write(&read)?;
        watch(&Stage::reading(&reader.progress(), summary.rejected));
    }
    sink.finish()?;
    summary.position = reader.position();
    if let Some(kept) = kept {
        kept.finish()?;
    }
    summary.closing = reader.closing();
    Ok(summary)
}

/// Refuses files to write into that are the source's own: its records or its description.
///
/// # Errors
/// All problems of the source file; `read.would-overwrite`.
pub fn refuse_writing_over(file: &Path, text: &str, outputs: &[&Path]) -> Result<(), Problems> {
    let shown = file.display().to_string();
    let source = Source::parse(text, &shown)?;
    for output in outputs {
        source.refuse_writing_over(&Source::base(file), output)?;
        if let (Ok(own), Ok(output)) = (file.canonicalize(), output.canonicalize())
            && own == output
        {
            let sentence = "the output would be written over the source file";
            return Err(Problem::new("read.would-overwrite", sentence)
                .at(Place::file(shown))
                .advise("write into another file")
                .into());
        }
    }
    Ok(())
}

/// Tells a source that all records before a position are durable here.
///
/// # Errors
/// All problems of the source file; the source cannot be told.
pub fn confirm_source(file: &Path, text: &str, position: &str) -> Result<(), Problems> {
    let shown = file.display().to_string();
    let source = Source::parse(text, &shown)?;
    Ok(source.confirm(&Source::base(file), position).map_err(|problem| problem.in_file(&shown))?)
}
