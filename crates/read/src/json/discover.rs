//! What the values of a sample are, and the columns that hold all of them without losing anything.

use std::collections::HashMap;

use super::walk::{Token, Value, without_exponent};
use crate::names::unique_names;
use crate::tree::shape::{Member, Shape};
use crate::types::Type;

/// An object with more members than this is a table of its own; it stays JSON text.
const MOST_MEMBERS: usize = 2000;

/// What was seen at one place of the records.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a set of kinds of values")]
pub(crate) struct Seen {
    boolean: bool,
    number: bool,
    text: bool,
    /// A number is no whole one of 64 bits.
    beyond_integer: bool,
    /// A number is not what a floating-point number of 64 bits is written as.
    beyond_floating: bool,
    /// The most digits before and behind the point; none when a number has too many to write out.
    digits: Option<(usize, usize)>,
    list: Option<Box<Seen>>,
    is_object: bool,
    members: Vec<(String, Seen)>,
    by_name: HashMap<String, usize>,
    /// Records are arrays: members are called by their index.
    is_positional: bool,
}

/// How nested objects become columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nested {
    /// Each value a column, named after the way to it.
    Columns,
    /// Each object a column of groups.
    Structs,
}

/// A column and the names of the members that lead to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Leaf {
    pub name: String,
    pub way: Vec<String>,
    pub shape: Shape,
}

impl Seen {
    pub fn new() -> Self {
        Self { digits: Some((0, 0)), ..Self::default() }
    }

    /// Takes a record into account. The elements of an array are its members.
    pub fn add_record(&mut self, record: Value<'_>) {
        if record.token() != Token::Array {
            self.add(record);
            return;
        }
        self.is_positional = true;
        let mut index = 0usize;
        let _ = record.elements(|element| {
            index += 1;
            let member = self.member(&(index - 1).to_string());
            Ok::<_, ()>(member.map_or_else(|| element.end(), |member| member.add(element)))
        });
    }

    /// Takes a value into account; gives where it ends.
    pub fn add(&mut self, value: Value<'_>) -> usize {
        match value.token() {
            Token::Null => value.end(),
            Token::String(_) => {
                self.text = true;
                value.end()
            }
            Token::Plain("true" | "false") => {
                self.boolean = true;
                value.end()
            }
            Token::Plain(number) => {
                self.add_number(number);
                value.end()
            }
            Token::Array => {
                let item = self.list.get_or_insert_with(|| Box::new(Self::new()));
                value.elements(|element| Ok::<_, ()>(item.add(element))).unwrap_or_default()
            }
            Token::Object => {
                self.is_object = true;
                let each = |name: std::borrow::Cow<'_, str>, value: Value<'_>| {
                    Ok::<_, ()>(match self.member(&name) {
                        Some(member) => member.add(value),
                        None => value.end(),
                    })
                };
                value.members(each).unwrap_or_default()
            }
        }
    }

    fn member(&mut self, name: &str) -> Option<&mut Self> {
        let index = match self.by_name.get(name) {
            Some(index) => *index,
            None if self.members.len() > MOST_MEMBERS => return None,
            None => {
                self.by_name.insert(name.into(), self.members.len());
                self.members.push((name.into(), Self::new()));
                self.members.len() - 1
            }
        };
        self.members.get_mut(index).map(|(_, member)| member)
    }

    fn add_number(&mut self, number: &str) {
        self.number = true;
        self.beyond_integer |= number.parse::<i64>().is_err();
        self.beyond_floating |= !is_floating(number);
        self.digits = self.digits.and_then(|(whole, places)| {
            let plain = without_exponent(number)?;
            let (a, b) =
                plain.trim_start_matches('-').split_once('.').unwrap_or((plain.trim_start_matches('-'), ""));
            Some((whole.max(a.trim_start_matches('0').len()), places.max(b.len())))
        });
    }

    fn is_plain(&self) -> bool {
        self.boolean || self.number || self.text
    }

    /// What stands at a way of names; an index leads into a list.
    pub fn at(&self, way: &[String]) -> Option<&Self> {
        let Some((first, rest)) = way.split_first() else { return Some(self) };
        if let Some(index) = self.by_name.get(first) {
            return self.members.get(*index).and_then(|(_, member)| member.at(rest));
        }
        self.list.as_ref().filter(|_| first.parse::<u32>().is_ok()).and_then(|item| item.at(rest))
    }

    /// What a column needs to hold all of it. What is of several kinds, or a table of its own, is kept as JSON text.
    pub fn shape(&self) -> Shape {
        match (self.is_plain(), &self.list, self.is_object) {
            (false, Some(item), false) => Shape::List(Box::new(item.shape())),
            (false, None, true) if self.is_group() => {
                let ways: Vec<Vec<&str>> = self.members.iter().map(|(name, _)| vec![name.as_str()]).collect();
                let members = unique_names(&ways).into_iter().zip(&self.members);
                let member = |(name, (key, seen)): (String, &(String, Self))| Member {
                    name,
                    key: key.clone(),
                    shape: seen.shape(),
                };
                Shape::Group(members.map(member).collect())
            }
            (true, None, false) => Shape::One(self.plain()),
            _ => Shape::One(Type::Text),
        }
    }

    fn is_group(&self) -> bool {
        (1..=MOST_MEMBERS).contains(&self.members.len())
    }

    /// Decimals are exact to 38 digits; measurements with many places are floating point where they were written from it.
    fn plain(&self) -> Type {
        const MONEY: usize = 9;
        match (self.boolean, self.number, self.text, self.digits) {
            (true, false, false, _) => Type::Boolean,
            (false, true, false, _) if !self.beyond_integer => Type::Integer,
            (false, true, false, Some((whole, places)))
                if whole + places <= 38 && (places <= MONEY || self.beyond_floating) =>
            {
                Type::Decimal(38, places as i8)
            }
            (false, true, false, _) if !self.beyond_floating => Type::Number,
            _ => Type::Text,
        }
    }

    /// The columns of the records.
    pub fn leaves(&self, nested: Nested) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        self.gather(nested, &mut Vec::new(), &mut leaves);
        let name = |leaf: &Leaf| match leaf.way.split_first() {
            None => "value".into(),
            Some((first, rest)) => match first.parse::<usize>() {
                Ok(index) if self.is_positional => {
                    [&[format!("column_{}", index + 1)], rest].concat().join("_")
                }
                _ => leaf.way.join("_"),
            },
        };
        let joined: Vec<String> = leaves.iter().map(name).collect();
        let chains: Vec<Vec<&str>> = joined.iter().map(|name| vec![name.as_str()]).collect();
        for (leaf, name) in leaves.iter_mut().zip(unique_names(&chains)) {
            leaf.name = name;
        }
        leaves
    }

    fn gather(&self, nested: Nested, way: &mut Vec<String>, leaves: &mut Vec<Leaf>) {
        let is_record = way.is_empty() && (self.is_object || self.is_positional);
        let flattens = is_record || (nested == Nested::Columns && matches!(self.shape(), Shape::Group(_)));
        if !flattens {
            leaves.push(Leaf { name: String::new(), way: way.clone(), shape: self.shape() });
            return;
        }
        for (name, member) in &self.members {
            way.push(name.clone());
            member.gather(nested, way, leaves);
            way.pop();
        }
    }
}

/// Whether a number comes back as it was when it goes through floating point.
pub(crate) fn is_floating(number: &str) -> bool {
    // IEEE 754 binary64: 15 significant digits survive.
    let digits =
        number.bytes().take_while(|byte| !matches!(byte, b'e' | b'E')).filter(u8::is_ascii_digit).count();
    if digits <= 15 {
        return number.parse::<f64>().is_ok_and(f64::is_finite);
    }
    let Ok(parsed) = number.parse::<f64>() else { return false };
    let plain = |text: &str| {
        let text = without_exponent(text)?.into_owned();
        let text = if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        };
        Some(text)
    };
    plain(number).is_some_and(|number| Some(number) == plain(&parsed.to_string()))
}
