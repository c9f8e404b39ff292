//! Runs the folders of cases: a source in, its rows and rejects as text out.
//!
//! `UPDATE_CASES=1 cargo test -p concordat-read` rewrites the expectations; review the difference.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use arrow::json::LineDelimitedWriter;

use crate::{ReadBatch, Reader, Source};

/// The folders of cases for a kind.
pub(crate) fn folders(kind: &str) -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(kind);
    let mut folders: Vec<PathBuf> = fs::read_dir(all).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

/// Reads a source to its end.
pub(crate) fn read_all(reader: &mut dyn Reader) -> Result<Vec<ReadBatch>, concordat_record::Problem> {
    let mut batches = Vec::new();
    while let Some(batch) = reader.next()? {
        batches.push(batch);
    }
    Ok(batches)
}

/// What reading a source gives, as text: types, rows as JSON, rejects, or the problem that stopped it.
pub(crate) fn outcome(source: &str, base: &Path) -> String {
    let reader = match Source::parse(source, "source.toml") {
        Ok(source) => source.open(base),
        Err(problems) => return format!("{problems}\n"),
    };
    match reader {
        Ok(mut reader) => shown(reader.as_mut()),
        Err(problem) => format!("{problem}\n"),
    }
}

fn shown(reader: &mut dyn Reader) -> String {
    let mut out = String::new();
    for field in reader.schema().fields() {
        if !field.name().starts_with('_') {
            writeln!(out, "{}: {}", field.name(), field.data_type()).unwrap();
        }
    }
    let batches = match read_all(reader) {
        Ok(batches) => batches,
        Err(problem) => return format!("{out}{problem}\n"),
    };
    for batch in &batches {
        let mut writer = LineDelimitedWriter::new(Vec::new());
        writer.write(&batch.batch).unwrap();
        writer.finish().unwrap();
        out.push_str(std::str::from_utf8(&writer.into_inner()).unwrap());
    }
    for reject in batches.iter().flat_map(|batch| &batch.rejects) {
        let raw = crate::file::hexadecimal(&reject.raw);
        writeln!(out, "{}\n  raw: {raw}", reject.problem).unwrap();
    }
    for problem in reader.closing() {
        writeln!(out, "{problem}").unwrap();
    }
    out
}

/// Compares with the expectation of a case, or rewrites it.
pub(crate) fn check(folder: &Path, found: &str) {
    let file = folder.join("expected.txt");
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(&file, found).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(found, expected, "{}", folder.display());
}
