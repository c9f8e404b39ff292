//! The kind `soap`: its options, and how it is opened and asked.

use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::SchemaRef;
use concordat_record::{Problem, Problems};

use super::call::{Prepared, check, columns, operation, parameters};
use super::configure::{Request, Wsdl, configure};
use super::propose::{propose, recognise};
use super::wsdl::Operation;
use crate::kinds::{Kind, Lies, Location, Open};
use crate::reader::{ReadBatch, Reader};
use crate::section::{OptionDoc, Section, option};
use crate::services::live::{Asking, Live, answer};
use crate::services::pages::PageReader;
use crate::services::resilience;
use crate::services::{http, server};
use crate::tls;
use crate::wanted::Wanted;

/// A SOAP service.
pub(crate) const KIND: Kind = Kind {
    name: "soap",
    meaning: "an operation of a SOAP service that a WSDL describes, read whole or asked at the moment of a question",
    lies: Lies::Elsewhere,
    options: OPTIONS,
    recognise,
    propose,
    configure: configured,
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
        "wsdl",
        "text",
        "required, or `wsdl_from`",
        "the description of the service: a WSDL file in the body's folder, with what it imports beside it",
    ),
    option(
        "wsdl_from",
        "text",
        "none",
        "the path at which the server gives its description: `/service?wsdl`",
    ),
    option(
        "imports",
        "table",
        "empty",
        "files of the body's folder that stand for what a description imports from elsewhere, by address or namespace",
    ),
    option(
        "operation",
        "text",
        "the only one",
        "the operation to call; without it the problem lists those there are",
    ),
    option(
        "port_name",
        "text",
        "the first one",
        "the port of the description, when several have the operation",
    ),
    option(
        "version",
        "`1.1`, `1.2`",
        "as the port",
        "the version of SOAP, when the service has ports for both",
    ),
    option("path", "text", "as the description says", "the path of the service on the server"),
    option(
        "parameters",
        "table",
        "empty",
        "values for the request by the name of their element, or by path where a name is not enough: `\"filter/state\" = \"OH\"`, `\"filter/@mode\" = \"all\"`",
    ),
    option(
        "headers",
        "table",
        "empty",
        "values for the headers that the description has, in the same form; `{uuid}` stands for a new identifier",
    ),
    option(
        "security",
        "table",
        "none",
        "the WS-Security header: `user`, `password` (secret), `form` (`text` or `digest`), `lifetime` (seconds; adds a timestamp)",
    ),
    option(
        "rows",
        "text",
        "the first element that may repeat",
        "the element that is a row, as a path of names that may begin anywhere: `Result/Organisation`",
    ),
    option(
        "columns",
        "table",
        "as the description says",
        "columns by name, each with its path in a row: `town = \"Address/Town\"`, `kind = \"@type\"`",
    ),
    option("types", "table", "as the description says", "types of columns by name"),
    resilience::TIMEOUT,
    resilience::RETRIES,
    resilience::RATE,
    resilience::BREAKER_FAILURES,
    resilience::BREAKER_REST,
    http::MAX_MEGABYTES,
];

/// The options of one source, and its operation once the description has been read.
#[derive(Debug)]
struct SoapSource {
    request: Arc<Request>,
    operation: Mutex<Option<Arc<Operation>>>,
}

fn configured(section: &mut Section<'_>) -> Option<Box<dyn Open>> {
    let request = Arc::new(configure(section)?);
    Some(Box::new(SoapSource { request, operation: Mutex::default() }))
}

impl SoapSource {
    fn operation(&self, at: &Location) -> Result<Arc<Operation>, Problem> {
        let known = self.operation.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known {
            return Ok(known);
        }
        let read = Arc::new(operation(&self.request, &at.base)?);
        *self.operation.lock().unwrap_or_else(PoisonError::into_inner) = Some(read.clone());
        Ok(read)
    }

    fn prepared(&self, at: &Location, given: &[(String, String)]) -> Result<Prepared, Problem> {
        Prepared::new(&self.request, self.operation(at)?, given, &at.base)
    }
}

impl Open for SoapSource {
    fn open(&self, at: &Location, wanted: &Wanted) -> Result<Box<dyn Reader>, Problem> {
        let (pages, table) = self.prepared(at, &[])?.pages(None)?;
        Ok(Box::new(PageReader::new(pages, table, wanted)))
    }

    /// The server is not asked: a body can be checked while a service is down.
    fn check(&self, at: &Location) -> Problems {
        match self.request.wsdl {
            Wsdl::File(_) => self.prepared(at, &[]).map_or_else(Problems::from, |_| Problems::none()),
            Wsdl::Served(_) => Problems::none(),
        }
    }

    fn live(&self) -> Option<&dyn Live> {
        Some(self)
    }
}

impl Live for SoapSource {
    fn parameters(&self, at: &Location) -> Result<Vec<String>, Problem> {
        Ok(parameters(&*self.operation(at)?))
    }

    /// A description that the server gives is not fetched for it; one that cannot be read is a problem of the source.
    fn check(&self, at: &Location, names: &[&str]) -> Problems {
        let described = match self.request.wsdl {
            Wsdl::File(_) => self.operation(at).ok(),
            Wsdl::Served(_) => None,
        };
        described.map_or_else(Problems::none, |operation| check(&self.request, &operation, names))
    }

    fn columns(&self, at: &Location) -> Result<Option<SchemaRef>, Problem> {
        match self.request.wsdl {
            Wsdl::File(_) => columns(&self.request, &*self.operation(at)?),
            Wsdl::Served(_) => Ok(None),
        }
    }

    fn ask(&self, at: &Location, asking: &Asking) -> Result<ReadBatch, Problem> {
        let deadline = self.request.caller.deadline(asking.within);
        let prepared = self.prepared(at, &asking.parameters)?;
        let (pages, table) = prepared.pages(Some(deadline))?;
        answer(pages, table, asking.most_records)
    }
}
