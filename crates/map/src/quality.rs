//! Data quality: how much of a register is filled in, and how many records pass its checks.

use serde::{Deserialize, Serialize};

use crate::CheckSeverity;

/// Counts over some records; those of several batches can be added up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quality {
    /// Records that came in.
    pub records: u64,
    /// Records that were mapped; the others are in quarantine.
    pub mapped: u64,
    /// For each property, in the order of the register, how many mapped records have it.
    pub properties: Vec<Filled>,
    /// The same for each fact.
    pub facts: Vec<Filled>,
    /// For each check, in the order of the register, how many records passed it.
    pub checks: Vec<CheckCount>,
}

/// How often a value is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    /// The property path or the fact's name.
    pub name: String,
    /// Mapped records in which it is not null.
    pub filled: u64,
}

/// How often a check was passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckCount {
    /// The check.
    pub name: String,
    /// What happens to records that do not pass.
    pub severity: CheckSeverity,
    /// Records that passed.
    pub passed: u64,
    /// Records that did not.
    pub failed: u64,
}

impl Quality {
    /// Records in quarantine.
    pub fn quarantined(&self) -> u64 {
        self.records.saturating_sub(self.mapped)
    }

    /// The share of mapped records, 0 to 1, that have a property or fact; none when nothing was mapped.
    pub fn fill_rate(&self, name: &str) -> Option<f64> {
        let filled = self.properties.iter().chain(&self.facts).find(|filled| filled.name == name)?;
        (self.mapped > 0).then(|| filled.filled as f64 / self.mapped as f64)
    }

    /// Adds the counts of more records of the same register.
    pub fn add(&mut self, more: &Self) {
        self.records += more.records;
        self.mapped += more.mapped;
        add_filled(&mut self.properties, &more.properties);
        add_filled(&mut self.facts, &more.facts);
        for count in &more.checks {
            match self.checks.iter_mut().find(|known| known.name == count.name) {
                Some(known) => {
                    known.passed += count.passed;
                    known.failed += count.failed;
                }
                None => self.checks.push(count.clone()),
            }
        }
    }

    /// Takes back what [`Quality::add`] has counted for records that are mapped again.
    pub fn take_away(&mut self, less: &Self) {
        self.records = self.records.saturating_sub(less.records);
        self.mapped = self.mapped.saturating_sub(less.mapped);
        for known in &mut self.checks {
            let Some(count) = less.checks.iter().find(|count| count.name == known.name) else { continue };
            known.passed = known.passed.saturating_sub(count.passed);
            known.failed = known.failed.saturating_sub(count.failed);
        }
    }
}

fn add_filled(known: &mut Vec<Filled>, more: &[Filled]) {
    for filled in more {
        match known.iter_mut().find(|known| known.name == filled.name) {
            Some(known) => known.filled += filled.filled,
            None => known.push(filled.clone()),
        }
    }
}
