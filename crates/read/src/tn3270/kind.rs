//! The kind `tn3270`: its options, and how it is opened and asked.

use std::sync::Arc;
use std::time::Duration;

use arrow::datatypes::SchemaRef;
use concordat_record::{Problem, Problems};

use super::configure::{script, terminal};
use super::walk::{ScreenPages, Texts, Way};
use crate::kinds::{Kind, Lies, Location, Open};
use crate::reader::{ReadBatch, Reader};
use crate::section::{OptionDoc, Section, option};
use crate::services::live::{Asking, Live, answer};
use crate::services::pages::PageReader;
use crate::services::parameters;
use crate::services::resilience::{self, Caller, Patience};
use crate::services::server::{self, Server};
use crate::services::table::Table;
use crate::tls;
use crate::wanted::Wanted;

/// Green screens of a 3270 host.
pub(crate) const KIND: Kind = Kind {
    name: "tn3270",
    meaning: "green screens of a mainframe: a recorded script of screens reads a list, or answers one question",
    lies: Lies::Elsewhere,
    options: OPTIONS,
    recognise: |_| None,
    propose: |_| Ok(Vec::new()),
    configure,
};

const OPTIONS: &[OptionDoc] = &[
    server::HOST,
    option("port", "whole number", "992, or 23 without TLS", "the host's port"),
    tls::TLS,
    tls::CA_FILE,
    tls::CERTIFICATE_FILE,
    tls::KEY_FILE,
    option(
        "model",
        "`2`, `3`, `4`, `5`",
        "2",
        "the model of IBM 3278 that we are: 24, 32 or 43 rows of 80 columns, or 27 of 132",
    ),
    option("code_page", "text", "cp037", "the EBCDIC code page of the host"),
    option("tn3270e", "true or false", "true", "whether TN3270E is spoken when the host offers it"),
    option("terminal", "text", "any", "the terminal to ask the host for (LU name)"),
    option(
        "step",
        "tables",
        "required",
        "the screens on the way, each `[[tn3270.step]]`: `expect` (one or more texts with `row`, `column`, `text`), `type` (one or more with `row`, `column` and `value`, which may hold `{parameters}`, or `secret`), `cursor` (`row`, `column`), `press` (enter, clear, pf1 to pf24, pa1 to pa3). The last one only expects the screen with the records",
    ),
    option(
        "finish",
        "tables",
        "none",
        "the screens on the way out, in the same form; what goes wrong there is ignored",
    ),
    option("nothing", "tables", "none", "texts (`row`, `column`, `text`) that mean that there is no record"),
    option(
        "failures",
        "tables",
        "none",
        "texts (`row`, `column`, `text`) that mean that something is wrong, so that nobody waits for another screen",
    ),
    option(
        "rows",
        "table",
        "one record",
        "a list: `first` (row of the first record), `count` (records on a screen), `height` (rows of a record, 1), `next` (key to the next screen), `stop` (texts that the last screen shows; without it the list ends when the same screen comes again)",
    ),
    option(
        "column",
        "tables",
        "required",
        "the columns, each `[[tn3270.column]]`: `name`, `row` (in a list: of the record, 1), `column`, `length`, `type` (text)",
    ),
    option(
        "parameters",
        "table",
        "empty",
        "values of parameters for reading, and when a question gives none",
    ),
    option(
        "settle",
        "whole number",
        "0",
        "milliseconds that a screen has to stand still, for hosts that free the keyboard before they have finished writing",
    ),
    resilience::TIMEOUT,
    resilience::RETRIES,
    resilience::RATE,
    resilience::BREAKER_FAILURES,
    resilience::BREAKER_REST,
];

#[derive(Debug)]
struct ScreenSource(Arc<Way>);

fn configure(section: &mut Section<'_>) -> Option<Box<dyn Open>> {
    let server = Server::configure(section, (23, 992));
    let terminal = terminal(section);
    let script = script(section);
    let parameters = parameters::configure(section);
    let settle = Duration::from_millis(section.number("settle", 0).unwrap_or(0).min(60_000));
    let caller = Caller::new(Patience::configure(section));
    let (server, terminal, script) = (server?, terminal?, script?);
    Some(Box::new(ScreenSource(Arc::new(Way { server, terminal, script, parameters, settle, caller }))))
}

impl ScreenSource {
    fn texts(&self, at: &Location, given: &[(String, String)]) -> Result<Texts, Problem> {
        let parameters = self.0.parameters.given(given, &self.0.script.parameters())?;
        Texts::fill(&self.0.script, &parameters, &at.base)
    }

    fn table(&self) -> Table {
        Table::new(&self.0.shown(), self.0.script.columns.clone())
    }
}

impl Open for ScreenSource {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        let pages = ScreenPages::start(&self.0, self.texts(at, &[])?, &at.base, None)?;
        Ok(Box::new(PageReader::new(pages, self.table(), wanted)))
    }

    /// The host is not asked: a body can be checked while it is down.
    fn check(&self, at: &Location) -> Problems {
        self.texts(at, &[]).map_or_else(Problems::from, |_| Problems::none())
    }

    fn live(&self) -> Option<&dyn Live> {
        Some(self)
    }
}

impl Live for ScreenSource {
    fn parameters(&self, _: &Location) -> Result<Vec<String>, Problem> {
        Ok(self.0.script.parameters())
    }

    fn check(&self, _: &Location, names: &[&str]) -> Problems {
        self.0.parameters.check(names, &self.0.script.parameters())
    }

    fn columns(&self, _: &Location) -> Result<Option<SchemaRef>, Problem> {
        Ok(Some(self.table().schema()))
    }

    fn ask(&self, at: &Location, asking: &Asking) -> Result<ReadBatch, Problem> {
        let deadline = self.0.caller.deadline(asking.within);
        let texts = self.texts(at, &asking.parameters)?;
        let pages = ScreenPages::start(&self.0, texts, &at.base, Some(deadline))?;
        answer(pages, self.table(), asking.most_records)
    }
}
