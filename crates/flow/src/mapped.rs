//! What a record that was mapped says: what a subject is compared with, and each fact apart.

use std::collections::BTreeSet;

use arrow::array::{Array, RecordBatch};
use concordat_engine::cell_to_json;
use concordat_map::FACT_PREFIX;
use concordat_record::{Name, RECORD_NUMBER};
use serde_json::{Map, Value};

/// What a subject is compared with, and the record's number.
pub(crate) fn subject(batch: &RecordBatch, row: usize, compared: &BTreeSet<String>) -> Map<String, Value> {
    let columns = compared.iter().map(String::as_str).chain([RECORD_NUMBER]);
    columns
        .filter_map(|name| Some((name, batch.column_by_name(name)?)))
        .filter(|(_, column)| !column.is_null(row))
        .map(|(name, column)| (name.to_owned(), cell_to_json(column, row)))
        .collect()
}

/// One fact; null where the record does not say.
pub(crate) fn fact_value(batch: &RecordBatch, row: usize, fact: &Name) -> Value {
    batch
        .column_by_name(&format!("{FACT_PREFIX}{fact}"))
        .map_or(Value::Null, |column| cell_to_json(column, row))
}
