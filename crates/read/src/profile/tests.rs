use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Decimal128Array, RecordBatch, StringArray};

use super::{ColumnProfile, Profiler, drift};

fn profile(columns: Vec<(&str, ArrayRef)>) -> Vec<ColumnProfile> {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, column)| (name, column, true)),
    )
    .unwrap();
    let mut profiler = Profiler::new(&batch.schema());
    profiler.add(&batch);
    profiler.finish().columns
}

fn texts(values: impl IntoIterator<Item = String>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

#[test]
fn numbers_and_dates_have_a_range_and_what_lies_far_from_the_others_is_counted() {
    let amounts = (0..100).map(|number| Some(if number == 7 { 9_000_000 } else { 1_000 + number }));
    let amounts = amounts.collect::<Decimal128Array>().with_precision_and_scale(12, 2).unwrap();
    let columns = profile(vec![
        ("amount", Arc::new(amounts)),
        (
            "since",
            Arc::new(Date32Array::from(
                vec![Some(0); 99].into_iter().chain([Some(18_000)]).collect::<Vec<_>>(),
            )),
        ),
        (
            "code",
            texts((0..100).map(|number| if number == 3 { "12-A".into() } else { format!("{number:05}") })),
        ),
        ("date_of_birth", texts((0..100).map(|number| format!("{}", 1_950 + number)))),
        ("contact", texts((0..100).map(|number| format!("a{number}@example.org")))),
    ]);
    let range = |place: usize| {
        columns[place].range.as_ref().map(|(least, greatest)| (least.as_str(), greatest.as_str()))
    };
    assert_eq!((range(0), columns[0].outliers), (Some(("10.00", "90000.00")), 1));
    assert_eq!(range(1), Some(("1970-01-01", "2019-04-14")));
    assert_eq!((range(2), columns[2].outliers), (None, 1));
    assert_eq!((range(3), columns[3].personal.as_deref()), (None, Some("date of birth")));
    assert_eq!(columns[4].personal.as_deref(), Some("e-mail address"));
}

#[test]
fn a_source_that_has_changed_since_the_last_reading_shows_where() {
    let before = profile(vec![
        ("id", texts((0..50).map(|number| format!("{number:04}")))),
        ("state", texts((0..50).map(|_| "ME".into()))),
        ("closed", texts((0..50).map(|_| "2020-01-01".into()))),
        ("note", texts((0..50).map(|number| format!("note {number:02}")))),
    ]);
    let now = profile(vec![
        ("id", texts((0..50).map(|number| format!("{:04}", number / 2)))),
        (
            "state",
            Arc::new(StringArray::from(
                (0..50).map(|number| (number % 2 == 0).then_some("ME")).collect::<Vec<_>>(),
            )),
        ),
        ("closed", texts((0..50).map(|_| "01/01/2020".into()))),
        ("remark", texts((0..50).map(|number| format!("note {number:02}")))),
    ]);
    let sentences: Vec<String> = drift(&before, &now).iter().map(ToString::to_string).collect();
    let expected = [
        "column `note` is gone",
        "values of `id` were all different, and are not any more",
        "`state` was filled in 100 % of the records, and is in 50 %",
        "most values of `closed` looked like 9(4)-99-99, and look like 99/99/9(4)",
        "column `remark` is new",
    ];
    assert_eq!(sentences, expected);
    assert!(drift(&before, &before).is_empty());
}
