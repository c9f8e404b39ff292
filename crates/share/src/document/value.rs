//! Converters: from a TOML value to what a key means, or the problem without its place.

use std::fmt::Display;
use std::str::FromStr;

use chrono::NaiveDate;
use concordat_record::Problem;
use toml::de::DeValue;

const LONGEST_LINE: usize = 200;
const LONGEST_PARAGRAPH: usize = 4000;

/// One line of text that says something.
pub(crate) fn line(value: &DeValue<'_>) -> Result<String, Problem> {
    let text = paragraph(value)?;
    if text.contains('\n') {
        return Err(Problem::new("share.too-long", "the text must fit on one line"));
    }
    if text.chars().count() > LONGEST_LINE {
        return Err(Problem::new(
            "share.too-long",
            format!("the text has more than {LONGEST_LINE} characters"),
        ));
    }
    Ok(text)
}

/// Text that says something, on any number of lines.
pub(crate) fn paragraph(value: &DeValue<'_>) -> Result<String, Problem> {
    let DeValue::String(text) = value else { return Err(wrong_kind("a text", value)) };
    if let Some(character) = text.chars().find(|c| is_hidden(*c) && *c != '\n') {
        return Err(hidden(character));
    }
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::new("share.empty-text", "the text is empty")
            .advise("say it in a sentence that people outside your office understand"));
    }
    if text.chars().count() > LONGEST_PARAGRAPH {
        return Err(Problem::new(
            "share.too-long",
            format!("the text has more than {LONGEST_PARAGRAPH} characters"),
        ));
    }
    Ok(text.to_owned())
}

/// A name, a body or anything else that is written as one word.
pub(crate) fn word<T: FromStr<Err: Display>>(value: &DeValue<'_>) -> Result<T, Problem> {
    let DeValue::String(text) = value else { return Err(wrong_kind("a text", value)) };
    text.parse().map_err(|error: T::Err| Problem::new("share.bad-name", error.to_string()))
}

/// A calendar date `YYYY-MM-DD`, with or without quotation marks.
pub(crate) fn date(value: &DeValue<'_>) -> Result<NaiveDate, Problem> {
    let text = match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Datetime(moment) => moment.to_string(),
        other => return Err(wrong_kind("a date", other)),
    };
    NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().filter(|_| text.len() == "YYYY-MM-DD".len()).ok_or_else(
        || Problem::new("share.bad-date", "this is not a date").advise("write it as \"2027-12-31\""),
    )
}

/// A whole number from one.
pub(crate) fn count(value: &DeValue<'_>) -> Result<u32, Problem> {
    let DeValue::Integer(number) = value else { return Err(wrong_kind("a whole number", value)) };
    u32::from_str_radix(number.as_str(), number.radix()).ok().filter(|number| *number > 0).ok_or_else(|| {
        Problem::new("share.out-of-range", format!("the number must be from 1 to {}", u32::MAX))
    })
}

/// A probability above 0 and not above 1.
pub(crate) fn probability(value: &DeValue<'_>) -> Result<f64, Problem> {
    let number = match value {
        DeValue::Float(number) => number.as_str().parse().ok(),
        DeValue::Integer(number) => number.as_str().parse().ok(),
        other => return Err(wrong_kind("a number", other)),
    };
    number.filter(|number| *number > 0.0 && *number <= 1.0).ok_or_else(|| {
        Problem::new("share.out-of-range", "the number must be above 0 and not above 1")
            .advise("0.9 means: nine in ten such matches are right")
    })
}

/// Yes or no.
pub(crate) fn flag(value: &DeValue<'_>) -> Result<bool, Problem> {
    value.as_bool().ok_or_else(|| wrong_kind("true or false", value))
}

/// The problem of a value of another kind.
pub(crate) fn wrong_kind(wanted: &str, found: &DeValue<'_>) -> Problem {
    Problem::new("share.wrong-kind", format!("this must be {wanted}, not {}", kind(found)))
}

/// The problem of a character that people do not see.
pub(crate) fn hidden(character: char) -> Problem {
    Problem::new(
        "share.hidden-character",
        format!(
            "the text has the hidden character U+{:04X}, so it may read otherwise than it is",
            u32::from(character)
        ),
    )
    .advise("remove it; people sign what they see")
}

/// Whether a character is invisible or turns the reading direction (Unicode UTS 55 §3, bidirectional source spoofing).
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
        )
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
