//! The kind `odbc`: its options and how it is opened.

use std::time::Duration;

use concordat_record::{Place, Problem};

use super::attributes::Attributes;
use crate::databases::catalogue::Catalogue;
use crate::databases::lexer::Quoting;
use crate::databases::rows::{self, Rows};
use crate::databases::server;
use crate::databases::{no_file, no_proposal};
use crate::kinds::{Kind, Lies, Location, Open};
use crate::reader::Reader;
use crate::secret::Secret;
use crate::section::{OptionDoc, Section};
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
    rows::CURSOR,
    rows::AFTER,
    OptionDoc {
        name: "rows_at_once",
        form: "whole number",
        default: "1000",
        meaning: "how many rows are fetched in one step, where no column is longer than 4000 letters; 1 where the database has values longer than their columns",
    },
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
    }))
}

#[cfg(feature = "odbc")]
impl Open for OdbcOptions {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        Ok(Box::new(super::reader::open(self.clone(), at.base.clone(), wanted)?))
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
