//! Anything whose properties can be looked up by path: a subject, a row, a record of the answer store.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use concordat_record::Subject;

/// Between several values of one property, in one text: the unit separator of ASCII.
pub const VALUE_SEPARATOR: char = '\u{1f}';

/// What is known of one thing, by property path.
pub trait Known {
    /// The value of a property such as `registeredAddress.postCode`, if known. Several values are parted by
    /// [`VALUE_SEPARATOR`]; values that people join with `|`, `;` or a new line are parted by the comparisons that can use several.
    fn value(&self, property: &str) -> Option<Cow<'_, str>>;
}

impl Known for Subject {
    fn value(&self, property: &str) -> Option<Cow<'_, str>> {
        self.get(property).map(Cow::Borrowed)
    }
}

impl Known for BTreeMap<String, String> {
    fn value(&self, property: &str) -> Option<Cow<'_, str>> {
        self.get(property).map(|value| Cow::Borrowed(value.as_str()))
    }
}

impl<S: BuildHasher> Known for HashMap<String, String, S> {
    fn value(&self, property: &str) -> Option<Cow<'_, str>> {
        self.get(property).map(|value| Cow::Borrowed(value.as_str()))
    }
}

impl Known for serde_json::Map<String, serde_json::Value> {
    fn value(&self, property: &str) -> Option<Cow<'_, str>> {
        use serde_json::Value;
        match self.get(property)? {
            Value::Null | Value::Object(_) => None,
            Value::String(text) => Some(Cow::Borrowed(text)),
            Value::Array(values) => {
                let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
                Some(Cow::Owned(texts.join(&VALUE_SEPARATOR.to_string())))
            }
            other => Some(Cow::Owned(other.to_string())),
        }
    }
}

impl<K: Known + ?Sized> Known for &K {
    fn value(&self, property: &str) -> Option<Cow<'_, str>> {
        (**self).value(property)
    }
}
