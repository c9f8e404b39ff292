//! Reading one source for people: its records as they are decoded, without mapping them.

use std::io::Write;
use std::path::Path;

use arrow::array::RecordBatch;
use concordat_engine::OutputFormat;
use concordat_read::Source;
use concordat_record::{Problem, Problems};

use crate::refresh::{Quarantine, Stage, Watch};

/// Problems that are shown; all of them are in the quarantine.
const SHOWN: usize = 5;

/// What reading a source gave.
#[derive(Clone, Debug)]
pub struct ReadSummary {
    /// Records that were written.
    pub records: u64,
    /// Records that could not be decoded.
    pub rejected: u64,
    /// The first of their problems.
    pub first_problems: Vec<Problem>,
}

/// Reads a source and writes its records to `out`, at most `limit` of them; those that cannot be decoded go into the file
/// `quarantine`, if one is named.
///
/// # Errors
/// All problems of the source file; what makes reading pointless; a full disk.
pub fn read_source(
    file: &Path,
    text: &str,
    format: OutputFormat,
    out: impl Write + Send,
    limit: Option<u64>,
    quarantine: Option<&Path>,
    watch: Watch<'_>,
) -> Result<ReadSummary, Problems> {
    let shown = file.display().to_string();
    let source = Source::parse(text, &shown)?;
    let mut reader = source.open(&Source::base(file)).map_err(|problem| problem.in_file(&shown))?;
    let mut sink = format.sink(out, &reader.schema())?;
    let mut kept = quarantine.map(Quarantine::at);
    let mut summary = ReadSummary { records: 0, rejected: 0, first_problems: Vec::new() };
    let limit = limit.unwrap_or(u64::MAX);
    while summary.records < limit
        && let Some(read) = reader.next()?
    {
        for reject in &read.rejects {
            summary.rejected += 1;
            if summary.first_problems.len() < SHOWN {
                summary.first_problems.push(reject.problem.clone());
            }
            if let Some(kept) = &mut kept {
                kept.undecoded(reject)?;
            }
        }
        let batch = at_most(&read.batch, limit - summary.records);
        summary.records += batch.num_rows() as u64;
        sink.write(&batch)?;
        watch(&Stage::reading(&reader.progress(), summary.rejected));
    }
    sink.finish()?;
    if let Some(kept) = kept {
        kept.finish()?;
    }
    Ok(summary)
}

fn at_most(batch: &RecordBatch, rows: u64) -> RecordBatch {
    let rows = usize::try_from(rows).unwrap_or(usize::MAX);
    batch.slice(0, batch.num_rows().min(rows))
}
