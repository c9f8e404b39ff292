//! Files that were spoiled on purpose, in the ways that Pollock lists, each with its truth: how well their marks are detected, and how many
//! of their cells come out right when the proposed source is read.
//!
//! `POLLUTED=folder` keeps the files, with the truth beside them, so that other programs can be given the same.

mod pollution;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use arrow::array::{Array, AsArray};
use tempfile::tempdir;

use self::pollution::{Polluted, polluted};
use super::detect;
use crate::cases::read_all;
use crate::clues::Sample;
use crate::{Source, inspect};

/// What reading a file as proposed gives: the names, then the rows.
fn load(base: &Path, name: &str) -> Result<Vec<Vec<String>>, String> {
    let inspection = inspect(base, Path::new(name), None).map_err(|problem| problem.to_string())?;
    let source =
        Source::parse(&inspection.proposal.source, "a.toml").map_err(|problems| problems.to_string())?;
    let mut reader = source.open(base).map_err(|problem| problem.to_string())?;
    let batches = read_all(reader.as_mut()).map_err(|problem| problem.to_string())?;
    let mut rows = Vec::new();
    for batch in batches {
        let columns = batch.batch.num_columns() - 2;
        for row in 0..batch.batch.num_rows() {
            let cell = |index: usize| {
                let column = batch.batch.column(index).as_string::<i32>();
                if column.is_null(row) { String::new() } else { column.value(row).to_owned() }
            };
            rows.push((0..columns).map(cell).collect());
        }
    }
    Ok(rows)
}

/// The share of the true items that were found, and of the found that are true, as one number (F1).
fn f1<T: std::hash::Hash + Eq>(found: impl Iterator<Item = T>, truth: impl Iterator<Item = T>) -> f64 {
    let mut counts: HashMap<T, (i64, i64)> = HashMap::new();
    found.for_each(|item| counts.entry(item).or_default().0 += 1);
    truth.for_each(|item| counts.entry(item).or_default().1 += 1);
    let both: i64 = counts.values().map(|(found, truth)| found.min(truth)).sum();
    let all: i64 = counts.values().map(|(found, truth)| found + truth).sum();
    if all == 0 { 1.0 } else { 2.0 * both as f64 / all as f64 }
}

/// A row without empty cells at its end.
fn trimmed(row: &[String]) -> Vec<String> {
    let mut row: Vec<String> = row.iter().map(|cell| cell.trim().to_owned()).collect();
    while row.last().is_some_and(String::is_empty) {
        row.pop();
    }
    row
}

#[derive(Default)]
struct Figures {
    files: usize,
    delimiters: usize,
    quotes: usize,
    records: f64,
    cells: f64,
}

/// Adds the figures of one file; says what is wrong with it.
fn measure(file: &Polluted, base: &Path, figures: &mut Figures) -> Option<String> {
    fs::write(base.join("file.csv"), &file.bytes).unwrap();
    let sample = Sample { name: "file.csv".into(), bytes: file.bytes.clone(), size: file.bytes.len() as u64 };
    let detected = detect(&sample);
    let marks = detected.as_ref().map(|detected| &detected.marks);
    let delimiter = marks.is_some_and(|marks| marks.delimiter == file.delimiter.as_bytes());
    let quote = detected
        .as_ref()
        .is_some_and(|detected| !file.has_quotes || detected.marks.quote == Some(file.quote as u8));
    let loaded = load(base, "file.csv");
    let rows = loaded.as_ref().map(Vec::as_slice).unwrap_or_default();
    let records = f1(rows.iter().map(|row| trimmed(row)), file.rows.iter().map(|row| trimmed(row)));
    let all = |rows: &[Vec<String>]| -> Vec<String> { rows.iter().flat_map(|row| trimmed(row)).collect() };
    let cells = f1(all(rows).into_iter(), all(&file.rows).into_iter());
    figures.files += 1;
    figures.delimiters += usize::from(delimiter);
    figures.quotes += usize::from(quote);
    figures.records += records;
    figures.cells += cells;
    (!delimiter || !quote || records < 0.999).then(|| {
        let why = loaded.err().unwrap_or_default();
        let clue = detected.map(|detected| detected.clue.evidence.join(" / ")).unwrap_or_default();
        format!("{}: delimiter {delimiter}, quote {quote}, records {records:.3}, cells {cells:.3} {why}\n    {clue}", file.name)
    })
}

#[test]
fn spoiled_files_are_read_as_they_were_meant() {
    let base = tempdir().unwrap();
    let mut all = Figures::default();
    let mut by_kind: Vec<(String, Figures)> = Vec::new();
    let mut faults = String::new();
    let keep = std::env::var_os("POLLUTED");
    for (index, file) in polluted().into_iter().enumerate() {
        if let Some(folder) = &keep {
            let folder = Path::new(folder);
            fs::write(folder.join(format!("{index:04}.csv")), &file.bytes).unwrap();
            let truth = serde_json::json!({ "name": file.name, "pollution": file.pollution, "delimiter": file.delimiter,
                "quote": file.has_quotes.then_some(file.quote), "names": file.names, "rows": file.rows, "encoding": file.encoding });
            fs::write(folder.join(format!("{index:04}.json")), truth.to_string()).unwrap();
        }
        let mut own = Figures::default();
        if let Some(fault) = measure(&file, base.path(), &mut own) {
            let _ = writeln!(faults, "{fault}");
        }
        if !by_kind.iter().any(|(kind, _)| *kind == file.pollution) {
            by_kind.push((file.pollution.clone(), Figures::default()));
        }
        let kind =
            by_kind.iter_mut().find(|(kind, _)| *kind == file.pollution).map(|(_, figures)| figures).unwrap();
        for figures in [&mut all, kind] {
            figures.files += own.files;
            figures.delimiters += own.delimiters;
            figures.quotes += own.quotes;
            figures.records += own.records;
            figures.cells += own.cells;
        }
    }
    let share = |part: f64, figures: &Figures| 100.0 * part / figures.files as f64;
    for (kind, figures) in
        by_kind.iter().map(|(kind, figures)| (kind.as_str(), figures)).chain([("all", &all)])
    {
        println!(
            "{kind:<24} {:>5} files: delimiter {:>5.1} %, quote {:>5.1} %, records {:>5.1} %, cells {:>5.1} %",
            figures.files,
            share(figures.delimiters as f64, figures),
            share(figures.quotes as f64, figures),
            share(figures.records, figures),
            share(figures.cells, figures)
        );
    }
    println!("{faults}");
    assert!(share(all.delimiters as f64, &all) > 97.0 && share(all.cells, &all) > 96.0, "{faults}");
}
