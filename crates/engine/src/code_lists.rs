//! Code lists: what the short codes of a legacy system stand for.

use std::collections::BTreeMap;

/// The code lists of one register, by name; expressions look codes up with `code('list', field)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CodeLists(BTreeMap<String, BTreeMap<String, String>>);

impl CodeLists {
    /// No list yet.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a list of codes and their labels under a name; a list of the same name is replaced.
    pub fn insert(&mut self, name: impl Into<String>, labels: BTreeMap<String, String>) {
        self.0.insert(name.into(), labels);
    }

    /// The names of the lists, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether there is a list of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// What a code stands for; none when the list or the code is unknown.
    pub fn label(&self, list: &str, code: &str) -> Option<&str> {
        self.0.get(list)?.get(code).map(String::as_str)
    }
}
