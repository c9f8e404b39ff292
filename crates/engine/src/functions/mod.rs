//! Our few functions beside DataFusion's own.
//!
//! DataFusion brings the usual ones, among them: `upper`, `lower`, `initcap`, `trim`, `lpad`, `substr`, `split_part`,
//! `replace`, `regexp_replace`, `regexp_like`, `concat`, `||`, `coalesce`, `nullif`, `CASE`, `CAST`, `to_date`,
//! `date_part`, `round`, `abs`, `array_length`, `array_to_string`. Added here is only what legacy data needs and SQL
//! says badly. To add one: a new file, a line in [`FUNCTIONS`]; its cases are tested with the rest.

mod adapter;
mod code;
mod date_of;
mod digits;
mod squash;

use arrow::array::{ArrayRef, StringArray};
use arrow::datatypes::DataType;

use crate::CodeLists;

pub(crate) use adapter::with_ours;

/// A function for expressions. All parameters are texts; whole numbers are taken as their digits.
#[derive(Debug)]
pub struct Function {
    /// The name, in lower case.
    pub name: &'static str,
    /// The names of its parameters.
    pub parameters: &'static [&'static str],
    /// What it does, for the reference page.
    pub summary: &'static str,
    /// Calls and what they give, as the cell's text; `null` for null.
    pub cases: &'static [(&'static str, &'static str)],
    returns: DataType,
    kernel: fn(&CodeLists, &[&StringArray]) -> ArrayRef,
}

/// All of them, in the order of the reference page.
pub static FUNCTIONS: [&Function; 4] = [&code::CODE, &date_of::DATE_OF, &digits::DIGITS, &squash::SQUASH];
