//! What linking two registers costs, estimate included: run by `cargo xtask bench link`, in the folder where it has laid out the
//! registers as CSV, with columns named by property path, and the true pairs.

use std::collections::HashMap;
use std::fs::{self, File};
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::csv::ReaderBuilder;
use arrow::datatypes::{DataType, Field, Schema};

use crate::{Choice, ORGANISATION_RULES, Recogniser, Records, Rules, estimate, evaluate};

/// As the example's batch has it.
const THRESHOLD: f64 = 0.5;

#[test]
#[ignore = "a measurement: cargo xtask bench link"]
fn benchmark_link() {
    let rules = Rules::parse(ORGANISATION_RULES, "organisation.toml").unwrap();
    let (left_keys, left) = register("institutions.csv", &rules);
    let (right_keys, right) = register("organisations.csv", &rules);
    let (model, report) = estimate(&rules, &left, &right);
    let recogniser = Recogniser::new(rules, &model).unwrap();
    let linked = recogniser.link(&left, &right, THRESHOLD, Choice::BestOfLeft);
    println!("benchmark: {} records", left.len() + right.len());

    let links = linked.pairs.iter().map(|pair| (pair.left, pair.right));
    let found = evaluate(links, truth(&left_keys, &right_keys));
    println!(
        "note: precision {:.3} at recall {:.3}, {} links unverified, {} pairs compared in {} rounds",
        found.precision, found.recall, found.unverified, linked.compared, report.rounds
    );
}

/// The row of each key, and the records.
fn register(file: &str, rules: &Rules) -> (HashMap<String, u32>, Records) {
    let text = fs::read_to_string(file).unwrap();
    let columns = text.lines().next().unwrap().split(',');
    let fields: Vec<Field> = columns.map(|column| Field::new(column, DataType::Utf8, true)).collect();
    let reader = ReaderBuilder::new(Arc::new(Schema::new(fields))).with_header(true);
    let mut records = Records::new(&rules.properties());
    let mut keys = HashMap::new();
    for batch in reader.build(File::open(file).unwrap()).unwrap() {
        let batch: RecordBatch = batch.unwrap();
        for key in batch.column(0).as_string::<i32>() {
            keys.insert(key.unwrap().to_owned(), keys.len() as u32);
        }
        records.push_batch(&batch).unwrap();
    }
    (keys, records)
}

/// The true pairs as rows; a pair that cannot be found keeps rows of its own and counts as missed.
fn truth(left: &HashMap<String, u32>, right: &HashMap<String, u32>) -> Vec<(u32, u32)> {
    let row = |keys: &HashMap<String, u32>, key: Option<&str>, line: usize| {
        key.and_then(|key| keys.get(key)).copied().unwrap_or(u32::MAX - line as u32)
    };
    let text = fs::read_to_string("truth.csv").unwrap();
    let pairs = text.lines().enumerate().skip(1).map(|(number, line)| {
        let mut cells = line.split(',');
        (row(left, cells.next(), number), row(right, cells.next(), number))
    });
    pairs.collect()
}
