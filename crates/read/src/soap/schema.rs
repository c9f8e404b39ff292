//! XML Schema (Part 1): the definitions of a service's description, and the shapes that they give.
//!
//! Taken as told: sequences, choices (every branch is optional then), `all`, groups, extensions, restrictions, attributes, arrays of SOAP
//! encoding. Left out: substitution groups, identity constraints, patterns and bounds of values, which the service checks itself.

use std::collections::HashMap;
use std::sync::Arc;

use concordat_record::Problem;

use super::documents::{Definitions, Documents};
use super::shape::{Attribute, Group, Of, Shape};
use super::simple::{Simple, XSD};
use super::xml::{Element, Name};

/// SOAP 1.1, §5: arrays.
const ENCODING: &str = "http://schemas.xmlsoap.org/soap/encoding/";
const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";

/// How a schema's own names are to be written.
#[derive(Clone, Debug)]
struct Context {
    target: Arc<str>,
    elements_qualified: bool,
    attributes_qualified: bool,
}

/// A definition and the schema it stands in.
#[derive(Clone, Debug)]
struct Defined {
    element: Arc<Element>,
    context: Arc<Context>,
}

/// All global definitions.
#[derive(Debug, Default)]
pub(crate) struct Schemas {
    elements: Definitions<Defined>,
    types: Definitions<Defined>,
    groups: Definitions<Defined>,
    attributes: Definitions<Defined>,
    attribute_groups: Definitions<Defined>,
}

/// Types that contain themselves, and schemas that describe a whole world, end here.
const MAX_DEPTH: usize = 24;
const MAX_SHAPES: usize = 20_000;

impl Schemas {
    /// Takes a schema and what it includes and imports.
    pub fn add(
        &mut self,
        schema: &Element,
        location: &str,
        includer: Option<&str>,
        documents: &mut Documents<'_>,
    ) -> Result<(), Problem> {
        let target: Arc<str> = schema.attribute("targetNamespace").or(includer).unwrap_or_default().into();
        let qualified = |name: &str| schema.attribute(name) == Some("qualified");
        let context = Arc::new(Context {
            target: target.clone(),
            elements_qualified: qualified("elementFormDefault"),
            attributes_qualified: qualified("attributeFormDefault"),
        });
        for element in &schema.children {
            if &*element.name.namespace != XSD {
                continue;
            }
            let definitions = match &*element.name.local {
                "element" => &mut self.elements,
                "complexType" | "simpleType" => &mut self.types,
                "group" => &mut self.groups,
                "attribute" => &mut self.attributes,
                "attributeGroup" => &mut self.attribute_groups,
                "include" | "redefine" | "import" => {
                    let namespace = element.attribute("namespace");
                    let included = &*element.name.local != "import";
                    let found = documents.import(element.attribute("schemaLocation"), namespace, location)?;
                    if let Some((location, document)) = found {
                        let includer = included.then_some(&*target);
                        self.add(&document, &location, includer, documents)?;
                    }
                    continue;
                }
                _ => continue,
            };
            if let Some(local) = element.attribute("name") {
                let name = Name { namespace: target.clone(), local: local.into() };
                let defined = Defined { element: element.clone(), context: context.clone() };
                definitions.entry(name).or_insert(defined);
            }
        }
        Ok(())
    }

    /// The shape of a global element.
    pub fn element(&self, name: &Name) -> Option<Shape> {
        let defined = self.elements.get(name)?;
        let mut work = Work { schemas: self, left: MAX_SHAPES, depth: 0 };
        Some(work.declared(&defined.element, &defined.context, true))
    }

    /// The shape of an element of a type, as parts of RPC messages are.
    pub fn typed(&self, element: Name, of: &Name) -> Shape {
        let mut work = Work { schemas: self, left: MAX_SHAPES, depth: 0 };
        let of = work.named_type(of, "");
        Shape { name: element, required: true, many: false, nillable: true, default: None, of }
    }
}

/// A name from a table, or from the target namespace when a schema without one was included.
fn get<'a>(table: &'a HashMap<Name, Defined>, name: &Name, target: &str) -> Option<&'a Defined> {
    table.get(name).or_else(|| {
        name.namespace
            .is_empty()
            .then(|| table.get(&Name { namespace: target.into(), local: name.local.clone() }))?
    })
}

/// Shapes being worked out.
struct Work<'a> {
    schemas: &'a Schemas,
    left: usize,
    depth: usize,
}

impl Work<'_> {
    /// An element, global or within a type.
    fn declared(&mut self, element: &Element, context: &Context, global: bool) -> Shape {
        if let Some(reference) = element.attribute("ref").and_then(|name| element.resolve(name)) {
            let found = get(&self.schemas.elements, &reference, &context.target).cloned();
            let mut shape = match found {
                Some(found) if self.depth < MAX_DEPTH => {
                    self.depth += 1;
                    let shape = self.declared(&found.element, &found.context, true);
                    self.depth -= 1;
                    shape
                }
                _ => bare(reference),
            };
            (shape.required, shape.many) = occurrence(element);
            return shape;
        }
        let qualified = match element.attribute("form") {
            Some(form) => form == "qualified",
            None => context.elements_qualified,
        };
        let namespace = if global || qualified { context.target.clone() } else { Arc::default() };
        let name = Name { namespace, local: element.attribute("name").unwrap_or_default().into() };
        let (required, many) = if global { (true, false) } else { occurrence(element) };
        let of = self.content(element, context);
        Shape {
            name,
            required,
            many,
            nillable: is_true(element.attribute("nillable")),
            default: element.attribute("default").or(element.attribute("fixed")).map(str::to_owned),
            of,
        }
    }

    fn content(&mut self, element: &Element, context: &Context) -> Of {
        if let Some(written) = element.attribute("type") {
            return match element.resolve(written) {
                Some(name) => self.named_type(&name, &context.target),
                None => Of::Any,
            };
        }
        if let Some(inner) = element.first(XSD, "complexType") {
            return self.complex(inner, context, None);
        }
        match element.first(XSD, "simpleType") {
            Some(inner) => Of::Simple(self.simple(inner, context, Name::default())),
            None => Of::Any,
        }
    }

    fn named_type(&mut self, name: &Name, target: &str) -> Of {
        if self.left == 0 || self.depth >= MAX_DEPTH {
            return Of::Any;
        }
        self.left -= 1;
        if &*name.namespace == XSD || (&*name.namespace == ENCODING && &*name.local != "Array") {
            let any = matches!(&*name.local, "anyType" | "anySimpleType" | "Struct");
            return if any { Of::Any } else { Of::Simple(Simple::builtin(&name.local)) };
        }
        let Some(defined) = get(&self.schemas.types, name, target).cloned() else { return Of::Any };
        self.depth += 1;
        let of = if &*defined.element.name.local == "simpleType" {
            Of::Simple(self.simple(&defined.element, &defined.context, name.clone()))
        } else {
            self.complex(&defined.element, &defined.context, Some(name.clone()))
        };
        self.depth -= 1;
        of
    }

    fn complex(&mut self, element: &Element, context: &Context, name: Option<Name>) -> Of {
        let mut group = Group { name, ..Group::default() };
        self.gather(element, context, &mut group, (true, false));
        group.size = group.children.iter().map(Shape::size).sum();
        // A restriction says again what it inherits, and then it is what it says.
        let attributes = std::mem::take(&mut group.attributes);
        for attribute in attributes {
            match group.attributes.iter_mut().find(|known| known.name == attribute.name) {
                Some(known) => *known = attribute,
                None => group.attributes.push(attribute),
            }
        }
        Of::Group(Arc::new(group))
    }

    /// Adds what stands in a type or a part of one. Whether it is required and may repeat comes from around it.
    fn gather(
        &mut self,
        element: &Element,
        context: &Context,
        group: &mut Group,
        (required, many): (bool, bool),
    ) {
        for part in &element.children {
            if &*part.name.namespace != XSD {
                continue;
            }
            if self.left == 0 {
                group.open = true;
                return;
            }
            self.left -= 1;
            let (own_required, own_many) = occurrence(part);
            let around = (required && own_required, many || own_many);
            match &*part.name.local {
                "element" => {
                    let mut shape = self.declared(part, context, false);
                    shape.required &= required;
                    shape.many |= many;
                    group.children.push(shape);
                }
                "sequence" | "all" => self.gather(part, context, group, around),
                "choice" => self.gather(part, context, group, (false, around.1)),
                "complexContent" => self.gather(part, context, group, (required, many)),
                "simpleContent" => self.simple_content(part, context, group),
                "extension" => {
                    self.inherit(part, context, group);
                    self.gather(part, context, group, (required, many));
                }
                "restriction" => self.restricted(part, context, group),
                "group" => self.referred(part, context, group, around),
                "attribute" => group.attributes.extend(self.attribute(part, context)),
                "attributeGroup" => self.attribute_group(part, context, group),
                "any" | "anyAttribute" => group.open = true,
                _ => {}
            }
        }
    }

    /// What the type that is extended has.
    fn inherit(&mut self, extension: &Element, context: &Context, group: &mut Group) {
        let base = extension.attribute("base").and_then(|base| extension.resolve(base));
        let Some(base) = base else { return };
        match self.named_type(&base, &context.target) {
            Of::Group(of) => {
                // What is inherited counts again: a few lines could otherwise describe millions of elements.
                let size = of.size + of.attributes.len();
                if size > self.left {
                    self.left = 0;
                    group.open = true;
                    return;
                }
                self.left -= size;
                group.attributes.extend(of.attributes.iter().cloned());
                group.children.extend(of.children.iter().cloned());
                group.text.clone_from(&of.text);
                group.open |= of.open;
            }
            Of::Simple(of) => group.text = Some(of),
            Of::Any => group.open = true,
        }
    }

    fn restricted(&mut self, restriction: &Element, context: &Context, group: &mut Group) {
        let array = restriction.children.iter().find_map(|part| {
            let of = part.attribute_in(WSDL, "arrayType")?;
            part.resolve(of.split('[').next()?)
        });
        if let Some(of) = array {
            // The members of an array of SOAP encoding may have any name.
            let of = self.named_type(&of, &context.target);
            let name = Name::new("", "item");
            let item = Shape { name, required: false, many: true, nillable: true, default: None, of };
            group.children.push(item);
            return;
        }
        // A restriction repeats the elements that remain; attributes are inherited.
        let base = restriction.attribute("base").and_then(|base| restriction.resolve(base));
        if let Some(Of::Group(of)) = base.map(|base| self.named_type(&base, &context.target)) {
            group.attributes.extend(of.attributes.iter().cloned());
        }
        self.gather(restriction, context, group, (true, false));
    }

    fn simple_content(&mut self, content: &Element, context: &Context, group: &mut Group) {
        for part in &content.children {
            self.inherit(part, context, group);
            for inner in &part.children {
                match &*inner.name.local {
                    "attribute" => group.attributes.extend(self.attribute(inner, context)),
                    "attributeGroup" => self.attribute_group(inner, context, group),
                    _ => {}
                }
            }
        }
        group.text.get_or_insert_with(Simple::default);
    }

    fn referred(&mut self, part: &Element, context: &Context, group: &mut Group, around: (bool, bool)) {
        let name = part.attribute("ref").and_then(|name| part.resolve(name));
        let found = name.and_then(|name| get(&self.schemas.groups, &name, &context.target).cloned());
        if let Some(found) = found.filter(|_| self.depth < MAX_DEPTH) {
            self.depth += 1;
            self.gather(&found.element, &found.context, group, around);
            self.depth -= 1;
        }
    }

    fn attribute_group(&mut self, part: &Element, context: &Context, group: &mut Group) {
        let name = part.attribute("ref").and_then(|name| part.resolve(name));
        let found =
            name.and_then(|name| get(&self.schemas.attribute_groups, &name, &context.target).cloned());
        if let Some(found) = found.filter(|_| self.depth < MAX_DEPTH) {
            self.depth += 1;
            self.gather(&found.element, &found.context, group, (true, false));
            self.depth -= 1;
        }
    }

    fn attribute(&mut self, part: &Element, context: &Context) -> Option<Attribute> {
        let required = part.attribute("use") == Some("required");
        let default = part.attribute("default").or(part.attribute("fixed")).map(str::to_owned);
        if let Some(reference) = part.attribute("ref").and_then(|name| part.resolve(name)) {
            let found = get(&self.schemas.attributes, &reference, &context.target).cloned();
            let of = found
                .map_or_else(Simple::default, |found| self.attribute_type(&found.element, &found.context));
            return Some(Attribute { name: reference, required, default, of });
        }
        if part.attribute("use") == Some("prohibited") {
            return None;
        }
        let qualified = match part.attribute("form") {
            Some(form) => form == "qualified",
            None => context.attributes_qualified,
        };
        let namespace = if qualified { context.target.clone() } else { Arc::default() };
        let name = Name { namespace, local: part.attribute("name")?.into() };
        let of = self.attribute_type(part, context);
        Some(Attribute { name, required, default, of })
    }

    fn attribute_type(&mut self, part: &Element, context: &Context) -> Simple {
        match self.content(part, context) {
            Of::Simple(of) => of,
            _ => Simple::default(),
        }
    }

    fn simple(&mut self, element: &Element, context: &Context, name: Name) -> Simple {
        let Some(restriction) = element.first(XSD, "restriction") else {
            // Lists and unions are text.
            return Simple { name, ..Simple::default() };
        };
        let base = restriction.attribute("base").and_then(|base| restriction.resolve(base));
        let mut simple = match base.map(|base| self.named_type(&base, &context.target)) {
            Some(Of::Simple(of)) => of,
            _ => match restriction.first(XSD, "simpleType") {
                Some(inner) if self.depth < MAX_DEPTH => {
                    self.depth += 1;
                    let inner = self.simple(inner, context, Name::default());
                    self.depth -= 1;
                    inner
                }
                _ => Simple::default(),
            },
        };
        let facet = |name: &str| restriction.first(XSD, name).and_then(|facet| facet.attribute("value"));
        let digits = |name: &str| facet(name).and_then(|value| value.trim().parse().ok());
        let (total, fraction) = (digits("totalDigits"), digits("fractionDigits"));
        simple.digits = (total.or(simple.digits.0), fraction.or(simple.digits.1));
        let allowed = restriction.all(XSD, "enumeration").filter_map(|value| value.attribute("value"));
        let allowed: Vec<String> = allowed.map(str::to_owned).collect();
        if !allowed.is_empty() {
            simple.allowed = allowed;
        }
        if !name.local.is_empty() {
            simple.name = name;
        }
        simple
    }
}

/// An element that is named and nowhere defined.
fn bare(name: Name) -> Shape {
    Shape { name, required: true, many: false, nillable: false, default: None, of: Of::Any }
}

/// Whether something has to be there, and whether more than once.
fn occurrence(element: &Element) -> (bool, bool) {
    let least = element.attribute("minOccurs").map_or("1", str::trim);
    let most = element.attribute("maxOccurs").map_or("1", str::trim);
    (least != "0", most == "unbounded" || most.parse::<u64>().is_ok_and(|most| most > 1))
}

fn is_true(value: Option<&str>) -> bool {
    matches!(value.map(str::trim), Some("true" | "1"))
}
