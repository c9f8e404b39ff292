//! One cell of a batch, as JSON and as text.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Float32Type, Float64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use serde_json::{Map, Number, Value};

/// One cell as JSON.
///
/// Dates are `"YYYY-MM-DD"`. A decimal is a string without needless zeros (`"12.5"`), because a JSON number would pass
/// through binary floating point in most readers (RFC 8259 §6). Whole numbers are JSON numbers. Null, or a row outside
/// of the array, is null.
pub fn cell_to_json(array: &dyn Array, row: usize) -> Value {
    if row >= array.len() || array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Boolean => Value::Bool(array.as_boolean().value(row)),
        DataType::Float32 => float(f64::from(array.as_primitive::<Float32Type>().value(row))),
        DataType::Float64 => float(array.as_primitive::<Float64Type>().value(row)),
        DataType::List(_) => elements(array.as_list::<i32>().value(row).as_ref()),
        DataType::LargeList(_) => elements(array.as_list::<i64>().value(row).as_ref()),
        DataType::FixedSizeList(..) => elements(array.as_fixed_size_list().value(row).as_ref()),
        DataType::Struct(fields) => {
            let group = array.as_struct();
            let members = fields.iter().zip(group.columns());
            Value::Object(
                members
                    .map(|(f, column)| (f.name().clone(), cell_to_json(column, row)))
                    .collect::<Map<_, _>>(),
            )
        }
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            dictionary
                .normalized_keys()
                .get(row)
                .map_or(Value::Null, |key| cell_to_json(dictionary.values().as_ref(), *key))
        }
        integer if integer.is_integer() => cell_text(array, row)
            .and_then(|text| text.parse::<Number>().ok())
            .map_or(Value::Null, Value::Number),
        _ => cell_text(array, row).map_or(Value::Null, Value::String),
    }
}

/// One cell as text: a text as it is, everything else as [`cell_to_json`] writes it, none for null.
pub fn cell_text(array: &dyn Array, row: usize) -> Option<String> {
    if row >= array.len() || array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().value(row).into()),
        DataType::LargeUtf8 => Some(array.as_string::<i64>().value(row).into()),
        DataType::Utf8View => Some(array.as_string_view().value(row).into()),
        DataType::List(_)
        | DataType::LargeList(_)
        | DataType::FixedSizeList(..)
        | DataType::Struct(_)
        | DataType::Dictionary(..) => match cell_to_json(array, row) {
            Value::Null => None,
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        },
        decimal if decimal.is_decimal() => displayed(array, row).map(without_needless_zeros),
        _ => displayed(array, row),
    }
}

fn displayed(array: &dyn Array, row: usize) -> Option<String> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array, &options).ok()?;
    formatter.value(row).try_to_string().ok()
}

fn without_needless_zeros(text: String) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

fn elements(array: &dyn Array) -> Value {
    Value::Array((0..array.len()).map(|row| cell_to_json(array, row)).collect())
}

fn float(number: f64) -> Value {
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        ArrayRef, Date32Array, Decimal128Array, DictionaryArray, Int64Array, ListArray, StringArray,
    };
    use arrow::datatypes::{Int32Type, Int64Type};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cell_is_written_exactly() {
        let decimal = |value| Decimal128Array::from(vec![value]).with_precision_and_scale(38, 9).unwrap();
        let list = ListArray::from_iter_primitive::<Int64Type, _, _>([Some([Some(1), None])]);
        let cells: Vec<(ArrayRef, Value)> = vec![
            (Arc::new(StringArray::from(vec![" a "])), json!(" a ")),
            (Arc::new(StringArray::from(vec![None::<&str>])), json!(null)),
            (Arc::new(Int64Array::from(vec![i64::MAX])), json!(i64::MAX)),
            (Arc::new(Date32Array::from(vec![-1])), json!("1969-12-31")),
            (Arc::new(decimal(12_500_000_000)), json!("12.5")),
            (Arc::new(decimal(100_000_000_000)), json!("100")),
            (Arc::new(decimal(-1)), json!("-0.000000001")),
            (Arc::new(list), json!([1, null])),
            (Arc::new(DictionaryArray::<Int32Type>::from_iter(["x"])), json!("x")),
        ];
        for (array, expected) in cells {
            assert_eq!(cell_to_json(array.as_ref(), 0), expected, "{:?}", array.data_type());
        }
    }
}
