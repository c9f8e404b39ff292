//! Rows in a JSON response: where they stand, which columns they have, and the text of each cell.

use std::borrow::Cow;
use std::collections::HashMap;

use concordat_record::{Place, Problem, nearest};
use serde_json::Value;

use crate::services::table::{Column, columns};
use crate::types::{Type, date_pattern, timestamp_pattern};

/// A JSON pointer (RFC 6901), taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pointer(Vec<String>);

impl Pointer {
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let parts = text.strip_prefix('/')?.split('/');
        Some(Self(parts.map(|part| part.replace("~1", "/").replace("~0", "~")).collect()))
    }

    pub fn find<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(value, |value, part| match value {
            Value::Object(members) => members.get(part),
            Value::Array(items) => items.get(part.parse::<usize>().ok()?),
            _ => None,
        })
    }

    fn written(&self) -> String {
        let parts = self.0.iter().map(|part| part.replace('~', "~0").replace('/', "~1"));
        parts.flat_map(|part| ["/".to_owned(), part]).collect()
    }
}

/// More columns are no table.
const MAX_COLUMNS: usize = 2_000;
/// Groups within groups that become columns; what lies deeper is one column of JSON.
const MAX_DEPTH: usize = 16;

/// The rows of a response.
pub(crate) fn rows<'a>(body: &'a Value, at: Option<&Pointer>) -> Result<Vec<&'a Value>, Problem> {
    let Some(pointer) = at else { return Ok(found_rows(body)) };
    match pointer.find(body) {
        Some(Value::Array(items)) => Ok(items.iter().collect()),
        Some(row @ Value::Object(_)) => Ok(vec![row]),
        Some(Value::Null) => Ok(Vec::new()),
        _ => {
            let sentence = format!("the response has no rows at `{}`", pointer.written());
            let mut lists = Vec::new();
            find_lists(body, &mut Vec::new(), &mut lists);
            let problem = Problem::new("rest.no-rows", sentence);
            Err(match lists.as_slice() {
                [] => problem.advise("there is no list in it at all; check `path` and `rows`"),
                lists => problem.advise(format!("there are lists at {}", lists.join(", "))),
            })
        }
    }
}

/// The one list of groups near the top, or the whole response as one row.
fn found_rows(body: &Value) -> Vec<&Value> {
    if let Value::Array(items) = body {
        return items.iter().collect();
    }
    let mut lists = Vec::new();
    find_lists(body, &mut Vec::new(), &mut lists);
    let of_rows: Vec<&Vec<Value>> = lists
        .iter()
        .filter_map(|pointer| Pointer::parse(pointer)?.find(body)?.as_array())
        .filter(|items| items.iter().all(Value::is_object))
        .collect();
    match of_rows.as_slice() {
        [rows] => rows.iter().collect(),
        _ => vec![body],
    }
}

/// The pointers of the lists in the first two levels.
fn find_lists(value: &Value, path: &mut Vec<String>, found: &mut Vec<String>) {
    let Value::Object(members) = value else { return };
    for (name, member) in members.iter().take(MAX_COLUMNS) {
        path.push(name.clone());
        match member {
            Value::Array(_) => found.push(Pointer(path.clone()).written()),
            Value::Object(_) if path.len() < 2 => find_lists(member, path, found),
            _ => {}
        }
        path.pop();
    }
}

/// What was seen of one column.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "a set of four kinds")]
struct Seen {
    integer: bool,
    number: bool,
    boolean: bool,
    other: bool,
    texts: Vec<String>,
}

impl Seen {
    fn note(&mut self, value: &Value) {
        match value {
            Value::Null => {}
            Value::Bool(_) => self.boolean = true,
            Value::Number(number) if number.is_i64() => self.integer = true,
            Value::Number(number) if number.is_f64() => self.number = true,
            Value::String(text) => self.texts.push(text.clone()),
            Value::Number(_) | Value::Array(_) | Value::Object(_) => self.other = true,
        }
    }

    fn of(&self) -> Type {
        let kinds = [self.integer || self.number, self.boolean, self.other, !self.texts.is_empty()];
        if self.other || kinds.iter().filter(|kind| **kind).count() != 1 {
            return Type::Text;
        }
        if self.boolean {
            return Type::Boolean;
        }
        if self.number {
            return Type::Number;
        }
        if self.integer {
            return Type::Integer;
        }
        // Services write dates as ISO 8601; what only looks like a date in another way stays text.
        if let Some(pattern @ "YYYY-MM-DD") = date_pattern(&self.texts) {
            return Type::Date(pattern.into());
        }
        match timestamp_pattern(&self.texts) {
            Some(pattern) if pattern.starts_with("YYYY-MM-DD") => Type::Timestamp(pattern.into()),
            _ => Type::Text,
        }
    }
}

/// The columns of rows with their places: as told, with types from the rows where they are not told.
pub(crate) fn settle(
    rows: &[&Value],
    told: &[(String, Pointer)],
    types: &[(String, Type, Place)],
) -> Result<Vec<(Column, Pointer)>, Problem> {
    let mut columns = if told.is_empty() { discover(rows) } else { typed(rows, told) };
    for (name, of, place) in types {
        let Some((column, _)) = columns.iter_mut().find(|(column, _)| column.name == *name) else {
            // A page without rows tells nothing of columns.
            if rows.is_empty() && told.is_empty() {
                continue;
            }
            let problem = Problem::new("service.no-such-column", format!("there is no column `{name}`"))
                .at(place.clone());
            let known = columns.iter().map(|(column, _)| column.name.as_str());
            return Err(match nearest(name, known) {
                Some(near) => problem.advise(format!("did you mean `{near}`?")),
                None => problem,
            });
        };
        column.of = of.clone();
    }
    Ok(columns)
}

fn typed(rows: &[&Value], told: &[(String, Pointer)]) -> Vec<(Column, Pointer)> {
    let column = |(name, pointer): &(String, Pointer)| {
        let mut seen = Seen::default();
        rows.iter().filter_map(|row| pointer.find(row)).for_each(|value| seen.note(value));
        (Column { name: name.clone(), of: seen.of() }, pointer.clone())
    };
    told.iter().map(column).collect()
}

/// Every member of the rows that is no group, in the order of first sight.
fn discover(rows: &[&Value]) -> Vec<(Column, Pointer)> {
    let mut order: Vec<Vec<String>> = Vec::new();
    let mut seen: HashMap<Vec<String>, Seen> = HashMap::new();
    for row in rows {
        walk(row, &mut Vec::new(), &mut |path, value| {
            if !seen.contains_key(path) {
                if order.len() >= MAX_COLUMNS {
                    return;
                }
                order.push(path.to_vec());
            }
            seen.entry(path.to_vec()).or_default().note(value);
        });
    }
    // A member that is null in one row and a group in others is no column.
    let empty = |path: &Vec<String>| {
        let seen = &seen[path];
        !(seen.integer || seen.number || seen.boolean || seen.other) && seen.texts.is_empty()
    };
    let within =
        |path: &Vec<String>| order.iter().any(|other| other.len() > path.len() && other.starts_with(path));
    let kept: Vec<&Vec<String>> = order.iter().filter(|path| !(empty(path) && within(path))).collect();
    let named = |path: &Vec<String>| if path.is_empty() { vec!["value".to_owned()] } else { path.clone() };
    let names: Vec<Vec<String>> = kept.iter().map(|path| named(path)).collect();
    let chains: Vec<Vec<&str>> = names.iter().map(|path| path.iter().map(String::as_str).collect()).collect();
    let types = kept.iter().map(|path| seen[*path].of()).collect();
    columns(&chains, types).into_iter().zip(kept.into_iter().cloned().map(Pointer)).collect()
}

fn walk(value: &Value, path: &mut Vec<String>, leaf: &mut impl FnMut(&[String], &Value)) {
    match value {
        Value::Object(members) if path.len() < MAX_DEPTH => {
            for (name, member) in members {
                path.push(name.clone());
                walk(member, path, leaf);
                path.pop();
            }
        }
        value => leaf(path, value),
    }
}

/// The text of a cell; lists and groups are JSON.
pub(crate) fn cell<'a>(row: &'a Value, at: &Pointer) -> Option<Cow<'a, str>> {
    match at.find(row)? {
        Value::Null => None,
        Value::Bool(true) => Some("true".into()),
        Value::Bool(false) => Some("false".into()),
        Value::String(text) => Some(text.as_str().into()),
        other => Some(other.to_string().into()),
    }
}
