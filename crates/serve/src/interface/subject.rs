//! What a caller knows of a subject, in JSON: property paths and texts, nested or dotted.
//!
//! `{"registeredAddress": {"postCode": "20220"}}` and `{"registeredAddress.postCode": "20220"}` say the same.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

/// Deeper than any path of the vocabulary.
const DEEPEST: usize = 8;

/// Paths and values in the order they were written; doubles are still in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Known(pub(super) Vec<(String, String)>);

impl<'de> Deserialize<'de> for Known {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Value::Thing(parts) = Value::deserialize(deserializer)? else {
            return Err(D::Error::custom("the subject is an object: property paths and texts"));
        };
        let mut known = Self::default();
        known.flatten("", parts, 0).map_err(D::Error::custom)?;
        Ok(known)
    }
}

impl Known {
    fn flatten(&mut self, before: &str, parts: Vec<(String, Value)>, depth: usize) -> Result<(), String> {
        if depth > DEEPEST {
            return Err("the subject is nested too deeply".into());
        }
        for (name, value) in parts {
            let path = if before.is_empty() { name } else { format!("{before}.{name}") };
            match value {
                Value::Text(text) => self.0.push((path, text)),
                Value::Thing(parts) => self.flatten(&path, parts, depth + 1)?,
                Value::Other(what) => {
                    return Err(format!("`{path}` is {what}, and must be a text in quotation marks"));
                }
            }
        }
        Ok(())
    }
}

/// A JSON value as far as subjects have one. Doubled keys are kept, so that they can be refused.
enum Value {
    Text(String),
    Thing(Vec<(String, Value)>),
    Other(&'static str),
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or an object of texts")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut parts = Vec::new();
        while let Some(part) = map.next_entry()? {
            parts.push(part);
        }
        Ok(Value::Thing(parts))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        Ok(Value::Other("a list"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Other("true or false"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Other("a number"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Value, E> {
        Ok(Value::Other("a number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Other("a number"))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Other("null"))
    }
}

#[cfg(test)]
mod tests {
    use super::Known;

    #[test]
    fn nested_and_dotted_say_the_same() {
        for (json, expected) in [
            (r#"{"a": {"b": "1", "c": "2"}, "d": "3"}"#, Ok(vec![("a.b", "1"), ("a.c", "2"), ("d", "3")])),
            (r#"{"a.b": "1"}"#, Ok(vec![("a.b", "1")])),
            (r#"{"a": "1", "a": "2"}"#, Ok(vec![("a", "1"), ("a", "2")])),
            (r"{}", Ok(vec![])),
            (r#"{"a": 20220}"#, Err("`a` is a number")),
            (r#"{"a": {"b": null}}"#, Err("`a.b` is null")),
            (r#"{"a": ["1"]}"#, Err("`a` is a list")),
            (r#""Jane""#, Err("the subject is an object")),
        ] {
            match (serde_json::from_str::<Known>(json), expected) {
                (Ok(known), Ok(pairs)) => {
                    assert!(
                        known.0.iter().map(|(path, text)| (path.as_str(), text.as_str())).eq(pairs),
                        "{json}"
                    );
                }
                (Err(error), Err(start)) => assert!(error.to_string().starts_with(start), "{error}"),
                (found, expected) => panic!("{json}: {found:?}, not {expected:?}"),
            }
        }
        let deep = format!("{}\"1\"{}", r#"{"a":"#.repeat(20), "}".repeat(20));
        assert!(serde_json::from_str::<Known>(&deep).is_err());
    }
}
