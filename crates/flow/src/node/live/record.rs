//! A record of one answer.

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::UInt64Type;
use concordat_record::{Match, Name, Origin, Problem, RECORD_NUMBER};
use serde_json::Value;

use super::LiveRegister;
use crate::mapped::fact_value;
use crate::node::found::Found;

/// A record that was recognised in an answer; it goes when the question has been dealt with.
pub(super) struct LiveRecord<'a> {
    pub(super) of: &'a LiveRegister,
    pub(super) records: RecordBatch,
    pub(super) row: usize,
    pub(super) matched: Match,
}

impl Found for LiveRecord<'_> {
    fn matched(&self) -> &Match {
        &self.matched
    }

    fn facts(&self) -> &[Name] {
        &self.of.facts
    }

    fn fact(&self, name: &Name) -> Result<Value, Problem> {
        Ok(fact_value(&self.records, self.row, name))
    }

    fn origin(&self) -> Result<Origin, Problem> {
        let numbers = self.records.column_by_name(RECORD_NUMBER);
        let numbers = numbers.and_then(|column| column.as_primitive_opt::<UInt64Type>());
        let number = numbers.and_then(|numbers| numbers.values().get(self.row));
        Ok(Origin {
            source: self.of.register.source().to_string(),
            digest: String::new(),
            record_number: number.copied().unwrap_or_default(),
        })
    }
}
