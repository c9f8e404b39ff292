//! Tables of dBase and its relatives: dBase II to 7, Clipper, FoxBASE, FoxPro, Visual FoxPro, and the attribute tables of shapefiles.
//!
//! * `header` reads what the file says of itself, `fields` the descriptions of its fields, `geometry` decides where records
//!   really lie when the header is wrong.
//! * `records` walks the records, with their memos from the file beside it (`memo`, `beside`).
//! * `coding` says what a field holds, `values` and `number` turn bytes into columns, `letters` has the code pages.
//!
//! The formats as dBase's "Xbase file format description" and Microsoft's "Table File Structure (.dbc, .dbf, .frx, .lbx,
//! .mnx, .pjx, .scx, .vcx)" have them; what they leave open is decided as the programs of the time did it.
//!
//! Left out on purpose: indexes, the long names that a database container (`.dbc`) has for a table, encrypted tables, and
//! the variable fields of the FlexFile and SIX drivers.

mod beside;
mod coding;
mod fault;
mod fields;
mod geometry;
mod header;
mod kind;
mod letters;
mod memo;
mod number;
mod propose;
mod reader;
mod records;
mod values;

#[cfg(test)]
mod tests;

pub(crate) use kind::KIND;
