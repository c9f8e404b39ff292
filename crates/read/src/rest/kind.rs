//! The kind `rest`: its options, and how it is opened and asked.

use std::sync::Arc;
use std::time::Duration;

use arrow::datatypes::SchemaRef;
use concordat_record::{Problem, Problems};

use super::configure::{Request, configure};
use super::pages::RestPages;
use super::rows::{Pointer, settle};
use crate::kinds::{Kind, Lies, Location, Open};
use crate::reader::{ReadBatch, Reader};
use crate::section::{OptionDoc, option};
use crate::services::live::{Asking, Live, answer};
use crate::services::pages::PageReader;
use crate::services::resilience::{self, Caller};
use crate::services::table::Table;
use crate::services::{http, server};
use crate::tls;
use crate::wanted::Wanted;

/// A REST service.
pub(crate) const KIND: Kind = Kind {
    name: "rest",
    meaning: "a service that answers with JSON over HTTP, read page by page or asked at the moment of a question",
    lies: Lies::Elsewhere,
    options: OPTIONS,
    recognise: |_| None,
    propose: |_| Ok(Vec::new()),
    configure: |section| configure(section).map(|options| Box::new(options) as Box<dyn Open>),
};

const OPTIONS: &[OptionDoc] = &[
    server::HOST,
    option("port", "whole number", "443, or 80 without TLS", "the server's port"),
    tls::TLS,
    tls::CA_FILE,
    tls::CERTIFICATE_FILE,
    tls::KEY_FILE,
    http::USER,
    http::PASSWORD,
    http::TOKEN,
    http::KEY,
    http::KEY_HEADER,
    option(
        "path",
        "text",
        "required",
        "the path of the request, with parameters: `/v1/organisations/{state}`",
    ),
    option("query", "table", "empty", "what stands behind the `?`: `state = \"{state}\"`"),
    option("headers", "table", "empty", "further headers of the request"),
    option("method", "`GET`, `POST`", "GET", "how it is asked"),
    option(
        "body",
        "text",
        "none",
        "JSON to send with `POST`; braces are doubled, parameters are not: `{{\"state\": \"{state}\"}}`",
    ),
    option(
        "parameters",
        "table",
        "empty",
        "values of parameters for reading, and when a question gives none",
    ),
    option(
        "rows",
        "text",
        "found by itself",
        "where the rows stand in a response, as a JSON pointer: `/data/items`",
    ),
    option(
        "columns",
        "table",
        "found on the first page",
        "columns by name, each with its place in a row as a JSON pointer: `town = \"/address/town\"`",
    ),
    option("types", "table", "found on the first page", "types of columns by name"),
    option(
        "absent",
        "whole number",
        "none",
        "the status by which the service says that it has no such record: 404; no rows then, and no problem",
    ),
    option(
        "total",
        "text",
        "none",
        "where a response says how many rows there are in all, as a JSON pointer; fewer are a problem then",
    ),
    option(
        "paging",
        "`none`, `page`, `offset`, `cursor`, `link`",
        "none",
        "how the next page is asked for: by number, by the number of rows before it, by a mark in the response, or by the header `Link`",
    ),
    option(
        "page_parameter",
        "text",
        "page, offset or cursor",
        "the parameter of the query that asks for a page",
    ),
    option("first_page", "whole number", "1", "the number of the first page"),
    option(
        "page_size",
        "whole number",
        "what the server likes",
        "rows on a page; a page with fewer is the last",
    ),
    option(
        "size_parameter",
        "text",
        "none",
        "the parameter of the query that says how many rows a page shall have",
    ),
    option(
        "cursor",
        "text",
        "required with `cursor`",
        "where the mark of the next page stands in a response, as a JSON pointer; it may be a whole address",
    ),
    resilience::TIMEOUT,
    resilience::RETRIES,
    resilience::RATE,
    resilience::BREAKER_FAILURES,
    resilience::BREAKER_REST,
    http::MAX_MEGABYTES,
];

/// The options of one source, and what is remembered of its server.
#[derive(Debug)]
pub(crate) struct RestSource {
    pub request: Arc<Request>,
    pub caller: Arc<Caller>,
}

impl RestSource {
    fn pages(
        &self,
        at: &Location,
        given: &[(String, String)],
        deadline: Option<Duration>,
    ) -> Result<RestPages, Problem> {
        let parameters = self.request.parameters.given(given, &self.request.parameter_names())?;
        RestPages::start(self.request.clone(), self.caller.clone(), &parameters, at, deadline)
    }
}

impl Open for RestSource {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        let mut pages = self.pages(at, &[], None)?;
        let table = pages.first()?;
        Ok(Box::new(PageReader::new(pages, table, wanted)))
    }

    /// The server is not asked: a body can be checked while a service is down.
    fn check(&self, at: &Location) -> Problems {
        self.pages(at, &[], None).map_or_else(Problems::from, |_| Problems::none())
    }

    fn live(&self) -> Option<&dyn Live> {
        Some(self)
    }
}

impl Live for RestSource {
    fn parameters(&self, _: &Location) -> Result<Vec<String>, Problem> {
        Ok(self.request.parameter_names())
    }

    fn check(&self, _: &Location, names: &[&str]) -> Problems {
        self.request.parameters.check(names, &self.request.parameter_names())
    }

    fn columns(&self, _: &Location) -> Result<Option<SchemaRef>, Problem> {
        let Request { columns, types, .. } = &*self.request;
        let is_typed = |(name, _): &(String, Pointer)| types.iter().any(|(typed, ..)| typed == name);
        if columns.is_empty() || !columns.iter().all(is_typed) {
            return Ok(None);
        }
        let settled = settle(&[], columns, types)?.into_iter().map(|(column, _)| column);
        Ok(Some(Table::new("", settled.collect()).schema()))
    }

    fn ask(&self, at: &Location, asking: &Asking) -> Result<ReadBatch, Problem> {
        let deadline = self.caller.deadline(asking.within);
        let mut pages = self.pages(at, &asking.parameters, Some(deadline))?;
        let table = pages.first()?;
        answer(pages, table, asking.most_records)
    }
}
