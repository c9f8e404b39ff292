//! Reads the options of a REST source.

use std::collections::BTreeSet;
use std::sync::Arc;

use concordat_record::{Place, Problem};

use super::kind::RestSource;
use super::paging::Paging;
use super::rows::Pointer;
use crate::section::Noted;
use crate::section::{Section, Written};
use crate::services::http::{Login, max_bytes};
use crate::services::parameters::{self, Parameters, Template, texts};
use crate::services::resilience::{Caller, Patience};
use crate::services::server::Server;
use crate::services::table::types;
use crate::types::Type;

/// What is asked, and what is made of the answer.
#[derive(Debug)]
pub(crate) struct Request {
    pub server: Server,
    pub login: Login,
    pub path: Template,
    pub query: Vec<(String, Template)>,
    pub headers: Vec<(String, Template)>,
    /// What is posted; a GET when none.
    pub body: Option<Template>,
    pub parameters: Parameters,
    pub rows: Option<Pointer>,
    /// The status that stands for no rows.
    pub absent: Option<u16>,
    pub total: Option<Pointer>,
    /// Columns by name; found on the first page when empty.
    pub columns: Vec<(String, Pointer)>,
    pub types: Vec<(String, Type, Place)>,
    pub paging: Paging,
    pub max_bytes: u64,
}

impl Request {
    pub fn parameter_names(&self) -> Vec<String> {
        let lists = self.query.iter().chain(&self.headers).map(|(_, template)| template);
        let all = std::iter::once(&self.path).chain(lists).chain(&self.body);
        all.flat_map(Template::names).map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// Reads them all; none when one of them is wrong.
pub(crate) fn configure(section: &mut Section<'_>) -> Option<RestSource> {
    let server = Server::configure(section, (80, 443));
    let login = Login::configure(section);
    let path = path(section);
    let query = templates(section, "query");
    let headers = templates(section, "headers");
    let body = body(section);
    let parameters = parameters::configure(section);
    let rows = pointer(section, "rows");
    let absent = absent(section);
    let total = pointer(section, "total");
    let columns = columns(section);
    let types = types(section, "types");
    let paging = Paging::configure(section);
    let caller = Arc::new(Caller::new(Patience::configure(section)));
    let max_bytes = max_bytes(section);
    let (server, login, path, body, absent) = (server?, login?, path?, body.ok()?, absent.ok()?);
    let (rows, total, paging) = (rows.ok()?, total.ok()?, paging?);
    let request = Request {
        server,
        login,
        path,
        query,
        headers,
        body,
        parameters,
        rows,
        absent,
        total,
        columns,
        types,
        paging,
        max_bytes,
    };
    Some(RestSource { request: Arc::new(request), caller })
}

fn path(section: &mut Section<'_>) -> Option<Template> {
    let path = section.required_text("path", "the path of the request")?;
    if !path.value.starts_with('/') || path.value.contains(['?', '#']) {
        let problem = Problem::new("source.wrong-form", "`path` begins with `/` and ends before any `?`");
        section.problems.push(problem.at(path.place).advise("what stands behind the `?` goes into `query`"));
        return None;
    }
    section.problems.keep(Template::parse(&path.value, path.place))
}

fn templates(section: &mut Section<'_>, key: &str) -> Vec<(String, Template)> {
    let mut templates = Vec::new();
    for (name, text) in texts(section, key) {
        if let Some(template) = section.problems.keep(Template::parse(&text, name.place)) {
            templates.push((name.value, template));
        }
    }
    templates
}

/// What is posted; none stands for a GET.
fn body(section: &mut Section<'_>) -> Result<Option<Template>, Noted> {
    let choices = [("GET", false), ("POST", true)];
    let post = section.has("method") && section.choice("method", &choices).ok_or(Noted)?;
    let Some(body) = section.text("body") else {
        return Ok(post.then(Template::default));
    };
    if !post {
        let problem = Problem::new("source.either-or", "a `body` is sent with `method = \"POST\"` only");
        section.problems.push(problem.at(body.place));
        return Err(Noted);
    }
    section.problems.keep(Template::parse(&body.value, body.place)).map(Some).ok_or(Noted)
}

fn absent(section: &mut Section<'_>) -> Result<Option<u16>, Noted> {
    let Some(status) = section.number("absent", 400) else { return Ok(None) };
    let known = u16::try_from(status).ok().filter(|status| *status < 500);
    known.map(Some).ok_or_else(|| {
        let problem = Problem::new("source.wrong-form", "`absent` must be a whole number from 400 to 499");
        section.problems.push(problem.at(section.here().field("absent")));
        Noted
    })
}

/// A pointer that may be left out.
pub(crate) fn pointer(section: &mut Section<'_>, key: &str) -> Result<Option<Pointer>, Noted> {
    if !section.has(key) {
        return Ok(None);
    }
    let written = section.text(key).ok_or(Noted)?;
    parse_pointer(section, &written).map(Some).ok_or(Noted)
}

fn parse_pointer(section: &mut Section<'_>, written: &Written<String>) -> Option<Pointer> {
    let pointer = Pointer::parse(&written.value);
    if pointer.is_none() {
        let sentence = format!("`{}` is no JSON pointer", written.value);
        let problem = Problem::new("rest.bad-pointer", sentence).at(written.place.clone());
        section.problems.push(problem.advise("it is empty, or begins with `/`: `/data/items`, `/items/0`"));
    }
    pointer
}

fn columns(section: &mut Section<'_>) -> Vec<(String, Pointer)> {
    let mut columns = Vec::new();
    for (name, value) in texts(section, "columns") {
        let written = Written { value, place: name.place };
        if let Some(pointer) = parse_pointer(section, &written) {
            columns.push((name.value, pointer));
        }
    }
    columns
}
