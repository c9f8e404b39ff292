//! Reading TOML strictly: every key is known, every value has its form, and all mistakes are told at their lines.

use std::collections::HashSet;
use std::ops::{Range, RangeInclusive};

use concordat_record::{Place, Problem, Problems, nearest, place_of};
use serde_json::{Map, Number, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Sql;

/// A file, for places.
#[derive(Clone, Copy)]
pub(super) struct Document<'a> {
    pub text: &'a str,
    pub file: &'a str,
}

/// One entry of a table.
pub(super) struct Entry<'a> {
    pub key: &'a str,
    pub key_span: Range<usize>,
    pub value: &'a Spanned<DeValue<'a>>,
}

/// A table while it is read: what has been asked for is known, the rest is unknown.
pub(super) struct Table<'a> {
    document: Document<'a>,
    /// How a message calls it: `[facts.level]`.
    title: String,
    place: Place,
    entries: Vec<Entry<'a>>,
    asked: HashSet<&'static str>,
}

impl<'a> Document<'a> {
    pub fn place(self, span: &Range<usize>) -> Place {
        place_of(self.text, self.file, span)
    }

    /// The root table of a parsed file.
    pub fn root(self, root: &'a Spanned<DeTable<'a>>) -> Table<'a> {
        self.table(root.get_ref(), "the file", Place::file(self.file))
    }

    fn table(self, table: &'a DeTable<'a>, title: impl Into<String>, place: Place) -> Table<'a> {
        let mut entries: Vec<Entry<'a>> = table
            .iter()
            .map(|(key, value)| Entry { key: key.get_ref().as_ref(), key_span: key.span(), value })
            .collect();
        entries.sort_by_key(|entry| entry.key_span.start);
        Table { document: self, title: title.into(), place, entries, asked: HashSet::new() }
    }

    /// A value as a table.
    pub fn as_table(self, entry: &Entry<'a>, title: impl Into<String>) -> Result<Table<'a>, Problem> {
        match entry.value.get_ref() {
            DeValue::Table(table) => Ok(self.table(table, title, self.place(&entry.key_span))),
            _ => Err(self.wrong_form(entry, "a table")),
        }
    }

    pub fn as_text(self, entry: &Entry<'a>) -> Result<&'a str, Problem> {
        match entry.value.get_ref() {
            DeValue::String(text) => Ok(text.as_ref()),
            _ => Err(self.wrong_form(entry, "a text in quotation marks")),
        }
    }

    /// A share, from 0 to 1.
    pub fn as_share(self, entry: &Entry<'a>) -> Result<f64, Problem> {
        let share = match entry.value.get_ref() {
            DeValue::Float(float) => float.as_str().parse().ok(),
            DeValue::Integer(integer) => integer.as_str().parse().ok(),
            _ => None,
        };
        let share = share.filter(|share| (0.0..=1.0).contains(share));
        share.ok_or_else(|| self.wrong_form(entry, "a number from 0 to 1"))
    }

    /// A whole number within bounds.
    pub fn as_count(self, entry: &Entry<'a>, bounds: RangeInclusive<u64>) -> Result<u64, Problem> {
        let count = match entry.value.get_ref() {
            DeValue::Integer(integer) => u64::from_str_radix(integer.as_str(), integer.radix()).ok(),
            _ => None,
        };
        let (least, most) = (bounds.start(), bounds.end());
        count
            .filter(|count| bounds.contains(count))
            .ok_or_else(|| self.wrong_form(entry, &format!("a whole number from {least} to {most}")))
    }

    pub fn as_sql(self, entry: &Entry<'a>) -> Result<Sql, Problem> {
        let text = self.as_text(entry)?;
        Ok(Sql::new(text, self.text, self.file, &entry.value.span()))
    }

    fn wrong_form(self, entry: &Entry<'a>, wanted: &str) -> Problem {
        Problem::new("map.wrong-form", format!("`{}` must be {wanted}", entry.key))
            .at(self.place(&entry.value.span()).field(entry.key))
    }
}

impl<'a> Table<'a> {
    /// The entry of a key that this table may have.
    pub fn optional(&mut self, key: &'static str) -> Option<&Entry<'a>> {
        self.asked.insert(key);
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The text of a key that this table must have.
    pub fn text(&mut self, key: &'static str, problems: &mut Problems) -> Option<String> {
        self.required(key, problems, Document::as_text).map(str::to_owned)
    }

    /// The expression of a key that this table must have.
    pub fn sql(&mut self, key: &'static str, problems: &mut Problems) -> Option<Sql> {
        self.required(key, problems, Document::as_sql)
    }

    /// The whole number of a key that this table must have.
    pub fn count(
        &mut self,
        key: &'static str,
        bounds: RangeInclusive<u64>,
        problems: &mut Problems,
    ) -> Option<u64> {
        self.required(key, problems, |document, entry| document.as_count(entry, bounds))
    }

    /// The whole number of a key that this table may have.
    pub fn count_or(
        &mut self,
        key: &'static str,
        bounds: RangeInclusive<u64>,
        usual: u64,
        problems: &mut Problems,
    ) -> Option<u64> {
        let document = self.document;
        let found = self.optional(key).map(|entry| document.as_count(entry, bounds));
        problems.keep(found.unwrap_or(Ok(usual)))
    }

    fn required<T>(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
        read: impl FnOnce(Document<'a>, &Entry<'a>) -> Result<T, Problem>,
    ) -> Option<T> {
        let document = self.document;
        let (title, place) = (self.title.clone(), self.place.clone());
        let found = self.optional(key).map(|entry| read(document, entry));
        problems.keep(found.unwrap_or_else(|| {
            Err(Problem::new("map.missing-key", format!("{title} has no `{key}`")).at(place.field(key)))
        }))
    }

    /// The entries of a table under a key, in the order of the file; none when the key is missing.
    pub fn members(&mut self, key: &'static str, problems: &mut Problems) -> Vec<Entry<'a>> {
        let document = self.document;
        let table = self.optional(key).map(|entry| document.as_table(entry, format!("`[{key}]`")));
        table.and_then(|table| problems.keep(table)).map(|table| table.entries).unwrap_or_default()
    }

    /// The entries of a table that must be there and have some.
    pub fn filled_members(&mut self, key: &'static str, problems: &mut Problems) -> Option<Vec<Entry<'a>>> {
        let place = self.place.clone();
        let table =
            self.required(key, problems, |document, entry| document.as_table(entry, format!("`[{key}]`")))?;
        if table.entries.is_empty() {
            let problem = Problem::new("map.missing-key", format!("`{key}` is empty"));
            problems.push(problem.at(place.field(key)));
            return None;
        }
        Some(table.entries)
    }

    /// The tables of an array of tables, `[[key]]`; none when the key is missing.
    pub fn tables(&mut self, key: &'static str, problems: &mut Problems) -> Vec<Table<'a>> {
        let document = self.document;
        let Some(entry) = self.optional(key) else { return Vec::new() };
        let DeValue::Array(items) = entry.value.get_ref() else {
            let problem = document.wrong_form(entry, "a list of tables");
            problems.push(problem.advise(format!("write each one under its own `[[{key}]]`")));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::Table(table) => {
                    tables.push(document.table(table, format!("`[[{key}]]`"), document.place(&item.span())));
                }
                _ => problems.push(document.wrong_form(entry, "a list of tables")),
            }
        }
        tables
    }

    /// Where the table begins.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Tells of every key that was not asked for.
    pub fn finish(self, problems: &mut Problems) {
        for entry in &self.entries {
            if self.asked.contains(entry.key) {
                continue;
            }
            let problem =
                Problem::new("map.unknown-key", format!("{} has no key `{}`", self.title, entry.key))
                    .at(self.document.place(&entry.key_span));
            let mut known: Vec<&str> = self.asked.iter().copied().collect();
            known.sort_unstable();
            problems.push(match nearest(entry.key, known.iter().copied()) {
                Some(near) => problem.advise(format!("did you mean `{near}`?")),
                None => problem.advise(format!("known here are {}", known.join(", "))),
            });
        }
    }
}

/// A TOML value as JSON: dates and floating-point numbers as the texts they are written as, so that nothing is rounded.
pub(super) fn to_json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Value::String(number.to_string()), |number| Value::Number(Number::from(number))),
        DeValue::Float(number) => Value::String(number.as_str().to_owned()),
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Datetime(moment) => Value::String(moment.to_string()),
        DeValue::Array(items) => Value::Array(items.iter().map(|item| to_json(item.get_ref())).collect()),
        DeValue::Table(table) => {
            let member = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
                let key: &std::borrow::Cow<'_, str> = key.get_ref();
                (key.to_string(), to_json(value.get_ref()))
            };
            Value::Object(table.iter().map(member).collect::<Map<_, _>>())
        }
    }
}
