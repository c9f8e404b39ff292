//! Writes a request: the elements of the operation's schema with the values that are given, no others.

use std::fmt::Write as _;

use concordat_record::{Problem, nearest};

use super::shape::{Group, Leaf, Of, Shape};
use super::simple::Simple;
use super::wsdl::{Body, Operation, Version};
use super::xml::{Name, escape};
use crate::services::parameters::missing;

const ENVELOPE_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const ENVELOPE_12: &str = "http://www.w3.org/2003/05/soap-envelope";
const ENCODING_11: &str = "http://schemas.xmlsoap.org/soap/encoding/";
const ENCODING_12: &str = "http://www.w3.org/2003/05/soap-encoding";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

impl Version {
    /// The namespace of the envelope.
    pub fn envelope(self) -> &'static str {
        match self {
            Self::V11 => ENVELOPE_11,
            Self::V12 => ENVELOPE_12,
        }
    }
}

/// Values by the path of their place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values(Vec<(Vec<String>, String)>);

impl Values {
    /// Finds the place of each name among the leaves: its whole path, or the end of it where that is enough.
    pub fn placed(given: &[(String, String)], leaves: &[Leaf]) -> Result<Self, Problem> {
        let mut values = Vec::new();
        for (name, value) in given {
            let leaf = place(name, leaves)?;
            let allowed = &leaf.of.allowed;
            if !allowed.is_empty() && !allowed.contains(value) {
                let problem =
                    Problem::new("soap.not-allowed", format!("`{name}` cannot have the value given"));
                return Err(problem.advise(format!("the service allows {}", allowed.join(", "))));
            }
            values.push((leaf.path.clone(), value.clone()));
        }
        Ok(Self(values))
    }

    /// Some value in the place of a name.
    pub fn stand_in(name: &str, leaves: &[Leaf]) -> Result<Self, Problem> {
        let leaf = place(name, leaves)?;
        let value = leaf.of.allowed.first().cloned().unwrap_or_default();
        Ok(Self(vec![(leaf.path.clone(), value)]))
    }

    /// These values, and others where these have none.
    #[must_use]
    pub fn or(mut self, others: Self) -> Self {
        for (path, value) in others.0 {
            if self.get(&path).is_none() {
                self.0.push((path, value));
            }
        }
        self
    }

    fn get(&self, path: &[String]) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == path).map(|(_, value)| value.as_str())
    }

    fn any_below(&self, path: &[String]) -> bool {
        self.0.iter().any(|(known, _)| known.starts_with(path))
    }
}

fn place<'a>(name: &str, leaves: &'a [Leaf]) -> Result<&'a Leaf, Problem> {
    let path: Vec<&str> = name.split('/').collect();
    let ends = |leaf: &&Leaf| {
        let behind = leaf.path.len().checked_sub(path.len()).and_then(|from| leaf.path.get(from..));
        behind.is_some_and(|behind| {
            behind
                .iter()
                .zip(&path)
                .all(|(one, other)| one.trim_start_matches('@') == other.trim_start_matches('@'))
        })
    };
    if let Some(leaf) = leaves.iter().find(|leaf| leaf.path.iter().eq(path.iter())) {
        return Ok(leaf);
    }
    match leaves.iter().filter(ends).collect::<Vec<_>>().as_slice() {
        [leaf] => Ok(leaf),
        [] => {
            let names = names(leaves);
            let problem =
                Problem::new("service.unknown-parameter", format!("the request has no place for `{name}`"));
            Err(match nearest(name, names.iter().map(String::as_str)) {
                Some(near) => problem.advise(format!("did you mean `{near}`?")),
                None if names.is_empty() => problem.advise("the operation takes nothing"),
                None => problem.advise(format!("it has places for {}", names.join(", "))),
            })
        }
        several => {
            let paths: Vec<String> = several.iter().map(|leaf| leaf.written()).collect();
            let sentence = format!("the request has several places for `{name}`");
            Err(Problem::new("soap.ambiguous-parameter", sentence)
                .advise(format!("write {}", paths.join(" or "))))
        }
    }
}

/// How parameters are called: by the last name of their path where no other has the same.
pub(crate) fn names(leaves: &[Leaf]) -> Vec<String> {
    let last = |leaf: &Leaf| {
        leaf.path.last().map(|name| name.trim_start_matches('@').to_owned()).unwrap_or_default()
    };
    let name = |leaf: &Leaf| {
        let short = last(leaf);
        let alone = leaves.iter().filter(|other| last(other) == short).count() == 1;
        if alone { short } else { leaf.written() }
    };
    leaves.iter().map(name).collect()
}

/// The places for values in the body of a request. The element around all of them needs no mention.
pub(crate) fn body_leaves(body: &Body) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    match body {
        Body::Document(parts) => {
            for part in parts {
                part.leaves(&mut above(part, parts.len()), true, &mut leaves);
            }
        }
        Body::Rpc { parts, .. } => {
            for part in parts {
                part.leaves(&mut vec![part.name.local.to_string()], true, &mut leaves);
            }
        }
    }
    leaves
}

/// The places for values in its headers.
pub(crate) fn header_leaves(headers: &[Shape]) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    for header in headers {
        header.leaves(&mut vec![header.name.local.to_string()], true, &mut leaves);
    }
    leaves
}

fn above(part: &Shape, parts: usize) -> Vec<String> {
    match part.of {
        Of::Group(_) if parts == 1 => Vec::new(),
        _ => vec![part.name.local.to_string()],
    }
}

/// Writes the whole message. `security` is a header that is written already.
pub(crate) fn envelope(
    operation: &Operation,
    body: &Values,
    headers: &Values,
    security: &str,
) -> Result<String, Problem> {
    let mut writing = Writing { xml: String::new(), namespaces: Vec::new(), encoded: false };
    for header in &operation.headers {
        let mut path = vec![header.name.local.to_string()];
        if headers.any_below(&path) {
            writing.element(header, headers, &mut path)?;
        }
    }
    let head = std::mem::take(&mut writing.xml);
    match &operation.input {
        Body::Document(parts) => {
            for part in parts {
                writing.element(part, body, &mut above(part, parts.len()))?;
            }
        }
        Body::Rpc { wrapper, parts, encoded } => {
            writing.encoded = *encoded;
            let name = writing.qualified(wrapper);
            let style = if *encoded {
                let encoding = if operation.version == Version::V11 { ENCODING_11 } else { ENCODING_12 };
                format!(" soap:encodingStyle=\"{encoding}\"")
            } else {
                String::new()
            };
            writing.push(&["<", &name, &style, ">"]);
            for part in parts {
                writing.element(part, body, &mut vec![part.name.local.to_string()])?;
            }
            writing.push(&["</", &name, ">"]);
        }
    }
    let mut declared = format!("xmlns:soap=\"{}\" xmlns:xsi=\"{INSTANCE}\"", operation.version.envelope());
    for (index, namespace) in writing.namespaces.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(declared, " xmlns:n{index}=\"{}\"", escape(namespace));
    }
    let head = if head.is_empty() && security.is_empty() {
        String::new()
    } else {
        format!("<soap:Header>{security}{head}</soap:Header>")
    };
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soap:Envelope {declared}>{head}<soap:Body>{}</soap:Body></soap:Envelope>",
        writing.xml
    ))
}

struct Writing {
    xml: String,
    namespaces: Vec<String>,
    /// Types are told beside the values (SOAP encoding).
    encoded: bool,
}

impl Writing {
    fn push(&mut self, parts: &[&str]) {
        self.xml.extend(parts.iter().copied());
    }

    fn qualified(&mut self, name: &Name) -> String {
        if name.namespace.is_empty() {
            return name.local.to_string();
        }
        let known = self.namespaces.iter().position(|known| **known == *name.namespace);
        let index = known.unwrap_or_else(|| {
            self.namespaces.push(name.namespace.to_string());
            self.namespaces.len() - 1
        });
        format!("n{index}:{}", name.local)
    }

    /// An element with what is given below its path. What is not given and not required is left out.
    fn element(&mut self, shape: &Shape, values: &Values, path: &mut Vec<String>) -> Result<(), Problem> {
        let name = self.qualified(&shape.name);
        let given = values.any_below(path);
        match &shape.of {
            Of::Simple(_) | Of::Any => {
                let of = if let Of::Simple(of) = &shape.of { of.clone() } else { Simple::default() };
                let value = values.get(path).or(shape.default.as_deref().filter(|_| shape.required));
                match value {
                    Some(value) => self.text(&name, &of, value),
                    None if !shape.required => {}
                    None if shape.nillable => self.push(&["<", &name, " xsi:nil=\"true\"/>"]),
                    None if matches!(shape.of, Of::Any) => self.push(&["<", &name, "/>"]),
                    None => return Err(missing(&path.join("/"))),
                }
            }
            Of::Group(group) if given || shape.required => {
                if !given && shape.nillable {
                    self.push(&["<", &name, " xsi:nil=\"true\"/>"]);
                    return Ok(());
                }
                self.group(&name, group, values, path)?;
            }
            Of::Group(_) => {}
        }
        Ok(())
    }

    fn text(&mut self, name: &str, of: &Simple, value: &str) {
        let of = self.type_told(&of.name);
        self.push(&["<", name, &of, ">", &escape(value), "</", name, ">"]);
    }

    /// The type of a value, as SOAP encoding wants it told.
    fn type_told(&mut self, of: &Name) -> String {
        if !self.encoded || of.local.is_empty() {
            return String::new();
        }
        let of = self.qualified(of);
        format!(" xsi:type=\"{of}\"")
    }

    fn group(
        &mut self,
        name: &str,
        group: &Group,
        values: &Values,
        path: &mut Vec<String>,
    ) -> Result<(), Problem> {
        let of = group.name.as_ref().map(|of| self.type_told(of)).unwrap_or_default();
        self.push(&["<", name, &of]);
        for attribute in &group.attributes {
            path.push(format!("@{}", attribute.name.local));
            let value = values.get(path).or(attribute.default.as_deref().filter(|_| attribute.required));
            match value {
                Some(value) => {
                    let name = self.qualified(&attribute.name);
                    self.push(&[" ", &name, "=\"", &escape(value), "\""]);
                }
                None if attribute.required => return Err(missing(&path.join("/"))),
                None => {}
            }
            path.pop();
        }
        self.push(&[">"]);
        if group.text.is_some() {
            let value = values.get(path).map(escape).unwrap_or_default();
            self.push(&[&value]);
        }
        for child in &group.children {
            path.push(child.name.local.to_string());
            self.element(child, values, path)?;
            path.pop();
        }
        self.push(&["</", name, ">"]);
        Ok(())
    }
}
