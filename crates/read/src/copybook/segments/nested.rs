//! One row a root: a record without a parent, with a list for each kind of record below it, as deep as the parents go.

use std::sync::Arc;

use arrow::array::{ArrayRef, ListArray, StructArray, UInt32Array};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field as ArrowField, FieldRef, Fields};
use concordat_record::Problem;

use super::decode::{Decoded, Sorted, taken};
use super::description::{Part, Segments};
use super::family::Member;
use crate::reader::inconsistent;

/// The shape of nested rows.
#[derive(Debug)]
pub(super) struct Nested {
    pub fields: Vec<ArrowField>,
    /// The segments without a parent, the wanted ones.
    roots: Vec<usize>,
    /// The type of the records of each segment, as they stand in their parent's list.
    items: Vec<FieldRef>,
}

impl Nested {
    pub fn new(segments: &Segments, common: &[ArrowField], own: &[Part]) -> Self {
        let all = 0..segments.kinds.len();
        let items: Vec<FieldRef> = all.clone().map(|index| item(segments, index, common, own)).collect();
        let is_root = |index: &usize| {
            segments.kinds.get(*index).is_some_and(|one| one.parent.is_none() && one.is_wanted)
        };
        let roots: Vec<usize> = all.filter(is_root).collect();
        let mut fields = common.to_vec();
        fields.extend(roots.iter().filter_map(|root| own.get(*root)).flat_map(|part| part.fields.clone()));
        for root in &roots {
            for field in lists(segments, *root, &items) {
                let mut name = field.name().clone();
                while fields.iter().any(|known| *known.name() == name) {
                    name.push('_');
                }
                fields.push(field.with_name(name));
            }
        }
        Self { fields, roots, items }
    }

    /// The columns, and the record of each row.
    pub fn rows(
        &self,
        segments: &Segments,
        sorted: &Sorted,
        decoded: &Decoded,
        members: &[Member],
    ) -> Result<(Vec<ArrayRef>, Vec<usize>), Problem> {
        let nesting = Nesting { nested: self, segments, sorted, decoded, members };
        let is_root = |index: &usize| matches!(members.get(*index), Some(Member::Of { segment, .. }) if self.roots.contains(segment));
        let rows: Vec<usize> = (0..members.len()).filter(is_root).collect();
        let mut columns = taken(&decoded.common, &nesting.slots(&rows))?;
        for root in &self.roots {
            let places: UInt32Array = rows.iter().map(|row| nesting.place(*row, *root)).collect();
            columns.extend(taken(decoded.own.get(*root).map_or(&[], Vec::as_slice), &places)?);
        }
        for root in &self.roots {
            columns.extend(nesting.lists(*root, &rows)?);
        }
        Ok((columns, rows))
    }
}

/// The field of one record of a segment: what all share, its own, and the lists of what is below it.
fn item(segments: &Segments, index: usize, common: &[ArrowField], own: &[Part]) -> FieldRef {
    let mut fields = common.to_vec();
    fields.extend(own.get(index).into_iter().flat_map(|part| part.fields.clone()));
    let below: Vec<FieldRef> =
        segments.children(index).map(|child| item(segments, child, common, own)).collect();
    for (child, item) in segments.children(index).zip(below) {
        if let Some(segment) = segments.kinds.get(child).filter(|segment| segment.is_wanted) {
            fields.push(ArrowField::new(&segment.column, DataType::List(item), true));
        }
    }
    Arc::new(ArrowField::new("item", DataType::Struct(Fields::from(fields)), true))
}

/// The fields of the lists below a segment.
fn lists(segments: &Segments, index: usize, items: &[FieldRef]) -> Vec<ArrowField> {
    wanted_children(segments, index)
        .filter_map(|child| {
            let column = &segments.kinds.get(child)?.column;
            Some(ArrowField::new(column, DataType::List(items.get(child)?.clone()), true))
        })
        .collect()
}

fn wanted_children(segments: &Segments, index: usize) -> impl Iterator<Item = usize> {
    segments.children(index).filter(|child| segments.kinds.get(*child).is_some_and(|child| child.is_wanted))
}

struct Nesting<'a> {
    nested: &'a Nested,
    segments: &'a Segments,
    sorted: &'a Sorted,
    decoded: &'a Decoded,
    members: &'a [Member],
}

impl Nesting<'_> {
    fn slots(&self, records: &[usize]) -> UInt32Array {
        records.iter().map(|record| self.sorted.slot.get(*record).copied()).collect()
    }

    /// The place of a record among those of a segment, if it is of that one.
    fn place(&self, record: usize, segment: usize) -> Option<u32> {
        let own = self.sorted.of.get(record).copied().flatten();
        (own == Some(segment)).then(|| self.sorted.place.get(record).copied()).flatten()
    }

    /// The lists of what is below records, which are in the order of the file; those of other segments have none.
    fn lists(&self, segment: usize, records: &[usize]) -> Result<Vec<ArrayRef>, Problem> {
        wanted_children(self.segments, segment).map(|child| self.list(child, records)).collect()
    }

    fn list(&self, child: usize, parents: &[usize]) -> Result<ArrayRef, Problem> {
        // INVARIANT: a record belongs to the last one of its parent's segment, so children come in the order of their parents.
        let mut lengths = vec![0usize; parents.len()];
        let mut children = Vec::new();
        for record in self.sorted.records.get(child).into_iter().flatten() {
            if let Some(Member::Of { parent: Some(parent), .. }) = self.members.get(*record)
                && let Ok(place) = parents.binary_search(parent)
                && let Some(length) = lengths.get_mut(place)
            {
                *length += 1;
                children.push(*record);
            }
        }
        let Some(item) = self.nested.items.get(child) else {
            return Ok(arrow::array::new_null_array(&DataType::Null, parents.len()));
        };
        let DataType::Struct(fields) = item.data_type() else {
            return Ok(arrow::array::new_null_array(item.data_type(), parents.len()));
        };
        let mut columns = taken(&self.decoded.common, &self.slots(&children))?;
        let places: UInt32Array = children.iter().map(|record| self.place(*record, child)).collect();
        columns.extend(taken(self.decoded.own.get(child).map_or(&[], Vec::as_slice), &places)?);
        columns.extend(self.lists(child, &children)?);
        let items = StructArray::try_new_with_length(fields.clone(), columns, None, children.len())
            .map_err(|error| inconsistent(&error))?;
        let offsets = OffsetBuffer::from_lengths(lengths);
        let list = ListArray::try_new(item.clone(), offsets, Arc::new(items), None);
        Ok(Arc::new(list.map_err(|error| inconsistent(&error))?))
    }
}
