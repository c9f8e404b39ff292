//! Registers: from the records of a legacy source to canonical records.
//!
//! A [`Register`] is what `registers/*.toml` says: a class of the vocabulary, an SQL expression for each of its
//! properties, facts derived from them, checks and test cases. A [`Mapping`] is a register that has been found good for
//! the fields of its source; it maps batch by batch and sets aside the records that cannot be mapped.
//!
//! Left out on purpose: where batches come from and go to, and duplicates of a key, which only the whole refresh can see.

#[cfg(test)]
mod benchmark;
mod mapping;
mod quality;
mod register;

pub use mapping::{FACT_PREFIX, KEY, Mapped, Mapping, Quarantined, TestOutcome};
pub use quality::{CheckCount, Filled, Quality};
pub use register::{
    Check, CheckSeverity, LiveParameter, LiveSettings, MappedFact, MappedProperty, Register, Sql, TestCase,
};
