//! A register put to work on the fields of its source.
//!
//! Two stages: the key and the properties see the fields of the source; facts and checks see the fields and the
//! properties. Where a property has the very name of a field, the second stage sees the property. A warning must never
//! cost a record, so warning checks run last and by themselves.

mod apply;
mod cases;
mod compile;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use concordat_engine::Expressions;
use concordat_record::Problem;

use crate::{Quality, Register};

pub use cases::TestOutcome;

/// The column of a mapped batch that holds each record's key (text, never null).
pub const KEY: &str = "_key";

/// What the name of a fact's column begins with: `fact:isTaxExempt`.
pub const FACT_PREFIX: &str = "fact:";

/// A register that has been found good for the fields of its source.
#[derive(Clone, Debug)]
pub struct Mapping {
    register: Arc<Register>,
    /// Key and properties, over the fields of the source.
    canonical: Expressions,
    /// Facts, then required checks, over the fields and the properties.
    derived: Expressions,
    /// Warning checks, over the same.
    warnings: Expressions,
    schema: SchemaRef,
}

/// What a batch of source records gave.
#[derive(Clone, Debug)]
pub struct Mapped {
    /// The canonical records: number and offset of origin, [`KEY`], a column for each property path, one for each fact
    /// with [`FACT_PREFIX`] before its name.
    pub batch: RecordBatch,
    /// The records that could not be mapped, by record number.
    pub quarantined: Vec<Quarantined>,
    /// Counts over this batch.
    pub quality: Quality,
}

/// A record that could not be mapped. Its raw bytes are the business of whoever read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Its number in the source, from one.
    pub record_number: u64,
    /// Its place in the source file, in bytes from zero, where there is a file.
    pub byte_offset: Option<u64>,
    /// The first reason, with record number and offset; the field of its place is the property, fact or check. Codes:
    /// `map.missing-key-value`, `map.failed-expression`, `map.failed-check`.
    pub problem: Problem,
}

impl Mapping {
    /// The register that is mapped.
    pub fn register(&self) -> &Register {
        &self.register
    }

    /// The columns of mapped batches.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }
}
