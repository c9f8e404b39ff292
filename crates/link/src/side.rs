//! One side of a comparison, prepared: for each part of each comparison the distinct values, and which a record has.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::block::alternatives;
use crate::compare::{Prepared, Several, Values, ValuesOf};
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
            let columns: Vec<_> = part.all_properties().map(|property| records.column(property)).collect();
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
            let found: Vec<_> = part.all_properties().map(|property| known.value(property)).collect();
            let values = |_| values_of(part, found.iter().map(Option::as_deref));
            SidePart {
                prepared: prepare(part, counts, 1, &values),
                codes: Cow::Borrowed(&[0]),
                repeats: false,
            }
        });
        Self { parts: parts.collect() }
    }

    pub(crate) fn part(&self, number: usize) -> Option<&SidePart<'a>> {
        self.parts.get(number)
    }
}

/// All parts of all comparisons, in order.
fn parts(rules: &Rules) -> impl Iterator<Item = &Part> {
    rules.comparisons.iter().flat_map(|comparison| &comparison.parts)
}

fn prepare(part: &Part, counts: &[Counts], length: usize, values: &ValuesOf<'_, '_>) -> Prepared {
    let none = Counts::default();
    let counts = part.corpus.and_then(|corpus| counts.get(corpus)).unwrap_or(&none);
    part.kind.comparator.prepare_all(length, values, counts)
}

fn one_column<'a>(part: &Part, counts: &[Counts], column: Option<&'a Column>, rows: usize) -> SidePart<'a> {
    let values = column.map_or(&[][..], Column::values);
    let of_code = |code: usize| values_of(part, [values.get(code).map(|value| &**value)].into_iter());
    SidePart {
        prepared: prepare(part, counts, values.len(), &of_code),
        codes: column.map_or_else(|| Cow::Owned(vec![MISSING; rows]), |column| Cow::Borrowed(column.codes())),
        repeats: values.len() * 2 < rows,
    }
}

/// Each distinct combination of values is one value.
fn several_columns<'a>(
    part: &Part,
    counts: &[Counts],
    columns: &[Option<&Column>],
    rows: usize,
) -> SidePart<'a> {
    let mut numbers: HashMap<Box<[u32]>, u32> = HashMap::new();
    let mut combinations: Vec<Box<[u32]>> = Vec::new();
    let mut codes = Vec::with_capacity(rows);
    let mut combination = Vec::with_capacity(columns.len());
    for row in 0..rows {
        combination.clear();
        combination.extend(
            columns
                .iter()
                .map(|column| column.and_then(|column| column.codes().get(row).copied()).unwrap_or(MISSING)),
        );
        let number = numbers.get(combination.as_slice()).copied().unwrap_or_else(|| {
            let number = combinations.len() as u32;
            combinations.push(combination.as_slice().into());
            numbers.insert(combination.as_slice().into(), number);
            number
        });
        codes.push(number);
    }
    let of_number = |number: usize| {
        let codes = combinations.get(number).map_or(&[][..], |codes| codes);
        let columns = columns.iter().copied();
        let text = codes
            .iter()
            .zip(columns)
            .map(|(code, column)| column?.values().get(*code as usize).map(|value| &**value));
        values_of(part, text)
    };
    SidePart {
        prepared: prepare(part, counts, combinations.len(), &of_number),
        repeats: combinations.len() * 2 < rows,
        codes: Cow::Owned(codes),
    }
}

/// What one record holds for a part, given what it holds of each of the part's properties.
fn values_of<'v>(part: &Part, found: impl Iterator<Item = Option<&'v str>>) -> Values<'v> {
    let mut values = Values::default();
    for (number, text) in found.enumerate() {
        let Some(text) = text else { continue };
        if number >= part.properties.len() {
            values.beside.push(text);
        } else if part.kind.several == Several::Alternatives {
            values.texts.extend(alternatives(text));
        } else if !text.trim().is_empty() {
            values.texts.push(text.trim());
        }
    }
    values
}
