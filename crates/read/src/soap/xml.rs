//! XML as a tree, bounded: no document type, no entity beyond the five of the standard, limits on depth and number of elements.
//!
//! XML 1.0 and Namespaces in XML 1.0. Comments and processing instructions are dropped, the text of an element is put together.

use std::sync::Arc;

use concordat_record::{Place, Problem};
use encoding_rs::{Encoding, UTF_8};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

const MAX_DEPTH: usize = 200;
const MAX_ELEMENTS: usize = 1_000_000;
const MAX_ATTRIBUTES: usize = 1_000;

/// A name in a namespace; the empty one is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    pub namespace: Arc<str>,
    pub local: Arc<str>,
}

impl Name {
    pub fn new(namespace: &str, local: &str) -> Self {
        Self { namespace: namespace.into(), local: local.into() }
    }
}

/// Prefixes and their namespaces, the innermost last.
type Scope = Arc<Vec<(String, Arc<str>)>>;

/// An element with all that is in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Element {
    pub name: Name,
    pub attributes: Vec<(Name, String)>,
    pub children: Vec<Arc<Element>>,
    pub text: String,
    scope: Scope,
}

impl Element {
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        &*self.name.local == local && &*self.name.namespace == namespace
    }

    /// An attribute without a namespace.
    pub fn attribute(&self, local: &str) -> Option<&str> {
        self.attribute_in("", local)
    }

    pub fn attribute_in(&self, namespace: &str, local: &str) -> Option<&str> {
        let found = |(name, _): &&(Name, String)| &*name.local == local && &*name.namespace == namespace;
        self.attributes.iter().find(found).map(|(_, value)| value.as_str())
    }

    /// The children of a name.
    pub fn all<'a>(&'a self, namespace: &'a str, local: &'a str) -> impl Iterator<Item = &'a Arc<Element>> {
        self.children.iter().filter(move |child| child.is(namespace, local))
    }

    pub fn first(&self, namespace: &str, local: &str) -> Option<&Arc<Element>> {
        self.children.iter().find(|child| child.is(namespace, local))
    }

    /// The first child of a local name, in whatever namespace.
    pub fn child(&self, local: &str) -> Option<&Arc<Element>> {
        self.children.iter().find(|child| &*child.name.local == local)
    }

    /// What a name with a prefix means in the value of an attribute here.
    pub fn resolve(&self, written: &str) -> Option<Name> {
        let written = written.trim();
        let (prefix, local) = written.split_once(':').unwrap_or(("", written));
        let namespace = lookup(&self.scope, prefix)?;
        Some(Name { namespace, local: local.into() })
    }
}

fn lookup(scope: &Scope, prefix: &str) -> Option<Arc<str>> {
    if prefix == "xml" {
        return Some("http://www.w3.org/XML/1998/namespace".into());
    }
    let found = scope.iter().rev().find(|(known, _)| known == prefix).map(|(_, namespace)| namespace.clone());
    found.or_else(|| prefix.is_empty().then(Arc::default))
}

/// Reads a document; `shown` is what problems call it.
///
/// # Errors
/// `soap.bad-xml`, with the line; `soap.dtd`; `soap.too-deep` and `soap.too-large`.
pub(crate) fn parse(bytes: &[u8], shown: &str) -> Result<Element, Problem> {
    let text = decoded(bytes, shown)?;
    let mut reader = Reader::from_str(&text);
    let mut stack: Vec<Element> = Vec::new();
    let mut elements = 0;
    loop {
        let event = reader.read_event();
        let at = |sentence: String| {
            let position =
                usize::try_from(reader.error_position().max(reader.buffer_position())).unwrap_or(0);
            bad(&sentence, shown, &text, position)
        };
        let event = event.map_err(|error| at(error.to_string()))?;
        match event {
            Event::Start(ref start) | Event::Empty(ref start) => {
                elements += 1;
                if elements > MAX_ELEMENTS {
                    let sentence = format!("the document has more than {MAX_ELEMENTS} elements");
                    return Err(Problem::new("soap.too-large", sentence).at(Place::file(shown)));
                }
                if stack.len() >= MAX_DEPTH {
                    let sentence = format!("the elements are nested deeper than {MAX_DEPTH}");
                    return Err(Problem::new("soap.too-deep", sentence).at(Place::file(shown)));
                }
                let scope = stack.last().map(|parent| parent.scope.clone()).unwrap_or_default();
                let element = element(start, scope).map_err(&at)?;
                if matches!(event, Event::Start(_)) {
                    stack.push(element);
                } else if let Some(root) = close(&mut stack, element) {
                    return Ok(root);
                }
            }
            Event::End(_) => {
                // The reader checks that it belongs to the innermost element.
                let Some(element) = stack.pop() else {
                    return Err(at("an element ends that did not begin".into()));
                };
                if let Some(root) = close(&mut stack, element) {
                    return Ok(root);
                }
            }
            Event::Text(text) => add(&mut stack, &text.xml10_content()),
            Event::CData(text) => add(&mut stack, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let letter = match reference.resolve_char_ref().map_err(|error| at(error.to_string()))? {
                    Some(letter) => letter.to_string(),
                    None => predefined(&reference.xml10_content())
                        .map(str::to_owned)
                        .ok_or_else(|| at("an entity that is none of the five of the standard".into()))?,
                };
                add(&mut stack, &letter);
            }
            Event::DocType(_) => {
                return Err(Problem::new(
                    "soap.dtd",
                    "the document has a document type definition, which is refused",
                )
                .at(Place::file(shown))
                .advise("no service needs one; it can make a reader fetch files and fill its memory"));
            }
            Event::Eof => return Err(at("the document ends before its elements do".into())),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

fn bad(sentence: &str, shown: &str, text: &str, position: usize) -> Problem {
    let before = text.as_bytes().get(..position.min(text.len())).unwrap_or_default();
    let line = before.split(|byte| *byte == b'\n').count() as u64;
    Problem::new("soap.bad-xml", format!("this is no well-formed XML: {sentence}"))
        .at(Place::file(shown).line(line))
}

fn predefined(name: &str) -> Option<&'static str> {
    Some(match name {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "apos" => "'",
        "quot" => "\"",
        _ => return None,
    })
}

fn add(stack: &mut [Element], text: &str) {
    if let Some(element) = stack.last_mut() {
        element.text.push_str(text);
    }
}

/// Puts a finished element into its parent; gives it back when it is the root.
fn close(stack: &mut [Element], element: Element) -> Option<Element> {
    match stack.last_mut() {
        Some(parent) => {
            parent.children.push(Arc::new(element));
            None
        }
        None => Some(element),
    }
}

fn element(start: &BytesStart<'_>, mut scope: Scope) -> Result<Element, String> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
        let name = attribute.key.as_ref();
        match name.strip_prefix("xmlns") {
            Some("") => declare(&mut scope, "", &value)?,
            Some(prefix) if prefix.starts_with(':') => declare(&mut scope, &prefix[1..], &value)?,
            _ => attributes.push((name.to_owned(), value.into_owned())),
        }
        if attributes.len() > MAX_ATTRIBUTES {
            return Err(format!("an element has more than {MAX_ATTRIBUTES} attributes"));
        }
    }
    let named = |written: &str, of_element: bool| {
        let (prefix, local) = written.split_once(':').unwrap_or(("", written));
        // The default namespace is for elements only.
        let namespace =
            if prefix.is_empty() && !of_element { Some(Arc::default()) } else { lookup(&scope, prefix) };
        let namespace = namespace.ok_or_else(|| format!("the prefix `{prefix}` is not declared"))?;
        Ok::<_, String>(Name { namespace, local: local.into() })
    };
    let name = named(start.name().as_ref(), true)?;
    let attributes = attributes
        .into_iter()
        .map(|(written, value)| Ok((named(&written, false)?, value)))
        .collect::<Result<Vec<_>, String>>()?;
    Ok(Element { name, attributes, children: Vec::new(), text: String::new(), scope })
}

fn declare(scope: &mut Scope, prefix: &str, namespace: &str) -> Result<(), String> {
    if scope.len() >= MAX_ATTRIBUTES {
        return Err(format!("more than {MAX_ATTRIBUTES} namespaces are declared"));
    }
    Arc::make_mut(scope).push((prefix.to_owned(), namespace.into()));
    Ok(())
}

/// The text of a document, by its byte order mark or its declaration.
fn decoded(bytes: &[u8], shown: &str) -> Result<String, Problem> {
    let wrong = |sentence: String| Problem::new("soap.bad-xml", sentence).at(Place::file(shown));
    let encoding = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let encoding = match (encoding, declared_encoding(bytes)) {
        (Some(encoding), _) => encoding,
        (None, Some(label)) => Encoding::for_label(label.as_bytes()).ok_or_else(|| {
            wrong(format!("the document says that it is in `{label}`, which is no known encoding"))
        })?,
        (None, None) => UTF_8,
    };
    let (text, _, damaged) = encoding.decode(bytes);
    if damaged {
        return Err(wrong(format!("the document is not in {}", encoding.name())));
    }
    Ok(text.into_owned())
}

fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let head: String = bytes.iter().take(200).map(|byte| char::from(*byte)).collect();
    let declaration = head.strip_prefix("<?xml")?.split("?>").next()?.to_owned();
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start().to_owned();
    let mark = value.chars().next().filter(|mark| ['"', '\''].contains(mark))?;
    value.get(1..)?.split(mark).next().map(str::to_owned)
}

/// A text as it stands in an element or an attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push_str(&["&#", &u32::from(letter).to_string(), ";"].concat()),
            // Other controls are not allowed in XML at all.
            letter if letter.is_control() && letter < ' ' => escaped.push(char::REPLACEMENT_CHARACTER),
            letter => escaped.push(letter),
        }
    }
    escaped
}
