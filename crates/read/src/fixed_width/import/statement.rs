//! Layouts that are programs: what SAS reads by INPUT, Stata by a dictionary or `infix`, SPSS by DATA LIST.
//!
//! All of them name a column before or behind its place: `@1 NAME $20.`, `NAME $ 1-20`, `str name 1-20`, `_column(1) str20 name %20s`.
//! What is no column is passed over.

use concordat_record::{Place, Problem};

use super::headings::described_type;
use crate::fixed_width::layout::{Column, LONGEST_RECORD, MOST_COLUMNS};

/// The columns of a program.
pub(super) fn columns(text: &str, file: &str) -> Result<Vec<Column>, Problem> {
    let mut columns = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let words = words(line);
        let mut rest = words.as_slice();
        while let Some((entry, behind)) = next(rest) {
            rest = behind;
            let place = Place { line: Some(index as u64 + 1), ..Place::file(file) };
            columns.extend(entry.map(|entry| entry.column(place)));
            if columns.len() >= MOST_COLUMNS {
                return Ok(columns);
            }
        }
    }
    if columns.is_empty() {
        let sentence = format!("`{file}` names no columns with their places");
        return Err(Problem::new("fixed-width.layout", sentence)
            .at(Place::file(file))
            .advise("it should hold lines such as `@1 NAME $20.` or `NAME 1-20`"));
    }
    Ok(columns)
}

/// A column as a program has it.
struct Entry<'a> {
    name: &'a str,
    start: usize,
    length: usize,
    format: &'a str,
    decimals: Option<u8>,
}

impl Entry<'_> {
    fn column(&self, place: Place) -> Column {
        let (of, implied_places, sign) = described_type(self.format, self.length, self.decimals);
        Column {
            name: self.name.into(),
            start: self.start,
            length: self.length,
            of,
            implied_places,
            sign,
            nulls: Vec::new(),
            trim: None,
            place,
        }
    }
}

/// The words of a line, with `$` and ranges such as `1 - 20` by themselves.
fn words(line: &str) -> Vec<String> {
    let line = line.split("/*").next().unwrap_or_default();
    let mut spaced = line.replace(['(', ')', ';', ',', '/'], " ");
    while spaced.contains(" -") || spaced.contains("- ") {
        spaced = spaced.replace(" -", "-").replace("- ", "-");
    }
    // `$20.` is a format, `$` alone says that a text follows.
    spaced.split_whitespace().take(4096).map(str::to_owned).collect()
}

/// The column that the words begin with, or nothing when their first word is none; and the words behind.
fn next(words: &[String]) -> Option<(Option<Entry<'_>>, &[String])> {
    let (first, rest) = words.split_first()?;
    let at = first.strip_prefix('@').and_then(number).map(|start| (start, rest));
    let column = (first == "_column").then(|| rest.split_first()).flatten();
    let at = at.or_else(|| column.and_then(|(start, rest)| Some((number(start)?, rest))));
    if let Some((start, rest)) = at {
        let is_stata = first == "_column";
        let rest = if is_stata { rest.get(usize::from(rest.len() > 2)..).unwrap_or_default() } else { rest };
        let found = match rest {
            [name, dollar, format, behind @ ..] if dollar == "$" => {
                formatted(name, start, format).map(|entry| (entry, behind))
            }
            [name, format, behind @ ..] => formatted(name, start, format).map(|entry| (entry, behind)),
            _ => None,
        };
        return Some(found.map_or((None, rest), |(entry, behind)| (Some(entry), behind)));
    }
    let found = match rest {
        [dollar, places, behind @ ..] if dollar == "$" => {
            ranged(first, places, "$").map(|entry| (entry, behind))
        }
        [places, decimals, behind @ ..] if decimals.starts_with('.') => {
            ranged(first, places, decimals).map(|entry| (entry, behind))
        }
        [places, behind @ ..] => ranged(first, places, "").map(|entry| (entry, behind)),
        [] => None,
    };
    Some(found.map_or((None, rest), |(entry, behind)| (Some(entry), behind)))
}

fn number(text: &str) -> Option<usize> {
    text.parse().ok().filter(|number| (1..=LONGEST_RECORD).contains(number))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_alphabetic() || letter == '_') && text.len() <= 64
}

/// `$20.`, `8.2`, `%20s`, `YYMMDD8.`: the width is the number before the point.
fn formatted<'a>(name: &'a str, start: usize, format: &'a str) -> Option<Entry<'a>> {
    let digits = format.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let end = digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len());
    let length = number(digits.get(..end)?)?;
    is_name(name).then_some(Entry { name, start: start - 1, length, format, decimals: None })
}

/// `1-20` or `5`; behind it may stand the places behind the point, `.2`.
fn ranged<'a>(name: &'a str, places: &str, format: &'a str) -> Option<Entry<'a>> {
    let (first, last) = places.split_once('-').unwrap_or((places, places));
    let (first, last) = (number(first)?, number(last)?);
    let decimals = format.strip_prefix('.').and_then(|places| places.parse().ok());
    let length = (last + 1).checked_sub(first).filter(|length| *length > 0)?;
    is_name(name).then(|| Entry { name, start: first - 1, length, format, decimals })
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn programs_of_statisticians_are_layouts() {
        for (text, expected) in [
            (
                "DATA a;\nINFILE 'x.dat';\nINPUT\n@1 NAME $20.\n@21 AGE 3.\n@24 PAY 9.2;",
                "NAME 0+20 text; AGE 20+3 text; PAY 23+9 decimal(9,2)",
            ),
            (
                "input NAME $ 1-20 AGE 21-23 PAY 24 - 32 .2;",
                "NAME 0+20 text; AGE 20+3 text; PAY 23+9 decimal(9,2)",
            ),
            ("infix str name 1-20 age 21-23 using x.raw", "name 0+20 text; age 20+3 text"),
            (
                "dictionary {\n_column(1) str20 name %20s \"Name\"\n_column(21) byte age %3f \"Age\"\n}",
                "name 0+20 text; age 20+3 text",
            ),
            ("DATA LIST FILE='x' /\n ID 1-5 SEX 6 (A).", "ID 0+5 text; SEX 5+1 text"),
        ] {
            let found = columns(text, "a.sas").unwrap();
            let found: Vec<String> = found
                .iter()
                .map(|column| {
                    format!("{} {}+{} {}", column.name, column.start, column.length, column.of.written())
                })
                .collect();
            assert_eq!(found.join("; "), expected, "{text}");
        }
        assert!(columns("proc print; run;", "a.sas").is_err());
    }
}
