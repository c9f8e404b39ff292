//! Ways through an XML document: a small part of XPath, `/register/organisation`, `address/city`, `@id`.

use concordat_record::{Place, Problem};

/// Which namespace a name has to be in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Space {
    Any,
    /// Only in none.
    None,
    Named(String),
}

impl Space {
    fn is(&self, uri: Option<&str>) -> bool {
        match self {
            Self::Any => true,
            Self::None => uri.is_none(),
            Self::Named(own) => uri == Some(own),
        }
    }
}

/// What a name in a way stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Test {
    /// The local name; `*` is any.
    pub local: String,
    pub uri: Space,
}

impl Test {
    pub fn is(&self, local: &str, uri: Option<&str>) -> bool {
        (self.local == local || self.local == "*") && self.uri.is(uri)
    }
}

/// The prefixes of a source file and their namespaces; none when it declares none, and then only local names count.
#[derive(Clone, Debug, Default)]
pub(super) struct Namespaces(pub Option<Vec<(String, String)>>);

impl Namespaces {
    /// Reads a name. Without a prefix, an element is in the namespace under `""`, an attribute in none.
    fn test(&self, name: &str, is_attribute: bool) -> Result<Test, String> {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let is_plain = !local.is_empty() && !local.contains([' ', ':', '@', '(', '[', '/']);
        if !is_plain {
            return Err(format!("`{name}` is no name of an element or attribute"));
        }
        let uri_of = |prefix: &str| {
            let known = self.0.iter().flatten();
            known.filter(|(known, _)| known == prefix).map(|(_, uri)| uri.clone()).next_back()
        };
        let uri = match (&self.0, prefix) {
            (None, "") => Space::Any,
            (Some(_), "") if is_attribute => Space::None,
            (Some(_), "") => uri_of("").map_or(Space::None, Space::Named),
            (_, "xml") => Space::Named("http://www.w3.org/XML/1998/namespace".into()),
            (_, prefix) => match uri_of(prefix) {
                Some(uri) => Space::Named(uri),
                None => return Err(format!("the prefix `{prefix}` is not declared under `namespaces`")),
            },
        };
        Ok(Test { local: local.into(), uri })
    }

    /// Whether names have to be resolved.
    pub fn is_declared(&self) -> bool {
        self.0.is_some()
    }
}

/// The way to the rows.
#[derive(Clone, Debug)]
pub(super) struct RowWay {
    pub steps: Vec<Test>,
    /// `//organisation`: at any depth.
    pub is_anywhere: bool,
    pub written: String,
}

/// What a way to a value ends at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Last {
    /// All text within the element.
    Whole,
    /// The text that stands directly in it: `text()`.
    Text,
    Attribute(Test),
}

/// The way to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ValueWay {
    pub steps: Vec<Test>,
    pub last: Last,
}

/// Reads the way to the rows.
pub(super) fn rows(text: &str, place: &Place, namespaces: &Namespaces) -> Result<RowWay, Problem> {
    let is_anywhere = text.starts_with("//");
    let names = text.trim_start_matches('/').split('/');
    let steps: Result<Vec<Test>, String> = names.map(|name| namespaces.test(name, false)).collect();
    let steps = steps.map_err(|sentence| wrong(sentence, place))?;
    Ok(RowWay { steps, is_anywhere, written: text.into() })
}

/// Reads the way to a value: elements from above, then `@name`, `text()` or nothing; `.` is the row itself.
pub(super) fn value(text: &str, place: &Place, namespaces: &Namespaces) -> Result<ValueWay, Problem> {
    let mut names: Vec<&str> = text.trim_start_matches('/').split('/').collect();
    names.retain(|name| *name != ".");
    let last = match names.last() {
        Some(name) if name.starts_with('@') => {
            let test = namespaces.test(name.trim_start_matches('@'), true);
            names.pop();
            Last::Attribute(test.map_err(|sentence| wrong(sentence, place))?)
        }
        Some(&"text()") => {
            names.pop();
            Last::Text
        }
        _ => Last::Whole,
    };
    let steps: Result<Vec<Test>, String> =
        names.into_iter().map(|name| namespaces.test(name, false)).collect();
    Ok(ValueWay { steps: steps.map_err(|sentence| wrong(sentence, place))?, last })
}

fn wrong(sentence: String, place: &Place) -> Problem {
    Problem::new("xml.wrong-way", sentence).at(place.clone()).advise(
        "write `name`, `name/name`, `@attribute` or `text()`; a prefix has to be declared under `namespaces`, and without that table \
         names count in any namespace",
    )
}

#[cfg(test)]
mod tests {
    use concordat_record::Place;

    use super::{Last, Namespaces, rows, value};

    #[test]
    fn ways_are_read_as_people_write_them() {
        let none = Namespaces::default();
        let some = Namespaces(Some(vec![("r".into(), "urn:r".into()), (String::new(), "urn:d".into())]));
        let at = Place::default();
        let way = value("a/b/@c", &at, &none).unwrap();
        assert_eq!(way.steps.iter().map(|step| step.local.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert!(
            matches!(way.last, Last::Attribute(test) if test.local == "c" && test.uri == super::Space::Any)
        );
        assert!(value(".", &at, &none).unwrap().steps.is_empty());
        assert_eq!(value("a/text()", &at, &none).unwrap().last, Last::Text);
        let way = rows("/r:a/b", &at, &some).unwrap();
        assert!(way.steps[0].is("a", Some("urn:r")) && !way.steps[0].is("a", None));
        assert!(way.steps[1].is("b", Some("urn:d")));
        assert!(rows("//b", &at, &none).unwrap().is_anywhere);
        for text in ["", "/", "a//b", "x:a", "a[1]", "a/@", "last()"] {
            assert!(value(text, &at, &none).is_err() || rows(text, &at, &none).is_err(), "{text}");
        }
    }
}
