//! The columns of the rows of a response: as told, from the schema, or from the rows themselves.

use std::collections::HashSet;
use std::sync::Arc;

use concordat_record::{Place, Problem, nearest};

use super::response::cell;
use super::shape::{Of, Shape};
use super::simple::{Base, Simple, without_zone};
use super::wsdl::Body;
use super::xml::Element;
use crate::services::table::{Column, columns};
use crate::types::Type;

/// More columns are no table.
const MAX_COLUMNS: usize = 2_000;

/// Where the values of a column stand in a row.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub path: Vec<String>,
    /// The schema allows several: the cell is a list of JSON, also of one.
    pub many: bool,
    /// The element around it does nothing but hold this list, as `phones` in `<phones><string/><string/></phones>`.
    pub is_wrapped: bool,
    pub of: Simple,
}

impl Source {
    /// Whether the schema alone says which type of column it is.
    pub fn is_settled(&self) -> bool {
        self.many || !matches!(self.of.base, Base::Decimal | Base::Timestamp)
    }

    fn at(path: &[String], of: Simple) -> Self {
        Self { path: path.to_vec(), many: false, is_wrapped: false, of }
    }

    /// The cell's text.
    pub fn cell(&self, row: &Element) -> Option<String> {
        let text = cell(row, &self.path, self.many)?;
        if self.of.base == Base::Date && !self.many {
            return Some(without_zone(&text).to_owned());
        }
        Some(text)
    }
}

/// The path to the rows that the schema of the response suggests, and the shape of one.
pub(crate) fn suggested(output: Option<&Body>) -> Option<(Vec<String>, &Shape)> {
    let parts = match output? {
        Body::Document(parts) | Body::Rpc { parts, .. } => parts,
    };
    if let Some(found) = parts.iter().find_map(Shape::repeated) {
        return Some(found);
    }
    let [part] = parts.as_slice() else { return None };
    Some((vec![part.name.local.to_string()], part))
}

/// The shape of the rows at a path that was told.
pub(crate) fn shape_at<'a>(output: Option<&'a Body>, path: &[String]) -> Option<&'a Shape> {
    let parts = match output? {
        Body::Document(parts) | Body::Rpc { parts, .. } => parts,
    };
    // The element around the parts of RPC has a name of its own, which no shape has.
    parts.iter().find_map(|part| {
        part.find(path).or_else(|| part.find(path.get(1..).filter(|rest| !rest.is_empty())?))
    })
}

/// Columns with where their values stand.
pub(crate) fn settle(
    shape: Option<&Shape>,
    rows: &[Arc<Element>],
    told: &[(String, Vec<String>)],
    types: &[(String, Type, Place)],
) -> Result<Vec<(Column, Source)>, Problem> {
    let known = shape.map(from_shape).unwrap_or_default();
    let sources = if !told.is_empty() {
        told.iter().map(|(_, path)| of_schema(&known, path)).collect()
    } else if known.is_empty() {
        from_rows(rows)
    } else {
        known
    };
    let kinds: Vec<Type> = sources.iter().map(|source| type_of(source, rows)).collect();
    let mut columns = if told.is_empty() {
        let chains: Vec<Vec<&str>> = sources.iter().map(chain).collect();
        columns(&chains, kinds)
    } else {
        told.iter().zip(kinds).map(|((name, _), of)| Column { name: name.clone(), of }).collect()
    };
    for (name, of, place) in types {
        let Some(column) = columns.iter_mut().find(|column| column.name == *name) else {
            if rows.is_empty() && sources.is_empty() {
                continue;
            }
            let problem = Problem::new("service.no-such-column", format!("there is no column `{name}`"))
                .at(place.clone());
            let names = columns.iter().map(|column| column.name.as_str());
            return Err(match nearest(name, names) {
                Some(near) => problem.advise(format!("did you mean `{near}`?")),
                None => problem,
            });
        };
        column.of = of.clone();
    }
    Ok(columns.into_iter().zip(sources).collect())
}

/// The names that a column may have, outermost first: a list that is wrapped has the name of what wraps it.
fn chain(source: &Source) -> Vec<&str> {
    let path = match source.path.split_last() {
        Some((_, around)) if source.is_wrapped => around,
        _ => source.path.as_slice(),
    };
    if path.is_empty() {
        vec!["value"]
    } else {
        path.iter().map(|name| name.trim_start_matches('@')).collect()
    }
}

fn of_schema(known: &[Source], path: &[String]) -> Source {
    let same = known.iter().find(|source| source.path == path).cloned();
    same.unwrap_or_else(|| Source::at(path, Simple::default()))
}

fn type_of(source: &Source, rows: &[Arc<Element>]) -> Type {
    if source.many {
        return Type::Text;
    }
    let values: Vec<String> = if source.is_settled() {
        Vec::new()
    } else {
        rows.iter().filter_map(|row| source.cell(row)).filter(|text| !text.trim().is_empty()).collect()
    };
    source.of.column(&values)
}

/// The leaves of a row's shape; what may come several times is one column of JSON.
fn from_shape(shape: &Shape) -> Vec<Source> {
    fn walk(shape: &Shape, is_alone: bool, path: &mut Vec<String>, found: &mut Vec<Source>) {
        if found.len() >= MAX_COLUMNS {
            return;
        }
        match &shape.of {
            _ if shape.many && !path.is_empty() => {
                let is_wrapped = is_alone && path.len() > 1;
                found.push(Source { many: true, is_wrapped, ..Source::at(path, Simple::default()) });
            }
            Of::Simple(of) => found.push(Source::at(path, of.clone())),
            Of::Any => found.push(Source::at(path, Simple::default())),
            Of::Group(group) => {
                for attribute in &group.attributes {
                    path.push(format!("@{}", attribute.name.local));
                    found.push(Source::at(path, attribute.of.clone()));
                    path.pop();
                }
                if let Some(of) = &group.text {
                    found.push(Source::at(path, of.clone()));
                }
                let is_alone =
                    group.children.len() == 1 && group.attributes.is_empty() && group.text.is_none();
                for child in &group.children {
                    path.push(child.name.local.to_string());
                    walk(child, is_alone, path, found);
                    path.pop();
                }
            }
        }
    }
    if matches!(shape.of, Of::Any) {
        return Vec::new();
    }
    let mut found = Vec::new();
    walk(shape, false, &mut Vec::new(), &mut found);
    found
}

/// Every text that rows have, in the order of first sight: for services whose schema says `any`.
fn from_rows(rows: &[Arc<Element>]) -> Vec<Source> {
    fn walk(
        element: &Element,
        path: &mut Vec<String>,
        seen: &mut HashSet<Vec<String>>,
        found: &mut Vec<Source>,
    ) {
        if found.len() >= MAX_COLUMNS || path.len() > 32 {
            return;
        }
        if element.children.is_empty() {
            if seen.insert(path.clone()) {
                found.push(Source::at(path, Simple::default()));
            }
            return;
        }
        let mut names: HashSet<&str> = HashSet::new();
        let is_alone =
            element.children.windows(2).all(|pair| matches!(pair, [a, b] if a.name.local == b.name.local));
        let is_wrapped = is_alone && !path.is_empty();
        for child in &element.children {
            let again = !names.insert(&child.name.local);
            path.push(child.name.local.to_string());
            if again {
                // What came before was the first of a list.
                found.retain(|source| !(source.path.len() > path.len() && source.path.starts_with(path)));
                if seen.insert(path.clone()) || !found.iter().any(|source| source.path == *path) {
                    found.push(Source { is_wrapped, ..Source::at(path, Simple::default()) });
                }
            } else {
                walk(child, path, seen, found);
            }
            path.pop();
        }
    }
    let (mut seen, mut found) = (HashSet::new(), Vec::new());
    for row in rows {
        walk(row, &mut Vec::new(), &mut seen, &mut found);
    }
    found
}
