//! What a driver is told when it connects: keywords and values, each a field of its own, written so that no value can become a keyword.
//!
//! Microsoft, "SQLDriverConnect", "Connection Strings": a value in braces may hold anything, a closing brace within it is doubled.

use concordat_record::Problem;

use crate::section::Section;

/// The keywords that have options of their own.
const OWN: [(&str, &str); 6] = [
    ("DRIVER", "driver"),
    ("DSN", "data_source"),
    ("UID", "user"),
    ("USER", "user"),
    ("PWD", "password"),
    ("PASSWORD", "password"),
];

/// Keywords and values, in the order they were written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attributes(Vec<(String, String)>);

impl Attributes {
    /// Reads the table `attributes`.
    pub fn configure(section: &mut Section<'_>) -> Self {
        let mut table = section.section("attributes");
        let mut attributes = Self::default();
        for key in table.keys() {
            let own = OWN.iter().find(|(keyword, _)| keyword.eq_ignore_ascii_case(&key.value));
            if let Some((_, option)) = own {
                let sentence =
                    format!("`{}` is not an attribute here: it has the option `{option}`", key.value);
                table.problems.push(Problem::new("source.either-or", sentence).at(key.place));
            } else if !is_keyword(&key.value) {
                let sentence = format!("`{}` is no name of an attribute", key.value);
                let problem = Problem::new("source.wrong-form", sentence).at(key.place);
                table.problems.push(problem.advise("names have letters, digits, spaces, `_` and `-`"));
            } else if let Some(value) = table.texts(&key.value) {
                let value = value.value.into_iter().next().unwrap_or_default();
                attributes.0.push((key.value, value));
            }
        }
        section.problems.extend(table.problems);
        attributes
    }

    /// Adds one.
    pub fn add(&mut self, keyword: &str, value: &str) {
        self.0.push((keyword.into(), value.into()));
    }

    /// Adds all of others.
    pub fn append(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// As a driver reads them; none when a value has a null character.
    #[cfg(any(feature = "odbc", test))]
    pub fn written(&self) -> Option<String> {
        let mut text = String::new();
        for (keyword, value) in &self.0 {
            text.push_str(keyword);
            text.push('=');
            text.push_str(&quoted(value)?);
            text.push(';');
        }
        Some(text)
    }
}

fn is_keyword(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" _-".contains(&byte))
        && name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && name.trim() == name
}

/// A value: as it is when it is plain, because not every driver reads braces, and in braces otherwise.
#[cfg(any(feature = "odbc", test))]
fn quoted(value: &str) -> Option<String> {
    if value.contains('\0') {
        return None;
    }
    let is_plain = value.chars().all(|letter| letter.is_alphanumeric() || "._-/:\\@ ".contains(letter));
    if is_plain && value.trim() == value {
        return Some(value.into());
    }
    Some(format!("{{{}}}", value.replace('}', "}}")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Attributes;

    fn written(pairs: &[(&str, &str)]) -> String {
        let mut attributes = Attributes::default();
        for (keyword, value) in pairs {
            attributes.add(keyword, value);
        }
        attributes.written().unwrap()
    }

    /// Reads a string as the specification has it.
    fn read(text: &str) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut letters = text.chars().peekable();
        while letters.peek().is_some() {
            let keyword: String = letters.by_ref().take_while(|letter| *letter != '=').collect();
            let mut value = String::new();
            if letters.next_if_eq(&'{').is_some() {
                while let Some(letter) = letters.next() {
                    if letter == '}' && letters.next_if_eq(&'}').is_none() {
                        break;
                    }
                    value.push(letter);
                }
                assert_eq!(letters.next(), Some(';'));
            } else {
                value.extend(letters.by_ref().take_while(|letter| *letter != ';'));
            }
            pairs.push((keyword, value));
        }
        pairs
    }

    #[test]
    fn a_value_cannot_become_a_keyword() {
        assert_eq!(
            written(&[("Server", "db.example"), ("PWD", "a;Trace=1")]),
            "Server=db.example;PWD={a;Trace=1};"
        );
        assert_eq!(written(&[("PWD", "a};Trace=1;x={")]), "PWD={a}};Trace=1;x={};");
        assert_eq!(written(&[("PWD", " a")]), "PWD={ a};");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(values in prop::collection::vec("[a{};= +é]{0,8}", 1..4)) {
            let pairs: Vec<(String, String)> =
                values.iter().enumerate().map(|(index, value)| (format!("K{index}"), value.clone())).collect();
            let borrowed: Vec<(&str, &str)> = pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            prop_assert_eq!(read(&written(&borrowed)), pairs);
        }
    }
}
