//! Makes a row of an element: each value goes to the column that the plan has for it.

use std::borrow::Cow;

use concordat_record::Problem;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::columns::{Group, Node};
use super::scan::malformed;
use super::target::Target;
use crate::tree::records::Surroundings;
use crate::tree::row::{Fault, Fill};
use crate::tree::shape::{Column, Shape};

/// XML Schema, Part 1, section 2.7.2.
const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// More attributes than this in one tag are refused.
pub(super) const MOST_ATTRIBUTES: usize = 256;

const END_OF_DATA: &str = "]]>";

/// Makes rows.
#[derive(Clone, Debug)]
pub(super) struct XmlFill {
    pub plan: Group,
    /// Which columns anybody wants; the others stay empty.
    pub needed: Vec<bool>,
    pub trim: bool,
    pub nulls: Vec<String>,
    pub has_namespaces: bool,
    /// The columns are those of a sample: what it did not have would be lost.
    pub is_discovered: bool,
}

/// A walk through one record.
struct Walk<'a, 'f> {
    fill: &'f XmlFill,
    reader: Reader<&'a [u8]>,
    /// Text of the elements that are being collected.
    text: String,
    /// Prefixes in scope, the innermost last.
    bindings: Vec<(Cow<'f, str>, Cow<'f, str>)>,
    /// Whether what ends CDATA stands anywhere in the record; in a text it is not allowed.
    may_end_data: bool,
}

impl XmlFill {
    /// A value as a column takes it; none is null.
    fn plain<'t>(&self, text: &'t str) -> Option<&'t str> {
        // Characters that are spaces elsewhere are not allowed in XML at all.
        let text = if self.trim { text.trim_ascii() } else { text };
        (!text.is_empty() && !self.nulls.iter().any(|null| null == text)).then_some(text)
    }
}

fn beyond_sample(what: &str, name: &str) -> Fault {
    let sentence = format!("the row has {what} `{name}` that the sample did not have");
    let advice = "columns were found in the beginning of the file; name them under `columns`";
    Fault::new(Problem::new("xml.beyond-sample", sentence).advise(advice))
}

impl<'a> Walk<'a, '_> {
    fn fault(&self, sentence: impl AsRef<str>) -> Fault {
        Fault::new(malformed(sentence.as_ref())).at_byte(self.reader.error_position() as usize)
    }

    fn uri_of(&self, prefix: &str) -> Option<&str> {
        let bound = self.bindings.iter().rev().find(|(known, _)| known == prefix);
        bound.map(|(_, uri)| uri.as_ref()).filter(|uri| !uri.is_empty())
    }

    /// Reads an element whose start tag has been read, to its end.
    fn element(
        &mut self,
        start: &BytesStart<'a>,
        is_empty: bool,
        node: Option<&Node>,
        target: &mut Target<'_>,
        is_collecting: bool,
    ) -> Result<(), Fault> {
        let bindings = self.bindings.len();
        self.declare(start)?;
        if let Some((column, group)) = node.and_then(|node| node.group.as_ref()) {
            self.group(start, is_empty, *column, group, target)?;
        } else {
            let is_nil = self.attributes(start, node, target)?;
            self.content(start, is_empty, is_nil, node, target, is_collecting)?;
        }
        self.bindings.truncate(bindings);
        Ok(())
    }

    fn group(
        &mut self,
        start: &BytesStart<'a>,
        is_empty: bool,
        column: usize,
        group: &Group,
        target: &mut Target<'_>,
    ) -> Result<(), Fault> {
        let is_needed = target.needed.get(column).copied().unwrap_or(true);
        if let Some(count) = target.counts.get_mut(column) {
            *count += 1;
        }
        let shape = match target.shapes.get(column) {
            Some(Shape::List(item)) => item.as_ref(),
            _ => return Ok(()),
        };
        let (Some(Column::List(list)), Shape::Group(members)) = (target.columns.get_mut(column), shape)
        else {
            return Ok(());
        };
        let Column::Group(occurrence) = list.next_item() else { return Ok(()) };
        let needed = if is_needed { Vec::new() } else { vec![false; group.columns.len()] };
        let mut inner = Target {
            columns: &mut occurrence.fields,
            shapes: members.iter().map(|member| &member.shape).collect(),
            leaves: &group.columns,
            needed: &needed,
            counts: vec![0; group.columns.len()],
            joined: Vec::new(),
        };
        let is_nil = self.attributes(start, Some(&group.root), &mut inner)?;
        self.content(start, is_empty, is_nil, Some(&group.root), &mut inner, false)?;
        inner.finish()?;
        occurrence.close();
        Ok(())
    }

    fn declare(&mut self, start: &BytesStart<'a>) -> Result<(), Fault> {
        if !start.attributes_raw().contains("xmlns") {
            return Ok(());
        }
        let mut bindings = Vec::new();
        super::attributes::declare(start.attributes_raw(), &mut bindings)
            .map_err(|sentence| self.fault(sentence))?;
        let owned = bindings.into_iter().map(|(prefix, uri)| (Cow::Owned(prefix), Cow::Owned(uri)));
        self.bindings.extend(owned);
        Ok(())
    }

    /// Puts the values of attributes; says whether the element is declared to be null.
    fn attributes(
        &mut self,
        start: &BytesStart<'a>,
        node: Option<&Node>,
        target: &mut Target<'_>,
    ) -> Result<bool, Fault> {
        let mut is_nil = false;
        if start.attributes_raw().is_empty() {
            return Ok(false);
        }
        for (index, attribute) in start.attributes().enumerate() {
            let attribute = attribute.map_err(|error| self.fault(error.to_string()))?;
            if index >= MOST_ATTRIBUTES {
                return Err(self.fault(format!("a tag has more than {MOST_ATTRIBUTES} attributes")));
            }
            let key = attribute.key.as_ref();
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| self.fault(error.to_string()))?;
            if key == "xmlns" || key.starts_with("xmlns:") {
                continue;
            }
            let (prefix, local) = key.split_once(':').unwrap_or(("", key));
            let uri = if prefix.is_empty() { None } else { self.uri_of(prefix) };
            if uri == Some(SCHEMA_INSTANCE) {
                is_nil |= local == "nil" && matches!(value.trim(), "true" | "1");
                continue;
            }
            let Some(node) = node else { continue };
            let mut is_known = false;
            for (_, column) in node.attributes.iter().filter(|(test, _)| test.is(local, uri)) {
                target.put(*column, self.fill.plain(&value))?;
                is_known = true;
            }
            if !is_known && self.fill.is_discovered {
                return Err(beyond_sample("an attribute", local));
            }
        }
        Ok(is_nil)
    }

    fn content(
        &mut self,
        start: &BytesStart<'a>,
        is_empty: bool,
        is_nil: bool,
        node: Option<&Node>,
        target: &mut Target<'_>,
        is_collecting: bool,
    ) -> Result<(), Fault> {
        let (whole, direct): (&[usize], &[usize]) = node.map_or((&[], &[]), |node| (&node.whole, &node.text));
        let collects = is_collecting || !whole.is_empty();
        let begin = self.text.len();
        let mut own = Cow::Borrowed("");
        let mut next_child = 0;
        loop {
            if is_empty {
                break;
            }
            match self.reader.read_event() {
                Ok(Event::Text(text)) => {
                    if self.may_end_data && text.contains(END_OF_DATA) {
                        return Err(self.fault("`]]>` stands in a text"));
                    }
                    let text = text.xml10_content();
                    self.refuse_stray(&text, collects || !direct.is_empty(), node, start)?;
                    self.take(text, collects, (!direct.is_empty()).then_some(&mut own));
                }
                Ok(Event::CData(data)) => {
                    let text = data.xml10_content();
                    self.refuse_stray(&text, collects || !direct.is_empty(), node, start)?;
                    self.take(text, collects, (!direct.is_empty()).then_some(&mut own));
                }
                Ok(Event::GeneralRef(reference)) => {
                    let text = self.resolve(&reference)?.to_string();
                    self.take(text.into(), collects, (!direct.is_empty()).then_some(&mut own));
                }
                Ok(Event::Start(child)) => {
                    self.child(&child, false, node, &mut next_child, target, collects)?;
                }
                Ok(Event::Empty(child)) => {
                    self.child(&child, true, node, &mut next_child, target, collects)?;
                }
                Ok(Event::End(_)) => break,
                Ok(Event::Comment(_)) => {}
                Ok(Event::PI(instruction)) if !instruction.target().eq_ignore_ascii_case("xml") => {}
                Ok(Event::PI(_) | Event::Decl(_) | Event::DocType(_) | Event::Eof) => {
                    return Err(self.fault("a declaration stands within the record"));
                }
                Err(error) => return Err(self.fault(error.to_string())),
            }
        }
        for column in whole {
            let text = self.text.get(begin..).unwrap_or_default();
            target.put(*column, self.fill.plain(text).filter(|_| !is_nil))?;
        }
        for column in direct {
            target.put(*column, self.fill.plain(&own).filter(|_| !is_nil))?;
        }
        if !is_collecting {
            self.text.truncate(begin);
        }
        Ok(())
    }

    fn take(&mut self, text: Cow<'a, str>, collects: bool, own: Option<&mut Cow<'a, str>>) {
        if collects {
            self.text.push_str(&text);
        }
        // Most elements have one text, which is not copied.
        match own {
            Some(own) if own.is_empty() => *own = text,
            Some(own) => own.to_mut().push_str(&text),
            None => {}
        }
    }

    /// Text where the sample had none would be lost.
    fn refuse_stray(
        &self,
        text: &str,
        is_taken: bool,
        node: Option<&Node>,
        start: &BytesStart<'_>,
    ) -> Result<(), Fault> {
        let is_stray = self.fill.is_discovered && !is_taken && node.is_some() && !text.trim().is_empty();
        if is_stray { Err(beyond_sample("text in", start.local_name().as_ref())) } else { Ok(()) }
    }

    fn child(
        &mut self,
        start: &BytesStart<'a>,
        is_empty: bool,
        node: Option<&Node>,
        next: &mut usize,
        target: &mut Target<'_>,
        is_collecting: bool,
    ) -> Result<(), Fault> {
        let known = match node {
            Some(node) => self.find(start, node, next)?,
            None => None,
        };
        if known.is_none() && self.fill.is_discovered && !is_collecting && node.is_some() {
            return Err(beyond_sample("an element", start.local_name().as_ref()));
        }
        self.element(start, is_empty, known, target, is_collecting)
    }

    /// What the plan has for a child. Children mostly come in the order of the columns: `next` is where the last one was found.
    fn find<'n>(
        &self,
        start: &BytesStart<'a>,
        node: &'n Node,
        next: &mut usize,
    ) -> Result<Option<&'n Node>, Fault> {
        let name = start.name();
        let (prefix, local) = name.as_ref().split_once(':').unwrap_or(("", name.as_ref()));
        let mut own = Vec::new();
        let mut uri = None;
        if self.fill.has_namespaces {
            super::attributes::declare(start.attributes_raw(), &mut own)
                .map_err(|sentence| self.fault(sentence))?;
            let bound = own.iter().rev().find(|(known, _)| known == prefix).map(|(_, uri)| uri.as_str());
            uri = bound
                .filter(|uri| !uri.is_empty())
                .or_else(|| self.uri_of(prefix).filter(|_| bound.is_none()));
        }
        let is = |(test, _): &(_, Node)| super::path::Test::is(test, local, uri);
        let place = match node.children.get(*next) {
            Some(child) if is(child) => Some(*next),
            _ => {
                let before = next.checked_sub(1).filter(|before| node.children.get(*before).is_some_and(is));
                before.or_else(|| node.children.iter().position(is))
            }
        };
        let Some(place) = place else { return Ok(None) };
        *next = place + 1;
        Ok(node.children.get(place).map(|(_, child)| child))
    }

    /// A reference to a character or to one of the five entities that need no declaration (section 4.6).
    fn resolve(&self, reference: &BytesRef<'_>) -> Result<char, Fault> {
        let name: &str = reference;
        let letter = match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "apos" => Some('\''),
            "quot" => Some('"'),
            _ => reference.resolve_char_ref().ok().flatten().filter(|letter| is_character(*letter)),
        };
        match letter {
            Some(letter) => Ok(letter),
            None if name.starts_with('#') => Err(self.fault(format!("`&{name};` stands for no character"))),
            None => {
                Err(self
                    .fault(format!("the entity `&{name};` is not declared, and document types are not read")))
            }
        }
    }
}

/// Section 2.2, `Char`.
fn is_character(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

impl Fill for XmlFill {
    fn fill(
        &self,
        record: &str,
        above: &Surroundings,
        shapes: &[(String, Shape)],
        columns: &mut [Column],
    ) -> Result<(), Fault> {
        let is_control = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\r' | b'\n');
        // All of it is looked at, because the compiler makes vectors of that.
        if record.bytes().fold(false, |any, byte| any | is_control(byte)) {
            let at = record.bytes().position(is_control).unwrap_or_default();
            return Err(Fault::new(malformed("a control character stands in it")).at_byte(at));
        }
        let mut reader = Reader::from_str(record);
        // INVARIANT: end tags have been matched and comments looked at where the record was cut out (`markup::element`).
        reader.config_mut().check_end_names = false;
        let bindings =
            above.namespaces.iter().map(|(prefix, uri)| (Cow::from(prefix.clone()), Cow::from(uri.clone())));
        let may_end_data = record.contains(END_OF_DATA);
        let mut walk =
            Walk { fill: self, reader, text: String::new(), bindings: bindings.collect(), may_end_data };
        let mut target = Target {
            columns,
            shapes: shapes.iter().map(|(_, shape)| shape).collect(),
            leaves: &self.plan.columns,
            needed: &self.needed,
            counts: vec![0; self.plan.columns.len()],
            joined: Vec::new(),
        };
        match walk.reader.read_event() {
            Ok(Event::Start(start)) => {
                walk.element(&start, false, Some(&self.plan.root), &mut target, false)?;
            }
            Ok(Event::Empty(start)) => {
                walk.element(&start, true, Some(&self.plan.root), &mut target, false)?;
            }
            Err(error) => return Err(walk.fault(error.to_string())),
            Ok(_) => return Err(walk.fault("the record is no element")),
        }
        target.finish()
    }
}
