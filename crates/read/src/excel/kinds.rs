//! Types of columns, by the kinds of values that they hold.

use super::cell::Value;
use crate::types::Type;

/// Which kinds of values a column was seen to hold.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a set of kinds of values")]
pub(super) struct Kinds {
    text: bool,
    number: bool,
    integer: bool,
    boolean: bool,
    date: bool,
    timestamp: bool,
    time: bool,
}

impl Kinds {
    pub fn add(&mut self, value: &Value) {
        match value {
            Value::Text(_) => self.text = true,
            Value::Number(_) => self.number = true,
            Value::Integer(_) => self.integer = true,
            Value::Boolean(_) => self.boolean = true,
            Value::Date { .. } => self.date = true,
            Value::Timestamp { .. } => self.timestamp = true,
            Value::Time(_) => self.time = true,
            Value::Error(_) => {}
        }
    }

    /// The type that holds all of them; text where they differ.
    pub fn settle(self) -> Type {
        let number = self.number || self.integer;
        let moment = self.date || self.timestamp;
        let written = |of: &str| Type::parse(of).unwrap_or(Type::Text);
        match (self.text, number, self.boolean, moment, self.time) {
            (false, true, false, false, false) if !self.number => Type::Integer,
            (false, true, false, false, false) => Type::Number,
            (false, false, true, false, false) => Type::Boolean,
            (false, false, false, true, false) if !self.timestamp => written("date"),
            (false, false, false, true, false) => written("timestamp"),
            (false, false, false, false, true) => written("time"),
            _ => Type::Text,
        }
    }
}
