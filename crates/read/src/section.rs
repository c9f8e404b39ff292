//! A table of a source file: typed options, each documented, with all problems reported at their lines.
//!
//! serde stops at the first mistake; a person who writes a source file deserves to see them all.

use crate::secret::Secret;
use concordat_record::{Place, Problem, Problems, nearest, place_of};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One option of a source file, documented for the reference page.
#[derive(Clone, Copy, Debug)]
pub struct OptionDoc {
    /// The key.
    pub name: &'static str,
    /// What is written: `text`, `whole number`, `true or false`, `list of texts`, `table`.
    pub form: &'static str,
    /// The value when it is left out, or `required`.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

/// An option, documented.
pub(crate) const fn option(
    name: &'static str,
    form: &'static str,
    default: &'static str,
    meaning: &'static str,
) -> OptionDoc {
    OptionDoc { name, form, default, meaning }
}

/// A value with the place it was written at.
#[derive(Clone, Debug)]
pub(crate) struct Written<T> {
    pub value: T,
    pub place: Place,
}

/// A mistake in a source file that was noted: there is nothing to go on with, and nothing more to say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noted;

/// One table being read. Every getter notes what is wrong and gives nothing then.
pub(crate) struct Section<'a> {
    text: &'a str,
    file: &'a str,
    name: String,
    table: Option<&'a DeTable<'a>>,
    place: Place,
    pub problems: Problems,
}

impl<'a> Section<'a> {
    pub fn root(text: &'a str, file: &'a str, table: &'a DeTable<'a>) -> Self {
        Self {
            text,
            file,
            name: String::new(),
            table: Some(table),
            place: Place::file(file),
            problems: Problems::none(),
        }
    }

    /// The table under a key; an empty one when the key is missing.
    pub fn section(&mut self, key: &str) -> Section<'a> {
        let found = self.find(key);
        let table = found.and_then(|value| {
            let DeValue::Table(table) = value.get_ref() else {
                self.wrong_form(key, value, "a table");
                return None;
            };
            Some(table)
        });
        Section {
            text: self.text,
            file: self.file,
            name: key.into(),
            table,
            place: found.map_or_else(|| self.place.clone(), |value| self.place(value)),
            problems: Problems::none(),
        }
    }

    /// Notes every key that is not in the list, with the nearest one that is.
    pub fn refuse_unknown(&mut self, known: &[&str]) {
        let Some(table) = self.table else { return };
        let mut unknown: Vec<_> =
            table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())).collect();
        unknown.sort_by_key(|key| key.span().start);
        for key in unknown {
            let word = key.get_ref();
            let within = if self.name.is_empty() { String::new() } else { format!(" in `[{}]`", self.name) };
            let place = place_of(self.text, self.file, &key.span()).field(word.as_ref());
            let problem =
                Problem::new("source.unknown-key", format!("there is no option `{word}`{within}")).at(place);
            let advice = match nearest(word, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here are {}", known.join(", ")),
            };
            self.problems.push(problem.advise(advice));
        }
    }

    pub fn text(&mut self, key: &str) -> Option<Written<String>> {
        let value = self.find(key)?;
        if let DeValue::String(text) = value.get_ref() {
            return Some(Written { value: text.to_string(), place: self.place(value).field(key) });
        }
        self.wrong_form(key, value, "text, in quotation marks");
        None
    }

    pub fn required_text(&mut self, key: &str, meaning: &str) -> Option<Written<String>> {
        if self.find(key).is_none() {
            let problem = Problem::new("source.missing-key", format!("`{key}` is missing: {meaning}"));
            self.problems.push(problem.at(self.place.clone().field(key)));
            return None;
        }
        self.text(key)
    }

    pub fn flag(&mut self, key: &str) -> Option<bool> {
        let value = self.find(key)?;
        if let DeValue::Boolean(flag) = value.get_ref() {
            return Some(*flag);
        }
        self.wrong_form(key, value, "true or false");
        None
    }

    /// A whole number, or true for one and false for none.
    pub fn flag_or_number(&mut self, key: &str) -> Option<u64> {
        let value = self.find(key)?;
        if let DeValue::Boolean(flag) = value.get_ref() {
            return Some(u64::from(*flag));
        }
        let number = whole_number(value).and_then(|number| u64::try_from(number).ok());
        if number.is_none() {
            self.wrong_form(key, value, "true, false or a whole number");
        }
        number
    }

    /// A whole number from `least` upwards.
    pub fn number(&mut self, key: &str, least: u64) -> Option<u64> {
        let value = self.find(key)?;
        let number = whole_number(value).and_then(|number| u64::try_from(number).ok());
        if number.is_none_or(|number| number < least) {
            self.wrong_form(key, value, &format!("a whole number, {least} or more"));
            return None;
        }
        number
    }

    /// A whole number that may be below zero.
    pub fn integer(&mut self, key: &str) -> Option<i64> {
        let value = self.find(key)?;
        let number = whole_number(value);
        if number.is_none() {
            self.wrong_form(key, value, "a whole number");
        }
        number
    }

    /// One character of ASCII, written as a text of length one.
    pub fn ascii(&mut self, key: &str) -> Option<u8> {
        let written = self.text(key)?;
        if let &[byte] = written.value.as_bytes()
            && byte.is_ascii()
        {
            return Some(byte);
        }
        self.problems.push(
            Problem::new("source.wrong-form", format!("`{key}` is one ASCII character")).at(written.place),
        );
        None
    }

    /// One of the given words.
    pub fn choice<T: Copy>(&mut self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let written = self.text(key)?;
        if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == written.value) {
            return Some(*choice);
        }
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let sentence = format!("`{key}` cannot be `{}`", written.value);
        let advice = match nearest(&written.value, words.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is one of {}", words.join(", ")),
        };
        self.problems.push(Problem::new("source.unknown-word", sentence).at(written.place).advise(advice));
        None
    }

    /// A list of texts; whole numbers are taken as their digits.
    pub fn texts(&mut self, key: &str) -> Option<Written<Vec<String>>> {
        let value = self.find(key)?;
        let texts = match value.get_ref() {
            DeValue::Array(items) => items.iter().map(|item| scalar_text(item.get_ref())).collect(),
            single => scalar_text(single).map(|text| vec![text]),
        };
        if texts.is_none() {
            self.wrong_form(key, value, "a list of texts");
        }
        Some(Written { value: texts?, place: self.place(value).field(key) })
    }

    /// The tables under a key that is written `[[key]]`, each as a section of its own.
    pub fn sections(&mut self, key: &str) -> Vec<Section<'a>> {
        let Some(found) = self.find(key) else { return Vec::new() };
        let tables = match found.get_ref() {
            DeValue::Array(items) => items.iter().map(|item| (item, item.get_ref())).collect(),
            _ => vec![(found, found.get_ref())],
        };
        let mut sections = Vec::new();
        for (value, table) in tables {
            let DeValue::Table(table) = table else {
                self.wrong_form(key, value, &format!("tables, each under `[[{key}]]`"));
                return Vec::new();
            };
            let (name, place) = (key.into(), self.place(value));
            let problems = Problems::none();
            sections.push(Section {
                text: self.text,
                file: self.file,
                name,
                table: Some(table),
                place,
                problems,
            });
        }
        sections
    }

    /// A secret by the place where it is kept: `{ env = "NAME" }` or `{ file = "keys/NAME" }`.
    pub fn secret(&mut self, key: &str) -> Option<Secret> {
        self.find(key)?;
        let mut table = self.section(key);
        table.refuse_unknown(&["env", "file"]);
        let secret = match (table.text("env"), table.text("file")) {
            (Some(env), None) => Some(Secret::Environment(env.value)),
            (None, Some(file)) => Some(Secret::File(file.value)),
            _ => {
                let sentence = format!("`{key}` must say where the secret is kept, not what it is");
                let advice = "write `{ env = \"NAME\" }` for a variable of the environment, or `{ file = \"keys/NAME\" }`";
                let problem = Problem::new("source.secret", sentence).at(table.place.clone()).advise(advice);
                table.problems = problem.into();
                None
            }
        };
        self.problems.extend(table.problems);
        secret
    }

    /// The keys of this table with their places, in the order they were written.
    pub fn keys(&self) -> Vec<Written<String>> {
        let mut keys: Vec<_> = self.table.into_iter().flat_map(DeTable::keys).collect();
        keys.sort_by_key(|key| key.span().start);
        keys.iter()
            .map(|key| Written {
                value: key.get_ref().to_string(),
                place: place_of(self.text, self.file, &key.span()).field(key.get_ref().as_ref()),
            })
            .collect()
    }

    /// Where a key stands, or the table when it has none.
    pub fn place_of(&self, key: &str) -> Place {
        let written = self.keys().into_iter().find(|written| written.value == key);
        written.map_or_else(|| self.here().field(key), |written| written.place)
    }

    /// Whether a table is written under a key.
    pub fn is_table(&self, key: &str) -> bool {
        self.find(key).is_some_and(|value| matches!(value.get_ref(), DeValue::Table(_)))
    }

    /// Whether the table was written at all.
    pub fn is_written(&self) -> bool {
        self.table.is_some()
    }

    /// Whether a key was written as a text.
    pub fn is_text(&self, key: &str) -> bool {
        self.find(key).is_some_and(|value| matches!(value.get_ref(), DeValue::String(_)))
    }

    /// Whether a key was written.
    pub fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    pub fn here(&self) -> Place {
        self.place.clone()
    }

    fn find(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table?.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    fn place(&self, value: &Spanned<DeValue<'_>>) -> Place {
        place_of(self.text, self.file, &value.span())
    }

    fn wrong_form(&mut self, key: &str, value: &Spanned<DeValue<'_>>, form: &str) {
        let place = self.place(value).field(key);
        self.problems.push(Problem::new("source.wrong-form", format!("`{key}` must be {form}")).at(place));
    }
}

/// A whole number as TOML 1.1 bounds it, to 64 bits with a sign.
fn whole_number(value: &Spanned<DeValue<'_>>) -> Option<i64> {
    match value.get_ref() {
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix()).ok(),
        _ => None,
    }
}

fn scalar_text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(integer) if integer.radix() == 10 => Some(integer.as_str().into()),
        _ => None,
    }
}
