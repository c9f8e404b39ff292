//! Makes a row of a record: finds the value of each column, then adds it.

use concordat_record::Problem;

use super::discover::{Leaf, is_floating};
use super::walk::{Token, Value, text_of, without_exponent};
use crate::tree::records::Surroundings;
use crate::tree::row::{Fault, Fill};
use crate::tree::shape::{Column, Member, Shape};
use crate::types::{Builder, Type};

/// What is done with a member that comes twice in an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duplicates {
    Reject,
    First,
    Last,
}

/// The ways to the columns, as a tree.
#[derive(Clone, Debug, Default)]
struct Node {
    column: Option<usize>,
    children: Vec<(String, Node)>,
}

/// Makes rows.
#[derive(Clone, Debug)]
pub(crate) struct JsonFill {
    root: Node,
    /// Which columns anybody wants; the others stay empty.
    needed: Vec<bool>,
    duplicates: Duplicates,
    /// The columns are those of a sample: a member that it did not have would be lost.
    is_discovered: bool,
}

impl JsonFill {
    pub fn new(leaves: &[Leaf], needed: Vec<bool>, duplicates: Duplicates, is_discovered: bool) -> Self {
        let mut root = Node::default();
        for (index, leaf) in leaves.iter().enumerate() {
            let mut node = &mut root;
            for name in &leaf.way {
                node = node.child(name);
            }
            node.column = Some(index);
        }
        Self { root, needed, duplicates, is_discovered }
    }

    /// Notes where the values of the columns are; gives where the value ends.
    fn find<'a>(
        &self,
        node: &Node,
        value: Value<'a>,
        found: &mut [Option<Value<'a>>],
    ) -> Result<usize, Fault> {
        if let Some(slot) = node.column.and_then(|column| found.get_mut(column)) {
            self.note(slot, value)?;
        }
        if node.children.is_empty() {
            return Ok(value.end());
        }
        let mut next = 0;
        match value.token() {
            Token::Object => value.members(|name, value| self.follow(node, &name, &mut next, value, found)),
            Token::Array => {
                let mut index = 0usize;
                value.elements(|element| {
                    let name = index.to_string();
                    index += 1;
                    self.follow(node, &name, &mut next, element, found)
                })
            }
            Token::Null => Ok(value.end()),
            _ if self.is_discovered => {
                let sentence = "the record holds a single value where the sample had an object";
                Err(Fault::new(beyond_sample(sentence)).at_byte(value.at))
            }
            _ => Ok(value.end()),
        }
    }

    /// Goes on at a member. Members mostly come in the order of the columns: `next` is where the last one was found.
    fn follow<'a>(
        &self,
        node: &Node,
        name: &str,
        next: &mut usize,
        value: Value<'a>,
        found: &mut [Option<Value<'a>>],
    ) -> Result<usize, Fault> {
        let is_next = node.children.get(*next).is_some_and(|(child, _)| child == name);
        let place =
            if is_next { Some(*next) } else { node.children.iter().position(|(child, _)| child == name) };
        if let Some((place, (_, child))) = place.and_then(|place| Some((place, node.children.get(place)?))) {
            *next = place + 1;
            return self.find(child, value, found);
        }
        if self.is_discovered {
            let problem = beyond_sample("the record has a member that the sample did not have");
            return Err(Fault::new(problem).in_field(name).at_byte(value.at));
        }
        Ok(value.end())
    }

    fn note<'a>(&self, slot: &mut Option<Value<'a>>, value: Value<'a>) -> Result<(), Fault> {
        match (slot.is_some(), self.duplicates) {
            (true, Duplicates::Reject) => {
                let problem = Problem::new("json.duplicate-member", "an object has the same member twice")
                    .advise("set `duplicates` to \"first\" or \"last\" if one of them counts");
                return Err(Fault::new(problem).at_byte(value.at));
            }
            (true, Duplicates::First) => {}
            _ => *slot = Some(value),
        }
        Ok(())
    }

    fn add(&self, value: Option<Value<'_>>, shape: &Shape, column: &mut Column) -> Result<(), Fault> {
        let Some((value, token)) =
            value.map(|value| (value, value.token())).filter(|(_, token)| *token != Token::Null)
        else {
            column.push_null();
            return Ok(());
        };
        match (shape, column) {
            (Shape::One(of), Column::One(builder)) => {
                self.add_plain(value, token, of, builder).map_err(|fault| fault.at_byte(value.at))
            }
            (Shape::List(item), Column::List(list)) if token == Token::Array => {
                value.elements(|element| {
                    self.add(Some(element), item, list.next_item())?;
                    Ok(element.end())
                })?;
                list.close(true);
                Ok(())
            }
            (Shape::Group(members), Column::Group(group)) if token == Token::Object => {
                let found = self.find_members(value, members)?;
                for ((member, column), value) in members.iter().zip(&mut group.fields).zip(found) {
                    self.add(value, &member.shape, column)?;
                }
                group.close();
                Ok(())
            }
            (Shape::List(_), _) => Err(other_form("an array").at_byte(value.at)),
            _ => Err(other_form("an object").at_byte(value.at)),
        }
    }

    fn find_members<'a>(
        &self,
        value: Value<'a>,
        members: &[Member],
    ) -> Result<Vec<Option<Value<'a>>>, Fault> {
        let mut found = vec![None; members.len()];
        value.members(|name, value| {
            let place = members.iter().position(|member| member.key == name);
            let Some(slot) = place.and_then(|place| found.get_mut(place)) else {
                let problem = beyond_sample("the record has a member that the sample did not have");
                return Err(Fault::new(problem).in_field(&name).at_byte(value.at));
            };
            self.note(slot, value)?;
            Ok(value.end())
        })?;
        Ok(found)
    }

    fn add_plain(
        &self,
        value: Value<'_>,
        token: Token<'_>,
        of: &Type,
        builder: &mut Builder,
    ) -> Result<(), Fault> {
        let fits = match token {
            Token::String(inner) => match text_of(inner) {
                Some(text) if text.is_empty() && *of != Type::Text => {
                    builder.push_null();
                    true
                }
                Some(text) => builder.push(text.as_bytes()),
                None => {
                    let sentence =
                        "a text holds half of a pair of `\\u` escapes, which stands for no character";
                    return Err(Fault::new(Problem::new("json.half-pair", sentence)));
                }
            },
            Token::Plain(text) if *of == Type::Text => builder.push(text.as_bytes()),
            // A floating-point column of a sample: a number that would lose digits is not taken.
            Token::Plain(text) if self.is_discovered && *of == Type::Number && !is_floating(text) => false,
            Token::Plain(text @ ("true" | "false")) => builder.push(text.as_bytes()),
            Token::Plain(text) => {
                without_exponent(text).is_some_and(|text| builder.push(text.as_bytes()))
                    || (*of == Type::Number && builder.push(text.as_bytes()))
            }
            _ if *of == Type::Text => builder.push(value.raw().as_bytes()),
            _ => false,
        };
        if fits { Ok(()) } else { Err(Fault::wrong_type("", of)) }
    }
}

impl Node {
    fn child(&mut self, name: &str) -> &mut Self {
        let place = self.children.iter().position(|(child, _)| child == name).unwrap_or_else(|| {
            self.children.push((name.into(), Self::default()));
            self.children.len() - 1
        });
        &mut self.children[place].1
    }
}

fn beyond_sample(sentence: &str) -> Problem {
    Problem::new("json.beyond-sample", sentence).advise(
        "columns were found in the beginning of the file; name them under `columns`, and their types under `types`",
    )
}

fn other_form(what: &str) -> Fault {
    Fault::new(beyond_sample(&format!("the value is not {what}, as those in the sample are")))
}

impl Fill for JsonFill {
    fn fill(
        &self,
        record: &str,
        _above: &Surroundings,
        shapes: &[(String, Shape)],
        columns: &mut [Column],
    ) -> Result<(), Fault> {
        let mut found = vec![None; columns.len()];
        self.find(&self.root, Value::root(record), &mut found)?;
        let found = found.into_iter().zip(&self.needed).map(|(value, needed)| value.filter(|_| *needed));
        for (((name, shape), column), value) in shapes.iter().zip(columns).zip(found) {
            self.add(value, shape, column).map_err(|fault| fault.in_field(name))?;
        }
        Ok(())
    }
}
