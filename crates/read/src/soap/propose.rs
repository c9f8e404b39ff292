//! Looks at a WSDL file: which operations the service has, what they take and give, and a source file that calls one of them.

use std::fmt::Write as _;

use concordat_record::Problem;

use super::documents::{Documents, Library};
use super::request::{body_leaves, header_leaves, names};
use super::shape::{Leaf, Shape};
use super::wsdl::{Body, Choice, Description, Offer, Operation, Version};
use crate::clues::{Candidate, Clue, Sample, Seen, quoted};

/// How sure the beginning of a file makes us that it is a WSDL.
pub(crate) fn recognise(sample: &Sample) -> Option<Clue> {
    let head = String::from_utf8_lossy(sample.bytes.get(..sample.bytes.len().min(8192))?);
    let root = head.split('<').find(|tag| tag.starts_with(|letter: char| letter.is_alphabetic()))?;
    let name = root.split(|letter: char| letter.is_whitespace() || letter == '>').next()?;
    let is_definitions = name.rsplit(':').next() == Some("definitions");
    (is_definitions && root.contains("http://schemas.xmlsoap.org/wsdl/")).then(|| Clue {
        confidence: 1.0,
        evidence: vec!["its first element is `definitions` of WSDL 1.1".into()],
    })
}

/// A source for the operation that looks most like a list.
pub(crate) fn propose(seen: &Seen<'_>) -> Result<Vec<Candidate>, Problem> {
    let base = &seen.at.base;
    let mut documents = Documents::new(Library::Folder(base), base, &[]).lenient();
    let description = Description::load(&seen.at.path, &mut documents)?;
    let missing = documents.missing();
    let offers = description.offers();
    let operations: Vec<(&Offer, Operation)> = offers
        .iter()
        .filter_map(|offer| {
            let choice = Choice {
                operation: Some(offer.operation.clone()),
                port: Some(offer.port.clone()),
                version: Some(offer.version),
            };
            Some((offer, description.operation(&choice).ok()?))
        })
        .collect();
    let lists = |(_, operation): &&(&Offer, Operation)| rows(operation).is_some();
    let Some((offer, operation)) = operations.iter().find(lists).or(operations.first()) else {
        let sentence = format!("`{}` describes no operation that is spoken in SOAP", seen.at.path);
        return Err(Problem::new("soap.no-operation", sentence));
    };
    let number = match operations.len() {
        1 => "one operation that is".to_owned(),
        several => format!("{several} operations that are"),
    };
    let mut evidence = vec![format!("it describes {number} spoken in SOAP")];
    for location in &missing {
        evidence.push(format!(
            "it imports `{location}`, which is not there: save a copy where the proposal says"
        ));
    }
    let layout = operations.iter().map(|(offer, operation)| described(offer, operation)).collect();
    let options = options(seen, offer, operation, &missing);
    Ok(vec![Candidate { options, encoding: "XML".into(), evidence, layout: Some(layout) }])
}

fn rows(operation: &Operation) -> Option<(Vec<String>, &Shape)> {
    let (Body::Document(parts) | Body::Rpc { parts, .. }) = operation.output.as_ref()?;
    parts.iter().find_map(Shape::repeated)
}

/// One operation, for a person.
fn described(offer: &Offer, operation: &Operation) -> String {
    let version = if operation.version == Version::V11 { "1.1" } else { "1.2" };
    let mut text = format!("{} (port {}, SOAP {version})\n", offer.operation, offer.port);
    let leaves = body_leaves(&operation.input);
    let takes: Vec<String> = names(&leaves)
        .into_iter()
        .zip(&leaves)
        .map(|(name, leaf)| if leaf.required { name } else { format!("{name}?") })
        .collect();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "  takes {}", or_nothing(&takes));
    match rows(operation) {
        Some((path, shape)) => {
            let mut leaves: Vec<Leaf> = Vec::new();
            shape.leaves(&mut Vec::new(), true, &mut leaves);
            let names: Vec<String> = leaves.iter().map(Leaf::written).collect();
            let _ = writeln!(text, "  gives rows `{}`: {}", path.join("/"), or_nothing(&names));
        }
        None => text.push_str("  gives one record\n"),
    }
    text
}

fn or_nothing(names: &[String]) -> String {
    const SHOWN: usize = 40;
    match names.len() {
        0 => "nothing".into(),
        count if count > SHOWN => format!("{} and {} more", names[..SHOWN].join(", "), count - SHOWN),
        _ => names.join(", "),
    }
}

fn options(seen: &Seen<'_>, offer: &Offer, operation: &Operation, missing: &[String]) -> String {
    let (host, port) = server(&operation.address);
    let mut text = format!("[soap]\nhost = {}\n", quoted(&host));
    if let Some(port) = port {
        let _ = writeln!(text, "port = {port}");
    }
    let _ = writeln!(text, "wsdl = {}\noperation = {}", quoted(&seen.at.path), quoted(&offer.operation));
    let _ = writeln!(text, "port_name = {}", quoted(&offer.port));
    if !missing.is_empty() {
        text.push_str("\n[soap.imports]\n");
        for location in missing {
            let file = location.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or("import.xsd");
            let _ = writeln!(text, "{} = {}", quoted(location), quoted(&format!("wsdl/{file}")));
        }
    }
    values(&mut text, "parameters", &body_leaves(&operation.input));
    values(&mut text, "headers", &header_leaves(&operation.headers));
    text
}

/// Places for values: those that are required stand there empty, the others as comments.
fn values(text: &mut String, table: &str, leaves: &[Leaf]) {
    if leaves.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n[soap.{table}]");
    for (name, leaf) in names(leaves).iter().zip(leaves).take(100) {
        let mark = if leaf.required { "" } else { "# " };
        let allowed = if leaf.of.allowed.is_empty() {
            String::new()
        } else {
            format!("  # one of {}", leaf.of.allowed.join(", ").replace('\n', " "))
        };
        let value = leaf.of.allowed.first().map_or("", String::as_str);
        let _ = writeln!(text, "{mark}{} = {}{allowed}", quoted(name), quoted(value));
    }
}

/// Host and port of an address. Without TLS it is another port, which does not count.
fn server(address: &str) -> (String, Option<u16>) {
    let (scheme, behind) = address.split_once("://").unwrap_or(("https", address));
    let authority = behind.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()),
        None => (authority, None),
    };
    let host = if host.is_empty() { "service.example.org" } else { host };
    (host.into(), port.filter(|_| scheme.eq_ignore_ascii_case("https")))
}
