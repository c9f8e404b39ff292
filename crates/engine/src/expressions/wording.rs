//! DataFusion's errors in the words of the person who wrote the expression, and without values of the record.

use arrow::error::ArrowError;
use concordat_record::{Place, Problem};
use datafusion_common::{DataFusionError, SchemaError};
use datafusion_sql::sqlparser::parser::ParserError;

/// An error of the parser.
pub(super) fn syntax(error: &DataFusionError) -> Problem {
    let DataFusionError::SQL(parser, _) = error.find_root() else { return planning(error) };
    match parser.as_ref() {
        ParserError::RecursionLimitExceeded => {
            Problem::new("engine.syntax", "the expression is nested too deeply")
        }
        ParserError::ParserError(text) | ParserError::TokenizerError(text) => {
            let (sentence, place) = split_place(text);
            Problem::new("engine.syntax", reworded(sentence)).at(place)
        }
    }
}

/// The parser ends its messages with ` at Line: 1, Column: 8`.
fn split_place(text: &str) -> (&str, Place) {
    let place = || {
        let (sentence, place) = text.rsplit_once(" at Line: ")?;
        let (line, column) = place.split_once(", Column: ")?;
        let column = column.trim_end_matches(|c: char| !c.is_ascii_digit());
        Some((sentence, Place::default().line(line.parse().ok()?).column(column.parse().ok()?)))
    };
    place().unwrap_or((text, Place::default()))
}

fn reworded(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    if let Some((expected, found)) =
        text.strip_prefix("Expected: ").and_then(|rest| rest.rsplit_once(", found: "))
    {
        let found = if found == "EOF" { "the end".into() } else { format!("`{found}`") };
        let expected = match expected {
            "end of expression" => "the end of the expression".into(),
            sign if sign.chars().all(|c| c.is_ascii_punctuation()) => format!("`{sign}`"),
            other => other.to_owned(),
        };
        return format!("{expected} was expected, and {found} was found");
    }
    lower_first(text)
}

/// An error of names and types.
pub(super) fn planning(error: &DataFusionError) -> Problem {
    match error.find_root() {
        DataFusionError::SQL(..) => syntax(error),
        DataFusionError::SchemaError(schema, _) => match schema.as_ref() {
            SchemaError::FieldNotFound { field, .. } => {
                Problem::new("engine.unknown-field", format!("there is no field `{}`", field.name))
            }
            SchemaError::DuplicateUnqualifiedField { name }
            | SchemaError::DuplicateQualifiedField { name, .. } => {
                Problem::new("engine.ambiguous-field", format!("there is more than one field `{name}`"))
            }
            SchemaError::AmbiguousReference { field } => Problem::new(
                "engine.ambiguous-field",
                format!("there is more than one field `{}`", field.name),
            ),
        },
        other => Problem::new("engine.wrong-type", first_sentence(&message_of(other))),
    }
}

/// What the error says, without DataFusion's headings.
fn message_of(error: &DataFusionError) -> String {
    match error {
        DataFusionError::Plan(text)
        | DataFusionError::NotImplemented(text)
        | DataFusionError::Internal(text)
        | DataFusionError::Execution(text)
        | DataFusionError::Configuration(text) => text.clone(),
        other => other.strip_backtrace(),
    }
}

/// The first complaint in our tone, with the names of Arrow's types in the author's words.
fn first_sentence(text: &str) -> String {
    const HEADING: &str = "Error during planning: ";
    let line = text.lines().next().unwrap_or_default();
    // A function with several signatures complains once for each; a function of ours is wrapped in DataFusion's words.
    let complaint = line.split(HEADING).nth(1).unwrap_or(line).trim_end_matches([',', ' ']);
    let complaint = [" No function matches", " (DataType: "]
        .iter()
        .fold(complaint, |rest, end| rest.split(end).next().unwrap_or(rest))
        .trim_end_matches('.');
    let words: Vec<String> = complaint.replace('\'', "`").split(' ').map(type_word).collect();
    lower_first(&words.join(" "))
}

fn type_word(word: &str) -> String {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let plain = match bare {
        "Utf8" | "Utf8View" | "LargeUtf8" | "String" => "text",
        "Int8" | "Int16" | "Int32" | "Int64" | "UInt8" | "UInt16" | "UInt32" | "UInt64" => "whole number",
        "Float16" | "Float32" | "Float64" => "floating-point number",
        "Date32" | "Date64" => "date",
        "Boolean" => "true-or-false",
        list if list.starts_with("List(") => return "a list".into(),
        _ => return word.into(),
    };
    word.replace(bare, plain)
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        // A word all in capitals is a word of SQL.
        Some(first) if !letters.clone().next().is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => text.into(),
    }
}

/// Why an expression could not be computed for a record; never a value of it.
pub(super) fn evaluation(error: &DataFusionError) -> Problem {
    let arrow = match error.find_root() {
        DataFusionError::ArrowError(arrow, _) => Some(arrow.as_ref()),
        _ => None,
    };
    let (sentence, advice) = match arrow {
        Some(ArrowError::DivideByZero) => {
            ("a division by zero".to_string(), "write `… / nullif(x, 0)` to get null instead")
        }
        Some(ArrowError::ArithmeticOverflow(_)) => (
            "a number that is too large for its type".to_string(),
            "use a wider type, such as `CAST(… AS DECIMAL(38, 2))`",
        ),
        Some(ArrowError::CastError(text)) => {
            (cannot_turn(text), "write `TRY_CAST(…)` to get null instead, and a check to count how often")
        }
        Some(ArrowError::ParseError(_)) => (
            "a text that cannot be read as what the expression wants".to_string(),
            "write `TRY_CAST(…)` or `date_of(…)` to get null instead",
        ),
        _ => (
            "the expression cannot be computed for this record".to_string(),
            "look at the record in quarantine and guard the expression with `CASE`",
        ),
    };
    Problem::new("engine.failed-expression", sentence).advise(advice)
}

/// Arrow writes `Cannot cast string 'abc' to value of Int32 type`; only the type may be repeated.
fn cannot_turn(text: &str) -> String {
    let type_word = text.rsplit_once(" to value of ").and_then(|(_, rest)| rest.strip_suffix(" type"));
    let wanted = match type_word.map(|word| (word, type_word_or_none(word))) {
        Some((_, Some(plain))) => format!("a {plain}"),
        _ => "another type".into(),
    };
    format!("a value that cannot be turned into {wanted}")
}

fn type_word_or_none(word: &str) -> Option<String> {
    let plain = type_word(word);
    (plain != word).then_some(plain)
}
