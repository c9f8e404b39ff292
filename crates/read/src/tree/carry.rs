//! Values that stand above rows and are carried down to them.

use std::sync::Arc;

use super::records::Surroundings;

/// Keeps them while a scanner walks through a file.
pub(crate) struct Carry {
    above: Arc<Surroundings>,
    /// Of each value: how many levels are open where it belongs to; it is forgotten when fewer are.
    scopes: Vec<usize>,
    /// Of each value: how often it was found, and what it was.
    found: Vec<(u64, Option<String>)>,
    /// How often what each value belongs to has ended.
    ended: Vec<u64>,
    /// Values known from an earlier walk, which stand only once in the file, maybe behind the rows.
    known: Vec<Option<String>>,
}

impl Carry {
    pub fn new(scopes: Vec<usize>, mut known: Vec<Option<String>>) -> Self {
        known.resize(scopes.len(), None);
        let above = Arc::new(Surroundings { carried: known.clone(), namespaces: Vec::new() });
        Self { above, found: vec![(0, None); scopes.len()], ended: vec![0; scopes.len()], scopes, known }
    }

    /// A value was found.
    pub fn keep(&mut self, index: usize, value: Option<String>) {
        if let Some((count, found)) = self.found.get_mut(index) {
            *count += 1;
            found.clone_from(&value);
        }
        if let Some(carried) = Arc::make_mut(&mut self.above).carried.get_mut(index) {
            *carried = value;
        }
    }

    /// A level was closed; so many are still open.
    pub fn leave(&mut self, open: usize) {
        for (index, scope) in self.scopes.iter().enumerate() {
            if *scope != open {
                continue;
            }
            if let Some(ended) = self.ended.get_mut(index) {
                *ended += 1;
            }
            let is_known = self.known.get(index).is_some_and(Option::is_some);
            let is_set = self.above.carried.get(index).is_some_and(Option::is_some);
            if is_set
                && !is_known
                && let Some(carried) = Arc::make_mut(&mut self.above).carried.get_mut(index)
            {
                *carried = None;
            }
        }
    }

    pub fn set_namespaces(&mut self, namespaces: &[(String, String)]) {
        if self.above.namespaces != namespaces {
            Arc::make_mut(&mut self.above).namespaces = namespaces.to_vec();
        }
    }

    pub fn above(&self) -> Arc<Surroundings> {
        self.above.clone()
    }

    /// The values that stand only once in the file, for all of its rows, after a walk through all of it.
    pub fn once(&self) -> Vec<Option<String>> {
        let once = |((count, value), ended): (&(u64, Option<String>), &u64)| {
            value.clone().filter(|_| *count == 1 && *ended <= 1)
        };
        self.found.iter().zip(&self.ended).map(once).collect()
    }
}
