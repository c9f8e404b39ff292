//! Bulk work over Arrow record batches.
//!
//! * [`Expressions`]: SQL expressions over the columns of a batch, checked before the first record is seen;
//! * [`SnapshotWriter`], [`SnapshotReader`]: a register's records as one immutable Parquet file;
//! * [`OutputFormat`]: batches for people and other programs, as table, CSV, JSON lines or Parquet.
//!
//! This is the only crate that names DataFusion, and no type of DataFusion is in its public interface. Left out on
//! purpose: SQL statements. A mapping is a list of expressions, so nothing a body writes in its files can reach a
//! table, a file or the network.

mod cell;
mod code_lists;
mod engine;
mod expressions;
mod functions;
mod output;
mod snapshot;
mod types;

pub use cell::{cell_text, cell_to_json};
pub use code_lists::CodeLists;
pub use engine::Engine;
pub use expressions::{Evaluated, Expressions, Failure, Output, Wanted};
pub use functions::{FUNCTIONS, Function};
pub use output::{OutputFormat, RecordSink};
pub use snapshot::{SnapshotReader, SnapshotWriter, join_snapshots, remove_unfinished};
pub use types::{DECIMAL, type_name};
