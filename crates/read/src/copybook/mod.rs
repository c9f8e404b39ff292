//! Files of records described by a COBOL copybook: mainframe extracts in EBCDIC, and their relatives in ASCII.
//!
//! * [`Layout::read`] reads copybooks: `reference` (columns), `text` (words), `copy` and `replace` (COPY, REPLACE) with `library` (where
//!   they find text), `program` (what surrounds data), `parser` and `clauses` (entries), `picture`, `layout` (places).
//! * `plan` turns a layout into columns, `values` and `decode` turn bytes into Arrow arrays
//!   (numbers in `zoned`, `packed`, `binary`), `frames` divides the file into records, `reader` walks it.
//! * [`RecordWriter`] goes the other way.

mod binary;
mod clauses;
mod code_page;
mod coding;
mod copy;
mod decode;
mod diagnose;
mod double;
mod editing;
mod encode;
mod fault;
mod field_options;
pub(crate) mod frames;
mod header;
mod infer;
mod kind;
mod language;
mod layout;
mod library;
mod nulls;
mod number;
mod options;
mod packed;
mod pages;
mod parser;
mod picture;
mod plan;
mod preview;
mod program;
mod propose;
mod reader;
mod recognise;
mod reference;
mod replace;
mod rewrite;
mod row;
mod rule;
mod rule_text;
mod segments;
mod syntax;
mod text;
mod values;
mod varying;
mod zoned;

#[cfg(test)]
mod tests;

pub use code_page::{CodePage, Family};
pub use coding::{BinarySize, ByteOrder, Coding, Sign};
pub use encode::RecordWriter;
pub(crate) use kind::KIND;
pub use layout::{Content, Dialect, Field, Layout, Occurs};
pub use library::{CopyText, Folders, Library, NoLibrary};
pub(crate) use propose::of_same_name;
pub use reference::{Columns, ReferenceFormat};
pub use row::{Row, Value};
pub use syntax::{ConditionName, ConditionValue, Constant};
#[cfg(test)]
pub(crate) use tests::laid_out;
pub(crate) use zoned::{Signs, Zoned};
