//! What XML and JSON have in common: records that are found in a stream of text, and columns that may hold lists and groups.
//!
//! [`window`] gives the text of a file as UTF-8 in a moving buffer, [`records`] cuts it into pieces of whole records with the help of a
//! format's own [`records::Scan`], [`row`] turns each record into a row or a reject, [`shape`] holds the columns under construction.

pub(crate) mod carry;
pub(crate) mod options;
pub(crate) mod records;
pub(crate) mod row;
pub(crate) mod shape;
pub(crate) mod window;
