//! Ways through a JSON document: JSON Pointer (RFC 6901), `/data/items`, or dotted, `data.items`.

/// One step of a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A member of an object, or the index of an element.
    Name(String),
    /// Any member or element, written `*`.
    Any,
}

/// Reads a way; an empty text is the document itself.
pub(crate) fn parse(text: &str) -> Vec<Step> {
    let text = text.strip_prefix("$.").or_else(|| text.strip_prefix('$')).unwrap_or(text);
    let step = |name: &str| if name == "*" { Step::Any } else { Step::Name(name.into()) };
    match text.strip_prefix('/') {
        _ if text.is_empty() => Vec::new(),
        Some(rest) => rest.split('/').map(|name| step(&name.replace("~1", "/").replace("~0", "~"))).collect(),
        None => text.split('.').map(step).collect(),
    }
}

/// The names of a way without wildcards.
pub(crate) fn names(steps: &[Step]) -> Vec<&str> {
    steps
        .iter()
        .map(|step| match step {
            Step::Name(name) => name.as_str(),
            Step::Any => "*",
        })
        .collect()
}

/// A JSON Pointer of names.
pub(crate) fn pointer<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names
        .into_iter()
        .fold(String::new(), |all, name| format!("{all}/{}", name.replace('~', "~0").replace('/', "~1")))
}

#[cfg(test)]
mod tests {
    use super::{Step, names, parse, pointer};

    #[test]
    fn pointers_and_dotted_ways_are_the_same() {
        for (text, expected) in [
            ("", vec![]),
            ("/a/b", vec!["a", "b"]),
            ("a.b", vec!["a", "b"]),
            ("$.a.b", vec!["a", "b"]),
            ("/a~1b/m~0n", vec!["a/b", "m~n"]),
            ("/a.b", vec!["a.b"]),
            ("/", vec![""]),
        ] {
            assert_eq!(names(&parse(text)), expected, "{text}");
        }
        assert_eq!(parse("/a/*")[1], Step::Any);
        assert_eq!(pointer(["a/b", "m~n"]), "/a~1b/m~0n");
    }
}
