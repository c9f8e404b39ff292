//! Totals that agree, and each way in which they do not.

use std::sync::Arc;

use arrow::array::{Decimal128Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, SchemaRef};
use concordat_record::{Place, Problem};

use super::{Board, Controlled, Exact, Subject, Total, Trailer};
use crate::reader::{ReadBatch, ReadProgress, Reader, batch_with_origin, schema_with_origin};

/// Three records with a whole number, a decimal one, and one in text.
struct Three {
    schema: SchemaRef,
    is_over: bool,
}

fn three() -> Box<dyn Reader> {
    let schema = schema_with_origin([
        Field::new("units", DataType::Int64, true),
        Field::new("amount", DataType::Decimal128(9, 2), true),
        Field::new("hash", DataType::Utf8, true),
        Field::new("share", DataType::Float64, true),
    ]);
    Box::new(Three { schema, is_over: false })
}

impl Reader for Three {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn next(&mut self) -> Result<Option<ReadBatch>, Problem> {
        if std::mem::replace(&mut self.is_over, true) {
            return Ok(None);
        }
        let amounts = Decimal128Array::from(vec![Some(150), None, Some(-25)]);
        let batch: RecordBatch = batch_with_origin(
            &self.schema,
            vec![
                Arc::new(Int64Array::from(vec![1, 2, 3])),
                Arc::new(amounts.with_precision_and_scale(9, 2).unwrap()),
                Arc::new(StringArray::from(vec!["0001", "0002.5", "10"])),
                Arc::new(arrow::array::Float64Array::from(vec![0.5, 0.5, 0.5])),
            ],
            vec![1, 2, 3],
            None,
        )?;
        Ok(Some(ReadBatch { batch, rejects: Vec::new() }))
    }

    fn progress(&self) -> ReadProgress {
        ReadProgress::default()
    }

    fn digest(&mut self) -> Result<String, Problem> {
        Ok(String::new())
    }
}

fn sum(column: &str) -> Subject {
    Subject::Sum { column: column.into() }
}

const RECORDS: Subject = Subject::Records { besides: 0 };

fn trailer(totals: &[(Subject, &str)]) -> Trailer {
    let totals = totals
        .iter()
        .map(|(subject, text)| Total { subject: subject.clone(), stated: Exact::parse(text, '.', Some(',')) })
        .collect();
    Trailer { place: Place::file("a.csv"), totals }
}

/// The codes and sentences of what does not agree.
fn closing(subjects: &[Subject], trailers: &[Trailer]) -> Vec<String> {
    let board = Board::default();
    for trailer in trailers {
        board.put(trailer.clone());
    }
    let mut reader = Controlled::new(three(), board, subjects, "a.csv").unwrap();
    assert!(reader.closing().0.is_empty(), "nothing is said before the end");
    while reader.next().unwrap().is_some() {}
    reader.closing().into_iter().map(|problem| format!("{}: {}", problem.code, problem.sentence)).collect()
}

#[test]
fn totals_that_agree_say_nothing() {
    let all = [RECORDS, sum("units"), sum("amount"), sum("hash")];
    let stated = ["3", "6", "1.25", "13.50"];
    let pairs: Vec<(Subject, &str)> = all.iter().cloned().zip(stated).collect();
    assert_eq!(closing(&all, &[trailer(&pairs)]), Vec::<String>::new());
}

#[test]
fn a_count_may_include_other_records_and_several_trailers_add_up() {
    let subject = Subject::Records { besides: 1 };
    let two = [trailer(&[(subject.clone(), "2")]), trailer(&[(subject.clone(), "3")])];
    assert_eq!(closing(&[subject], &two), Vec::<String>::new());
}

#[test]
fn a_lost_record_a_wrong_sum_and_a_missing_trailer_are_told() {
    let all = [RECORDS, sum("amount")];
    let found = closing(&all, &[trailer(&[(RECORDS, "4"), (sum("amount"), "1,001.25")])]);
    let expected = [
        "control.wrong-count: the trailer states 4 as number of records, and what was read gives 3",
        "control.wrong-sum: the trailer states 1001.25 as sum of `amount`, and what was read gives 1.25",
    ];
    assert_eq!(found, expected);
    assert!(closing(&all, &[])[0].starts_with("control.no-trailer"));
    let words = closing(&all, &[trailer(&[(RECORDS, "three")])]);
    assert!(words.iter().all(|problem| problem.starts_with("control.no-total")), "{words:?}");
}

#[test]
fn only_what_adds_up_exactly_can_be_a_control_total() {
    for (column, code) in [("share", "control.not-a-number"), ("nothing", "control.no-such-column")] {
        let made = Controlled::new(three(), Board::default(), &[sum(column)], "a.csv");
        assert_eq!(made.err().unwrap().code, code);
    }
}

#[test]
fn numbers_of_trailers_are_exact() {
    for (text, shown) in
        [("0000123", "123"), ("12.50", "12.50"), ("-0.05", "-0.05"), ("7-", "-7"), ("1,234.5", "1234.5")]
    {
        assert_eq!(Exact::parse(text, '.', Some(',')).unwrap().to_string(), shown);
    }
    for text in ["", "-", "1.2.3", "1e3", "99999999999999999999999999999999999999999"] {
        assert!(Exact::parse(text, '.', None).is_none(), "{text}");
    }
    assert_eq!(Exact::parse("12345", '.', None).unwrap().with_implied_places(2), Exact::new(1_234_500, 4));
}
