//! The kind `sqlite`: its options and how it is opened.

use concordat_record::{Problem, Problems};

use super::database::{Database, Rows};
use super::reader::SqliteReader;
use crate::clues::{Clue, Sample};
use crate::kinds::{Kind, Lies, Location, Open};
use crate::reader::Reader;
use crate::section::{OptionDoc, Section};
use crate::wanted::Wanted;

/// A SQLite database.
pub(crate) const KIND: Kind = Kind {
    name: "sqlite",
    meaning: "a table, view or query of a SQLite database file",
    options: OPTIONS,
    lies: Lies::InAFile,
    recognise,
    propose: super::propose::propose,
    configure,
};

const OPTIONS: &[OptionDoc] = &[
    OptionDoc {
        name: "table",
        form: "text",
        default: "required, unless there is a query",
        meaning: "the table or view to read",
    },
    OptionDoc {
        name: "query",
        form: "text",
        default: "none",
        meaning: "a SELECT statement, instead of a table",
    },
    OptionDoc {
        name: "immutable",
        form: "true or false",
        default: "false",
        meaning: "whether nobody writes to the file while it is read, so that no lock is taken: for copies on read-only media",
    },
];

/// The options of one source.
#[derive(Debug)]
struct SqliteOptions {
    rows: Rows,
    immutable: bool,
}

fn configure(section: &mut Section<'_>) -> Option<Box<dyn Open>> {
    let table = section.text("table");
    let query = section.text("query");
    let immutable = section.flag("immutable").unwrap_or(false);
    let rows = match (table, query) {
        (Some(table), None) => Rows::Table(table.value),
        (None, Some(query)) => Rows::Query(query.value),
        (None, None) => {
            let problem =
                Problem::new("source.missing-key", "`table` or `query` is missing: which rows to read");
            section.problems.push(problem.at(section.here().field("table")));
            return None;
        }
        (Some(_), Some(query)) => {
            let problem = Problem::new("source.either-or", "either `table` or `query` can be set, not both");
            section.problems.push(problem.at(query.place));
            return None;
        }
    };
    Some(Box::new(SqliteOptions { rows, immutable }))
}

impl Open for SqliteOptions {
    fn open(&self, at: &Location, _wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        let database = Database::open(at, self.immutable)?;
        Ok(Box::new(SqliteReader::start(database, &self.rows, at)?))
    }

    fn check(&self, at: &Location) -> Problems {
        let database = Database::open(at, self.immutable);
        database
            .and_then(|database| database.statement(&self.rows))
            .map_or_else(Problems::from, |_| Problems::none())
    }
}

fn recognise(sample: &Sample) -> Option<Clue> {
    // SQLite, "Database File Format", §1.3.
    sample
        .bytes
        .starts_with(b"SQLite format 3\0")
        .then(|| Clue { confidence: 1.0, evidence: vec!["the file begins with `SQLite format 3`".into()] })
}
