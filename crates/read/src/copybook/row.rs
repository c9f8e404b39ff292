//! One record as values by column name: what decoding gives and encoding takes.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Decimal128Type, Field as ArrowField, Float32Type, Float64Type, Int64Type};

/// One value of a row. Two that are equal are so in every bit: a number that is none (NaN) is equal to itself.
#[derive(Clone, Debug)]
pub enum Value {
    /// Nothing.
    Null,
    /// Text; for a number, its decimal digits such as `-12.50`.
    Text(String),
    /// An exact number: so many units of 10 to the power of minus `scale`.
    Number {
        /// The digits, without the point.
        unscaled: i128,
        /// How many of them are behind the point.
        scale: i8,
    },
    /// A floating-point number.
    Float(f64),
    /// The occurrences of a field with OCCURS.
    List(Vec<Value>),
    /// One occurrence of a group.
    Group(Row),
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Text(one), Self::Text(other)) => one == other,
            (
                Self::Number { unscaled, scale },
                Self::Number { unscaled: other_unscaled, scale: other_scale },
            ) => (unscaled, scale) == (other_unscaled, other_scale),
            (Self::Float(one), Self::Float(other)) => one.total_cmp(other).is_eq(),
            (Self::List(one), Self::List(other)) => one == other,
            (Self::Group(one), Self::Group(other)) => one == other,
            _ => false,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number { unscaled: number.into(), scale: 0 }
    }
}

/// The values of one record by the names of its columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row(pub BTreeMap<String, Value>);

impl Row {
    /// A row without values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a value.
    #[must_use]
    pub fn with(mut self, column: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.insert(column.into(), value.into());
        self
    }

    /// The rows of a batch, as decoding gave them.
    pub fn from_batch(batch: &RecordBatch) -> impl Iterator<Item = Self> + '_ {
        (0..batch.num_rows()).map(|index| {
            let fields = batch.schema_ref().fields().iter();
            let values = fields
                .zip(batch.columns())
                .map(|(field, column)| (field.name().clone(), value(column, index)));
            Self(values.collect())
        })
    }

    /// Whether any of the columns has a value.
    pub(crate) fn has_any(&self, names: &[ArrowField]) -> bool {
        names.iter().any(|field| self.0.get(field.name()).is_some_and(|value| *value != Value::Null))
    }
}

pub(super) fn value(column: &dyn Array, index: usize) -> Value {
    if column.is_null(index) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Utf8 => Value::Text(column.as_string::<i32>().value(index).into()),
        DataType::Int64 => Value::from(column.as_primitive::<Int64Type>().value(index)),
        DataType::Decimal128(_, scale) => {
            Value::Number { unscaled: column.as_primitive::<Decimal128Type>().value(index), scale: *scale }
        }
        DataType::Float32 => Value::Float(column.as_primitive::<Float32Type>().value(index).into()),
        DataType::Float64 => Value::Float(column.as_primitive::<Float64Type>().value(index)),
        DataType::List(_) => {
            let items = column.as_list::<i32>().value(index);
            Value::List((0..items.len()).map(|item| value(&items, item)).collect())
        }
        DataType::Struct(fields) => {
            let columns = column.as_struct().columns();
            let values = fields
                .iter()
                .zip(columns)
                .map(|(field, column)| (field.name().clone(), value(column, index)));
            Value::Group(Row(values.collect()))
        }
        _ => Value::Null,
    }
}
