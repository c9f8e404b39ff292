//! One side of a comparison, prepared: for each part of each comparison the distinct values, and which a record has.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::block::alternatives;
use crate::compare::{Prepared, Several, Texts};
use crate::counts::Counts;
use crate::known::Known;
use crate::records::{Column, MISSING, Records};
use crate::rules::{Part, Rules};

/// Prepared records.
pub(crate) struct Side<'a> {
    parts: Vec<SidePart<'a>>,
}

/// Prepared values of one part.
pub(crate) struct SidePart<'a> {
    pub(crate) prepared: Prepared,
    pub(crate) codes: Cow<'a, [u32]>,
    /// Whether records share values often enough for a likeness to be worth remembering.
    pub(crate) repeats: bool,
}

impl<'a> Side<'a> {
    /// Prepares many records.
    pub(crate) fn of_records(rules: &Rules, counts: &[Counts], records: &'a Records) -> Self {
        let parts = parts(rules).map(|part| {
            let columns: Vec<Option<&Column>> = part.properties.iter().map(|property| records.column(property)).collect();
            match columns.as_slice() {
                [column] => one_column(part, counts, *column, records.len()),
                columns => several_columns(part, counts, columns, records.len()),
            }
        });
        Self { parts: parts.collect() }
    }

    /// Prepares one thing.
    pub(crate) fn of_one(rules: &Rules, counts: &[Counts], known: &dyn Known) -> Self {
        let parts = parts(rules).map(|part| {
            let texts = part.texts(known);
            let prepared = prepare(part, counts, 1, &|_| texts.iter().map(String::as_str).collect());
            SidePart { prepared, codes: Cow::Borrowed(&[0]), repeats: false }
        });
        Self { parts: parts.collect() }
    }

    pub(crate) fn part(&self, number: usize) -> Option<&SidePart<'a>> {
        self.parts.get(number)
    }
}

/// All parts of all comparisons, in order.
pub(crate) fn parts(rules: &Rules) -> impl Iterator<Item = &Part> {
    rules.comparisons.iter().flat_map(|comparison| &comparison.parts)
}

fn prepare(part: &Part, counts: &[Counts], length: usize, texts: &Texts<'_, '_>) -> Prepared {
    let none = Counts::default();
    let counts = part.corpus.and_then(|corpus| counts.get(corpus)).unwrap_or(&none);
    part.kind.comparator.prepare_all(length, texts, counts)
}

fn one_column<'a>(part: &Part, counts: &[Counts], column: Option<&'a Column>, rows: usize) -> SidePart<'a> {
    let values = column.map_or(&[][..], Column::values);
    let texts = |code: usize| values.get(code).map_or(Vec::new(), |value| texts_of(part, value));
    SidePart {
        prepared: prepare(part, counts, values.len(), &texts),
        codes: column.map_or_else(|| Cow::Owned(vec![MISSING; rows]), |column| Cow::Borrowed(column.codes())),
        repeats: values.len() * 2 < rows,
    }
}

/// Each distinct combination of values is one value.
fn several_columns<'a>(part: &Part, counts: &[Counts], columns: &[Option<&Column>], rows: usize) -> SidePart<'a> {
    let mut numbers: HashMap<Box<[u32]>, u32> = HashMap::new();
    let mut combinations: Vec<Box<[u32]>> = Vec::new();
    let mut codes = Vec::with_capacity(rows);
    let mut combination = Vec::with_capacity(columns.len());
    for row in 0..rows {
        combination.clear();
        combination.extend(columns.iter().map(|column| {
            column.and_then(|column| column.codes().get(row).copied()).unwrap_or(MISSING)
        }));
        let number = numbers.get(combination.as_slice()).copied().unwrap_or_else(|| {
            let number = combinations.len() as u32;
            combinations.push(combination.as_slice().into());
            numbers.insert(combination.as_slice().into(), number);
            number
        });
        codes.push(number);
    }
    let texts = |number: usize| {
        let Some(combination) = combinations.get(number) else { return Vec::new() };
        let values = combination.iter().zip(columns).filter_map(|(code, column)| column.as_ref()?.values().get(*code as usize));
        values.flat_map(|value| texts_of(part, value)).collect()
    };
    SidePart {
        prepared: prepare(part, counts, combinations.len(), &texts),
        repeats: combinations.len() * 2 < rows,
        codes: Cow::Owned(codes),
    }
}

fn texts_of<'v>(part: &Part, value: &'v str) -> Vec<&'v str> {
    match part.kind.several {
        Several::Alternatives => alternatives(value).collect(),
        Several::Parts => vec![value],
    }
}
