//! How results and bad news reach the terminal.

use std::io::{self, Write};

use clap::ValueEnum;
use concordat_record::{Problem, Problems, Severity};
use serde::Serialize;
use serde_json::Value;

/// Why a command ended with a non-zero exit.
#[derive(Debug)]
pub enum Failure {
    /// What is wrong; not yet shown.
    Problems(Problems),
    /// Something is not as it should be, and the output has said so.
    Said,
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problems(problem.into())
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Problems(problems)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // Whoever reads our output has closed it (`| head`): there is nobody to tell.
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::Said;
        }
        Problem::new("cli.cannot-print", format!("cannot write the output: {error}")).into()
    }
}

/// What a command gives back.
pub type Outcome = Result<(), Failure>;

/// The form of a command's output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For people.
    #[default]
    Text,
    /// One JSON object or array, for programs.
    Json,
}

/// Prints a value as JSON.
pub fn json(value: &impl Serialize) -> Outcome {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

/// Prints a line for people.
pub fn line(text: impl std::fmt::Display) -> Outcome {
    writeln!(io::stdout().lock(), "{text}")?;
    Ok(())
}

/// Says something on the error stream, beside the output.
pub fn aside(text: impl std::fmt::Display) {
    // Nobody can be told that the error stream is closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Shows problems on the error stream, and how many there are when they are many.
pub fn problems(problems: &Problems) {
    aside(problems);
    let errors = problems.0.iter().filter(|problem| problem.severity == Severity::Error).count();
    if errors > 1 {
        aside(format!("\n{}", count(errors, "error")));
    }
}

/// A number of things: `1 error`, `2 errors`.
pub fn count(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// A fact's value in words.
pub fn value(value: &Value) -> String {
    match value {
        Value::Null => "the record does not say".into(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A probability in per cent. Nothing is ever said to be certain.
pub fn percent(probability: f64) -> String {
    if probability > 0.9999 {
        return "over 99.99 %".to_owned();
    }
    format!("{:.2} %", probability * 100.0)
}

/// Lays rows out in columns: a heading, a rule, and the cells padded to the widest.
pub fn table<const N: usize>(heading: [&str; N], rows: &[[String; N]]) -> String {
    let width = |text: &str| text.chars().count();
    let mut widths = heading.map(width);
    for row in rows {
        for (column, cell) in widths.iter_mut().zip(row) {
            *column = width(cell).max(*column);
        }
    }
    let write = |cells: &[String; N]| -> String {
        let mut line = String::new();
        for (cell, column) in cells.iter().zip(widths) {
            let padding = column - width(cell);
            line.push_str(cell);
            line.push_str(&" ".repeat(padding + 2));
        }
        line.trim_end().to_owned()
    };
    let rule = widths.map(|column| "─".repeat(column));
    let mut lines = vec![write(&heading.map(str::to_owned)), write(&rule)];
    lines.extend(rows.iter().map(write));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a".to_owned(), "long cell".to_owned()], ["äöü".to_owned(), String::new()]];
        assert_eq!(table(["x", "y"], &rows), "x    y\n───  ─────────\na    long cell\näöü");
    }
}
