//! What elements look like, worked out from the schemas: the form in which requests are written and responses are read.

use std::sync::Arc;

use super::simple::Simple;
use super::xml::Name;

/// An element as a request or a response has it.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub name: Name,
    /// It has to be there.
    pub required: bool,
    /// It may be there more than once.
    pub many: bool,
    /// It may say that it has no value.
    pub nillable: bool,
    pub default: Option<String>,
    pub of: Of,
}

/// What is in an element.
#[derive(Clone, Debug)]
pub(crate) enum Of {
    /// Text.
    Simple(Simple),
    /// Attributes and elements, or attributes and text.
    Group(Arc<Group>),
    /// Anything: the schema does not say, or goes too deep.
    Any,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    /// The name of its type, if it has one.
    pub name: Option<Name>,
    pub attributes: Vec<Attribute>,
    pub children: Vec<Shape>,
    /// Its text, when it has text and no elements.
    pub text: Option<Simple>,
    /// The schema leaves room for more.
    pub open: bool,
    /// How many elements there are below it.
    pub size: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    pub name: Name,
    pub required: bool,
    pub default: Option<String>,
    pub of: Simple,
}

/// A place for a value: the path of names to it, an attribute with `@`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    pub path: Vec<String>,
    /// Without it the request is not complete.
    pub required: bool,
    pub of: Simple,
}

impl Leaf {
    pub fn written(&self) -> String {
        self.path.join("/")
    }
}

impl Shape {
    /// How many elements it describes.
    pub fn size(&self) -> usize {
        match &self.of {
            Of::Group(group) => 1 + group.size,
            Of::Simple(_) | Of::Any => 1,
        }
    }

    /// The schema says that nothing is in it.
    pub fn is_empty(&self) -> bool {
        match &self.of {
            Of::Group(group) => {
                !group.open
                    && group.text.is_none()
                    && group.attributes.is_empty()
                    && group.children.is_empty()
            }
            Of::Simple(_) | Of::Any => false,
        }
    }

    /// The places for values in it, in order; `path` leads to it.
    pub fn leaves(&self, path: &mut Vec<String>, required: bool, found: &mut Vec<Leaf>) {
        let required = required && self.required && !self.nillable && self.default.is_none();
        match &self.of {
            Of::Simple(of) => found.push(Leaf { path: path.clone(), required, of: of.clone() }),
            Of::Any => found.push(Leaf { path: path.clone(), required: false, of: Simple::default() }),
            Of::Group(group) => {
                for attribute in &group.attributes {
                    path.push(format!("@{}", attribute.name.local));
                    let required = required && attribute.required && attribute.default.is_none();
                    found.push(Leaf { path: path.clone(), required, of: attribute.of.clone() });
                    path.pop();
                }
                if let Some(of) = &group.text {
                    found.push(Leaf { path: path.clone(), required, of: of.clone() });
                }
                for child in &group.children {
                    path.push(child.name.local.to_string());
                    child.leaves(path, required, found);
                    path.pop();
                }
            }
        }
    }

    /// The first element that may come more than once, nearest to the top first, with the path to it.
    pub fn repeated(&self) -> Option<(Vec<String>, &Shape)> {
        let mut level = vec![(vec![self.name.local.to_string()], self)];
        while !level.is_empty() {
            if let Some(at) = level.iter().position(|(_, shape)| shape.many) {
                return Some(level.swap_remove(at));
            }
            let mut next = Vec::new();
            for (path, shape) in level {
                if let Of::Group(group) = &shape.of {
                    next.extend(group.children.iter().map(|child| {
                        let mut path = path.clone();
                        path.push(child.name.local.to_string());
                        (path, child)
                    }));
                }
            }
            level = next;
        }
        None
    }

    /// The element that a path of local names ends at; the path may begin anywhere.
    pub fn find(&self, path: &[String]) -> Option<&Shape> {
        self.find_below(path, &mut Vec::new())
    }

    fn find_below<'a>(&'a self, path: &[String], above: &mut Vec<String>) -> Option<&'a Shape> {
        above.push(self.name.local.to_string());
        let mut found = above.ends_with(path).then_some(self);
        if let (None, Of::Group(group)) = (found, &self.of) {
            found = group.children.iter().find_map(|child| child.find_below(path, above));
        }
        above.pop();
        found
    }
}
