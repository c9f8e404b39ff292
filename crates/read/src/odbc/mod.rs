//! Databases of other makers, through ODBC: SQL Server, Oracle, Db2, Informix, Access, Sybase and whatever else has a driver.
//!
//! An optional part of the program (the feature `odbc`), because it needs the library unixODBC where it is built and where it runs; without
//! it, sources of the kind are read and checked, and opening one says so. `attributes` writes what the driver is told, `session` connects
//! and asks for read-only transactions where the database has them, `reader` fetches rows in blocks (`cells`), `lookup` those that a question is
//! about, `types` says what each type becomes. Left out on purpose: connection strings that people write.

mod attributes;
#[cfg(feature = "odbc")]
mod cells;
#[cfg(feature = "odbc")]
mod failures;
mod kind;
#[cfg(feature = "odbc")]
mod lookup;
#[cfg(feature = "odbc")]
mod reader;
#[cfg(feature = "odbc")]
mod session;
#[cfg(test)]
#[cfg(feature = "odbc")]
mod tests;
#[cfg(feature = "odbc")]
mod types;

pub(crate) use kind::KIND;
