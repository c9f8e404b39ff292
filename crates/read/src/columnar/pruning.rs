//! Row groups that need not be read, because their statistics rule out what is wanted.

use arrow::datatypes::{DataType, Schema};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;

use crate::wanted::{Comparison, Condition, Wanted};

/// Whether a row group may hold records that fulfil all conditions. In doubt it does.
pub(super) fn may_hold(group: &RowGroupMetaData, schema: &Schema, own: &Schema, wanted: &Wanted) -> bool {
    wanted.conditions.iter().all(|condition| {
        let column = schema.fields().iter().position(|field| *field.name() == condition.column);
        let Some(field) = column.and_then(|column| own.fields().get(column)) else { return true };
        let name = field.name();
        let mut leaves = group.columns().iter().filter(|leaf| leaf.column_path().parts() == [name.clone()]);
        let Some(statistics) = leaves.next().and_then(|leaf| leaf.statistics()) else { return true };
        column_may_hold(statistics, field.data_type(), group.num_rows(), condition)
    })
}

fn column_may_hold(statistics: &Statistics, of: &DataType, rows: i64, condition: &Condition) -> bool {
    let nulls = statistics.null_count_opt();
    match condition.comparison {
        Comparison::Null => return nulls != Some(0),
        Comparison::NotNull => return nulls.is_none_or(|nulls| i64::try_from(nulls) != Ok(rows)),
        _ => {}
    }
    match (statistics, of) {
        (Statistics::Int32(known), DataType::Int8 | DataType::Int16 | DataType::Int32) => overlaps(
            known.min_opt().copied(),
            known.max_opt().copied(),
            condition.value.parse().ok(),
            condition,
        ),
        (Statistics::Int64(known), DataType::Int64) => overlaps(
            known.min_opt().copied(),
            known.max_opt().copied(),
            condition.value.parse().ok(),
            condition,
        ),
        (Statistics::ByteArray(known), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) => {
            // Bounds of long texts may be cut off, which keeps them bounds: the lower one is less, the upper one more.
            let bound =
                |bound: Option<&parquet::data_type::ByteArray>| bound.map(|bound| bound.data().to_vec());
            let value = Some(condition.value.clone().into_bytes());
            overlaps(bound(known.min_opt()), bound(known.max_opt()), value, condition)
        }
        _ => true,
    }
}

fn overlaps<T: PartialOrd>(
    least: Option<T>,
    most: Option<T>,
    value: Option<T>,
    condition: &Condition,
) -> bool {
    let (Some(least), Some(most), Some(value)) = (least, most, value) else { return true };
    match condition.comparison {
        Comparison::Equal => least <= value && value <= most,
        Comparison::Less => least < value,
        Comparison::AtMost => least <= value,
        Comparison::Greater => most > value,
        Comparison::AtLeast => most >= value,
        _ => true,
    }
}
