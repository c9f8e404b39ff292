//! Columns that may hold lists and groups: their form, and the columns under construction.

use std::sync::Arc;

use arrow::array::{ArrayRef, ListArray, StructArray};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields};

use crate::types::{Builder, Type};

/// What a column holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    One(Type),
    List(Box<Shape>),
    Group(Vec<Member>),
}

/// A field of a group.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    pub name: String,
    /// What it is called in the file.
    pub key: String,
    pub shape: Shape,
}

impl Shape {
    pub fn data_type(&self) -> DataType {
        match self {
            Self::One(of) => of.data_type(),
            Self::List(item) => DataType::List(item_field(item)),
            Self::Group(fields) => DataType::Struct(group_fields(fields)),
        }
    }

    pub fn column(&self, rows: usize) -> Column {
        match self {
            Self::One(of) => Column::One(of.builder(rows)),
            Self::List(item) => Column::List(ListColumn {
                field: item_field(item),
                item: Box::new(item.column(rows)),
                items: 0,
                ends: vec![0],
                valid: Vec::with_capacity(rows),
            }),
            Self::Group(fields) => Column::Group(GroupColumn {
                names: group_fields(fields),
                fields: fields.iter().map(|member| member.shape.column(rows)).collect(),
                valid: Vec::with_capacity(rows),
            }),
        }
    }

    /// The type of its single values, where it has only one.
    pub fn value_type(&mut self) -> Option<&mut Type> {
        match self {
            Self::One(of) => Some(of),
            Self::List(item) => item.value_type(),
            Self::Group(_) => None,
        }
    }
}

fn item_field(item: &Shape) -> Arc<Field> {
    Arc::new(Field::new_list_field(item.data_type(), true))
}

fn group_fields(members: &[Member]) -> Fields {
    members.iter().map(|member| Field::new(&member.name, member.shape.data_type(), true)).collect()
}

/// A column under construction.
pub(crate) enum Column {
    One(Builder),
    List(ListColumn),
    Group(GroupColumn),
}

/// Lists under construction: items are added one by one, then the list is closed.
pub(crate) struct ListColumn {
    field: Arc<Field>,
    item: Box<Column>,
    /// Items added so far.
    items: i32,
    ends: Vec<i32>,
    valid: Vec<bool>,
}

/// Groups under construction: each field is given a value, then the group is closed.
pub(crate) struct GroupColumn {
    names: Fields,
    pub fields: Vec<Column>,
    valid: Vec<bool>,
}

impl ListColumn {
    /// Where the next item's value goes; whoever asks adds exactly one.
    pub fn next_item(&mut self) -> &mut Column {
        self.items += 1;
        &mut self.item
    }

    pub fn close(&mut self, valid: bool) {
        self.ends.push(self.items);
        self.valid.push(valid);
    }
}

impl GroupColumn {
    pub fn close(&mut self) {
        self.valid.push(true);
    }
}

impl Column {
    pub fn push_null(&mut self) {
        match self {
            Self::One(builder) => builder.push_null(),
            Self::List(list) => list.close(false),
            Self::Group(group) => {
                group.fields.iter_mut().for_each(Self::push_null);
                group.valid.push(false);
            }
        }
    }

    /// Takes back all values but the first ones, and a list or group that was not closed.
    pub fn truncate(&mut self, rows: usize) {
        match self {
            Self::One(builder) => builder.truncate(rows),
            Self::List(list) => {
                list.ends.truncate(rows + 1);
                list.valid.truncate(rows);
                list.items = list.ends.last().copied().unwrap_or_default();
                list.item.truncate(list.items as usize);
            }
            Self::Group(group) => {
                group.fields.iter_mut().for_each(|field| field.truncate(rows));
                group.valid.truncate(rows);
            }
        }
    }

    /// INVARIANT: every column of a group has as many values as the group has, and a list as many items as its last end says.
    pub fn finish(self) -> ArrayRef {
        match self {
            Self::One(builder) => builder.finish(),
            Self::List(list) => {
                let (ends, nulls) = (OffsetBuffer::new(list.ends.into()), NullBuffer::from(list.valid));
                Arc::new(ListArray::new(list.field, ends, list.item.finish(), Some(nulls)))
            }
            Self::Group(group) => {
                let rows = group.valid.len();
                let nulls = Some(NullBuffer::from(group.valid));
                if group.fields.is_empty() {
                    return Arc::new(StructArray::new_empty_fields(rows, nulls));
                }
                let fields = group.fields.into_iter().map(Self::finish).collect();
                Arc::new(StructArray::new(group.names, fields, nulls))
            }
        }
    }
}
