//! The canonical model: classes and properties of the EU Core Vocabularies, kept as data in `vocabulary/core.toml`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::{Problem, nearest};

/// All classes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    classes: BTreeMap<String, Class>,
}

/// A kind of thing that registers hold, such as `LegalEntity`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// What the class is in linked data.
    pub uri: String,
    /// How people call it.
    pub title: String,
    properties: BTreeMap<String, Property>,
}

/// What can be said about a thing of a class: a value, or another thing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Property {
    /// What the property is in linked data.
    pub uri: String,
    /// How people call it.
    pub title: String,
    #[serde(rename = "type")]
    datatype: Option<Datatype>,
    class: Option<String>,
}

/// The kinds of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Datatype {
    /// Any text.
    Text,
    /// A calendar date, `YYYY-MM-DD`.
    Date,
    /// True or false.
    Boolean,
    /// A whole number.
    Integer,
    /// A number with exact decimal places.
    Decimal,
    /// A web address.
    Uri,
}

/// A dotted way from a class to a value, such as `registeredAddress.postCode` in `LegalEntity`.
#[derive(Clone, Debug)]
pub struct PropertyPath {
    /// The path as written.
    pub path: String,
    /// The URI of each step.
    pub uris: Vec<&'static str>,
    /// How people call the last step.
    pub title: &'static str,
    /// The kind of value at its end.
    pub datatype: Datatype,
}

static CORE: LazyLock<Vocabulary> = LazyLock::new(|| {
    // INVARIANT: the file is part of the program and a test parses it.
    #[expect(clippy::expect_used, reason = "embedded data, parsed by a test")]
    toml::from_str(include_str!("../vocabulary/core.toml")).expect("vocabulary/core.toml is well formed")
});

impl Datatype {
    const WORDS: [(&str, Self); 6] = [
        ("text", Self::Text),
        ("date", Self::Date),
        ("boolean", Self::Boolean),
        ("integer", Self::Integer),
        ("decimal", Self::Decimal),
        ("uri", Self::Uri),
    ];
}

impl fmt::Display for Datatype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Self::WORDS.iter().find(|(_, datatype)| datatype == self);
        f.write_str(word.map_or("text", |(word, _)| word))
    }
}

impl FromStr for Datatype {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        Self::WORDS.iter().find(|(word, _)| *word == text).map(|(_, datatype)| *datatype).ok_or_else(|| {
            let problem = Problem::new("vocabulary.unknown-type", format!("there is no type `{text}`"));
            suggest(problem, text, Self::WORDS.iter().map(|(word, _)| *word))
        })
    }
}

impl Vocabulary {
    /// The one vocabulary of this program.
    pub fn core() -> &'static Self {
        &CORE
    }

    /// The names of all classes.
    pub fn class_names(&self) -> impl Iterator<Item = &str> + Clone {
        self.classes.keys().map(String::as_str)
    }

    /// A class by name.
    ///
    /// # Errors
    /// `vocabulary.unknown-class`, with the nearest name as advice.
    pub fn class(&self, name: &str) -> Result<&Class, Problem> {
        self.classes.get(name).ok_or_else(|| {
            let problem = Problem::new("vocabulary.unknown-class", format!("there is no class `{name}`"));
            suggest(problem, name, self.class_names())
        })
    }

    /// The value that a dotted path leads to, from a class.
    ///
    /// # Errors
    /// `vocabulary.unknown-class`, `vocabulary.unknown-property` or `vocabulary.path-ends-early`.
    pub fn path(&'static self, class: &str, path: &str) -> Result<PropertyPath, Problem> {
        let mut here = self.class(class)?;
        let mut uris = Vec::new();
        let mut steps = path.split('.').peekable();
        while let Some(step) = steps.next() {
            let property = here.property(step)?;
            uris.push(property.uri.as_str());
            match (&property.class, property.datatype, steps.peek()) {
                (Some(class), _, Some(_)) => here = self.class(class)?,
                (None, Some(datatype), None) => {
                    return Ok(PropertyPath { path: path.into(), uris, title: &property.title, datatype });
                }
                (Some(class), _, None) => {
                    let parts: Vec<&str> = self.class(class)?.property_names().collect();
                    return Err(Problem::new(
                        "vocabulary.path-ends-early",
                        format!("`{path}` is a whole {class}, not a value"),
                    )
                    .advise(format!("name one of its parts: {}", parts.join(", "))));
                }
                (None, _, _) => {
                    return Err(Problem::new(
                        "vocabulary.unknown-property",
                        format!("`{step}` in `{path}` is a value and has no parts"),
                    ));
                }
            }
        }
        Err(Problem::new("vocabulary.unknown-property", "the property has no name"))
    }
}

impl Class {
    /// The names of its properties.
    pub fn property_names(&self) -> impl Iterator<Item = &str> + Clone {
        self.properties.keys().map(String::as_str)
    }

    fn property(&self, name: &str) -> Result<&Property, Problem> {
        self.properties.get(name).ok_or_else(|| {
            let problem = Problem::new(
                "vocabulary.unknown-property",
                format!("{} has no property `{name}`", self.title.to_lowercase()),
            );
            suggest(problem, name, self.property_names())
        })
    }
}

fn suggest<'a>(problem: Problem, word: &str, known: impl Iterator<Item = &'a str> + Clone) -> Problem {
    match nearest(word, known.clone()) {
        Some(near) => problem.advise(format!("did you mean `{near}`?")),
        None => problem.advise(format!("known are {}", known.collect::<Vec<_>>().join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_is_either_a_value_or_a_thing_of_a_known_class() {
        let vocabulary = Vocabulary::core();
        for class in vocabulary.classes.values() {
            for (name, property) in &class.properties {
                match (&property.class, property.datatype) {
                    (Some(nested), None) => assert!(vocabulary.class(nested).is_ok(), "{name}"),
                    (None, Some(_)) => {}
                    _ => panic!("{name} must have a type or a class"),
                }
            }
        }
    }

    #[test]
    fn a_path_leads_to_a_value_or_says_what_is_wrong() {
        let vocabulary = Vocabulary::core();
        for (path, expected) in [
            ("legalName", Ok(Datatype::Text)),
            ("registeredAddress.postCode", Ok(Datatype::Text)),
            ("registrationDate", Ok(Datatype::Date)),
            ("registeredAddress", Err("vocabulary.path-ends-early")),
            ("legalName.first", Err("vocabulary.unknown-property")),
            ("leaglName", Err("vocabulary.unknown-property")),
            ("", Err("vocabulary.unknown-property")),
        ] {
            let found = vocabulary.path("LegalEntity", path);
            match (found, expected) {
                (Ok(path), Ok(datatype)) => assert_eq!(path.datatype, datatype),
                (Err(problem), Err(code)) => assert_eq!(problem.code, code),
                (found, expected) => panic!("{path}: {found:?}, not {expected:?}"),
            }
        }
        let problem = vocabulary.path("LegalEntity", "leaglName").unwrap_err();
        assert_eq!(problem.advice.as_deref(), Some("did you mean `legalName`?"));
    }
}
