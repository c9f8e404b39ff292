//! One call of a service: its description, the message, the rows of the answer.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arrow::datatypes::SchemaRef;
use concordat_record::{Place, Problem, Problems, Timestamp};
use ureq::http::Method;

use super::columns::{Source, settle, shape_at, suggested};
use super::configure::{Request, Wsdl};
use super::documents::{Documents, Library};
use super::request::{Values, body_leaves, envelope, header_leaves, names};
use super::response::{body, raw, rows};
use super::shape::Shape;
use super::wsdl::{Description, Operation, Version};
use super::xml::Element;
use crate::services::http::{Call, Client, Response, refused, shown};
use crate::services::pages::{Pages, Seen};

use crate::services::resilience::Failure;
use crate::services::table::{Column, Table};

/// A call with all its values in their places.
pub(crate) struct Prepared {
    request: Arc<Request>,
    operation: Arc<Operation>,
    client: Client,
    path: String,
    body: Values,
    /// Values of headers, in which `{uuid}` stands for a new identifier.
    headers: Vec<(String, String)>,
    password: Option<String>,
}

/// Reads the description and finds the operation.
pub(crate) fn operation(request: &Request, base: &Path) -> Result<Operation, Problem> {
    description(request, base)?.operation(&request.choice)
}

fn description(request: &Request, base: &Path) -> Result<Description, Problem> {
    match &request.wsdl {
        Wsdl::File(file) => {
            let mut documents = Documents::new(Library::Folder(base), base, &request.imports);
            Description::load(file, &mut documents)
        }
        Wsdl::Served(path) => {
            let client = Client::new(&request.server, &request.login, base, request.max_bytes)?;
            let fetch = |path: &str| {
                let call = Call { method: Method::GET, path, headers: &[], body: &[] };
                let place = Place::file(shown(path));
                let response = request.caller.call(None, |timeout| {
                    let response = client.request(&call, timeout)?;
                    if response.status.is_success() { Ok(response) } else { Err(refused(&response, &place)) }
                })?;
                Ok(response.body)
            };
            let library = Library::Server(client.origin(), Box::new(fetch));
            Description::load(path, &mut Documents::new(library, base, &request.imports))
        }
    }
}

/// The names of the parameters of an operation.
pub(crate) fn parameters(operation: &Operation) -> Vec<String> {
    names(&body_leaves(&operation.input))
}

impl Prepared {
    /// Puts the values in their places; asks nothing yet.
    pub fn new(
        request: &Arc<Request>,
        operation: Arc<Operation>,
        given: &[(String, String)],
        base: &Path,
    ) -> Result<Self, Problem> {
        let leaves = body_leaves(&operation.input);
        // What is asked with goes before what the source file has, however either writes the path.
        let described = match &request.wsdl {
            Wsdl::File(location) | Wsdl::Served(location) => location,
        };
        let placed = |given: &[(String, String)]| {
            Values::placed(given, &leaves).map_err(|problem| problem.in_file(described))
        };
        let body = placed(given)?.or(placed(&request.parameters)?);
        let client = Client::new(&request.server, &request.login, base, request.max_bytes)?;
        let password = request.security.as_ref().map(|security| security.password.read(base)).transpose()?;
        let path = request.path.clone().unwrap_or_else(|| path_of(&operation.address));
        let (request, headers) = (request.clone(), request.headers.clone());
        let prepared = Self { request, operation, client, path, body, headers, password };
        prepared.message().map_err(|problem| problem.in_file(described))?;
        Ok(prepared)
    }

    fn message(&self) -> Result<String, Problem> {
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.replace("{uuid}", &uuid(random()))))
            .collect();
        let headers = Values::placed(&headers, &header_leaves(&self.operation.headers))?;
        let security = self.request.security.as_ref().zip(self.password.as_deref());
        let security = security
            .map_or_else(String::new, |(token, password)| token.header(password, random(), now(), "soap"));
        envelope(&self.operation, &self.body, &headers, &security)
    }

    fn place(&self) -> Place {
        Place::file(format!("{}{}", self.client.origin(), shown(&self.path)))
    }

    /// Makes the call. Each attempt has a message of its own: what is used once must not come twice.
    pub fn answer(&self, deadline: Option<Duration>) -> Result<(Vec<Arc<Element>>, Vec<u8>), Problem> {
        let place = self.place();
        let headers = self.http_headers();
        self.request.caller.call(deadline, |timeout| {
            let message = self.message().map_err(Failure::lasting)?;
            let call =
                Call { method: Method::POST, path: &self.path, headers: &headers, body: message.as_bytes() };
            let response = self.client.request(&call, timeout)?;
            read(&response, &place).map(|body| (body, response.body))
        })
    }

    /// SOAP 1.1, §6.1; SOAP 1.2 Part 2, §7.1.4.
    fn http_headers(&self) -> Vec<(String, String)> {
        let action = &self.operation.action;
        let header = |name: &str, value: String| (name.to_owned(), value);
        match self.operation.version {
            Version::V11 => vec![
                header("content-type", "text/xml; charset=utf-8".into()),
                header("accept", "text/xml".into()),
                header("soapaction", format!("\"{action}\"")),
            ],
            Version::V12 => {
                let action = if action.is_empty() { String::new() } else { format!("; action=\"{action}\"") };
                vec![
                    header("content-type", format!("application/soap+xml; charset=utf-8{action}")),
                    header("accept", "application/soap+xml".into()),
                ]
            }
        }
    }

    /// Calls, and settles the columns.
    pub fn pages(&self, deadline: Option<Duration>) -> Result<(SoapPages, Table), Problem> {
        let (body, response) = self.answer(deadline)?;
        let request = &self.request;
        let (path, shape) = row_shape(request, &self.operation);
        let rows = match shape {
            // An acknowledgement has nothing to tell.
            Some(shape) if shape.is_empty() => Vec::new(),
            _ if path.is_empty() => body.clone(),
            _ => rows(&body, &path),
        };
        if rows.is_empty() && request.rows.is_some() && shape.is_none() {
            let sentence = format!("the response has no element `{}`", path.join("/"));
            let advice = format!("its elements are {}", outline(&body).join(", "));
            return Err(Problem::new("soap.no-rows", sentence).at(self.place()).advise(advice));
        }
        let settled = settle(shape, &rows, &request.columns, &request.types)?;
        let (columns, sources) = settled.into_iter().unzip();
        let table = Table::new(&shown(&self.path), columns);
        Ok((SoapPages { rows, sources, response }, table))
    }
}

/// Where the rows stand in a response, and what the description says of one.
fn row_shape<'a>(request: &Request, operation: &'a Operation) -> (Vec<String>, Option<&'a Shape>) {
    let output = operation.output.as_ref();
    match (&request.rows, suggested(output)) {
        (Some(path), _) => (path.clone(), shape_at(output, path)),
        (None, Some((path, shape))) => (path, Some(shape)),
        (None, None) => (Vec::new(), None),
    }
}

/// The columns of every answer, if the description and `types` tell them: of a decimal or a moment only the values show the form.
pub(crate) fn columns(request: &Request, operation: &Operation) -> Result<Option<SchemaRef>, Problem> {
    let (_, Some(shape)) = row_shape(request, operation) else { return Ok(None) };
    let settled = settle(Some(shape), &[], &request.columns, &request.types)?;
    let is_told = |column: &Column| request.types.iter().any(|(name, ..)| *name == column.name);
    if settled.iter().any(|(column, source)| !source.is_settled() && !is_told(column)) {
        return Ok(None);
    }
    let columns = settled.into_iter().map(|(column, _)| column).collect();
    Ok(Some(Table::new("", columns).schema()))
}

/// What is wrong with a request that has values of these parameters and, beside them, those of the source file.
pub(crate) fn check(request: &Request, operation: &Operation, names: &[&str]) -> Problems {
    let leaves = body_leaves(&operation.input);
    let mut problems = Problems::none();
    let mut values = Values::default();
    for name in names {
        match Values::stand_in(name, &leaves) {
            Ok(value) => values = values.or(value),
            Err(problem) => problems.push(problem.at(Place::default().field(*name))),
        }
    }
    // What the source file gives has been checked with the source.
    let given = Values::placed(&request.parameters, &leaves).unwrap_or_default();
    problems.extend(envelope(operation, &values.or(given), &Values::default(), "").err());
    problems
}

/// The body of a response. A fault comes with status 500, or 400 in SOAP 1.2; it lasts, an overload may pass.
fn read(response: &Response, place: &Place) -> Result<Vec<Arc<Element>>, Failure> {
    if response.status.is_success() {
        return body(response, place).map_err(Failure::lasting);
    }
    if matches!(response.status.as_u16(), 400 | 500)
        && let Err(problem) = body(response, place)
        && problem.code == "soap.fault"
    {
        return Err(Failure::lasting(problem));
    }
    Err(refused(response, place))
}

/// The paths of elements near the top, to see what there is. Names only.
fn outline(body: &[Arc<Element>]) -> Vec<String> {
    fn walk(element: &Element, above: &str, depth: usize, found: &mut Vec<String>) {
        let path = if above.is_empty() {
            element.name.local.to_string()
        } else {
            format!("{above}/{}", element.name.local)
        };
        if found.len() >= 20 || found.contains(&path) {
            return;
        }
        found.push(path.clone());
        if depth < 4 {
            element.children.iter().for_each(|child| walk(child, &path, depth + 1, found));
        }
    }
    let mut found = Vec::new();
    for element in body {
        walk(element, "", 0, &mut found);
    }
    found
}

/// The path in the address of a description. Its server is not asked: `host` says which one is.
fn path_of(address: &str) -> String {
    let behind = address.split_once("://").map_or(address, |(_, behind)| behind);
    let path = behind.find('/').and_then(|at| behind.get(at..)).unwrap_or("/");
    path.split('#').next().unwrap_or("/").to_owned()
}

/// The rows of one response.
pub(crate) struct SoapPages {
    rows: Vec<Arc<Element>>,
    sources: Vec<Source>,
    response: Vec<u8>,
}

impl Pages for SoapPages {
    fn next_page(&mut self, table: &mut Table, seen: &mut Seen) -> Result<bool, Problem> {
        seen.add(&std::mem::take(&mut self.response));
        for row in std::mem::take(&mut self.rows) {
            let cells: Vec<_> = self.sources.iter().map(|source| source.cell(&row)).collect();
            table.push(&cells, || raw(&row));
        }
        Ok(false)
    }
}

fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    // Without a random source, all zero: the service refuses the second message, and nobody is deceived.
    let _ = aws_lc_rs::rand::fill(&mut bytes);
    bytes
}

/// RFC 9562, §5.4.
fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = crate::file::hexadecimal(&bytes);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

/// The moment that a security header states. It is checked by the server against its own clock, so only the real one will do.
fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the moment of a real message, which no test moves")]
    let now = SystemTime::now();
    let seconds = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Timestamp::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
}
