//! The columns of a source of XML, as they are written or found, and the plan by which elements find their column.

use concordat_record::Problem;

use super::path::{Last, Namespaces, Test, value};
use crate::names::{snake_case, unique_names};
use crate::section::Written;
use crate::tree::shape::{Member, Shape};
use crate::types::Type;

/// What is done when a column has several values in one row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Repeated {
    /// The row is rejected.
    #[default]
    Reject,
    /// All of them are kept as a list.
    List,
    First,
    /// All of them in one text, with this between them.
    Join(String),
}

/// A column, or a group of columns that repeats.
#[derive(Clone, Debug)]
pub(super) struct ColumnSpec {
    pub name: String,
    pub way: Written<String>,
    pub repeated: Repeated,
    /// The columns within the element, when each of its occurrences is a group.
    pub columns: Vec<ColumnSpec>,
}

impl ColumnSpec {
    pub fn shape(&self) -> Shape {
        if !self.columns.is_empty() {
            let members = self.columns.iter().map(|column| Member {
                name: snake_case(&column.name),
                key: column.way.value.clone(),
                shape: column.shape(),
            });
            return Shape::List(Box::new(Shape::Group(members.collect())));
        }
        match self.repeated {
            Repeated::List => Shape::List(Box::new(Shape::One(Type::Text))),
            _ => Shape::One(Type::Text),
        }
    }
}

/// The columns as Arrow has them.
pub(super) fn shapes(specs: &[ColumnSpec]) -> Vec<(String, Shape)> {
    let chains: Vec<Vec<&str>> = specs.iter().map(|spec| vec![spec.name.as_str()]).collect();
    unique_names(&chains).into_iter().zip(specs.iter().map(ColumnSpec::shape)).collect()
}

/// What an element of a row is for.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    pub attributes: Vec<(Test, usize)>,
    /// The columns of all its text.
    pub whole: Vec<usize>,
    /// The columns of the text directly in it.
    pub text: Vec<usize>,
    pub children: Vec<(Test, Node)>,
    /// Its occurrences are groups of this column, whose own columns the plan leads to.
    pub group: Option<(usize, Box<Group>)>,
}

/// The columns of a row or of a repeating group.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub root: Node,
    pub columns: Vec<Leaf>,
}

/// What is known of a column while rows are made.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    pub name: String,
    pub repeated: Repeated,
}

impl Group {
    /// The plan for columns; ways are checked here.
    pub fn plan(specs: &[ColumnSpec], namespaces: &Namespaces) -> Result<Self, Problem> {
        let mut group = Self::default();
        for (index, spec) in specs.iter().enumerate() {
            let way = value(&spec.way.value, &spec.way.place, namespaces)?;
            let mut node = &mut group.root;
            for step in way.steps {
                node = node.child(step);
            }
            if spec.columns.is_empty() {
                match way.last {
                    Last::Whole => node.whole.push(index),
                    Last::Text => node.text.push(index),
                    Last::Attribute(test) => node.attributes.push((test, index)),
                }
            } else {
                if way.last != Last::Whole {
                    let problem =
                        Problem::new("xml.wrong-way", "a group is an element, not an attribute or text");
                    return Err(problem.at(spec.way.place.clone()));
                }
                node.group = Some((index, Box::new(Self::plan(&spec.columns, namespaces)?)));
            }
            group.columns.push(Leaf { name: spec.name.clone(), repeated: spec.repeated.clone() });
        }
        Ok(group)
    }
}

impl Node {
    fn child(&mut self, test: Test) -> &mut Self {
        let place = self.children.iter().position(|(known, _)| *known == test).unwrap_or_else(|| {
            self.children.push((test, Self::default()));
            self.children.len() - 1
        });
        &mut self.children[place].1
    }
}
