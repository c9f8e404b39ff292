//! Each folder in `cases/` is a register, the records of its source and what must come of them.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray, UInt64Array};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, SchemaRef};
use concordat_engine::{DECIMAL, Engine, OutputFormat};
use concordat_record::{BYTE_OFFSET, Problem, Problems, RECORD_NUMBER};
use proptest::prelude::*;

use super::*;

fn folder(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(case)
}

fn register(folder: &Path) -> Result<Register, Problems> {
    let load = |path: &str| {
        fs::read_to_string(folder.join(path))
            .map_err(|_| Problem::new("body.missing-file", format!("there is no file `{path}`")))
    };
    Register::parse(&fs::read_to_string(folder.join("register.toml")).unwrap(), "register.toml", &load)
}

/// The records of a case: CSV with the type behind a column's name (`born:date`), text when there is none; empty is null.
fn records(folder: &Path) -> RecordBatch {
    let text = fs::read_to_string(folder.join("input.csv")).unwrap_or("none\n".into());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headings = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    for (index, heading) in headings.iter().enumerate() {
        let (name, kind) = heading.split_once(':').unwrap_or((heading, "text"));
        let cells: StringArray =
            rows.iter().map(|row| Some(&row[index]).filter(|cell| !cell.is_empty())).collect();
        let wanted = match kind {
            "text" => DataType::Utf8,
            "integer" => DataType::Int32,
            "decimal" => DECIMAL,
            "boolean" => DataType::Boolean,
            "date" => DataType::Date32,
            other => panic!("{other}"),
        };
        columns.push((name.into(), cast(&cells, &wanted).unwrap()));
    }
    let numbers: UInt64Array = (1..=rows.len() as u64).collect();
    let offsets: UInt64Array = (0..rows.len() as u64).map(|row| row * 100).collect();
    columns.push((RECORD_NUMBER.into(), Arc::new(numbers)));
    columns.push((BYTE_OFFSET.into(), Arc::new(offsets)));
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)))
        .unwrap()
}

fn mapping(folder: &Path, source: &SchemaRef) -> Result<Mapping, Problems> {
    Mapping::compile(&Engine::new(), &register(folder)?, source)
}

fn jsonl(batch: &RecordBatch) -> String {
    let mut bytes = Vec::new();
    let mut sink = OutputFormat::Jsonl.sink(&mut bytes, &batch.schema()).unwrap();
    sink.write(batch).unwrap();
    sink.finish().unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Everything a case has to say.
fn report(folder: &Path) -> String {
    let records = records(folder);
    let mapping = match mapping(folder, &records.schema()) {
        Ok(mapping) => mapping,
        Err(problems) => return format!("{problems}\n"),
    };
    let mapped = mapping.map(&records).unwrap();
    assert_eq!(mapped.batch.schema(), *mapping.schema());
    assert_eq!(mapped.quality.quarantined(), mapped.quarantined.len() as u64);
    let mut report = String::from("## records\n");
    report.push_str(&jsonl(&mapped.batch));
    report.push_str("\n## quarantine\n");
    for record in &mapped.quarantined {
        writeln!(report, "{}", record.problem).unwrap();
    }
    writeln!(report, "\n## quality\n{}", serde_json::to_string_pretty(&mapped.quality).unwrap()).unwrap();
    report.push_str("\n## tests\n");
    for outcome in mapping.run_tests() {
        let verdict = if outcome.passed() { "passed" } else { "failed" };
        writeln!(report, "{verdict}: {} ({})", outcome.name, outcome.place).unwrap();
        outcome.differences.iter().for_each(|difference| writeln!(report, "  {difference}").unwrap());
    }
    report
}

#[test]
fn each_case_gives_what_its_expected_file_says() {
    let mut cases: Vec<PathBuf> =
        fs::read_dir(folder("")).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() > 8);
    let mut wrong = Vec::new();
    for case in cases {
        let path = case.join("expected.txt");
        let found = report(&case);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &found).unwrap();
        }
        if found != fs::read_to_string(&path).unwrap_or_default() {
            wrong.push(format!("{}:\n{found}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "run with UPDATE=1 and read the difference\n{}", wrong.join("\n"));
}

#[test]
fn a_problem_in_quarantine_never_repeats_a_value() {
    let folder = folder("failing-records");
    let records = records(&folder);
    let mapped = mapping(&folder, &records.schema()).unwrap().map(&records).unwrap();
    for record in mapped.quarantined {
        let said = record.problem.to_string();
        for value in ["hush", "twenty", "2020-02-30", "never", "nothing"] {
            assert!(!said.contains(value), "{said}");
        }
        assert_eq!(record.problem.place.record_number, Some(record.record_number));
        assert_eq!(record.byte_offset, Some((record.record_number - 1) * 100));
    }
}

#[test]
fn a_source_that_lost_a_field_is_told() {
    let folder = folder("organisations");
    let records = records(&folder);
    let mapping = mapping(&folder, &records.schema()).unwrap();
    let problem = mapping.map(&records.project(&[0, 2, 3, 4, 5]).unwrap()).unwrap_err();
    assert_eq!(problem.code, "map.missing-field");
    let turned: Vec<usize> = (0..records.num_columns()).rev().collect();
    let turned = mapping.map(&records.project(&turned).unwrap()).unwrap();
    assert_eq!(turned.batch, mapping.map(&records).unwrap().batch, "columns are found by name, in any order");
}

#[test]
fn quality_tells_how_much_is_filled() {
    let folder = folder("organisations");
    let records = records(&folder);
    let quality = mapping(&folder, &records.schema()).unwrap().map(&records).unwrap().quality;
    assert_eq!(quality.fill_rate("registrationDate"), Some(2.0 / 3.0));
    assert_eq!(quality.fill_rate("isActive"), Some(1.0));
    assert_eq!(quality.fill_rate("colour"), None);
    assert_eq!(Quality::default().fill_rate("isActive"), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Wherever the records are cut into batches, the same records, rejects and counts come out.
    #[test]
    fn cutting_batches_changes_nothing(first in 0_usize..=10, second in 0_usize..=10) {
        let folder = folder("failing-records");
        let records = records(&folder);
        let mapping = mapping(&folder, &records.schema()).unwrap();
        let whole = mapping.map(&records).unwrap();
        let (first, second) = (first.min(second), first.max(second));
        let cuts = [(0, first), (first, second - first), (second, records.num_rows() - second)];
        let parts: Vec<Mapped> =
            cuts.iter().map(|(from, rows)| mapping.map(&records.slice(*from, *rows)).unwrap()).collect();
        let batches = concat_batches(mapping.schema(), parts.iter().map(|part| &part.batch)).unwrap();
        prop_assert_eq!(&whole.batch, &batches);
        let mut quality = Quality::default();
        for part in &parts {
            quality.add(&part.quality);
        }
        prop_assert_eq!(&whole.quality, &quality);
        let quarantined: Vec<Quarantined> = parts.into_iter().flat_map(|part| part.quarantined).collect();
        prop_assert_eq!(whole.quarantined, quarantined);
    }
}
