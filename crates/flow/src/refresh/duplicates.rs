//! Keys that stand more than once: the first record is kept, the others are set aside.

use std::collections::HashSet;

use arrow::array::{AsArray, BooleanArray, RecordBatch, StringArray};
use arrow::compute::filter_record_batch;
use concordat_map::{KEY, Mapped, Quarantined};
use concordat_record::{BYTE_OFFSET, Place, Problem, RECORD_NUMBER};
use concordat_sign::sha256;

/// The keys seen so far, as the first 16 bytes of their SHA-256: bounded memory for keys of any length, and two keys that
/// are taken for one are not to be expected before 2^64 records.
#[derive(Default)]
pub(crate) struct Duplicates(HashSet<[u8; 16]>);

impl Duplicates {
    /// Takes the keys of a batch as seen.
    pub(crate) fn remember(&mut self, batch: &RecordBatch) -> Result<(), Problem> {
        self.0.extend(keys(batch)?.iter().map(|key| shortened(key.unwrap_or_default())));
        Ok(())
    }

    /// Moves the records whose key was seen before from a batch to its quarantine.
    pub(crate) fn take_out(&mut self, mapped: &mut Mapped) -> Result<(), Problem> {
        let first: Vec<bool> = keys(&mapped.batch)?
            .iter()
            .map(|key| self.0.insert(shortened(key.unwrap_or_default())))
            .collect();
        if first.iter().all(|first| *first) {
            return Ok(());
        }
        for (row, _) in first.iter().enumerate().filter(|(_, first)| !**first) {
            mapped.quarantined.push(duplicate(mapped, row));
        }
        mapped.batch = filter_record_batch(&mapped.batch, &BooleanArray::from(first)).map_err(|error| {
            Problem::new("refresh.failed", format!("records cannot be set aside: {error}"))
        })?;
        Ok(())
    }
}

fn keys(batch: &RecordBatch) -> Result<&StringArray, Problem> {
    let keys = batch.column_by_name(KEY).and_then(|column| column.as_string_opt::<i32>());
    keys.ok_or_else(|| Problem::new("refresh.no-key", "the mapped records have no key column"))
}

fn shortened(key: &str) -> [u8; 16] {
    let digest = sha256(key.as_bytes());
    let mut shortened = [0; 16];
    shortened.copy_from_slice(&digest[..16]);
    shortened
}

fn duplicate(mapped: &Mapped, row: usize) -> Quarantined {
    let number = |column: &str| {
        let column =
            mapped.batch.column_by_name(column)?.as_primitive_opt::<arrow::datatypes::UInt64Type>()?;
        (!arrow::array::Array::is_null(column, row)).then(|| column.value(row))
    };
    let record_number = number(RECORD_NUMBER).unwrap_or_default();
    let byte_offset = number(BYTE_OFFSET);
    let mut place = Place::default().record(record_number).field("key");
    place.byte_offset = byte_offset;
    let problem = Problem::new("refresh.duplicate-key", "another record before it has the same key")
        .at(place)
        .advise("find out which of them is right, or make the key of the register more precise");
    Quarantined { record_number, byte_offset, problem }
}
