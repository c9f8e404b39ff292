//! Types of columnar files, turned into those that the rest of the program knows; nested ones stay nested.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use arrow::util::display::array_value_to_string;
use concordat_record::{BYTE_OFFSET, Place, Problem, RECORD_NUMBER};

use crate::names::unique_names;
use crate::reader::{ReadBatch, batch_with_origin, schema_with_origin};

/// What a column becomes.
fn plain(of: &DataType) -> DataType {
    let item = |field: &FieldRef| Arc::new(Field::new("item", plain(field.data_type()), true));
    match of {
        DataType::Dictionary(_, values) => plain(values),
        DataType::RunEndEncoded(_, values) => plain(values.data_type()),
        DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
        DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => DataType::Binary,
        DataType::Float16 => DataType::Float32,
        DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
            DataType::Decimal128(*precision, *scale)
        }
        DataType::Decimal256(precision, scale) if *precision <= 38 => {
            DataType::Decimal128(*precision, *scale)
        }
        // More digits than any other part of the program keeps, intervals and unions are told as text.
        DataType::Decimal256(..) | DataType::Interval(_) | DataType::Duration(_) | DataType::Union(..) => {
            DataType::Utf8
        }
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::FixedSizeList(field, _)
        | DataType::ListView(field)
        | DataType::LargeListView(field) => DataType::List(item(field)),
        DataType::Struct(fields) => DataType::Struct(plain_fields(fields)),
        other => other.clone(),
    }
}

fn plain_fields(fields: &Fields) -> Fields {
    fields.iter().map(|field| Field::new(field.name(), plain(field.data_type()), true)).collect()
}

/// The schema of a source: names that SQL reads, plain types, and the columns of origin.
pub(super) fn schema(own: &Schema) -> SchemaRef {
    let names = own.fields().iter().map(|field| match field.name().as_str() {
        // What Concordat wrote itself has such columns already; their numbers are those of another file.
        name @ (RECORD_NUMBER | BYTE_OFFSET) => format!("source{name}"),
        name => name.to_owned(),
    });
    let names: Vec<String> = names.collect();
    let chains: Vec<Vec<&str>> = names.iter().map(|name| vec![name.as_str()]).collect();
    let fields = unique_names(&chains).into_iter().zip(own.fields());
    schema_with_origin(fields.map(|(name, field)| Field::new(name, plain(field.data_type()), true)))
}

/// A batch of a file as one of the source. `columns` are the places of its columns in the schema; the others stay null.
pub(super) fn batch(
    read: &RecordBatch,
    columns: &[usize],
    schema: &SchemaRef,
    first_number: u64,
    shown: &str,
) -> Result<ReadBatch, Problem> {
    let rows = read.num_rows();
    let own = schema.fields().len().saturating_sub(2);
    let mut arrays = Vec::with_capacity(own + 2);
    for (index, field) in schema.fields().iter().take(own).enumerate() {
        let array =
            columns.iter().position(|column| *column == index).and_then(|place| read.columns().get(place));
        arrays.push(match array {
            Some(array) => column(array, field, shown)?,
            None => arrow::array::new_null_array(field.data_type(), rows),
        });
    }
    let numbers = (0..rows as u64).map(|row| first_number + row).collect();
    Ok(ReadBatch { batch: batch_with_origin(schema, arrays, numbers, None)?, rejects: Vec::new() })
}

fn column(array: &ArrayRef, field: &Field, shown: &str) -> Result<ArrayRef, Problem> {
    if array.data_type() == field.data_type() {
        return Ok(array.clone());
    }
    let failed = |error: &arrow::error::ArrowError| {
        let sentence = format!("the column of type {} cannot be read: {error}", array.data_type());
        Problem::new("columnar.unknown-type", sentence).at(Place::file(shown).field(field.name().as_str()))
    };
    if *field.data_type() == DataType::Utf8 && !is_text(array.data_type()) {
        let text = |row: usize| array.is_valid(row).then(|| array_value_to_string(array, row)).transpose();
        let texts: Result<Vec<Option<String>>, _> = (0..array.len()).map(text).collect();
        return Ok(Arc::new(arrow::array::StringArray::from(texts.map_err(|error| failed(&error))?)));
    }
    cast(array, field.data_type()).map_err(|error| failed(&error))
}

fn is_text(of: &DataType) -> bool {
    match of {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        DataType::RunEndEncoded(_, values) => is_text(values.data_type()),
        _ => false,
    }
}

/// The columns of a file that somebody wants, by their place.
pub(super) fn needed(schema: &SchemaRef, wanted: &crate::wanted::Wanted) -> Vec<usize> {
    let own = schema.fields().len().saturating_sub(2);
    let all = schema.fields().iter().take(own).enumerate();
    all.filter(|(_, field)| wanted.needs(field.name())).map(|(index, _)| index).collect()
}
