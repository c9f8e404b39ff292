//! How a service gives its next page.

use concordat_record::Problem;
use serde_json::Value;

use super::configure::pointer;

use super::rows::Pointer;
use crate::section::Section;
use crate::services::http::{Response, text};
use crate::services::link::{next_link, resolve};

/// One of the usual ways.
#[derive(Clone, Debug)]
pub(crate) struct Paging {
    by: By,
    /// Rows on a page, and the parameter that asks for so many.
    size: Option<u64>,
    size_parameter: Option<String>,
}

#[derive(Clone, Debug)]
enum By {
    None,
    Page { parameter: String, first: u64 },
    Offset { parameter: String },
    Cursor { at: Pointer, parameter: String },
    Link,
}

/// The next request differs from the first in this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// There is no next page.
    End,
    /// Parameters of the query.
    Parameters(Vec<(String, String)>),
    /// Another path with another query.
    Path(String),
}

impl Paging {
    pub fn configure(section: &mut Section<'_>) -> Option<Self> {
        let words = ["none", "page", "offset", "cursor", "link"];
        let choices: Vec<(&str, &str)> = words.iter().map(|word| (*word, *word)).collect();
        let word = if section.has("paging") { section.choice("paging", &choices)? } else { "none" };
        let size = section.number("page_size", 1);
        let size_parameter = section.text("size_parameter");
        let parameter = section.text("page_parameter").map(|parameter| parameter.value);
        let first = section.number("first_page", 0).unwrap_or(1);
        let cursor = pointer(section, "cursor").ok()?;
        if let (Some(parameter), None) = (&size_parameter, size) {
            let problem = Problem::new("source.missing-key", "with `size_parameter` belongs `page_size`");
            section.problems.push(problem.at(parameter.place.clone()));
            return None;
        }
        let parameter = |usual: &str| parameter.clone().unwrap_or_else(|| usual.into());
        let by = match (word, cursor) {
            ("page", _) => By::Page { parameter: parameter("page"), first },
            ("offset", _) => By::Offset { parameter: parameter("offset") },
            ("cursor", Some(at)) => By::Cursor { at, parameter: parameter("cursor") },
            ("cursor", None) => {
                let problem = Problem::new(
                    "source.missing-key",
                    "`cursor` is missing: where the mark of the next page stands",
                );
                section.problems.push(problem.at(section.here().field("cursor")));
                return None;
            }
            ("link", _) => By::Link,
            _ => By::None,
        };
        Some(Self { by, size, size_parameter: size_parameter.map(|parameter| parameter.value) })
    }

    /// What the first request has beside its own query.
    pub fn first(&self) -> Vec<(String, String)> {
        let mut parameters = self.sized();
        match &self.by {
            By::Page { parameter, first } => parameters.push((parameter.clone(), first.to_string())),
            By::Offset { parameter } => parameters.push((parameter.clone(), "0".into())),
            By::None | By::Cursor { .. } | By::Link => {}
        }
        parameters
    }

    fn sized(&self) -> Vec<(String, String)> {
        let both = self.size_parameter.clone().zip(self.size);
        both.map(|(name, size)| (name, size.to_string())).into_iter().collect()
    }

    /// Whether a server that ignores what it is asked gives the same page for ever.
    pub fn counts(&self) -> bool {
        matches!(self.by, By::Page { .. } | By::Offset { .. })
    }

    /// What comes behind a page: `pages` and `rows` have come so far, `here` on this one.
    pub fn next(
        &self,
        response: &Response,
        body: &Value,
        (pages, rows, here): (u64, u64, u64),
        (origin, path): (&str, &str),
    ) -> Result<Next, Problem> {
        let short = here == 0 || self.size.is_some_and(|size| here < size);
        let with = |name: &str, value: String| {
            let mut parameters = self.sized();
            parameters.push((name.into(), value));
            Next::Parameters(parameters)
        };
        Ok(match &self.by {
            By::Page { .. } | By::Offset { .. } if short => Next::End,
            By::Page { parameter, first } => with(parameter, (first + pages).to_string()),
            By::Offset { parameter } => with(parameter, rows.to_string()),
            By::Cursor { at, parameter } => match at.find(body) {
                None | Some(Value::Null | Value::Bool(false)) => Next::End,
                Some(Value::String(mark)) if mark.is_empty() => Next::End,
                Some(Value::String(mark)) if is_address(mark) => Next::Path(resolve(origin, path, mark)?),
                Some(Value::String(mark)) => with(parameter, mark.clone()),
                Some(Value::Number(number)) => with(parameter, number.to_string()),
                Some(_) => {
                    let problem = Problem::new(
                        "rest.bad-cursor",
                        "the mark of the next page is neither text nor number",
                    );
                    return Err(problem.advise("check `cursor`"));
                }
            },
            By::Link => match text(&response.headers, "link").and_then(next_link) {
                Some(link) => Next::Path(resolve(origin, path, link)?),
                None => Next::End,
            },
            By::None => Next::End,
        })
    }
}

fn is_address(mark: &str) -> bool {
    mark.starts_with("https://")
        || mark.starts_with("http://")
        || mark.starts_with('/')
        || mark.starts_with('?')
}
