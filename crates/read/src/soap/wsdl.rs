//! WSDL 1.1 (W3C Note of 2001) with its bindings to SOAP 1.1 (§3) and SOAP 1.2 (W3C Submission of 2006): which operations a service has, and
//! what they take and give.

use std::collections::HashMap;
use std::sync::Arc;

use concordat_record::{Place, Problem, nearest};

use super::documents::{Definitions, Documents};
use super::schema::Schemas;
use super::shape::Shape;
use super::simple::XSD;
use super::xml::{Element, Name};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const WSDL_2: &str = "http://www.w3.org/ns/wsdl";
const SOAP_11: &str = "http://schemas.xmlsoap.org/wsdl/soap/";
const SOAP_12: &str = "http://schemas.xmlsoap.org/wsdl/soap12/";

/// The versions of SOAP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V11,
    V12,
}

/// An operation, as a source calls it.
#[derive(Debug)]
pub(crate) struct Operation {
    pub version: Version,
    pub action: String,
    /// The address of the service, as the description has it.
    pub address: String,
    pub input: Body,
    pub headers: Vec<Shape>,
    pub output: Option<Body>,
}

/// What stands in the body of a message.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// Elements of the schema: one as a rule.
    Document(Vec<Shape>),
    /// Parts within an element that is named as the operation.
    Rpc { wrapper: Name, parts: Vec<Shape>, encoded: bool },
}

/// One operation that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    pub service: String,
    pub port: String,
    pub operation: String,
    pub version: Version,
}

/// A description with all that it imports.
#[derive(Default)]
pub(crate) struct Description {
    location: String,
    schemas: Schemas,
    messages: Definitions<Arc<Element>>,
    port_types: Definitions<Arc<Element>>,
    bindings: Definitions<Arc<Element>>,
    /// Services with the target namespace they stand in.
    services: Vec<Arc<Element>>,
}

/// How operations are told apart where the name is not enough.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    pub operation: Option<String>,
    pub port: Option<String>,
    pub version: Option<Version>,
}

impl Description {
    /// Reads a description and its imports.
    pub fn load(location: &str, documents: &mut Documents<'_>) -> Result<Self, Problem> {
        let mut description = Self { location: location.into(), ..Self::default() };
        let (location, root) = documents.root(location)?;
        if !root.is(WSDL, "definitions") {
            let problem =
                Problem::new("soap.no-wsdl", format!("`{location}` does not describe a service in WSDL 1.1"));
            return Err(problem.at(Place::file(&location)).advise(if &*root.name.namespace == WSDL_2 {
                "it is WSDL 2.0; ask the service for its WSDL 1.1, which nearly all have"
            } else {
                "its first element has to be `definitions` of the namespace `http://schemas.xmlsoap.org/wsdl/`"
            }));
        }
        description.add(&root, &location, documents)?;
        Ok(description)
    }

    fn add(&mut self, root: &Element, location: &str, documents: &mut Documents<'_>) -> Result<(), Problem> {
        let target: Arc<str> = root.attribute("targetNamespace").unwrap_or_default().into();
        for element in &root.children {
            if &*element.name.namespace != WSDL {
                continue;
            }
            let definitions = match &*element.name.local {
                "import" => {
                    let (place, namespace) = (element.attribute("location"), element.attribute("namespace"));
                    if let Some((location, document)) = documents.import(place, namespace, location)? {
                        self.imported(&document, &location, documents)?;
                    }
                    continue;
                }
                "types" => {
                    for schema in element.all(XSD, "schema") {
                        self.schemas.add(schema, location, None, documents)?;
                    }
                    continue;
                }
                "service" => {
                    self.services.push(element.clone());
                    continue;
                }
                "message" => &mut self.messages,
                "portType" => &mut self.port_types,
                "binding" => &mut self.bindings,
                _ => continue,
            };
            if let Some(local) = element.attribute("name") {
                let name = Name { namespace: target.clone(), local: local.into() };
                definitions.entry(name).or_insert_with(|| element.clone());
            }
        }
        Ok(())
    }

    /// A WSDL imports another or, against the letter, a schema.
    fn imported(
        &mut self,
        document: &Element,
        location: &str,
        documents: &mut Documents<'_>,
    ) -> Result<(), Problem> {
        if document.is(XSD, "schema") {
            return self.schemas.add(document, location, None, documents);
        }
        self.add(document, location, documents)
    }

    /// All operations that are spoken in SOAP, in the order of the description.
    pub fn offers(&self) -> Vec<Offer> {
        let mut offers = Vec::new();
        for (service, port, binding, version) in self.ports() {
            for operation in binding.all(WSDL, "operation") {
                offers.push(Offer {
                    service: service.attribute("name").unwrap_or_default().into(),
                    port: port.attribute("name").unwrap_or_default().into(),
                    operation: operation.attribute("name").unwrap_or_default().into(),
                    version,
                });
            }
        }
        offers
    }

    /// The ports with a binding to SOAP.
    fn ports(&self) -> impl Iterator<Item = (&Arc<Element>, &Arc<Element>, &Arc<Element>, Version)> {
        let ports = self
            .services
            .iter()
            .flat_map(|service| service.all(WSDL, "port").map(move |port| (service, port)));
        ports.filter_map(|(service, port)| {
            let binding = self.bindings.get(&port.resolve(port.attribute("binding")?)?)?;
            Some((service, port, binding, version(binding)?))
        })
    }

    /// The one operation that is chosen.
    ///
    /// # Errors
    /// `soap.no-such-operation`, with those there are; `soap.incomplete` when the description lacks what it refers to.
    pub fn operation(&self, choice: &Choice) -> Result<Operation, Problem> {
        let offers = self.offers();
        let place = || Place::file(&self.location);
        let names = |offers: &[Offer]| {
            let mut names: Vec<&str> = offers.iter().map(|offer| offer.operation.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            names.join(", ")
        };
        let Some(wanted) = choice.operation.as_deref().or_else(|| only(&offers)) else {
            let sentence =
                format!("the service has {} operations, and `operation` does not say which", offers.len());
            return Err(Problem::new("soap.which-operation", sentence)
                .at(place())
                .advise(format!("they are {}", names(&offers))));
        };
        let fits = |offer: &&Offer| {
            offer.operation == wanted
                && choice.port.as_ref().is_none_or(|port| *port == offer.port)
                && choice.version.is_none_or(|version| version == offer.version)
        };
        let Some(offer) = offers.iter().find(fits) else {
            let problem =
                Problem::new("soap.no-such-operation", format!("the service has no operation `{wanted}`"))
                    .at(place());
            let elsewhere = offers.iter().filter(|offer| offer.operation == wanted);
            let ports: Vec<&str> = elsewhere.map(|offer| offer.port.as_str()).collect();
            if !ports.is_empty() {
                let sentence = format!("the operation `{wanted}` is not in that port or version");
                let problem = Problem { sentence, ..problem };
                return Err(problem.advise(format!("it is in {}", ports.join(", "))));
            }
            return Err(match nearest(wanted, offers.iter().map(|offer| offer.operation.as_str())) {
                Some(near) => problem.advise(format!("did you mean `{near}`?")),
                None if offers.is_empty() => problem.advise("the description binds nothing to SOAP"),
                None => problem.advise(format!("they are {}", names(&offers))),
            });
        };
        self.bound(offer).ok_or_else(|| {
            let sentence = format!("the description of `{wanted}` lacks something that it refers to");
            Problem::new("soap.incomplete", sentence)
                .at(place())
                .advise("check its imports, messages and port types")
        })
    }

    fn bound(&self, offer: &Offer) -> Option<Operation> {
        let (_, port, binding, version) = self.ports().find(|(service, port, _, _)| {
            service.attribute("name") == Some(&offer.service) && port.attribute("name") == Some(&offer.port)
        })?;
        let soap = namespace(version);
        let named = |element: &Element, name: &str| element.attribute("name") == Some(name);
        let bound = binding.all(WSDL, "operation").find(|operation| named(operation, &offer.operation))?;
        let port_type = self.port_types.get(&binding.resolve(binding.attribute("type")?)?)?;
        let abstracted =
            port_type.all(WSDL, "operation").find(|operation| named(operation, &offer.operation))?;
        let of_binding = binding.first(soap, "binding")?;
        let of_operation = bound.first(soap, "operation");
        let style = of_operation.and_then(|operation| operation.attribute("style"));
        let rpc = style.or(of_binding.attribute("style")) == Some("rpc");
        let body = |direction: &str| {
            let message = abstracted.first(WSDL, direction)?;
            let message = self.messages.get(&message.resolve(message.attribute("message")?)?)?;
            let written = bound.first(WSDL, direction).and_then(|direction| direction.first(soap, "body"));
            Some(self.body(message, written.map(AsRef::as_ref), rpc, &offer.operation))
        };
        let headers = bound.first(WSDL, "input").map(|input| self.headers(input, soap)).unwrap_or_default();
        Some(Operation {
            version,
            action: of_operation
                .and_then(|operation| operation.attribute("soapAction"))
                .unwrap_or_default()
                .into(),
            address: port.first(soap, "address")?.attribute("location")?.into(),
            input: body("input")?,
            headers,
            output: body("output"),
        })
    }

    fn body(&self, message: &Element, written: Option<&Element>, rpc: bool, operation: &str) -> Body {
        let chosen = written
            .and_then(|body| body.attribute("parts"))
            .map(|parts| parts.split_whitespace().collect::<Vec<_>>());
        let parts: Vec<Shape> = message
            .all(WSDL, "part")
            .filter(|part| {
                chosen
                    .as_ref()
                    .is_none_or(|names| part.attribute("name").is_some_and(|name| names.contains(&name)))
            })
            .filter_map(|part| self.part(part))
            .collect();
        if !rpc {
            return Body::Document(parts);
        }
        let namespace = written.and_then(|body| body.attribute("namespace")).unwrap_or_default();
        let encoded = written.and_then(|body| body.attribute("use")) == Some("encoded");
        Body::Rpc { wrapper: Name::new(namespace, operation), parts, encoded }
    }

    fn part(&self, part: &Element) -> Option<Shape> {
        if let Some(element) = part.attribute("element") {
            return self.schemas.element(&part.resolve(element)?);
        }
        let of = part.resolve(part.attribute("type")?)?;
        Some(self.schemas.typed(Name::new("", part.attribute("name")?), &of))
    }

    /// The headers of a message (§3.7), which X-Road and others use.
    fn headers(&self, input: &Element, soap: &str) -> Vec<Shape> {
        let mut messages: HashMap<(String, String), Shape> = HashMap::new();
        let mut order = Vec::new();
        for header in input.all(soap, "header") {
            let found =
                header.attribute("message").and_then(|message| header.resolve(message)).and_then(|name| {
                    let message = self.messages.get(&name)?;
                    let wanted = header.attribute("part")?;
                    let part =
                        message.all(WSDL, "part").find(|part| part.attribute("name") == Some(wanted))?;
                    Some(((name.local.to_string(), wanted.to_owned()), self.part(part)?))
                });
            if let Some((key, shape)) = found
                && messages.insert(key.clone(), shape).is_none()
            {
                order.push(key);
            }
        }
        order.iter().filter_map(|key| messages.remove(key)).collect()
    }
}

fn namespace(version: Version) -> &'static str {
    match version {
        Version::V11 => SOAP_11,
        Version::V12 => SOAP_12,
    }
}

fn version(binding: &Element) -> Option<Version> {
    [Version::V11, Version::V12]
        .into_iter()
        .find(|version| binding.first(namespace(*version), "binding").is_some())
}

/// The operation, when there is only one.
fn only(offers: &[Offer]) -> Option<&str> {
    let first = offers.first()?;
    offers.iter().all(|offer| offer.operation == first.operation).then_some(first.operation.as_str())
}
