//! Finds the records of an XML document: the elements at the end of a way.
//!
//! What stands above and beside them is followed tag by tag and not kept, but for the namespaces and the values that are carried down.

use std::sync::Arc;

use concordat_record::{Problem, nearest};

use super::attributes::{attribute, declare};
use super::markup::{Extent, Markup, Missing, element, markup, next_markup};
use super::path::{Last, RowWay, Test, ValueWay};
use crate::tree::carry::Carry;
use crate::tree::records::{Found, Scan, Surroundings};

/// Where rows are, and what is carried down to them.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    pub way: RowWay,
    pub carry: Vec<ValueWay>,
    /// How many levels a record may have, and how many there may be above it.
    pub deepest: usize,
    /// Whether ways name namespaces.
    pub has_namespaces: bool,
}

/// Follows a document.
#[expect(clippy::struct_excessive_bools, reason = "what is known so far, each for itself")]
pub(super) struct XmlScan {
    rows: Rows,
    open: Vec<Open>,
    /// Prefixes in scope, the innermost last.
    bindings: Vec<(String, String)>,
    carry: Carry,
    /// A value that is being read: which one, at which level, and what was read of it.
    reading: Option<(usize, usize, String)>,
    root_ended: bool,
    passes_over: bool,
    found_any: bool,
    /// A whole record had an element of its own name in it, so such a start tag says nothing.
    nests: bool,
    /// The file has ended within a record.
    is_cut_off: bool,
    seen: Vec<String>,
}

/// An element that is open.
struct Open {
    /// As it is written.
    name: Vec<u8>,
    local: String,
    uri: Option<String>,
    /// How many prefixes were in scope before it.
    bindings: usize,
}

/// Names that are remembered for advice.
const MOST_SEEN: usize = 60;

enum Progress {
    On(usize),
    Out(Found),
}

impl XmlScan {
    pub fn new(rows: Rows, known: Vec<Option<String>>) -> Self {
        let common =
            |way: &ValueWay| way.steps.iter().zip(&rows.way.steps).take_while(|(a, b)| a == b).count();
        let scopes = rows.carry.iter().map(|way| common(way).saturating_sub(1)).collect();
        Self {
            carry: Carry::new(scopes, known),
            rows,
            open: Vec::new(),
            bindings: Vec::new(),
            reading: None,
            root_ended: false,
            passes_over: false,
            found_any: false,
            nests: false,
            is_cut_off: false,
            seen: Vec::new(),
        }
    }

    /// Text between tags, up to `end`.
    fn text(&mut self, text: &[u8], begin: usize, end: usize) -> Option<Found> {
        let part = text.get(begin..end).unwrap_or_default();
        if self.open.is_empty() {
            let stray = part.iter().position(|byte| !byte.is_ascii_whitespace())?;
            return Some(lost(begin + stray, "text stands outside of the document's element"));
        }
        if let Some((_, _, read)) = &mut self.reading {
            let part = String::from_utf8_lossy(part);
            match quick_xml::escape::unescape(&part) {
                Ok(plain) => read.push_str(&plain),
                Err(error) => return Some(lost(begin, &format!("{error}"))),
            }
        }
        None
    }

    fn start(&mut self, text: &[u8], at: usize, is_last: bool, tag: (Markup, usize)) -> Progress {
        let (Markup::Start { name, end_of_attributes, is_empty }, end) = tag else {
            return Progress::On(tag.1);
        };
        if self.open.is_empty() && self.root_ended {
            return Progress::Out(lost(at, "a second element stands behind the document's element"));
        }
        let attributes = text.get(name.end..end_of_attributes).unwrap_or_default();
        let attributes = String::from_utf8_lossy(attributes);
        let name = text.get(name).unwrap_or_default().to_vec();
        let bindings = self.bindings.len();
        if let Err(sentence) = declare(&attributes, &mut self.bindings) {
            return Progress::Out(lost(at, &sentence));
        }
        let shown = String::from_utf8_lossy(&name);
        let (prefix, local) = shown.split_once(':').unwrap_or(("", &shown));
        let (local, uri) = (local.to_owned(), self.uri_of(prefix));
        self.remember(&local);
        let open = Open { name, local, uri, bindings };
        if self.is_row(&open) && !std::mem::take(&mut self.passes_over) {
            self.carry.set_namespaces(self.bindings.get(..bindings).unwrap_or_default());
            self.bindings.truncate(bindings);
            return Progress::Out(self.row(text, at, is_last, &open.name));
        }
        if self.open.len() >= self.rows.deepest {
            return Progress::Out(lost(
                at,
                &format!("the document has more than {} levels", self.rows.deepest),
            ));
        }
        self.open.push(open);
        if let Err(sentence) = self.keep(&attributes) {
            return Progress::Out(lost(at, &sentence));
        }
        if is_empty {
            self.close();
        }
        Progress::On(end)
    }

    fn uri_of(&self, prefix: &str) -> Option<String> {
        if !self.rows.has_namespaces {
            return None;
        }
        let bound = self.bindings.iter().rev().find(|(known, _)| known == prefix);
        bound.map(|(_, uri)| uri.clone()).filter(|uri| !uri.is_empty())
    }

    fn is_row(&self, last: &Open) -> bool {
        let way = &self.rows.way;
        let depth = self.open.len() + 1;
        if depth < way.steps.len() || (depth != way.steps.len() && !way.is_anywhere) {
            return false;
        }
        let above = self.open.iter().chain(std::iter::once(last)).skip(depth - way.steps.len());
        is_on(above, &way.steps)
    }

    /// Keeps the values to carry that the innermost element has, or begins to read its text.
    fn keep(&mut self, attributes: &str) -> Result<(), String> {
        for index in 0..self.rows.carry.len() {
            let Some(way) = self.rows.carry.get(index) else { continue };
            if way.steps.len() != self.open.len() || !is_on(self.open.iter(), &way.steps) {
                continue;
            }
            if let Last::Attribute(test) = &way.last {
                let found = attribute(attributes, test, &self.bindings)?;
                if found.is_some() {
                    self.carry.keep(index, found);
                }
            } else {
                self.reading = Some((index, self.open.len(), String::new()));
            }
        }
        Ok(())
    }

    fn close(&mut self) {
        if let Some((index, _, read)) = self.reading.take_if(|(_, level, _)| *level == self.open.len()) {
            let value = Some(read.trim().to_owned()).filter(|value| !value.is_empty());
            self.carry.keep(index, value);
        }
        if let Some(closed) = self.open.pop() {
            self.bindings.truncate(closed.bindings);
        }
        self.carry.leave(self.open.len());
        self.root_ended |= self.open.is_empty();
    }

    fn end(&mut self, at: usize, name: &[u8]) -> Option<Found> {
        let Some(open) = self.open.last() else {
            return Some(lost(at, "an end tag closes nothing"));
        };
        if open.name != name {
            let (open, name) = (String::from_utf8_lossy(&open.name), String::from_utf8_lossy(name));
            return Some(lost(at, &format!("`{open}` is closed by the end tag of `{name}`")));
        }
        self.close();
        None
    }

    fn row(&mut self, text: &[u8], begin: usize, is_last: bool, name: &[u8]) -> Found {
        self.found_any = true;
        match element(text, begin, self.rows.deepest) {
            Extent::Ends(end, nests) => {
                self.nests |= nests;
                self.root_ended |= self.open.is_empty();
                Found::Record { begin, end }
            }
            Extent::TooDeep(end) => {
                self.root_ended |= self.open.is_empty();
                let sentence = format!("the record has more than {} levels", self.rows.deepest);
                let problem =
                    Problem::new("xml.too-deep", sentence).advise("raise `max_depth` if that is right");
                Found::Broken { begin, end, fault: begin, problem }
            }
            Extent::Open if !is_last => Found::Growing { begin },
            Extent::Open => {
                if let Some(end) = self.next_row(text, begin + 1, name) {
                    let problem = malformed("the record has no end tag");
                    return Found::Broken { begin, end, fault: begin, problem };
                }
                self.is_cut_off = true;
                Found::Broken { begin, end: text.len(), fault: text.len(), problem: truncated() }
            }
            Extent::Wrong { fault, sentence, nested } => {
                let problem = malformed(&sentence);
                // A record within a record, where there never was one: the first has lost its end tag, and the second is good.
                let nested = nested.filter(|_| !self.nests);
                match nested.or_else(|| self.next_row(text, fault, name)) {
                    Some(end) => Found::Broken { begin, end, fault, problem },
                    None if !is_last => Found::Growing { begin },
                    None => Found::Lost { begin, fault, problem },
                }
            }
        }
    }

    /// Where reading goes on behind a broken record: at a start tag like its own, behind such an end tag, or before the end tag of
    /// the element around it.
    fn next_row(&self, text: &[u8], from: usize, name: &[u8]) -> Option<usize> {
        let around = self.open.last().map(|open| open.name.as_slice());
        let mut at = from;
        loop {
            at = next_markup(text, at)?;
            match markup(text, at) {
                Ok((Markup::Start { name: found, .. }, _)) if text.get(found.clone()) == Some(name) => {
                    return Some(at);
                }
                Ok((Markup::End { name: found }, end)) => {
                    let found = text.get(found);
                    if found == Some(name) {
                        return Some(end);
                    }
                    if found == around {
                        return Some(at);
                    }
                    at = end;
                }
                Ok((Markup::Doctype, _)) | Err(_) => at += 1,
                Ok((_, end)) => at = end,
            }
        }
    }

    /// Names that stand where the way to the rows could not go on.
    fn remember(&mut self, local: &str) {
        let is_row_level = self.open.len() < self.rows.way.steps.len() || self.rows.way.is_anywhere;
        if is_row_level && self.seen.len() < MOST_SEEN && !self.found_any {
            let name = self.open.iter().map(|open| open.local.as_str()).chain([local]);
            let name = name.fold(String::new(), |all, part| format!("{all}/{part}"));
            if !self.seen.contains(&name) {
                self.seen.push(name);
            }
        }
    }

    fn step(&mut self, text: &[u8], at: usize, is_last: bool) -> Progress {
        let (found, end) = match markup(text, at) {
            Ok(found) => found,
            Err(Missing::Open) if !is_last => return Progress::Out(Found::More { at }),
            Err(Missing::Open) => {
                return Progress::Out(Found::Lost { begin: at, fault: at, problem: truncated() });
            }
            Err(Missing::Wrong(fault, what)) => {
                return Progress::Out(Found::Lost {
                    begin: at,
                    fault,
                    problem: malformed(&format!("expected {what}")),
                });
            }
        };
        match &found {
            Markup::Start { .. } => return self.start(text, at, is_last, (found, end)),
            Markup::End { name } => {
                if let Some(found) = self.end(at, text.get(name.clone()).unwrap_or_default()) {
                    return Progress::Out(found);
                }
            }
            Markup::Data { inner } => match &mut self.reading {
                Some((_, _, read)) => {
                    read.push_str(&String::from_utf8_lossy(text.get(inner.clone()).unwrap_or_default()));
                }
                None if self.open.is_empty() => {
                    return Progress::Out(lost(at, "text stands outside of the document's element"));
                }
                None => {}
            },
            Markup::Doctype => {
                let sentence = "the file declares a document type, which could name other files and entities";
                let advice = "ask for the file without `<!DOCTYPE …>`, or remove it: nothing in it is needed to read the records";
                let problem = Problem::new("xml.document-type", sentence).advise(advice);
                return Progress::Out(Found::Lost { begin: at, fault: at, problem });
            }
            Markup::Comment | Markup::Instruction { .. } => {}
        }
        Progress::On(end)
    }
}

/// Whether elements are what a way names, one by one.
fn is_on<'a>(elements: impl Iterator<Item = &'a Open>, steps: &[Test]) -> bool {
    elements.zip(steps).all(|(open, test)| test.is(&open.local, open.uri.as_deref()))
}

pub(super) fn malformed(sentence: &str) -> Problem {
    Problem::new("xml.malformed", format!("this is not well-formed XML: {sentence}"))
}

fn truncated() -> Problem {
    Problem::new("xml.truncated", "the file ends before its elements do")
        .advise("ask for the file again: it is not whole")
}

fn lost(at: usize, sentence: &str) -> Found {
    Found::Lost { begin: at, fault: at, problem: malformed(sentence) }
}

impl Scan for XmlScan {
    fn next(&mut self, text: &[u8], at: usize, is_last: bool) -> Found {
        let mut at = at;
        loop {
            let Some(next) = next_markup(text, at) else {
                if self.reading.is_some() && !is_last {
                    // Half of a reference may stand at the end.
                    return Found::More { at };
                }
                let stray = self.text(text, at, text.len());
                return match (stray, is_last) {
                    (Some(stray), _) => stray,
                    (None, false) => Found::More { at: text.len() },
                    (None, true) if self.is_cut_off || (self.root_ended && self.open.is_empty()) => {
                        Found::End
                    }
                    (None, true) => {
                        Found::Lost { begin: text.len(), fault: text.len(), problem: truncated() }
                    }
                };
            };
            if let Some(stray) = self.text(text, at, next) {
                return stray;
            }
            match self.step(text, next, is_last) {
                Progress::On(end) => at = end,
                Progress::Out(found) => return found,
            }
        }
    }

    fn pass_over(&mut self) {
        self.passes_over = true;
    }

    fn surroundings(&self) -> Arc<Surroundings> {
        self.carry.above()
    }

    fn carried_once(&self) -> Vec<Option<String>> {
        self.carry.once()
    }

    fn nothing_found(&self) -> Option<Problem> {
        let way = &self.rows.way;
        let names = way.steps.iter().map(|step| step.local.as_str());
        let wanted = names.fold(String::new(), |all, part| format!("{all}/{part}"));
        let depth = |way: &str| way.matches('/').count();
        // An element that could hold rows and is empty is a list without rows.
        let around = wanted.rsplit_once('/').map_or("", |(around, _)| around);
        let is_empty_list = self.seen.iter().any(|seen| seen == around && !around.is_empty())
            && !self.seen.iter().any(|seen| seen.starts_with(&format!("{around}/")));
        if self.found_any || is_empty_list {
            return None;
        }
        let problem = Problem::new("xml.no-rows", format!("the file has no element `{}`", way.written));
        let near = self.seen.iter().map(String::as_str);
        Some(match nearest(&wanted, near.clone()) {
            _ if self.seen.contains(&wanted) => {
                problem.advise("its name is in another namespace: check `namespaces`")
            }
            Some(near) => problem.advise(format!("did you mean `{near}`?")),
            None => {
                let deepest = near.clone().map(depth).max().unwrap_or_default();
                let some: Vec<&str> = near.filter(|way| depth(way) == deepest).take(8).collect();
                problem.advise(format!("check `rows`; there is {}", some.join(", ")))
            }
        })
    }
}
