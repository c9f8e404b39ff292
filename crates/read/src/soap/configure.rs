//! Reads the options of a SOAP source.

use concordat_record::{Place, Problem};

use super::security::{Form, UsernameToken};
use super::wsdl::{Choice, Version};
use crate::section::Noted;
use crate::section::Section;
use crate::services::http::{Login, max_bytes};
use crate::services::parameters::texts;
use crate::services::resilience::{Caller, Patience};
use crate::services::server::Server;
use crate::services::table::types;
use crate::types::Type;

/// Where the description lies.
#[derive(Clone, Debug)]
pub(crate) enum Wsdl {
    /// A file, relative to the body's folder.
    File(String),
    /// A path of the server.
    Served(String),
}

/// What is asked, and what is made of the answer.
#[derive(Debug)]
pub(crate) struct Request {
    pub server: Server,
    pub login: Login,
    pub wsdl: Wsdl,
    pub imports: Vec<(String, String)>,
    pub choice: Choice,
    /// The path of the service, when it is not the one of the description.
    pub path: Option<String>,
    pub parameters: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub security: Option<UsernameToken>,
    pub rows: Option<Vec<String>>,
    pub columns: Vec<(String, Vec<String>)>,
    pub types: Vec<(String, Type, Place)>,
    pub max_bytes: u64,
    pub caller: Caller,
}

/// Reads them all; none when one of them is wrong.
pub(crate) fn configure(section: &mut Section<'_>) -> Option<Request> {
    let server = Server::configure(section, (80, 443));
    let login = Login::configure(section);
    let wsdl = wsdl(section);
    let imports = plain(section, "imports");
    let version = version(section);
    let (operation, port) = (section.text("operation"), section.text("port_name"));
    let path = path(section, "path");
    let parameters = plain(section, "parameters");
    let headers = plain(section, "headers");
    let security = security(section);
    let rows = section.text("rows").map(|rows| elements(&rows.value));
    let columns = plain(section, "columns").into_iter().map(|(name, path)| (name, elements(&path))).collect();
    let types = types(section, "types");
    let max_bytes = max_bytes(section);
    let caller = Caller::new(Patience::configure(section));
    let choice = Choice {
        operation: operation.map(|operation| operation.value),
        port: port.map(|port| port.value),
        version: version.ok()?,
    };
    Some(Request {
        server: server?,
        login: login?,
        wsdl: wsdl?,
        imports,
        choice,
        path: path.ok()?,
        parameters,
        headers,
        security: security.ok()?,
        rows,
        columns,
        types,
        max_bytes,
        caller,
    })
}

fn plain(section: &mut Section<'_>, key: &str) -> Vec<(String, String)> {
    texts(section, key).into_iter().map(|(name, value)| (name.value, value)).collect()
}

fn elements(path: &str) -> Vec<String> {
    path.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn wsdl(section: &mut Section<'_>) -> Option<Wsdl> {
    let file = section.text("wsdl");
    let served = path(section, "wsdl_from").ok()?;
    match (file, served) {
        (Some(file), None) => Some(Wsdl::File(file.value)),
        (None, Some(path)) => Some(Wsdl::Served(path)),
        (None, None) => {
            let sentence = "`wsdl` or `wsdl_from` is missing: the description of the service";
            section
                .problems
                .push(Problem::new("source.missing-key", sentence).at(section.here().field("wsdl")));
            None
        }
        (Some(file), Some(_)) => {
            let problem =
                Problem::new("source.either-or", "either `wsdl` or `wsdl_from` can be set, not both");
            section.problems.push(problem.at(file.place));
            None
        }
    }
}

fn path(section: &mut Section<'_>, key: &str) -> Result<Option<String>, Noted> {
    let Some(path) = section.text(key) else { return Ok(None) };
    if path.value.starts_with('/') && path.value.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(Some(path.value));
    }
    let sentence = format!("`{key}` is a path of the server and begins with `/`");
    section.problems.push(Problem::new("source.wrong-form", sentence).at(path.place));
    Err(Noted)
}

fn version(section: &mut Section<'_>) -> Result<Option<Version>, Noted> {
    if !section.has("version") {
        return Ok(None);
    }
    section.choice("version", &[("1.1", Version::V11), ("1.2", Version::V12)]).map(Some).ok_or(Noted)
}

fn security(section: &mut Section<'_>) -> Result<Option<UsernameToken>, Noted> {
    if !section.has("security") {
        return Ok(None);
    }
    let mut table = section.section("security");
    table.refuse_unknown(&["user", "password", "form", "lifetime"]);
    let user = table.required_text("user", "who calls");
    let password = table.secret("password");
    if !table.has("password") {
        let problem = Problem::new("source.missing-key", "`password` is missing");
        table.problems.push(problem.at(table.here().field("password")));
    }
    let forms = [("text", Form::Text), ("digest", Form::Digest)];
    let form = if table.has("form") { table.choice("form", &forms) } else { Some(Form::Text) };
    let lifetime = table.number("lifetime", 1);
    section.problems.extend(table.problems);
    match (user, password, form) {
        (Some(user), Some(password), Some(form)) => {
            Ok(Some(UsernameToken { user: user.value, password, form, lifetime }))
        }
        _ => Err(Noted),
    }
}
