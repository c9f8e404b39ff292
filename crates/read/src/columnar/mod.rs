//! Files that hold columns: Parquet, and Arrow IPC (files, streams, Feather of version 2).
//!
//! [`parquet`] leaves out columns, and row groups whose statistics say that nothing in them is wanted; [`ipc`] reads both Arrow forms;
//! [`plain`] turns types that the rest of the program does not know into those it does. Left out: encrypted Parquet, Feather of version 1.

mod ipc;
mod lengths;
mod pages;
mod parquet;
mod plain;
mod pruning;
mod strict;
#[cfg(test)]
mod tests;

pub(crate) use ipc::KIND as ARROW;
pub(crate) use parquet::KIND as PARQUET;
