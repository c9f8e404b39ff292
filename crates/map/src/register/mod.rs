//! What a file in `registers/` says.

mod cases;
mod codes;
mod document;
mod live;
mod parse;
mod sql;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use arrow::datatypes::DataType;
use concordat_engine::{CodeLists, DECIMAL};
use concordat_record::{Datatype, Name, Place, PropertyPath};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use live::{LiveParameter, LiveSettings};
pub use sql::Sql;

/// A register as its file describes it; not yet compared with the fields of its source.
#[derive(Clone, Debug)]
pub struct Register {
    pub(crate) file: String,
    pub(crate) title: String,
    pub(crate) class: String,
    pub(crate) source: Name,
    pub(crate) live: Option<LiveSettings>,
    pub(crate) key: Sql,
    pub(crate) most_quarantined: f64,
    pub(crate) properties: Vec<MappedProperty>,
    pub(crate) facts: Vec<MappedFact>,
    pub(crate) checks: Vec<Check>,
    pub(crate) lists: Arc<CodeLists>,
    pub(crate) tests: Vec<TestCase>,
}

/// A property of the vocabulary and the expression that gives it.
#[derive(Clone, Debug)]
pub struct MappedProperty {
    /// The way from the register's class to the value.
    pub property: PropertyPath,
    /// An expression over the fields of the source.
    pub sql: Sql,
}

/// A derived value that can be asked for.
#[derive(Clone, Debug)]
pub struct MappedFact {
    /// Its name.
    pub name: Name,
    /// The question it answers, for people.
    pub title: String,
    /// The kind of value.
    pub datatype: Datatype,
    /// An expression over the fields of the source and the properties.
    pub sql: Sql,
}

/// Something that should be true of every record.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its name, unique in the register.
    pub name: String,
    /// A condition over the fields of the source and the properties. A record passes when it is true; null is not true.
    pub sql: Sql,
    /// What happens to a record that does not pass.
    pub severity: CheckSeverity,
    /// Why it matters, for the person who looks at the quarantine.
    pub message: String,
}

/// What happens to a record that does not pass a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckSeverity {
    /// It goes to quarantine.
    Required,
    /// It is counted.
    Warning,
}

/// A record made up by the author, and what the mapping should make of it.
#[derive(Clone, Debug)]
pub struct TestCase {
    /// Its name.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// Fields of the source; those left out are null.
    pub given: Vec<Given>,
    /// Properties and facts to compare, as JSON; an empty text stands for null. The others are not looked at.
    pub expect: Map<String, Value>,
    /// The check, property or fact for which the record should go to quarantine, or `key`.
    pub expect_quarantine: Option<String>,
}

/// One field of a made-up record.
#[derive(Clone, Debug)]
pub struct Given {
    /// The field.
    pub field: String,
    /// Its value, as JSON.
    pub value: Value,
    /// Where it is written.
    pub place: Place,
}

impl Register {
    /// The file, as problems name it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What people call the register.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The class of its records, such as `LegalEntity`.
    pub fn class(&self) -> &str {
        &self.class
    }

    /// The source its records come from.
    pub fn source(&self) -> &Name {
        &self.source
    }

    /// How its source is asked at the moment of a question; none for a register that is read whole before.
    pub fn live(&self) -> Option<&LiveSettings> {
        self.live.as_ref()
    }

    /// The largest share of a source's records, 0 to 1, that may be set aside: with more, the snapshot that stands is better than a new one.
    pub fn most_quarantined(&self) -> f64 {
        self.most_quarantined
    }

    /// The properties it maps, in the order of the file.
    pub fn properties(&self) -> impl ExactSizeIterator<Item = &MappedProperty> {
        self.properties.iter()
    }

    /// The paths of the properties it maps, in the order of the file.
    pub fn property_paths(&self) -> impl ExactSizeIterator<Item = &str> {
        self.properties.iter().map(|mapped| mapped.property.path.as_str())
    }

    /// The facts it can answer with, in the order of the file.
    pub fn facts(&self) -> impl ExactSizeIterator<Item = &MappedFact> {
        self.facts.iter()
    }

    /// A fact by name.
    pub fn fact(&self, name: &str) -> Option<&MappedFact> {
        self.facts.iter().find(|fact| fact.name.as_str() == name)
    }

    /// The checks, in the order of the file.
    pub fn checks(&self) -> impl ExactSizeIterator<Item = &Check> {
        self.checks.iter()
    }

    /// The test cases, in the order of the file.
    pub fn tests(&self) -> impl ExactSizeIterator<Item = &TestCase> {
        self.tests.iter()
    }
}

/// The Arrow type of a column that holds values of a kind.
pub(crate) fn column_type(datatype: Datatype) -> DataType {
    match datatype {
        Datatype::Text | Datatype::Uri => DataType::Utf8,
        Datatype::Date => DataType::Date32,
        Datatype::Boolean => DataType::Boolean,
        Datatype::Integer => DataType::Int64,
        Datatype::Decimal => DECIMAL,
    }
}
