//! Files that people write: TOML, read strictly, with a problem that points at the line.

use std::ops::Range;

use serde::de::DeserializeOwned;

use crate::{Place, Problem, nearest};

/// Reads a settings file into a type. Unknown keys are the type's to refuse (`deny_unknown_fields`).
///
/// # Errors
/// `settings.malformed` with line and column, and the nearest known word when a key is a slip.
pub fn parse_settings<T: DeserializeOwned>(text: &str, file: &str) -> Result<T, Problem> {
    toml::from_str(text).map_err(|error| {
        let message = error.message().trim().to_owned();
        let sentence = message.lines().next().unwrap_or_default().to_owned();
        let place = error.span().map_or_else(|| Place::file(file), |span| place_of(text, file, &span));
        let problem = Problem::new("settings.malformed", sentence).at(place);
        match advice(&message) {
            Some(advice) => problem.advise(advice),
            None => problem,
        }
    })
}

/// The line and column (from one) where a span of a text begins.
pub fn place_of(text: &str, file: &str, span: &Range<usize>) -> Place {
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Place::file(file).line(line as u64).column(column as u64)
}

/// Reads the known words out of serde's "unknown field `x`, expected one of `a`, `b`".
fn advice(message: &str) -> Option<String> {
    let (unknown, expected) = message.split_once(", expected ")?;
    let word = unknown.split('`').nth(1)?;
    let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    Some(match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => return None,
        None => format!("known here are {}", known.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::parse_settings;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Settings {
        address: String,
        port: u16,
    }

    #[test]
    fn a_slip_is_shown_with_its_line_and_the_word_that_was_meant() {
        for (text, expected) in [
            ("address = \"a\"\nprot = 7\n", "body.toml:2:1|did you mean `port`?"),
            ("address = \"a\"\nport = \"x\"\n", "body.toml:2:8|"),
            ("address = \n", "body.toml:1:11|"),
            ("address = \"a\"\nport = 1\nzebra = 1", "body.toml:3:1|known here are address, port"),
        ] {
            let problem = parse_settings::<Settings>(text, "body.toml").unwrap_err();
            let found = format!("{}|{}", problem.place, problem.advice.unwrap_or_default());
            assert_eq!(found, expected, "{text}");
        }
    }
}
