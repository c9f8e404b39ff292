//! The kind `sqlite`: its options and how it is opened.

use concordat_record::{Problem, Problems};

use super::database::{Database, Rows};
use super::reader::SqliteReader;
use crate::clues::{Clue, Sample};
use crate::databases::catalogue::Catalogue;
use crate::databases::lexer::Quoting;
use crate::databases::rows::{self, From};
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
    rows::TABLE,
    rows::QUERY,
    rows::CURSOR,
    rows::AFTER,
    OptionDoc {
        name: "immutable",
        form: "true or false",
        default: "false",
        meaning: "whether nobody writes to the file while it is read, so that no lock is taken: for copies on read-only media",
    },
];

/// The options of one source.
#[derive(Clone, Debug)]
pub(super) struct SqliteOptions {
    pub rows: Rows,
    pub cursor: Option<String>,
    pub after: Option<String>,
    pub immutable: bool,
}

fn configure(section: &mut Section<'_>) -> Option<Box<dyn Open>> {
    let immutable = section.flag("immutable").unwrap_or(false);
    let rows::Rows { from, cursor, after } = rows::Rows::configure(section, Quoting::Sqlite)?;
    let rows = match from {
        From::Table { name, .. } => Rows::Table(name),
        From::Query(query) => Rows::Query(query),
        From::Unsaid => Rows::Unsaid,
    };
    Some(Box::new(SqliteOptions { rows, cursor, after, immutable }))
}

impl Open for SqliteOptions {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        Ok(Box::new(SqliteReader::start(self, at, wanted)?))
    }

    fn check(&self, at: &Location) -> Problems {
        let database = Database::open(at, self.immutable);
        database
            .and_then(|database| database.statement(&self.rows))
            .map_or_else(Problems::from, |_| Problems::none())
    }

    fn catalogue(&self, at: &Location) -> Option<Result<Catalogue, Problem>> {
        Some(Database::open(at, self.immutable).and_then(|database| database.catalogue()))
    }
}

fn recognise(sample: &Sample) -> Option<Clue> {
    // SQLite, "Database File Format", §1.3.
    sample
        .bytes
        .starts_with(b"SQLite format 3\0")
        .then(|| Clue { confidence: 1.0, evidence: vec!["the file begins with `SQLite format 3`".into()] })
}
