//! The text of a journey.

use crate::Outcome;

/// What must become of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// `$`
    Success,
    /// `!`
    Failure,
    /// `&`
    Background,
}

/// One command and what it must say.
#[derive(Debug, PartialEq, Eq)]
pub struct Step {
    /// Its line in the file, from one.
    pub line: usize,
    pub expect: Expect,
    /// The command, split at spaces; double quotes keep words together.
    pub words: Vec<String>,
    /// Texts that must be said, in this order.
    pub says: Vec<String>,
}

impl Step {
    /// Whether all that must be said has been said, in order.
    pub fn said_all(&self, said: &str) -> Outcome {
        let mut rest = said;
        for expected in &self.says {
            let Some(at) = rest.find(expected.as_str()) else {
                return Err(format!("     should say `{expected}`, and said\n{said}").into());
            };
            rest = &rest[at + expected.len()..];
        }
        Ok(())
    }
}

/// The steps of a journey.
///
/// # Errors
/// A line that is none of the kinds, or an answer before any command.
pub fn parse(text: &str) -> Outcome<Vec<Step>> {
    let mut steps: Vec<Step> = Vec::new();
    for (line, content) in (1..).zip(text.lines()) {
        let (mark, rest) = content.split_once(' ').unwrap_or((content, ""));
        let expect = match mark {
            "" | "#" => continue,
            "$" => Expect::Success,
            "!" => Expect::Failure,
            "&" => Expect::Background,
            ">" => {
                let step = steps.last_mut().ok_or_else(|| format!("line {line} answers no command"))?;
                step.says.push(rest.to_owned());
                continue;
            }
            other => return Err(format!("line {line} begins with `{other}`").into()),
        };
        steps.push(Step { line, expect, words: words(rest), says: Vec::new() });
    }
    Ok(steps)
}

fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut begun) = (Vec::new(), String::new(), false, false);
    for character in command.chars() {
        match character {
            '"' => (quoted, begun) = (!quoted, true),
            ' ' if !quoted => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            other => {
                word.push(other);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{Expect, parse};

    #[test]
    fn a_journey_is_commands_and_what_they_say() {
        let steps = parse("# why\n$ concordat ask \"two words\" \"\"\n> yes\n> no\n\n! false\n").unwrap();
        assert_eq!(steps.len(), 2);
        assert_eq!(steps[0].words, ["concordat", "ask", "two words", ""]);
        assert_eq!((steps[0].says.len(), steps[0].line), (2, 2));
        assert_eq!(steps[1].expect, Expect::Failure);
        assert!(steps[0].said_all("so yes, and then no").is_ok());
        assert!(steps[0].said_all("no, then yes").is_err());
    }

    #[test]
    fn a_line_of_no_kind_is_an_error() {
        assert!(parse("> before any command").is_err());
        assert!(parse("concordat demo").is_err());
    }
}
