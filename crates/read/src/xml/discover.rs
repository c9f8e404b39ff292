//! What the rows of a sample hold, and the columns for it.

use std::collections::HashSet;

use concordat_record::Place;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::columns::{ColumnSpec, Repeated};
use crate::section::Written;

/// More different elements and attributes than this are not told apart.
const MOST_NAMES: usize = 4000;

/// What was seen of an element, over all its occurrences.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// As a way names it: with its prefix when namespaces count.
    pub name: String,
    pub attributes: Vec<String>,
    pub children: Vec<Seen>,
    pub has_text: bool,
    /// How often it stood in one element at most.
    pub most: u64,
    /// How often in all.
    pub count: u64,
    here: u64,
}

impl Seen {
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Takes a record into account; one that is malformed up to where it is.
    pub fn add(&mut self, record: &str, prefixes: &Prefixes<'_>) {
        let mut reader = Reader::from_str(record);
        let mut names = 0;
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                self.see(&start, prefixes);
                self.content(&mut reader, prefixes, &mut names);
            }
            Ok(Event::Empty(start)) => self.see(&start, prefixes),
            _ => {}
        }
    }

    fn see(&mut self, start: &BytesStart<'_>, prefixes: &Prefixes<'_>) {
        self.count += 1;
        for attribute in start.attributes().flatten() {
            let key = attribute.key.as_ref();
            if key == "xmlns" || key.starts_with("xmlns:") || key.starts_with("xsi:") {
                continue;
            }
            let name = prefixes.shown(key);
            if !self.attributes.contains(&name) && self.attributes.len() < super::fill::MOST_ATTRIBUTES {
                self.attributes.push(name);
            }
        }
    }

    fn content(&mut self, reader: &mut Reader<&[u8]>, prefixes: &Prefixes<'_>, names: &mut usize) {
        // INVARIANT: the scanner has bounded the depth of records.
        self.children.iter_mut().for_each(|child| child.here = 0);
        loop {
            match reader.read_event() {
                Ok(Event::Start(start)) => {
                    let mut lost = Self::default();
                    let child = self.child(&start, prefixes, names).unwrap_or(&mut lost);
                    child.see(&start, prefixes);
                    child.content(reader, prefixes, names);
                }
                Ok(Event::Empty(start)) => {
                    if let Some(child) = self.child(&start, prefixes, names) {
                        child.see(&start, prefixes);
                    }
                }
                Ok(Event::Text(text)) => self.has_text |= !text.trim().is_empty(),
                Ok(Event::CData(data)) => self.has_text |= !data.trim().is_empty(),
                Ok(Event::GeneralRef(_)) => self.has_text = true,
                Ok(Event::Comment(_) | Event::PI(_)) => {}
                _ => break,
            }
        }
        for child in &mut self.children {
            child.most = child.most.max(child.here);
        }
    }

    fn child(
        &mut self,
        start: &BytesStart<'_>,
        prefixes: &Prefixes<'_>,
        names: &mut usize,
    ) -> Option<&mut Self> {
        let name = prefixes.shown(start.name().as_ref());
        let place = match self.children.iter().position(|child| child.name == name) {
            Some(place) => place,
            None if *names >= MOST_NAMES => return None,
            None => {
                *names += 1;
                self.children.push(Self::named(&name));
                self.children.len() - 1
            }
        };
        let child = self.children.get_mut(place)?;
        child.here += 1;
        Some(child)
    }

    /// The columns of rows that are such elements. An element that repeats becomes a list, of groups when it holds more than text.
    pub fn columns(&self) -> Vec<ColumnSpec> {
        let mut columns = Vec::new();
        self.gather("", &mut columns);
        columns
    }

    fn gather(&self, way: &str, columns: &mut Vec<ColumnSpec>) {
        let below = |name: &str| if way.is_empty() { name.to_owned() } else { format!("{way}/{name}") };
        let attributes = self.attributes.iter().map(|name| spec(&below(&format!("@{name}")), Vec::new()));
        columns.extend(attributes);
        // Text among elements is kept with theirs, as one value.
        let is_leaf = self.children.is_empty() || self.has_text;
        if is_leaf && (self.has_text || (self.attributes.is_empty() && !way.is_empty())) {
            columns.push(spec(if way.is_empty() { "." } else { way }, Vec::new()));
        }
        if is_leaf {
            return;
        }
        let wraps = self.wraps();
        for child in &self.children {
            let own = below(&child.name);
            let name = if wraps && !way.is_empty() { way } else { &own };
            if child.most < 2 {
                child.gather(&own, columns);
            } else if child.attributes.is_empty() && (child.children.is_empty() || child.has_text) {
                let found = spec(&own, Vec::new());
                columns.push(ColumnSpec { repeated: Repeated::List, name: name_of(name), ..found });
            } else {
                let mut inner = Vec::new();
                child.gather("", &mut inner);
                columns.push(ColumnSpec { name: name_of(name), ..spec(&own, inner) });
            }
        }
    }

    /// Whether it does nothing but hold a list, as `phones` in `<phones><string/><string/></phones>`: then the list has its name.
    fn wraps(&self) -> bool {
        self.attributes.is_empty()
            && !self.has_text
            && matches!(self.children.as_slice(), [only] if only.most > 1)
    }
}

fn spec(way: &str, columns: Vec<ColumnSpec>) -> ColumnSpec {
    let name = if way == "." { "text".into() } else { name_of(way) };
    let way = Written { value: way.into(), place: Place::default() };
    ColumnSpec { name, way, repeated: Repeated::Reject, columns }
}

/// A way as a name: its elements without their prefixes.
fn name_of(way: &str) -> String {
    let local = |name: &str| name.trim_start_matches('@').rsplit(':').next().unwrap_or(name).to_owned();
    way.split('/').map(local).collect::<Vec<String>>().join("_")
}

/// How names of the file are written in ways.
#[derive(Clone, Debug, Default)]
pub(super) struct Prefixes<'a> {
    /// Prefixes of the source file and their namespaces; none when only local names count.
    pub own: Option<&'a [(String, String)]>,
    /// Prefixes of the file.
    pub file: Vec<(String, String)>,
}

impl Prefixes<'_> {
    fn shown(&self, name: &str) -> String {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let Some(own) = self.own else { return local.into() };
        let bound = self.file.iter().rev().find(|(known, _)| known == prefix);
        let own = bound.and_then(|(_, uri)| own.iter().find(|(_, known)| known == uri));
        match own {
            Some((prefix, _)) if !prefix.is_empty() => format!("{prefix}:{local}"),
            _ => local.into(),
        }
    }
}

/// Different elements of a document, with the way to each and how often they repeat.
pub(super) struct Elements {
    pub root: Seen,
}

impl Elements {
    /// Looks at the beginning of a document, which may be cut off anywhere.
    pub fn of(text: &str) -> Option<Self> {
        let mut reader = Reader::from_str(text);
        loop {
            match reader.read_event() {
                Ok(Event::Start(start)) => {
                    let prefixes = Prefixes::default();
                    let mut root = Seen::named(start.local_name().as_ref());
                    root.see(&start, &prefixes);
                    root.content(&mut reader, &prefixes, &mut 0);
                    return Some(Self { root });
                }
                Ok(Event::Empty(start)) => {
                    let mut root = Seen::named(start.local_name().as_ref());
                    root.see(&start, &Prefixes::default());
                    return Some(Self { root });
                }
                Ok(Event::Eof | Event::DocType(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The way to the likeliest rows and how many of them there are: the elements that repeat nearest to the root, of those the ones
    /// that hold most. When nothing repeats, the first element below the root that holds others.
    pub fn rows(&self) -> (String, u64) {
        let mut level: Vec<(String, &Seen)> = vec![(format!("/{}", self.root.name), &self.root)];
        let mut single = None;
        while !level.is_empty() {
            let worth = |(_, seen): &&(String, &Seen)| {
                let parts = seen.children.len() + seen.attributes.len();
                (parts > 0, seen.count * (1 + parts as u64))
            };
            let repeats = level.iter().filter(|(_, seen)| seen.most > 1);
            if let Some((way, seen)) = repeats.max_by_key(worth) {
                return (way.clone(), seen.count);
            }
            let below: Vec<(String, &Seen)> = level
                .iter()
                .flat_map(|(way, seen)| {
                    seen.children.iter().map(move |child| (format!("{way}/{}", child.name), child))
                })
                .collect();
            if single.is_none() {
                single = below
                    .iter()
                    .find(|(_, seen)| !seen.children.is_empty())
                    .map(|(way, seen)| (way.clone(), seen.count));
            }
            level = below;
        }
        single.unwrap_or_else(|| (format!("/{}", self.root.name), 1))
    }

    /// The names of the namespaces that a text declares, each once.
    pub fn namespaces(text: &str) -> usize {
        let mut found: HashSet<&str> = HashSet::new();
        for part in text.split("xmlns").skip(1) {
            let value = part.split_once('=').map(|(_, value)| value.trim_start());
            let quote = value.and_then(|value| value.chars().next());
            if let (Some(value), Some(quote @ ('"' | '\''))) = (value, quote)
                && let Some(uri) = value.get(1..).and_then(|rest| rest.split(quote).next())
            {
                found.insert(uri);
            }
        }
        found.remove("http://www.w3.org/2001/XMLSchema-instance");
        found.len()
    }
}
