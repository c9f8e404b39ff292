//! A register's own test cases: made-up records, mapped and compared with what their author expects.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, UInt64Array, new_null_array};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::json::ReaderBuilder;
use concordat_engine::{cell_to_json, type_name};
use concordat_record::{Place, Problem, RECORD_NUMBER};
use serde::Serialize;
use serde_json::Value;

use super::{FACT_PREFIX, Mapped, Mapping};
use crate::TestCase;
use crate::register::Given;

/// How a test case came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TestOutcome {
    /// The case.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// What is not as expected, a sentence each; empty when the case passed.
    pub differences: Vec<String>,
}

impl TestOutcome {
    /// Whether all was as expected.
    pub fn passed(&self) -> bool {
        self.differences.is_empty()
    }
}

impl Mapping {
    /// Runs the register's test cases, in the order of the file.
    pub fn run_tests(&self) -> Vec<TestOutcome> {
        let run = |case: &TestCase| TestOutcome {
            name: case.name.clone(),
            place: case.place.clone(),
            differences: self.differences(case),
        };
        self.register.tests.iter().map(run).collect()
    }

    fn differences(&self, case: &TestCase) -> Vec<String> {
        let (record, mut differences) = self.record(&case.given);
        match record.and_then(|record| self.map(&record)) {
            Ok(mapped) => match (&case.expect_quarantine, mapped.quarantined.first()) {
                (None, None) => differences.extend(compare(case, &mapped)),
                (Some(expected), Some(found)) => {
                    let reason = found.problem.place.field.as_deref().unwrap_or_default();
                    if reason != expected {
                        let why = &found.problem.sentence;
                        differences
                            .push(format!("it is quarantined for `{reason}` ({why}), not for `{expected}`"));
                    }
                }
                (Some(expected), None) => {
                    differences.push(format!("it is mapped, and should be quarantined for `{expected}`"));
                }
                (None, Some(found)) => {
                    differences.push(format!("it is quarantined: {}", found.problem.sentence));
                }
            },
            Err(problem) => differences.push(problem.sentence),
        }
        differences
    }

    /// A batch of one record with the given fields; all others are null. What cannot be given is told.
    fn record(&self, given: &[Given]) -> (Result<RecordBatch, Problem>, Vec<String>) {
        let input = self.canonical.input();
        let mut differences = Vec::new();
        let mut columns = Vec::new();
        for field in input.fields() {
            let value = given.iter().find(|given| given.field == *field.name());
            columns.push(match value {
                Some(given) => cell(&given.value, field.data_type()).unwrap_or_else(|| {
                    let wanted = type_name(field.data_type());
                    differences.push(format!("`{}` is given what cannot be read as {wanted}", given.field));
                    new_null_array(field.data_type(), 1)
                }),
                None if field.name() == RECORD_NUMBER => Arc::new(UInt64Array::from(vec![1])) as ArrayRef,
                None => new_null_array(field.data_type(), 1),
            });
        }
        let fields: Vec<Field> =
            input.fields().iter().map(|field| field.as_ref().clone().with_nullable(true)).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(1));
        let batch = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options);
        let batch = batch.map_err(|error| Problem::new("map.internal", error.to_string()));
        (batch, differences)
    }
}

/// One value as a column of a type, read as Arrow reads JSON: dates and decimals are texts.
fn cell(value: &Value, data_type: &DataType) -> Option<ArrayRef> {
    let schema = Arc::new(Schema::new(vec![Field::new("value", data_type.clone(), true)]));
    let mut decoder = ReaderBuilder::new(schema).with_coerce_primitive(true).build_decoder().ok()?;
    let line = serde_json::json!({ "value": value }).to_string();
    decoder.decode(line.as_bytes()).ok()?;
    let batch = decoder.flush().ok()??;
    let column = batch.columns().first().map(Arc::clone)?;
    (column.len() == 1).then_some(column)
}

fn compare(case: &TestCase, mapped: &Mapped) -> Vec<String> {
    let mut differences = Vec::new();
    for (name, expected) in &case.expect {
        let column = mapped.batch.column_by_name(name);
        let column = column.or_else(|| mapped.batch.column_by_name(&format!("{FACT_PREFIX}{name}")));
        let found = column.map_or(Value::Null, |column| cell_to_json(column.as_ref(), 0));
        if plain(&found) != plain(expected) {
            differences.push(format!("`{name}` is {}, and {} was expected", shown(&found), shown(expected)));
        }
    }
    differences
}

/// The text that two equal values share: `12.50` and `12.5` are the same number, an empty text stands for null.
fn plain(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) if text.is_empty() => return None,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let number = text.contains('.') && text.chars().all(|c| c.is_ascii_digit() || ".-".contains(c));
    Some(if number { text.trim_end_matches('0').trim_end_matches('.').into() } else { text })
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::String(text) if text.is_empty() => "null".into(),
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}
