//! The visible list of targets. To add one: a line here, and seeds if no cases have any.

use crate::folder::Part;
use crate::{inspection, office, postgres, service, source, terminal};

/// One thing that is fuzzed.
pub struct Target {
    /// What is typed after `cargo xtask fuzz`.
    pub name: &'static str,
    /// What it takes bytes into, in one line.
    pub about: &'static str,
    /// Takes any bytes, and panics when a promise is broken.
    pub run: fn(&[u8]),
    /// The cases of `crates/read/cases` that it begins with.
    pub cases: &'static [&'static str],
    /// Which files of a folder somebody else wrote: the others are ours, and are not changed. None for a target whose input is
    /// no folder.
    pub foreign: Option<fn(&Part) -> bool>,
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target {
        name: "copybook",
        about: "copybook text with what it copies, and records read by it",
        run: source::read,
        cases: &["copybook"],
        foreign: Some(|part| !is(part, "records.dat") && any(part)),
    },
    Target {
        name: "records",
        about: "files of records under copybooks, in every record format",
        run: source::read,
        cases: &["copybook"],
        foreign: Some(|part| is(part, "records.dat")),
    },
    Target { name: "csv", about: "delimited text", run: source::read, cases: &["csv"], foreign: Some(any) },
    Target {
        name: "dbase",
        about: "tables of dBase and FoxPro, with their memo files",
        run: source::read,
        cases: &["dbase"],
        foreign: Some(any),
    },
    Target { name: "xml", about: "XML documents", run: source::read, cases: &["xml"], foreign: Some(any) },
    Target {
        name: "json",
        about: "JSON documents and lines",
        run: source::read,
        cases: &["json"],
        foreign: Some(any),
    },
    Target {
        name: "fixed-width",
        about: "text in columns, and the layouts that agencies publish",
        run: source::read,
        cases: &["fixed-width"],
        foreign: Some(any),
    },
    Target {
        name: "excel",
        about: "workbooks by their parts: xlsx, xlsb, ods",
        run: office::read,
        cases: &["excel"],
        foreign: Some(any),
    },
    Target {
        name: "excel-97",
        about: "workbooks of Excel 97 to 2003",
        run: source::read,
        cases: &["excel-97"],
        foreign: Some(any),
    },
    Target {
        name: "columnar",
        about: "Parquet and Arrow files",
        run: source::read,
        cases: &[],
        foreign: Some(any),
    },
    Target {
        name: "archives",
        about: "gzip, bzip2, Zstandard, zip and tar, and one in another",
        run: source::read,
        cases: &[],
        foreign: Some(any),
    },
    Target {
        name: "wsdl",
        about: "descriptions of SOAP services, with their schemas",
        run: service::describe,
        cases: &["soap"],
        foreign: Some(|part| !is(part, service::RESPONSES) && any(part)),
    },
    Target {
        name: "soap",
        about: "responses of SOAP services",
        run: service::ask,
        cases: &["soap"],
        foreign: Some(|part| is(part, service::RESPONSES)),
    },
    Target {
        name: "rest",
        about: "responses of REST services",
        run: service::ask,
        cases: &["rest"],
        foreign: Some(|part| is(part, service::RESPONSES)),
    },
    Target {
        name: "terminal",
        about: "what a 3270 host says, from the negotiation of Telnet on",
        run: terminal::listen,
        cases: &[],
        foreign: None,
    },
    Target {
        name: "postgres",
        about: "copies in binary form and replicated changes of a PostgreSQL server",
        run: postgres::listen,
        cases: &[],
        foreign: None,
    },
    Target {
        name: "inspect",
        about: "files of which nothing is known",
        run: inspection::look,
        cases: &["copybook", "csv", "dbase", "xml", "json", "fixed-width", "excel-97"],
        foreign: Some(any),
    },
];

impl Target {
    /// The target with a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TARGETS.iter().find(|target| target.name == name)
    }
}

/// The source file is written by the body, which trusts itself.
fn any(part: &Part) -> bool {
    !is(part, source::SOURCE)
}

fn is(part: &Part, name: &str) -> bool {
    part.name == name
}
