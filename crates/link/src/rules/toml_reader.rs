//! Reading a TOML file strictly while noting every problem with its line, rather than stopping at the first.

use std::cell::RefCell;
use std::ops::Range;

use concordat_record::{Place, Problem, Problems, nearest};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The file and what was found wrong in it so far.
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) file: &'a str,
    pub(super) problems: RefCell<Problems>,
}

impl Source<'_> {
    /// Notes a problem at a stretch of bytes.
    pub(super) fn note(&self, span: &Range<usize>, problem: Problem) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() as u64 + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u64 + 1;
        self.problems.borrow_mut().push(problem.at(Place::file(self.file).line(line).column(column)));
    }
}

/// A value and where it stands.
pub(super) type At<T> = (T, Range<usize>);

/// One table of the file, addressed by what people call it.
pub(super) struct Table<'t> {
    pub(super) source: &'t Source<'t>,
    entries: &'t DeTable<'t>,
    pub(super) span: Range<usize>,
}

impl<'t> Table<'t> {
    pub(super) fn new(source: &'t Source<'t>, table: &'t Spanned<DeTable<'t>>) -> Self {
        Self { source, entries: table.get_ref(), span: table.span() }
    }

    /// Every key that is not one of these is a problem.
    pub(super) fn allow(&self, known: &[&str]) {
        for key in self.entries.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                self.source.note(
                    &key.span(),
                    unknown("link.unknown-key", "key", key.get_ref(), known.iter().copied()),
                );
            }
        }
    }

    fn find(&self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.entries.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    fn wrong_type(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let sentence = format!("`{key}` is {}, not {wanted}", article(value.get_ref().type_str()));
        self.source.note(&value.span(), Problem::new("link.wrong-type", sentence));
    }

    /// All keys, in the order of the file, with their values.
    pub(super) fn each(&self) -> Vec<(At<&'t str>, &'t Spanned<DeValue<'t>>)> {
        let mut entries: Vec<_> =
            self.entries.iter().map(|(key, value)| ((key.get_ref().as_ref(), key.span()), value)).collect();
        entries.sort_by_key(|((_, span), _)| span.start);
        entries
    }

    pub(super) fn text(&self, key: &str) -> Option<At<&'t str>> {
        let value = self.find(key)?;
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(key, value, "a text");
            return None;
        };
        Some((text.as_ref(), value.span()))
    }

    pub(super) fn required_text(&self, key: &str) -> Option<At<&'t str>> {
        self.require(key);
        self.text(key)
    }

    /// Notes a missing key.
    pub(super) fn require(&self, key: &str) {
        if self.find(key).is_none() {
            let problem = Problem::new("link.missing-key", format!("`{key}` is missing"));
            self.source.note(&self.span, problem.advise(format!("add `{key}`")));
        }
    }

    /// A number within bounds, both included.
    pub(super) fn number(&self, key: &str, bounds: (f64, f64)) -> Option<f64> {
        let value = self.find(key)?;
        let Some(number) = number(value.get_ref()) else {
            self.wrong_type(key, value, "a number");
            return None;
        };
        let within = number >= bounds.0 && number <= bounds.1;
        if !within {
            let sentence = format!("`{key}` is {number}, not between {} and {}", bounds.0, bounds.1);
            self.source.note(&value.span(), Problem::new("link.out-of-range", sentence));
        }
        within.then_some(number)
    }

    pub(super) fn whole(&self, key: &str, bounds: (u32, u32)) -> Option<usize> {
        let number = self.number(key, (f64::from(bounds.0), f64::from(bounds.1)))?;
        Some(number as usize)
    }

    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        let value = self.find(key)?;
        let DeValue::Boolean(flag) = value.get_ref() else {
            self.wrong_type(key, value, "true or false");
            return None;
        };
        Some(*flag)
    }

    /// A list of texts; a missing key is an empty list.
    pub(super) fn texts(&self, key: &str) -> Vec<At<&'t str>> {
        let mut texts = Vec::new();
        for value in self.list(key) {
            match value.get_ref() {
                DeValue::String(text) => texts.push((text.as_ref(), value.span())),
                _ => self.wrong_type(key, value, "a list of texts"),
            }
        }
        texts
    }

    /// A list of tables; a missing key is an empty list.
    pub(super) fn tables(&self, key: &str) -> Vec<Table<'t>> {
        self.list(key).into_iter().filter_map(|value| self.as_table(key, value)).collect()
    }

    fn list(&self, key: &str) -> Vec<&'t Spanned<DeValue<'t>>> {
        let Some(value) = self.find(key) else { return Vec::new() };
        let DeValue::Array(values) = value.get_ref() else {
            self.wrong_type(key, value, "a list");
            return Vec::new();
        };
        values.iter().collect()
    }

    pub(super) fn table(&self, key: &str) -> Option<Table<'t>> {
        self.as_table(key, self.find(key)?)
    }

    /// One table, or a list of them.
    pub(super) fn one_or_more(&self, key: &str) -> Vec<Table<'t>> {
        match self.find(key).map(|value| (value, value.get_ref())) {
            Some((_, DeValue::Array(_))) => self.tables(key),
            Some((value, _)) => self.as_table(key, value).into_iter().collect(),
            None => Vec::new(),
        }
    }

    pub(super) fn as_table(&self, key: &str, value: &'t Spanned<DeValue<'t>>) -> Option<Table<'t>> {
        let DeValue::Table(entries) = value.get_ref() else {
            self.wrong_type(key, value, "a table");
            return None;
        };
        Some(Table { source: self.source, entries, span: value.span() })
    }
}

/// The number a value is, if it is one.
pub(super) fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(whole) => whole.as_str().replace('_', "").parse().ok(),
        DeValue::Float(float) => {
            float.as_str().replace('_', "").parse().ok().filter(|number: &f64| number.is_finite())
        }
        _ => None,
    }
}

/// A word that is not one of a list, with the nearest as advice.
pub(super) fn unknown<'a>(
    code: &'static str,
    what: &str,
    word: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Problem {
    let problem = Problem::new(code, format!("there is no {what} `{word}`"));
    match nearest(word, known.clone()) {
        Some(near) => problem.advise(format!("did you mean `{near}`?")),
        None => problem.advise(format!("known are {}", known.collect::<Vec<_>>().join(", "))),
    }
}

fn article(kind: &str) -> String {
    if kind.starts_with(['a', 'i', 'o']) { format!("an {kind}") } else { format!("a {kind}") }
}
