//! Where the values of an element go: the columns of a row, or of one of the groups in it.

use concordat_record::Problem;

use super::columns::{Leaf, Repeated};
use crate::tree::row::Fault;
use crate::tree::shape::{Column, Shape};

/// The columns that an element's values go to: those of the row, or of a group.
pub(super) struct Target<'c> {
    pub columns: &'c mut [Column],
    pub shapes: Vec<&'c Shape>,
    pub leaves: &'c [Leaf],
    pub needed: &'c [bool],
    /// How many values each column has had in this row or group.
    pub counts: Vec<u32>,
    /// Of columns whose values are joined: what they have so far.
    pub joined: Vec<(usize, String)>,
}

impl Target<'_> {
    /// Takes a value for a column; none is null.
    pub fn put(&mut self, column: usize, value: Option<&str>) -> Result<(), Fault> {
        let (Some(leaf), Some(count)) = (self.leaves.get(column), self.counts.get_mut(column)) else {
            return Ok(());
        };
        if !self.needed.get(column).copied().unwrap_or(true) {
            return Ok(());
        }
        *count += 1;
        let is_first = *count == 1;
        let (Some(shape), Some(into)) = (self.shapes.get(column), self.columns.get_mut(column)) else {
            return Ok(());
        };
        let into = match (into, &leaf.repeated) {
            (Column::List(list), _) => list.next_item(),
            (_, Repeated::First) if !is_first => return Ok(()),
            (_, Repeated::Join(between)) => {
                match (self.joined.iter_mut().find(|(index, _)| *index == column), value) {
                    (Some((_, joined)), Some(value)) => {
                        joined.push_str(between);
                        joined.push_str(value);
                    }
                    (None, Some(value)) => self.joined.push((column, value.into())),
                    (_, None) => {}
                }
                return Ok(());
            }
            (_, _) if !is_first => return Err(several(&leaf.name)),
            (into, _) => into,
        };
        add(into, shape, value, &leaf.name)
    }

    /// Ends the row or group: what had no value is null.
    pub fn finish(&mut self) -> Result<(), Fault> {
        for (index, column) in self.columns.iter_mut().enumerate() {
            let count = self.counts.get(index).copied().unwrap_or_default();
            let is_joined =
                self.leaves.get(index).is_some_and(|leaf| matches!(leaf.repeated, Repeated::Join(_)));
            match column {
                Column::List(list) => list.close(count > 0),
                column if is_joined => {
                    let joined = self.joined.iter().find(|(joined, _)| *joined == index);
                    let value = joined.map(|(_, value)| value.as_str());
                    let name = self.leaves.get(index).map_or("", |leaf| &leaf.name);
                    let Some(shape) = self.shapes.get(index) else { continue };
                    add(column, shape, value, name)?;
                }
                column if count == 0 => column.push_null(),
                _ => {}
            }
        }
        Ok(())
    }
}

fn add(column: &mut Column, shape: &Shape, value: Option<&str>, name: &str) -> Result<(), Fault> {
    match (column, value) {
        (Column::One(builder), Some(value)) => {
            if builder.push(value.as_bytes()) {
                return Ok(());
            }
            let mut shape = shape.clone();
            let of = shape.value_type().map_or(crate::types::Type::Text, |of| of.clone());
            Err(Fault::wrong_type(name, &of))
        }
        (column, _) => {
            column.push_null();
            Ok(())
        }
    }
}

fn several(name: &str) -> Fault {
    let problem = Problem::new("xml.repeated", "the row has several values for the column").advise(
        "say what is done with them: `{ path = \"…\", repeated = \"list\" }`, or \"first\" or \"join\"",
    );
    Fault::new(problem).in_field(name)
}
