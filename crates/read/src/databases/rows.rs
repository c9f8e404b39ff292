//! The options that say which rows of a database are read.

use concordat_record::Problem;

use super::lexer::Quoting;
use super::query::one_query;
use crate::section::{OptionDoc, Section};

/// Which rows of a database are read.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    pub from: From,
    /// The column by which a later reading goes on, as the database has it.
    pub cursor: Option<String>,
    /// Where the first reading begins.
    pub after: Option<String>,
}

/// Where the rows are.
#[derive(Clone, Debug)]
pub(crate) enum From {
    Table {
        /// The schema; what the database looks into by itself when none.
        schema: Option<String>,
        name: String,
    },
    /// One statement that only reads, without a closing semicolon.
    Query(String),
    /// Not said yet: opening the source tells which tables there are.
    Unsaid,
}

pub(crate) const TABLE: OptionDoc = OptionDoc {
    name: "table",
    form: "text",
    default: "required, unless there is a query",
    meaning: "the table or view to read, as it is written in the database",
};
pub(crate) const SCHEMA: OptionDoc = OptionDoc {
    name: "schema",
    form: "text",
    default: "where the database looks by itself",
    meaning: "the schema that the table is in",
};
pub(crate) const QUERY: OptionDoc = OptionDoc {
    name: "query",
    form: "text",
    default: "none",
    meaning: "a SELECT statement, instead of a table",
};
pub(crate) const CURSOR: OptionDoc = OptionDoc {
    name: "cursor",
    form: "text",
    default: "none",
    meaning: "a column that only grows, as a number or the time of the last change: rows are read in its order, and a later reading can go on from its last value, that value included",
};
pub(crate) const AFTER: OptionDoc = OptionDoc {
    name: "after",
    form: "text",
    default: "none",
    meaning: "the value of the cursor that the first reading begins with; older rows are left out",
};

impl Rows {
    /// Reads the options; a kind without one of them does not list it.
    pub fn configure(section: &mut Section<'_>, quoting: Quoting) -> Option<Self> {
        let (table, query) = (section.text("table"), section.text("query"));
        let schema = section.text("schema").map(|schema| schema.value);
        let cursor = section.text("cursor").map(|cursor| cursor.value);
        let after = section.text("after");
        if let (None, Some(after)) = (&cursor, &after) {
            let problem =
                Problem::new("source.missing-key", "`after` says where a `cursor` begins, and there is none");
            section.problems.push(problem.at(after.place.clone()));
        }
        let from = match (table, query) {
            (Some(table), None) => From::Table { schema, name: table.value },
            (None, Some(query)) => {
                let held = one_query(&query.value, quoting).map_err(|problem| problem.at(query.place));
                From::Query(section.problems.keep(held)?)
            }
            (None, None) => From::Unsaid,
            (Some(_), Some(query)) => {
                let problem =
                    Problem::new("source.either-or", "either `table` or `query` can be set, not both");
                section.problems.push(problem.at(query.place));
                return None;
            }
        };
        Some(Self { from, cursor, after: after.map(|after| after.value) })
    }
}
