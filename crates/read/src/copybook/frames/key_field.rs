//! A field whose value is needed before records are decoded: the length of a record, or which segment it is.

use std::collections::HashMap;

use arrow::array::Array;
use arrow::util::display::array_value_to_string;
use concordat_record::Problem;

use crate::copybook::coding::Coding;
use crate::copybook::layout::Layout;
use crate::copybook::rule::Selector;
use crate::copybook::values::{CellFaults, Column, Machine, decode};

/// So many different values are remembered.
const MOST_KNOWN: usize = 1 << 16;

/// Reads one field of a record. Such fields have few different values, so each is decoded once.
#[derive(Clone, Debug)]
pub(crate) struct KeyField {
    /// From the beginning of the record.
    pub offset: usize,
    pub length: usize,
    coding: Coding,
    machine: Machine,
    known: HashMap<Box<[u8]>, Option<Box<str>>>,
}

impl KeyField {
    /// A field by its COBOL or column name.
    pub fn new(name: &str, layout: &Layout, machine: &Machine) -> Result<Self, Problem> {
        Ok(Self::of(&Selector::new(name, layout, &[], 0)?, machine))
    }

    /// A field that was found.
    pub fn of(selector: &Selector, machine: &Machine) -> Self {
        let Selector { offset, length, coding, .. } = selector.clone();
        Self { offset, length, coding, machine: machine.clone(), known: HashMap::new() }
    }

    /// The value as text; a number as its digits. None when the record ends before it, or it is blank, or cannot be decoded.
    pub fn value(&mut self, record: &[u8]) -> Option<&str> {
        self.value_of(record.get(self.offset..self.offset.checked_add(self.length)?)?)
    }

    /// The same for the bytes of the field alone.
    pub fn value_of(&mut self, raw: &[u8]) -> Option<&str> {
        if !self.known.contains_key(raw) {
            if self.known.len() >= MOST_KNOWN {
                self.known.clear();
            }
            let value = self.decoded(raw);
            self.known.insert(raw.into(), value);
        }
        self.known.get(raw)?.as_deref()
    }

    fn decoded(&self, raw: &[u8]) -> Option<Box<str>> {
        let column = Column { bytes: raw, starts: &[0], ends: None, offset: 0, length: raw.len() };
        let mut faults = CellFaults::new();
        let array = decode(&self.coding, column, &self.machine, &mut faults);
        let is_there = faults.is_empty() && array.is_valid(0);
        is_there.then(|| array_value_to_string(&array, 0).ok().map(String::into_boxed_str)).flatten()
    }
}
