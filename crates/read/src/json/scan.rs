//! Finds the records of a JSON text: one document, documents line by line or one behind the other, or a sequence (RFC 7464).
//!
//! What stands above and beside the rows is followed token by token and never kept; a record is looked at as a whole.

use std::sync::Arc;

use concordat_record::{Problem, nearest};

use super::grammar::{Outline, scalar, skip_space, string, unescaped, value};
use super::path::{Step, names, pointer};
use super::recover::{SEPARATOR, next_document, next_element, next_line};
use crate::tree::carry::Carry;
use crate::tree::records::{Found, Scan, Surroundings};

/// Where rows are, and what is carried down to them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    /// The way to them; none when not told: the elements of an array, or the document.
    pub path: Option<Vec<Step>>,
    /// Whether an array at the way's end is one row and not a list of rows.
    pub array_is_row: bool,
    /// The ways of values that are carried down.
    pub carry: Vec<Vec<Step>>,
    /// How many levels a record may have, and how many there may be above it.
    pub deepest: usize,
}

/// Follows a text.
pub(crate) struct JsonScan {
    wanted: Rows,
    frames: Vec<Frame>,
    expect: Expect,
    carried: Carry,
    /// The record that begins next is too long: its tokens are followed instead.
    passes_over: bool,
    /// The place of the rows was found.
    found_any: bool,
    /// A document took more than one line, so the end of a line ends nothing.
    spans_lines: bool,
    /// Members seen where the way to the rows could not go on.
    seen: Vec<String>,
    /// How far the way to the rows was found.
    reached: usize,
}

/// An object or array that is open.
struct Frame {
    is_object: bool,
    /// The member or element that is being followed.
    name: String,
    index: u64,
    /// Whether its elements are rows.
    has_rows: bool,
}

/// What the grammar allows next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Document,
    Value,
    ValueOrEnd,
    Name,
    NameOrEnd,
    Colon,
    CommaOrEnd,
}

/// Names that are remembered for advice.
const MOST_SEEN: usize = 40;
/// How a step ended.
enum Progress {
    On(usize),
    Out(Found),
}

impl JsonScan {
    /// `known` are values to carry that stand behind the rows.
    pub fn new(rows: Rows, known: Vec<Option<String>>) -> Self {
        let common = |way: &Vec<Step>| {
            let rows = rows.path.as_deref().unwrap_or_default();
            way.iter().zip(rows).take_while(|(a, b)| a == b).count()
        };
        let carry = Carry::new(rows.carry.iter().map(common).collect(), known);
        Self {
            wanted: rows,
            frames: Vec::new(),
            expect: Expect::Document,
            carried: carry,
            passes_over: false,
            found_any: false,
            spans_lines: false,
            seen: Vec::new(),
            reached: 0,
        }
    }

    fn is_at(&self, path: &[Step]) -> bool {
        self.frames.len() == path.len() && self.is_on(path)
    }

    /// Whether a way leads through what is open, as far as both go.
    fn is_on(&self, path: &[Step]) -> bool {
        self.frames.iter().zip(path).all(|(frame, step)| match step {
            Step::Any => true,
            Step::Name(name) if frame.is_object => *name == frame.name,
            Step::Name(name) => *name == frame.index.to_string(),
        })
    }

    /// Whether the value that begins with this byte is a row, or a list of rows.
    fn role(&self, first: u8) -> Role {
        if self.frames.last().is_some_and(|frame| frame.has_rows) {
            return Role::Row;
        }
        let is_place = match &self.wanted.path {
            Some(path) => self.is_at(path),
            None => self.frames.is_empty(),
        };
        match (is_place, first) {
            (true, b'[') if !self.wanted.array_is_row => Role::Rows,
            (true, _) => Role::Row,
            (false, _) => Role::Other,
        }
    }

    /// One token outside of rows, or a row.
    fn step(&mut self, text: &[u8], at: usize, is_last: bool) -> Progress {
        let first = text.get(at).copied().unwrap_or_default();
        let wrong = |what: &str| Progress::Out(lost(at, at, what));
        let is_object = self.frames.last().is_some_and(|frame| frame.is_object);
        match (self.expect, first) {
            (Expect::Document, SEPARATOR) => Progress::On(at + 1),
            (Expect::ValueOrEnd, b']') | (Expect::NameOrEnd, b'}') => self.close(at),
            (Expect::Document | Expect::Value | Expect::ValueOrEnd, _) => self.value(text, at, is_last),
            (Expect::Name | Expect::NameOrEnd, b'"') => self.name(text, at, is_last),
            (Expect::Name | Expect::NameOrEnd, _) => wrong("the name of a member, in quotation marks"),
            (Expect::Colon, b':') => {
                self.expect = Expect::Value;
                Progress::On(at + 1)
            }
            (Expect::Colon, _) => wrong("`:`"),
            (Expect::CommaOrEnd, b',') => {
                self.expect = if is_object { Expect::Name } else { Expect::Value };
                if let Some(frame) = self.frames.last_mut() {
                    frame.index += 1;
                }
                Progress::On(at + 1)
            }
            (Expect::CommaOrEnd, b'}') if is_object => self.close(at),
            (Expect::CommaOrEnd, b']') if !is_object => self.close(at),
            (Expect::CommaOrEnd, _) => wrong(if is_object { "`,` or `}`" } else { "`,` or `]`" }),
        }
    }

    fn close(&mut self, at: usize) -> Progress {
        self.frames.pop();
        self.carried.leave(self.frames.len());
        self.value_ended();
        Progress::On(at + 1)
    }

    fn value_ended(&mut self) {
        self.expect = if self.frames.is_empty() { Expect::Document } else { Expect::CommaOrEnd };
    }

    fn name(&mut self, text: &[u8], at: usize, is_last: bool) -> Progress {
        match string(text, at) {
            Outline::Ends(end) => {
                let inner = text.get(at + 1..end - 1).and_then(|inner| std::str::from_utf8(inner).ok());
                let name = inner.and_then(unescaped).unwrap_or_default();
                self.remember(&name);
                if let Some(frame) = self.frames.last_mut() {
                    frame.name = name;
                }
                self.expect = Expect::Colon;
                Progress::On(end)
            }
            Outline::Open if !is_last => Progress::Out(Found::More { at }),
            Outline::Wrong(fault, what) => Progress::Out(lost(at, fault, what)),
            _ => Progress::Out(ends_early(at, text.len())),
        }
    }

    fn remember(&mut self, name: &str) {
        let Some(path) = &self.wanted.path else { return };
        let depth = self.frames.len();
        let on_the_way =
            depth > 0
                && depth <= path.len()
                && self.frames.iter().take(depth - 1).zip(path).all(|(frame, step)| {
                    matches!(step, Step::Any) || *step == Step::Name(frame.name.clone())
                });
        if on_the_way && depth > self.reached {
            self.reached = depth;
            self.seen.clear();
        }
        if on_the_way && self.seen.len() < MOST_SEEN && !self.seen.iter().any(|seen| seen == name) {
            self.seen.push(name.into());
        }
    }

    fn value(&mut self, text: &[u8], at: usize, is_last: bool) -> Progress {
        let first = text.get(at).copied().unwrap_or_default();
        let passes_over = std::mem::take(&mut self.passes_over);
        let role = self.role(first);
        if role == Role::Row && !passes_over {
            return self.row(text, at, is_last);
        }
        self.found_any |= role != Role::Other;
        if matches!(first, b'{' | b'[') {
            if self.frames.len() >= self.wanted.deepest {
                return Progress::Out(lost(at, at, &format!("no more than {} levels", self.wanted.deepest)));
            }
            let is_object = first == b'{';
            let has_rows = role == Role::Rows && !passes_over;
            self.frames.push(Frame { is_object, name: String::new(), index: 0, has_rows });
            self.expect = if is_object { Expect::NameOrEnd } else { Expect::ValueOrEnd };
            return Progress::On(at + 1);
        }
        match scalar(text, at, is_last) {
            Outline::Ends(end) => {
                self.keep(text.get(at..end).unwrap_or_default());
                self.value_ended();
                Progress::On(end)
            }
            Outline::Open if !is_last => Progress::Out(Found::More { at }),
            Outline::Wrong(fault, what) => Progress::Out(lost(at, fault, what)),
            _ => Progress::Out(ends_early(at, text.len())),
        }
    }

    /// Keeps a value that is to be carried down.
    fn keep(&mut self, token: &[u8]) {
        for index in 0..self.wanted.carry.len() {
            if !self.wanted.carry.get(index).is_some_and(|path| self.is_at(path)) {
                continue;
            }
            let text = std::str::from_utf8(token).unwrap_or_default();
            let value = match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
                Some(inner) => unescaped(inner),
                None => Some(text.to_owned()).filter(|text| text != "null"),
            };
            self.carried.keep(index, value);
        }
    }

    fn row(&mut self, text: &[u8], begin: usize, is_last: bool) -> Progress {
        let is_first = !std::mem::replace(&mut self.found_any, true);
        let found = match value(text, begin, is_last, self.wanted.deepest) {
            Outline::Ends(end) => {
                self.spans_lines |= text.get(begin..end).is_some_and(|record| record.contains(&b'\n'));
                self.value_ended();
                Found::Record { begin, end }
            }
            Outline::TooDeep(end) => {
                self.value_ended();
                let sentence = format!("the record has more than {} levels", self.wanted.deepest);
                let problem =
                    Problem::new("json.too-deep", sentence).advise("raise `max_depth` if that is right");
                Found::Broken { begin, end, fault: begin, problem }
            }
            Outline::Open if !is_last => Found::Growing { begin },
            Outline::Open => self.broken(text, begin, text.len(), is_last, &ended()),
            // What does not even begin like JSON is another format.
            Outline::Wrong(fault, what) if is_first && fault == begin => lost(begin, fault, what),
            Outline::Wrong(fault, what) => self.broken(text, begin, fault, is_last, &malformed(what)),
        };
        Progress::Out(found)
    }

    /// A record that breaks the grammar: reading goes on where the next one surely begins.
    fn broken(&mut self, text: &[u8], begin: usize, fault: usize, is_last: bool, problem: &Problem) -> Found {
        let end = if self.frames.is_empty() && !self.spans_lines {
            next_line(text, begin)
        } else if self.frames.is_empty() {
            next_document(text, begin, fault)
        } else {
            next_element(text, begin, fault)
        };
        let problem = problem.clone();
        match end {
            Some(end) => {
                self.expect = if self.frames.is_empty() { Expect::Document } else { Expect::Value };
                Found::Broken { begin, end, fault, problem }
            }
            None if !is_last => Found::Growing { begin },
            None if self.frames.is_empty() => {
                self.expect = Expect::Document;
                Found::Broken { begin, end: text.len(), fault, problem }
            }
            None => Found::Lost { begin, fault, problem },
        }
    }
}

/// What a value is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Row,
    Rows,
    Other,
}

pub(super) fn malformed(expected: &str) -> Problem {
    Problem::new("json.malformed", format!("this is not JSON: expected {expected}"))
}

fn ended() -> Problem {
    Problem::new("json.truncated", "the file ends within a value")
        .advise("ask for the file again: it is not whole")
}

fn lost(begin: usize, fault: usize, expected: &str) -> Found {
    Found::Lost { begin, fault, problem: malformed(expected) }
}

fn ends_early(begin: usize, length: usize) -> Found {
    Found::Lost { begin, fault: length, problem: ended() }
}

impl Scan for JsonScan {
    fn next(&mut self, text: &[u8], at: usize, is_last: bool) -> Found {
        let mut at = at;
        loop {
            at = skip_space(text, at);
            if at >= text.len() {
                return match (is_last, self.expect) {
                    (false, _) => Found::More { at },
                    (true, Expect::Document) => Found::End,
                    (true, _) => ends_early(text.len(), text.len()),
                };
            }
            match self.step(text, at, is_last) {
                Progress::On(next) => at = next,
                Progress::Out(found) => return found,
            }
        }
    }

    fn pass_over(&mut self) {
        self.passes_over = true;
    }

    fn surroundings(&self) -> Arc<Surroundings> {
        self.carried.above()
    }

    fn carried_once(&self) -> Vec<Option<String>> {
        self.carried.once()
    }

    fn nothing_found(&self) -> Option<Problem> {
        let path = self.wanted.path.as_ref().filter(|_| !self.found_any)?;
        let wanted = pointer(names(path));
        let problem = Problem::new(
            "json.no-rows",
            format!("the file has nothing at `{wanted}`, where its rows should be"),
        );
        let missing = names(path).get(self.reached.saturating_sub(1)).copied().unwrap_or_default();
        Some(match nearest(missing, self.seen.iter().map(String::as_str)) {
            Some(near) => problem.advise(format!("did you mean `{near}` instead of `{missing}`?")),
            None if self.seen.is_empty() => problem.advise("it is not an object: leave `rows` out"),
            None => problem.advise(format!("check `rows`; there is {}", self.seen.join(", "))),
        })
    }
}
