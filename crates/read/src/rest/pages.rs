//! The pages of a REST service, one request after the other.

use std::sync::Arc;
use std::time::Duration;

use concordat_record::{Place, Problem};
use serde_json::Value;
use ureq::http::Method;

use super::configure::Request;
use super::paging::Next;
use super::rows::{Pointer, cell, rows, settle};
use crate::kinds::Location;
use crate::services::http::{Call, Client, Response, refused, shown};
use crate::services::pages::{Pages, Seen};
use crate::services::parameters::{Parameters, percent};
use crate::services::resilience::Caller;
use crate::services::table::Table;

/// Pages after which somebody turns in a circle.
const MAX_PAGES: u64 = 1_000_000;

/// A reading in progress.
pub(crate) struct RestPages {
    request: Arc<Request>,
    caller: Arc<Caller>,
    client: Client,
    headers: Vec<(String, String)>,
    body: Option<String>,
    /// The path and the query of our own, without those of paging.
    path: String,
    query: Vec<(String, String)>,
    deadline: Option<Duration>,
    columns: Vec<Pointer>,
    /// The page that was read ahead to find the columns.
    ahead: Option<Page>,
    next: Next,
    pages: u64,
    rows: u64,
    total: Option<u64>,
    last_body: Vec<u8>,
}

/// A page as it came.
struct Page {
    raw: Vec<u8>,
    body: Value,
    next: Next,
}

impl RestPages {
    /// Puts the requests together; asks nothing yet.
    pub fn start(
        request: Arc<Request>,
        caller: Arc<Caller>,
        parameters: &Parameters,
        at: &Location,
        deadline: Option<Duration>,
    ) -> Result<Self, Problem> {
        let client = Client::new(&request.server, &request.login, &at.base, request.max_bytes)?;
        let path = request.path.fill(parameters, percent)?;
        let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
        for (name, value) in &request.headers {
            headers.push((name.clone(), value.fill(parameters, str::to_owned)?));
        }
        let body = request.body.as_ref().map(|body| body.fill(parameters, in_json)).transpose()?;
        if body.is_some() {
            headers.push(("content-type".into(), "application/json".into()));
        }
        let mut query = Vec::new();
        for (name, value) in &request.query {
            query.push((name.clone(), value.fill(parameters, str::to_owned)?));
        }
        let next = Next::Parameters(request.paging.first());
        let (columns, ahead, last_body) = (Vec::new(), None, Vec::new());
        Ok(Self {
            request,
            caller,
            client,
            headers,
            body,
            path,
            query,
            deadline,
            columns,
            ahead,
            next,
            pages: 0,
            rows: 0,
            total: None,
            last_body,
        })
    }

    /// Reads the first page, which tells the columns.
    pub fn first(&mut self) -> Result<Table, Problem> {
        let page = self.fetch()?.unwrap_or(Page { raw: Vec::new(), body: Value::Null, next: Next::End });
        let place = self.place();
        let settled = {
            let rows = match &page.body {
                Value::Null => Vec::new(),
                body => rows(body, self.request.rows.as_ref()).map_err(|problem| problem.at(place))?,
            };
            settle(&rows, &self.request.columns, &self.request.types)?
        };
        let (columns, pointers) = settled.into_iter().unzip();
        self.columns = pointers;
        self.ahead = Some(page);
        Ok(Table::new(&shown(&self.path), columns))
    }

    fn place(&self) -> Place {
        Place::file(format!("{}{}", self.client.origin(), shown(&self.path)))
    }

    fn fetch(&mut self) -> Result<Option<Page>, Problem> {
        let path = match &self.next {
            Next::End => return Ok(None),
            Next::Path(path) => path.clone(),
            Next::Parameters(parameters) => with_query(&self.path, self.query.iter().chain(parameters)),
        };
        let (method, body) = match &self.body {
            Some(body) => (Method::POST, body.as_bytes()),
            None => (Method::GET, &[][..]),
        };
        let call = Call { method, path: &path, headers: &self.headers, body };
        let (client, place) = (&self.client, self.place());
        let response = self.caller.call(self.deadline, |timeout| {
            let response = client.request(&call, timeout)?;
            let absent = self.request.absent == Some(response.status.as_u16());
            if response.status.is_success() || absent {
                Ok(response)
            } else {
                Err(refused(&response, &place))
            }
        })?;
        self.page(response, &path).map(Some)
    }

    fn page(&mut self, response: Response, path: &str) -> Result<Page, Problem> {
        let place = self.place();
        let wrong = |problem: Problem| problem.at(place.clone());
        // What is said with a status that is no success is no row; 204: nothing to tell.
        let body = if response.body.is_empty() || !response.status.is_success() {
            Value::Null
        } else {
            parse(&response.body).map_err(wrong)?
        };
        let here = match (&body, self.request.rows.as_ref()) {
            (Value::Null, _) => 0,
            (body, at) => rows(body, at).map_err(wrong)?.len() as u64,
        };
        if self.request.paging.counts() && here > 0 && self.last_body == response.body {
            let sentence =
                "the server gave the same page twice, so it does not heed how the next one is asked for";
            let problem = Problem::new("rest.paging-ignored", sentence);
            return Err(wrong(problem.advise("check `paging`, `page_parameter` and `size_parameter`")));
        }
        self.pages += 1;
        self.rows += here;
        if let Some(pointer) = &self.request.total {
            self.total = pointer.find(&body).and_then(Value::as_u64).or(self.total);
        }
        let count = (self.pages, self.rows, here);
        let next =
            self.request.paging.next(&response, &body, count, (self.client.origin(), path)).map_err(wrong)?;
        let turned = next != Next::End && next == self.next;
        if turned || self.pages >= MAX_PAGES {
            let problem =
                Problem::new("rest.paging-loop", "the next page is the same again: the pages go in a circle");
            return Err(wrong(problem.advise("check `paging`; the server may be at fault")));
        }
        if self.request.paging.counts() {
            self.last_body.clone_from(&response.body);
        }
        Ok(Page { raw: response.body, body, next })
    }

    fn complete(&self) -> Result<(), Problem> {
        match self.total {
            Some(total) if self.rows < total => {
                let sentence = format!("the service says that there are {total} rows and gave {}", self.rows);
                Err(Problem::new("rest.incomplete", sentence).at(self.place()).advise("check `paging`"))
            }
            _ => Ok(()),
        }
    }
}

impl Pages for RestPages {
    fn next_page(&mut self, table: &mut Table, seen: &mut Seen) -> Result<bool, Problem> {
        let page = match self.ahead.take() {
            Some(page) => page,
            None => match self.fetch()? {
                Some(page) => page,
                None => return Ok(false),
            },
        };
        seen.add(&page.raw);
        if !page.body.is_null() {
            let place = self.place();
            for row in rows(&page.body, self.request.rows.as_ref()).map_err(|problem| problem.at(place))? {
                let cells: Vec<_> = self.columns.iter().map(|pointer| cell(row, pointer)).collect();
                table.push(&cells, || row.to_string().into_bytes());
            }
        }
        self.next = page.next;
        if self.next == Next::End {
            self.complete()?;
            return Ok(false);
        }
        Ok(true)
    }
}

fn parse(body: &[u8]) -> Result<Value, Problem> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let sentence = format!("the response is no JSON: its line {line}, column {column} cannot be read");
        let problem = Problem::new("rest.no-json", sentence);
        if body.trim_ascii_start().starts_with(b"<") {
            return problem
                .advise("it is a page for people or XML: check `path`, and whether a login is needed");
        }
        problem.advise("check `path`")
    })
}

fn with_query<'a>(path: &str, query: impl Iterator<Item = &'a (String, String)>) -> String {
    let query: Vec<String> =
        query.map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect();
    if query.is_empty() { path.into() } else { format!("{path}?{}", query.join("&")) }
}

/// A text within the quotation marks of JSON.
fn in_json(text: &str) -> String {
    let quoted = Value::String(text.into()).to_string();
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().into()
}
