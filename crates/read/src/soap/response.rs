//! Reads a response: the body of the envelope, or the fault in it.

use std::sync::Arc;

use concordat_record::{Place, Problem};
use serde_json::{Map, Value};

use super::wsdl::Version;
use super::xml::{Element, parse};
use crate::services::http::{Response, text};

const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// A fault's text that is shown.
const MAX_FAULT: usize = 300;

/// The elements in the body of a response.
///
/// # Errors
/// `soap.fault` with what the service says, `soap.attachments`, `soap.no-envelope`, and what is wrong with the XML.
pub(crate) fn body(response: &Response, place: &Place) -> Result<Vec<Arc<Element>>, Problem> {
    let kind = text(&response.headers, "content-type").unwrap_or_default().to_ascii_lowercase();
    if kind.starts_with("multipart/") {
        return Err(Problem::new(
            "soap.attachments",
            "the response has attachments (MTOM or SOAP with Attachments), which are not read",
        )
        .at(place.clone())
        .advise(
            "ask the service's operator to switch MTOM off for us, or for an operation without attachments",
        ));
    }
    let shown = place.file.clone().unwrap_or_default();
    let envelope = parse(&response.body, &shown)?;
    let soap = [Version::V11.envelope(), Version::V12.envelope()]
        .into_iter()
        .find(|soap| envelope.is(soap, "Envelope"));
    let Some(body) = soap.and_then(|soap| envelope.first(soap, "Body").map(|body| (soap, body))) else {
        let sentence =
            format!("the answer is no SOAP message; its first element is `{}`", envelope.name.local);
        return Err(Problem::new("soap.no-envelope", sentence)
            .at(place.clone())
            .advise("check `path` and whether a login is needed"));
    };
    let (soap, body) = body;
    if let Some(fault) = body.first(soap, "Fault") {
        return Err(fault_of(fault).at(place.clone()));
    }
    Ok(dereferenced(&body.children))
}

/// SOAP 1.1, §4.4; SOAP 1.2, §5.4.
fn fault_of(fault: &Element) -> Problem {
    let below = |path: &[&str]| {
        let found = path.iter().try_fold(fault, |element, name| element.child(name).map(AsRef::as_ref));
        found.map(|element| element.text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let code = below(&["faultcode"])
        .or_else(|| below(&["Code", "Subcode", "Value"]))
        .or_else(|| below(&["Code", "Value"]));
    let reason = below(&["faultstring"]).or_else(|| below(&["Reason", "Text"]));
    let code = code.map(|code| code.split_once(':').map_or(code.clone(), |(_, local)| local.to_owned()));
    let mut reason = reason.unwrap_or_else(|| "it does not say why".into());
    if let Some((end, _)) = reason.char_indices().nth(MAX_FAULT) {
        reason.truncate(end);
        reason.push('…');
    }
    let code = code.map_or_else(String::new, |code| format!(" ({code})"));
    let problem = Problem::new("soap.fault", format!("the service refuses: {reason}{code}"));
    if reason.to_ascii_lowercase().contains("security")
        || code.contains("Security")
        || code.contains("Authentication")
    {
        return problem.advise("set `security` with user and password, or check them");
    }
    problem
}

/// Elements of SOAP encoding that stand elsewhere in the body are put where they belong (SOAP 1.1, §5.2.1).
fn dereferenced(children: &[Arc<Element>]) -> Vec<Arc<Element>> {
    if !children.iter().any(|child| child.attribute("id").is_some()) || children.len() < 2 {
        return children.to_vec();
    }
    let mut left = 1_000_000;
    children.iter().take(1).map(|child| with_references(child, children, 0, &mut left)).collect()
}

fn with_references(
    element: &Arc<Element>,
    all: &[Arc<Element>],
    depth: usize,
    left: &mut usize,
) -> Arc<Element> {
    if depth > 100 || *left == 0 {
        return element.clone();
    }
    *left -= 1;
    let reference = element.attribute("href").and_then(|href| href.strip_prefix('#'));
    let target = reference.and_then(|id| all.iter().find(|child| child.attribute("id") == Some(id)));
    let from = target.unwrap_or(element);
    let mut whole = Element::clone(from);
    whole.name = element.name.clone();
    whole.children = from.children.iter().map(|child| with_references(child, all, depth + 1, left)).collect();
    Arc::new(whole)
}

/// The elements at the end of a path of local names, which may begin anywhere; none within another.
pub(crate) fn rows(body: &[Arc<Element>], path: &[String]) -> Vec<Arc<Element>> {
    fn walk(
        element: &Arc<Element>,
        path: &[String],
        above: &mut Vec<Arc<str>>,
        found: &mut Vec<Arc<Element>>,
    ) {
        above.push(element.name.local.clone());
        let end = above.len().checked_sub(path.len()).and_then(|from| above.get(from..));
        let fits = |end: &[Arc<str>]| end.iter().zip(path).all(|(one, other)| **one == **other);
        if end.is_some_and(fits) {
            found.push(element.clone());
        } else {
            element.children.iter().for_each(|child| walk(child, path, above, found));
        }
        above.pop();
    }
    let mut found = Vec::new();
    for element in body {
        walk(element, path, &mut Vec::new(), &mut found);
    }
    found
}

/// The texts at a path within a row.
pub(crate) fn cell(row: &Element, path: &[String], always_list: bool) -> Option<String> {
    let mut level = vec![row];
    let mut texts: Vec<Value> = Vec::new();
    for (index, name) in path.iter().enumerate() {
        if let Some(attribute) = name.strip_prefix('@') {
            let found = |element: &&Element| {
                let of = element.attributes.iter().find(|(known, _)| *known.local == *attribute);
                of.map(|(_, value)| Value::from(value.as_str()))
            };
            texts = level.iter().filter_map(found).collect();
            break;
        }
        level = level
            .iter()
            .flat_map(|element| &element.children)
            .filter(|child| *child.name.local == **name)
            .map(AsRef::as_ref)
            .collect();
        if index + 1 == path.len() {
            texts = level.iter().filter_map(|element| json(element, 0)).collect();
        }
    }
    if path.is_empty() {
        texts = json(row, 0).into_iter().collect();
    }
    if always_list {
        return (!texts.is_empty()).then(|| Value::from(texts).to_string());
    }
    match texts.len() {
        0 => None,
        1 => texts.pop().map(|value| if let Value::String(text) = value { text } else { value.to_string() }),
        _ => Some(Value::from(texts).to_string()),
    }
}

fn is_nil(element: &Element) -> bool {
    matches!(element.attribute_in(INSTANCE, "nil"), Some("true" | "1"))
}

/// An element as JSON: its text, or a group of what is in it. None when it says that it has no value.
fn json(element: &Element, depth: usize) -> Option<Value> {
    if is_nil(element) {
        return None;
    }
    if element.children.is_empty() || depth > 100 {
        return Some(Value::from(element.text.as_str()));
    }
    let mut members = Map::new();
    for child in &element.children {
        let value = json(child, depth + 1).unwrap_or(Value::Null);
        match members.get_mut(&*child.name.local) {
            None => {
                members.insert(child.name.local.to_string(), value);
            }
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = Value::from(vec![first.take(), value]),
        }
    }
    Some(Value::Object(members))
}

/// A row as JSON, to be kept when it is rejected.
pub(crate) fn raw(row: &Element) -> Vec<u8> {
    json(row, 0).unwrap_or(Value::Null).to_string().into_bytes()
}
