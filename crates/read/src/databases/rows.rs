//! The options that say which rows of a database are read.

use concordat_record::Problem;

use super::asked::{Asked, not_live};
use super::lexer::Quoting;
use super::placeholders::placed;
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
    /// What the rows are looked up by; they are all read when none.
    pub asked: Option<Asked>,
}

/// Where the rows are.
#[derive(Clone, Debug)]
pub(crate) enum From {
    Table {
        /// The schema; what the database looks into by itself when none.
        schema: Option<String>,
        name: String,
    },
    /// One statement that only reads, without a closing semicolon, with the database's placeholders for parameters.
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
    meaning: "a SELECT statement, instead of a table; with parameters such as `:name` it is asked, not read",
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
        let (from, asked) = match (table, query) {
            (Some(table), None) => (From::Table { schema, name: table.value }, Asked::by_columns(section)),
            (None, Some(query)) => {
                if section.has("asked_by") {
                    let sentence = "`asked_by` names columns of a `table`; a `query` names its parameters itself, such as `:name`";
                    let problem = Problem::new("source.either-or", sentence);
                    section.problems.push(problem.at(section.place_of("asked_by")));
                }
                let placed = placed(&query.value, quoting);
                let held = placed.and_then(|placed| Ok((one_query(&placed.sql, quoting)?, placed)));
                let held = held.map_err(|problem| problem.at(query.place));
                let (sql, placed) = section.problems.keep(held)?;
                (From::Query(sql), Asked::by_query(section, &placed))
            }
            (None, None) => (From::Unsaid, Asked::by_columns(section)),
            (Some(_), Some(query)) => {
                let problem =
                    Problem::new("source.either-or", "either `table` or `query` can be set, not both");
                section.problems.push(problem.at(query.place));
                return None;
            }
        };
        if asked.is_some() && cursor.is_some() {
            let sentence =
                "a `cursor` goes through all rows, and these are looked up by what a question tells";
            section.problems.push(Problem::new("source.either-or", sentence).at(section.place_of("cursor")));
        }
        Some(Self { from, cursor, after: after.map(|after| after.value), asked })
    }

    /// What the rows are looked up by.
    ///
    /// # Errors
    /// `source.not-live` when they can only be read.
    pub fn asked(&self) -> Result<&Asked, Problem> {
        self.asked.as_ref().ok_or_else(not_live)
    }
}
