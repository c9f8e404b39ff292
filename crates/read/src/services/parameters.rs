//! Parameters: what a source is asked with. In a template `{name}` stands for one; `{{` and `}}` are braces.

use concordat_record::{Place, Problem, Problems, nearest};

use crate::section::{Section, Written};

/// Names and values, in the order they were written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

/// The table of values that are used when a question gives none.
pub(crate) fn configure(section: &mut Section<'_>) -> Parameters {
    Parameters(texts(section, "parameters").into_iter().map(|(name, value)| (name.value, value)).collect())
}

/// A table of texts.
pub(crate) fn texts(section: &mut Section<'_>, key: &str) -> Vec<(Written<String>, String)> {
    let mut table = section.section(key);
    let keys = table.keys();
    let texts =
        keys.into_iter().filter_map(|name| table.text(&name.value).map(|text| (name, text.value))).collect();
    section.problems.extend(table.problems);
    texts
}

impl Parameters {
    /// The value of one.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What is wrong with a question that gives values of these parameters and of no others.
    pub fn check(&self, given: &[&str], used: &[String]) -> Problems {
        let is_given = |name: &String| given.contains(&name.as_str()) || self.get(name).is_some();
        let others = given.iter().filter(|name| used.iter().all(|known| known != *name));
        let others = others.map(|name| unknown(name, used).at(Place::default().field(*name)));
        let lacking = used.iter().filter(|name| !is_given(name));
        let lacking = lacking.map(|name| missing(name).at(Place::default().field(name)));
        Problems(others.chain(lacking).collect())
    }

    /// With what a question gives; a parameter that the source does not use is a mistake.
    pub fn given(&self, given: &[(String, String)], used: &[String]) -> Result<Self, Problem> {
        for (name, _) in given {
            if !used.contains(name) {
                return Err(unknown(name, used));
            }
        }
        let mut all = given.to_vec();
        all.extend(self.0.iter().filter(|(name, _)| given.iter().all(|(known, _)| known != name)).cloned());
        Ok(Self(all))
    }
}

fn unknown(name: &str, used: &[String]) -> Problem {
    let problem = Problem::new("service.unknown-parameter", format!("the source has no parameter `{name}`"));
    match nearest(name, used.iter().map(String::as_str)) {
        Some(near) => problem.advise(format!("did you mean `{near}`?")),
        None if used.is_empty() => problem.advise("it has no parameters at all"),
        None => problem.advise(format!("its parameters are {}", used.join(", "))),
    }
}

/// A text with places for parameters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Template {
    parts: Vec<Part>,
    place: Place,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Parameter(String),
}

impl Template {
    pub fn parse(text: &str, place: Place) -> Result<Self, Problem> {
        let wrong = |what: &str| {
            Problem::new("service.bad-template", format!("{what} in `{text}`"))
                .at(place.clone())
                .advise("a parameter is written `{name}`, a brace twice")
        };
        let (mut parts, mut plain, mut letters) = (Vec::new(), String::new(), text.chars().peekable());
        while let Some(letter) = letters.next() {
            match letter {
                '{' | '}' if letters.next_if_eq(&letter).is_some() => plain.push(letter),
                '{' => {
                    let mut name = String::new();
                    loop {
                        match letters.next() {
                            Some('}') => break,
                            Some(letter) if letter.is_alphanumeric() || letter == '_' => name.push(letter),
                            _ => return Err(wrong("a parameter that does not end")),
                        }
                    }
                    if name.is_empty() {
                        return Err(wrong("a parameter without a name"));
                    }
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                    parts.push(Part::Parameter(name));
                }
                '}' => return Err(wrong("a brace that closes nothing")),
                letter => plain.push(letter),
            }
        }
        parts.push(Part::Text(plain));
        Ok(Self { parts, place })
    }

    /// The names of its parameters.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Parameter(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// With values in their places; each goes through `escape`.
    pub fn fill(&self, values: &Parameters, escape: impl Fn(&str) -> String) -> Result<String, Problem> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Parameter(name) => {
                    let value = values.get(name).ok_or_else(|| missing(name).at(self.place.clone()))?;
                    text.push_str(&escape(value));
                }
            }
        }
        Ok(text)
    }
}

/// A parameter without a value.
pub(crate) fn missing(name: &str) -> Problem {
    Problem::new("service.no-parameter", format!("the parameter `{name}` has no value"))
        .advise(format!("give one when asking, or one for every reading under `parameters`: {name} = \"…\""))
}

/// Bytes that stand for nothing else in a part of an address stay; the others are escaped (RFC 3986, §2).
pub(crate) fn percent(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0').to_ascii_uppercase();
            escaped.extend(['%', digit(byte >> 4), digit(byte & 0x0f)]);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use concordat_record::Place;

    use super::{Parameters, Template, percent};

    #[test]
    fn parameters_are_put_in_and_escaped() {
        let values = Parameters(vec![("id".into(), "a/b ä".into()), ("n".into(), "7".into())]);
        let fill = |text: &str| {
            Template::parse(text, Place::default()).and_then(|template| template.fill(&values, percent))
        };
        assert_eq!(fill("/o/{id}/x{n}").unwrap(), "/o/a%2Fb%20%C3%A4/x7");
        assert_eq!(fill("{{{n}}}").unwrap(), "{7}");
        for (text, code) in [
            ("{no}", "service.no-parameter"),
            ("{n", "service.bad-template"),
            ("{}", "service.bad-template"),
            ("}", "service.bad-template"),
            ("{a b}", "service.bad-template"),
        ] {
            assert_eq!(fill(text).unwrap_err().code, code, "{text}");
        }
    }

    #[test]
    fn a_parameter_that_the_source_does_not_use_is_named() {
        let values = Parameters(vec![("state".into(), "OH".into())]);
        let used = ["state".to_owned(), "name".to_owned()];
        let given = values.given(&[("state".into(), "TX".into())], &used).unwrap();
        assert_eq!((given.get("state"), given.get("name")), (Some("TX"), None));
        let problem = values.given(&[("sate".into(), "TX".into())], &used).unwrap_err();
        assert_eq!(problem.advice.unwrap(), "did you mean `state`?");
    }
}
