//! Arrow's types in the words of the people who write mappings.

use arrow::datatypes::DataType;

/// The type of every decimal value of a register: 29 digits before the point and 9 after it.
///
/// One type for all keeps snapshots comparable; money and measures of public registers stay far inside.
pub const DECIMAL: DataType = DataType::Decimal128(38, 9);

/// What a person calls values of this type.
pub fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Null => "nothing (always null)".into(),
        DataType::Boolean => "true or false".into(),
        DataType::Date32 | DataType::Date64 => "a date".into(),
        DataType::Timestamp(..) => "a date with time".into(),
        DataType::Time32(_) | DataType::Time64(_) => "a time".into(),
        DataType::Duration(_) | DataType::Interval(_) => "a span of time".into(),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            "bytes".into()
        }
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            format!("a list of {}", type_name(item.data_type()).trim_start_matches("a "))
        }
        DataType::Struct(_) => "a group of fields".into(),
        DataType::Dictionary(_, values) => type_name(values),
        other if is_text(other) => "text".into(),
        other if is_whole_number(other) => "a whole number".into(),
        other if other.is_floating() => "a floating-point number".into(),
        other if other.is_numeric() => "a decimal number".into(),
        other => other.to_string(),
    }
}

pub(crate) fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

pub(crate) fn is_whole_number(data_type: &DataType) -> bool {
    data_type.is_integer() || matches!(data_type, DataType::Decimal128(_, 0) | DataType::Decimal256(_, 0))
}

/// Whether values of a type can stand for the wanted type without a decision: nothing is lost and there is one way to
/// do it.
///
/// A whole number does not fit text: `02138` read as a number has lost its zero, and the author should see that.
pub(crate) fn fits(found: &DataType, wanted: &DataType) -> bool {
    match (found, wanted) {
        (DataType::Dictionary(_, values), wanted) => fits(values, wanted),
        (DataType::Null, _) => true,
        (found, DataType::Utf8) => is_text(found),
        (found, DataType::Date32) => matches!(found, DataType::Date32),
        (found, DataType::Int64) => is_whole_number(found),
        (found, DataType::Decimal128(..)) => {
            is_whole_number(found) || matches!(found, DataType::Decimal128(..) | DataType::Decimal256(..))
        }
        (found, wanted) => found == wanted,
    }
}

/// How to turn a value of one type into the wanted one, where there is a usual way.
pub(crate) fn how_to_turn(found: &DataType, wanted: &DataType) -> Option<&'static str> {
    Some(match wanted {
        DataType::Boolean => "compare it with something, such as `status = 'A'`",
        DataType::Date32 if is_text(found) || is_whole_number(found) => {
            "use `date_of(field, 'YYYYMMDD')` with the pattern the field is written in, or `to_date(field)`"
        }
        DataType::Date32 => "use `CAST(… AS DATE)`",
        DataType::Utf8 if is_whole_number(found) => {
            "use `CAST(… AS VARCHAR)`, inside `lpad(…, 5, '0')` where leading zeros matter"
        }
        DataType::Utf8 => "use `CAST(… AS VARCHAR)`",
        DataType::Int64 => "use `CAST(… AS BIGINT)`",
        DataType::Decimal128(..) => "use `CAST(… AS DECIMAL(18, 2))` with the places that matter",
        _ => return None,
    })
}
