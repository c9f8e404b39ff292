//! Files whose records are of several kinds (segments): a field of each record says of which, and so which description of the
//! same bytes holds.
//!
//! * [`options`]: what the source file says; [`description`] joins it with the copybook;
//! * [`family`]: parents and children, as IMS databases are unloaded: each record belongs to the last one of its parent's kind;
//! * [`families`] keeps a parent and its children in one piece, so that pieces can be decoded each by itself;
//! * [`decode`]: each segment's columns from its own records only; [`rows`] puts them side by side, one row a record;
//!   [`nested`] makes rows of the roots, with lists of their children.

mod decode;
mod description;
mod families;
mod family;
mod nested;
mod options;
mod rows;
#[cfg(test)]
mod tests;

pub(crate) use decode::{Outcome, Segmented};
pub(crate) use description::Segments;
pub(crate) use families::Families;
pub(crate) use options::SegmentsText;
