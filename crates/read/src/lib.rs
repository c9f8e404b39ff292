//! Reads legacy sources as they are, into Arrow record batches that know where each record came from.
//!
//! [`Source::parse`] reads a source file (`sources/NAME.toml`), [`Source::open`] gives a [`Reader`], and a reader gives
//! [`ReadBatch`]es: the records that could be decoded as columns, the others as [`Reject`]s with reason, place and raw
//! bytes. [`inspect`] looks at an unknown file and proposes the source file. Which kinds of source there are stands in one
//! visible list, [`KINDS`].
//!
//! Left out on purpose: what fields mean (the crate `map`), where rejects are kept (the crate `flow`), and any writing to
//! a legacy system.

mod ahead;
#[cfg(test)]
mod benchmark;
#[cfg(test)]
mod cases;
mod clues;
mod columnar;
mod columns;
mod control;
pub mod copybook;
mod csv;
mod databases;
mod dbase;
mod excel;
mod file;
mod fixed_width;
mod inspect;
mod json;
mod kinds;
mod mysql;
mod names;
mod odbc;
mod origin;
mod parts;
mod pipeline;
mod postgres;
mod profile;
mod reader;
mod recode;
mod rest;
mod secret;
mod section;
mod services;
mod soap;
mod source;
mod sqlite;
mod tls;
mod tn3270;
mod tree;
mod trim;
mod types;
mod wanted;
mod xml;

/// What the fuzzer enters by where others need a server.
#[doc(hidden)]
pub mod doors {
    pub use crate::postgres::doors::{read_changes, read_copy};
}

pub use clues::{Clue, Sample};
pub use databases::{Catalogue, Table, TableColumn};
pub use inspect::{FolderInspection, Inspection, LeftOut, Proposal, inspect, inspect_folder};
pub use kinds::{KINDS, Kind, Lies};
pub use origin::{DROP_OPTIONS, DropPlace, FROM_OPTIONS, TRANSPORTS, TransportDoc, UNPACK_OPTIONS};
pub use profile::{Change, ColumnProfile, Profile, Profiler, drift};
pub use reader::{CellPreview, RawRecord, ReadBatch, ReadProgress, Reader, RecordPreview, Reject, Rewrite};
pub use section::OptionDoc;
pub use services::live::Asking;
pub use source::Source;
pub use wanted::{Comparison, Condition, Wanted};
