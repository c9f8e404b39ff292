//! Reading a TOML text that people sign: every problem at once, each with its line.
//!
//! Deserialising would stop at the first mistake and lose the lines. Here a [`Section`] is asked for its keys one by one
//! with a converter from [`value`]; when it is left, the keys nobody asked for are reported with the nearest known one.

pub(crate) mod value;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;

use concordat_record::{Place, Problem, Problems, nearest};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Longest text that is read, in bytes: a federation list of some thousand bodies with their certificates.
const LONGEST: usize = 4 << 20;
/// Most problems that are reported; a text with more of them needs no longer list.
const MOST_PROBLEMS: usize = 100;

/// Reads a whole text with a function that is given its root section.
///
/// # Errors
/// All problems of the text; also when the function gives nothing.
pub(crate) fn read<T>(
    text: &str,
    file: &str,
    build: impl FnOnce(&Section<'_>) -> Option<T>,
) -> Result<T, Problems> {
    let document = Document { text, file, problems: RefCell::default() };
    if text.len() > LONGEST {
        return Err(Problem::new("share.too-long", format!("the text is longer than {LONGEST} bytes"))
            .at(Place::file(file))
            .into());
    }
    document.find_hidden_characters();
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        document.complain(span.start, Problem::new("share.not-toml", error.message().to_owned()));
    }
    if !errors.is_empty() {
        return Err(document.problems.into_inner());
    }
    let whole = root.span();
    let built = document.section(root.get_ref(), whole, String::new(), build);
    let problems = document.problems.into_inner();
    match built {
        Some(value) => problems.or(value),
        None => Err(problems),
    }
}

/// A text as a quoted TOML string.
pub(crate) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

struct Document<'d> {
    text: &'d str,
    file: &'d str,
    problems: RefCell<Problems>,
}

impl Document<'_> {
    fn complain(&self, offset: usize, problem: Problem) {
        if self.is_full() {
            return;
        }
        let field = problem.place.field.clone();
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let place = Place { field, ..Place::file(self.file).line(line as u64).column(column as u64) };
        self.problems.borrow_mut().push(problem.at(place));
    }

    fn is_full(&self) -> bool {
        self.problems.borrow().0.len() >= MOST_PROBLEMS
    }

    /// A text may not look different from what it says: see [`value::is_hidden`].
    fn find_hidden_characters(&self) {
        for (offset, character) in self.text.char_indices() {
            if self.is_full() {
                return;
            }
            if value::is_hidden(character) && !matches!(character, '\n' | '\r' | '\t') {
                self.complain(offset, value::hidden(character));
            }
        }
    }

    fn section<'s, T>(
        &'s self,
        table: &'s DeTable<'s>,
        span: Range<usize>,
        path: String,
        build: impl FnOnce(&Section<'s>) -> Option<T>,
    ) -> Option<T> {
        let section = Section { document: self, table, span, path, asked: RefCell::default() };
        let built = build(&section);
        section.report_unknown_keys();
        built
    }
}

/// One table of the text.
pub(crate) struct Section<'d> {
    document: &'d Document<'d>,
    table: &'d DeTable<'d>,
    span: Range<usize>,
    path: String,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl<'d> Section<'d> {
    /// The value of a key that must be there.
    pub(crate) fn need<T>(
        &self,
        key: &'static str,
        convert: impl FnOnce(&DeValue<'_>) -> Result<T, Problem>,
    ) -> Option<T> {
        self.expect(key)?;
        self.may(key, convert)
    }

    /// The value of a key that may be left out.
    pub(crate) fn may<T>(
        &self,
        key: &'static str,
        convert: impl FnOnce(&DeValue<'_>) -> Result<T, Problem>,
    ) -> Option<T> {
        let item = self.item(key)?;
        convert(item.get_ref()).map_err(|problem| self.complain_at(key, item.span().start, problem)).ok()
    }

    /// The values of a list that must be there and hold something, each with its offset in the text.
    pub(crate) fn list<T>(
        &self,
        key: &'static str,
        convert: impl Fn(&DeValue<'_>) -> Result<T, Problem>,
    ) -> Option<Vec<(T, usize)>> {
        let mut good = Vec::new();
        for item in self.elements(key)? {
            match convert(item.get_ref()) {
                Ok(value) => good.push((value, item.span().start)),
                Err(problem) => self.complain_at(key, item.span().start, problem),
            }
        }
        Some(good)
    }

    /// The tables of a list that must be there and hold something, each with its offset in the text.
    pub(crate) fn each<T>(
        &self,
        key: &'static str,
        build: impl Fn(&Section<'_>) -> Option<T>,
    ) -> Option<Vec<(T, usize)>> {
        let mut good = Vec::new();
        for (number, item) in self.elements(key)?.iter().enumerate() {
            let path = format!("{}[{}]", self.name_of(key), number + 1);
            match item.get_ref() {
                DeValue::Table(table) => {
                    let start = item.span().start;
                    good.extend(
                        self.document.section(table, item.span(), path, &build).map(|value| (value, start)),
                    );
                }
                other => self.complain_at(key, item.span().start, value::wrong_kind("a table { … }", other)),
            }
        }
        Some(good)
    }

    /// A table that may be left out; then nothing is built and nothing is wrong.
    pub(crate) fn table<T>(
        &self,
        key: &'static str,
        build: impl FnOnce(&Section<'_>) -> Option<T>,
    ) -> Option<T> {
        let item = self.item(key)?;
        match item.get_ref() {
            DeValue::Table(table) => self.document.section(table, item.span(), self.name_of(key), build),
            other => {
                self.complain_at(key, item.span().start, value::wrong_kind("a table", other));
                None
            }
        }
    }

    /// Whether a key is there at all; reports it as missing when not.
    pub(crate) fn expect(&self, key: &'static str) -> Option<()> {
        if self.item(key).is_some() {
            return Some(());
        }
        let problem = Problem::new("share.missing-key", format!("`{}` is missing", self.name_of(key)));
        self.complain_at(key, self.span.start, problem);
        None
    }

    /// Reports a problem of a key's value, or of the section when the key is not there.
    pub(crate) fn complain(&self, key: &'static str, problem: Problem) {
        let start = self.table.get(key).map_or(self.span.start, |item| item.span().start);
        self.complain_at(key, start, problem);
    }

    /// Reports a problem of a key's value at an offset that [`Section::list`] or [`Section::each`] gave.
    pub(crate) fn complain_at(&self, key: &'static str, offset: usize, mut problem: Problem) {
        problem.place.field = Some(self.name_of(key));
        self.document.complain(offset, problem);
    }

    fn elements(&self, key: &'static str) -> Option<&'d [Spanned<DeValue<'d>>]> {
        self.expect(key)?;
        let item = self.item(key)?;
        match item.get_ref() {
            DeValue::Array(list) if list.is_empty() => {
                self.complain(
                    key,
                    Problem::new("share.empty-list", format!("`{}` is empty", self.name_of(key))),
                );
                None
            }
            DeValue::Array(list) => Some(list),
            other => {
                self.complain(key, value::wrong_kind("a list [ … ]", other));
                None
            }
        }
    }

    fn item(&self, key: &'static str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.asked.borrow_mut().insert(key);
        self.table.get(key)
    }

    fn name_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn report_unknown_keys(&self) {
        let asked = self.asked.borrow();
        for key in self.table.keys() {
            let word: &str = key.get_ref();
            if asked.contains(word) {
                continue;
            }
            let problem =
                Problem::new("share.unknown-key", format!("`{}` is not a key here", self.name_of(word)));
            let advice = match nearest(word, asked.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known are {}", asked.iter().copied().collect::<Vec<_>>().join(", ")),
            };
            self.document.complain(key.span().start, problem.advise(advice));
        }
    }
}
