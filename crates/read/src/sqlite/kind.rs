//! The kind `sqlite`: its options and how it is opened.

use std::sync::Arc;

use concordat_record::{Problem, Problems};

use super::database::{Database, Rows};
use super::lookup::{Prepared, SqliteLookup};
use super::reader::SqliteReader;
use crate::clues::{Clue, Sample};
use crate::databases::asked::{self, Asked};
use crate::databases::catalogue::Catalogue;
use crate::databases::idle::Idle;
use crate::databases::lexer::Quoting;
use crate::databases::lookup::{self, Asks};
use crate::databases::rows::{self, From};
use crate::kinds::{Kind, Lies, Location, Open};
use crate::reader::Reader;
use crate::section::{OptionDoc, Section};
use crate::services::live::Live;
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
    asked::ASKED_BY,
    asked::PARAMETERS,
    rows::CURSOR,
    rows::AFTER,
    OptionDoc {
        name: "immutable",
        form: "true or false",
        default: "false",
        meaning: "whether nobody writes to the file while it is read, so that no lock is taken: for copies on read-only media",
    },
    asked::TIMEOUT,
    asked::RETRIES,
    asked::RATE,
    asked::BREAKER_FAILURES,
    asked::BREAKER_REST,
];

/// The options of one source.
#[derive(Clone, Debug)]
pub(super) struct SqliteOptions {
    pub rows: Rows,
    pub cursor: Option<String>,
    pub after: Option<String>,
    pub asked: Option<Asked>,
    pub immutable: bool,
    idle: Arc<Idle<Prepared>>,
}

fn configure(section: &mut Section<'_>) -> Option<Box<dyn Open>> {
    let immutable = section.flag("immutable").unwrap_or(false);
    let rows::Rows { from, cursor, after, asked } = rows::Rows::configure(section, Quoting::Sqlite)?;
    let rows = match from {
        From::Table { name, .. } => Rows::Table(name),
        From::Query(query) => Rows::Query(query),
        From::Unsaid => Rows::Unsaid,
    };
    let idle = Arc::default();
    Some(Box::new(SqliteOptions { rows, cursor, after, asked, immutable, idle }))
}

impl Asks for SqliteOptions {
    type Of = SqliteLookup;

    fn asked(&self) -> Option<&Asked> {
        self.asked.as_ref()
    }

    fn lookup(&self, at: &Location) -> SqliteLookup {
        SqliteLookup::new(self, at)
    }

    fn idle(&self) -> &Arc<Idle<Prepared>> {
        &self.idle
    }
}

impl Open for SqliteOptions {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        if let Some(asked) = self.asked() {
            return Ok(Box::new(lookup::read(self.lookup(at), asked)?));
        }
        Ok(Box::new(SqliteReader::start(self, at, wanted)?))
    }

    fn check(&self, at: &Location) -> Problems {
        if let Some(asked) = self.asked() {
            return lookup::check(self.lookup(at), asked);
        }
        let database = Database::open(at, self.immutable);
        database
            .and_then(|database| database.statement(&self.rows))
            .map_or_else(Problems::from, |_| Problems::none())
    }

    fn live(&self) -> Option<&dyn Live> {
        Some(self)
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
