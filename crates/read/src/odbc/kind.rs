//! The kind `odbc`: its options and how it is opened.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use concordat_record::{Place, Problem, Problems};

use super::attributes::Attributes;
use crate::databases::asked::{self, Asked};
use crate::databases::catalogue::Catalogue;
#[cfg(not(feature = "odbc"))]
use crate::databases::feed::{Feed, Layout, Stop};
use crate::databases::idle::Idle;
use crate::databases::lexer::Quoting;
use crate::databases::lookup::{self, Asks, Lookup};
use crate::databases::rows::{self, Rows};
use crate::databases::server;
use crate::databases::{no_file, no_proposal};
use crate::kinds::{Kind, Lies, Location, Open};
use crate::reader::Reader;
use crate::secret::Secret;
use crate::section::{OptionDoc, Section};
use crate::services::live::Live;
use crate::wanted::Wanted;

/// A database behind an ODBC driver.
pub(crate) const KIND: Kind = Kind {
    name: "odbc",
    meaning: "a table, view or query of a database that has an ODBC driver: SQL Server, Oracle, Db2, Informix, Access, Sybase; only in builds with the feature `odbc`",
    lies: Lies::Elsewhere,
    options: OPTIONS,
    recognise: no_file,
    propose: no_proposal,
    configure,
};

const OPTIONS: &[OptionDoc] = &[
    OptionDoc {
        name: "driver",
        form: "text",
        default: "required, unless there is a data source",
        meaning: "the name of the driver, as `odbcinst -q -d` lists it",
    },
    OptionDoc {
        name: "data_source",
        form: "text",
        default: "none",
        meaning: "the name of a data source in odbc.ini, instead of a driver",
    },
    OptionDoc {
        name: "attributes",
        form: "table",
        default: "none",
        meaning: "what the driver has to know, by its own keywords, such as `Server`, `Port`, `Database`, `Encrypt`",
    },
    OptionDoc { default: "none", ..server::USER },
    server::PASSWORD,
    server::CONNECT_TIMEOUT,
    server::ANSWER_TIMEOUT,
    rows::SCHEMA,
    rows::TABLE,
    rows::QUERY,
    asked::ASKED_BY,
    asked::PARAMETERS,
    rows::CURSOR,
    rows::AFTER,
    OptionDoc {
        name: "rows_at_once",
        form: "whole number",
        default: "1000",
        meaning: "how many rows are fetched in one step, where no column is longer than 4000 letters; 1 where the database has values longer than their columns",
    },
    asked::TIMEOUT,
    asked::RETRIES,
    asked::RATE,
    asked::BREAKER_FAILURES,
    asked::BREAKER_REST,
];

/// The options of one source.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "odbc"), expect(dead_code, reason = "only a build with ODBC opens a source"))]
pub(crate) struct OdbcOptions {
    /// `DRIVER` or `DSN` first.
    pub attributes: Attributes,
    /// How problems call the database.
    pub shown: String,
    pub user: Option<String>,
    pub password: Option<Secret>,
    pub connect_timeout: Duration,
    pub answer_timeout: Duration,
    pub rows: Rows,
    pub rows_at_once: usize,
    /// Connections that wait for the next question.
    pub idle: Arc<Idle<<OdbcLookup as Lookup>::Ready>>,
}

/// What rows are looked up with.
#[derive(Clone)]
#[cfg_attr(not(feature = "odbc"), expect(dead_code, reason = "only a build with ODBC opens a source"))]
pub(crate) struct OdbcLookup {
    pub options: OdbcOptions,
    /// The body's folder.
    pub base: PathBuf,
}

impl OdbcOptions {
    /// For problems.
    pub fn place(&self) -> Place {
        Place::file(&self.shown)
    }
}

fn configure(section: &mut Section<'_>) -> Option<Box<dyn Open>> {
    let (driver, data_source) = (section.text("driver"), section.text("data_source"));
    let mut attributes = Attributes::default();
    let shown = match (&driver, &data_source) {
        (Some(driver), None) => {
            attributes.add("DRIVER", &driver.value);
            Some(driver.value.clone())
        }
        (None, Some(source)) => {
            attributes.add("DSN", &source.value);
            Some(source.value.clone())
        }
        (None, None) => {
            let problem =
                Problem::new("source.missing-key", "`driver` is missing: the name of the ODBC driver");
            section.problems.push(problem.at(section.here().field("driver")));
            None
        }
        (Some(_), Some(source)) => {
            let sentence = "either `driver` or `data_source` can be set, not both";
            section.problems.push(Problem::new("source.either-or", sentence).at(source.place.clone()));
            None
        }
    };
    attributes.append(Attributes::configure(section));
    let user = section.text("user").map(|user| user.value);
    let password = section.secret("password");
    let seconds = |number: Option<u64>, usual| Duration::from_secs(number.unwrap_or(usual).min(86_400));
    let connect_timeout = seconds(section.number("connect_timeout", 1), 10);
    let answer_timeout = seconds(section.number("answer_timeout", 1), 600);
    let rows_at_once = section.number("rows_at_once", 1).unwrap_or(1000).min(10_000) as usize;
    let rows = Rows::configure(section, Quoting::Unknown)?;
    let shown = shown?;
    Some(Box::new(OdbcOptions {
        attributes,
        shown,
        user,
        password,
        connect_timeout,
        answer_timeout,
        rows,
        rows_at_once,
        idle: Arc::default(),
    }))
}

impl Asks for OdbcOptions {
    type Of = OdbcLookup;

    fn asked(&self) -> Option<&Asked> {
        self.rows.asked.as_ref()
    }

    fn lookup(&self, at: &Location) -> OdbcLookup {
        OdbcLookup { options: self.clone(), base: at.base.clone() }
    }

    fn idle(&self) -> &Arc<Idle<<OdbcLookup as Lookup>::Ready>> {
        &self.idle
    }
}

#[cfg(feature = "odbc")]
impl Open for OdbcOptions {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        match self.asked() {
            Some(asked) => Ok(Box::new(lookup::read(self.lookup(at), asked)?)),
            None => Ok(Box::new(super::reader::open(self.clone(), at.base.clone(), wanted)?)),
        }
    }

    fn check(&self, at: &Location) -> Problems {
        match self.asked() {
            Some(asked) => lookup::check(self.lookup(at), asked),
            None => self.open(at, &Wanted::default()).map_or_else(Problems::from, |_| Problems::none()),
        }
    }

    fn live(&self) -> Option<&dyn Live> {
        Some(self)
    }

    fn catalogue(&self, at: &Location) -> Option<Result<Catalogue, Problem>> {
        let (options, base) = (self.clone(), at.base.clone());
        Some(crate::databases::on_own_thread(move || {
            super::session::Session::open(&options, &base)?.catalogue()
        }))
    }
}

#[cfg(not(feature = "odbc"))]
impl Open for OdbcOptions {
    fn open(&self, _at: &Location, _wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        Err(self.not_built())
    }

    fn check(&self, _at: &Location) -> Problems {
        self.not_built().into()
    }

    fn live(&self) -> Option<&dyn Live> {
        Some(self)
    }

    fn catalogue(&self, _at: &Location) -> Option<Result<Catalogue, Problem>> {
        Some(Err(self.not_built()))
    }
}

#[cfg(not(feature = "odbc"))]
impl OdbcOptions {
    fn not_built(&self) -> Problem {
        Problem::new("odbc.not-built", "this program was built without ODBC").at(self.place()).advise(
            "build it with `cargo install --features odbc`, where the package unixodbc-dev is installed",
        )
    }
}

#[cfg(not(feature = "odbc"))]
impl Lookup for OdbcLookup {
    type Ready = std::convert::Infallible;
    const IDLE: usize = 0;

    fn place(&self) -> Place {
        self.options.place()
    }

    fn ready(&self, _: lookup::Bounds) -> Result<Self::Ready, Problem> {
        Err(self.options.not_built())
    }

    fn layout(ready: &Self::Ready) -> &Layout {
        match *ready {}
    }

    fn rows(
        &self,
        ready: &mut Self::Ready,
        _: &[String],
        _: Option<Duration>,
        _: &mut Feed,
    ) -> Result<(), Stop> {
        match *ready {}
    }
}

#[cfg(test)]
#[cfg(not(feature = "odbc"))]
mod tests {
    use std::path::Path;

    use crate::Source;

    #[test]
    fn a_program_without_odbc_says_so() {
        let text = "kind = \"odbc\"\n[odbc]\ndriver = \"SQLite3\"\ntable = \"t\"\n[odbc.attributes]\nDatabase = \"a.db\"";
        let source = Source::parse(text, "source.toml").unwrap();
        let Err(problem) = source.open(Path::new("")) else { panic!() };
        assert_eq!((problem.code, problem.place.to_string().as_str()), ("odbc.not-built", "SQLite3"));
    }
}
