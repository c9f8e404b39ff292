//! Columns under construction from texts.

use arrow::array::ArrayRef;

use super::number::{integer, number, units};
use super::{Pattern, Spelling, Type};
use crate::columns::{BytesColumn, ValueColumn};

/// A column under construction.
#[derive(Debug)]
pub(crate) enum Builder {
    Text(BytesColumn),
    Integer(ValueColumn<i64>, Box<Spelling>),
    Decimal(ValueColumn<i128>, u8, i8, Box<Spelling>),
    Number(ValueColumn<f64>, Box<Spelling>),
    Boolean(ValueColumn<bool>, Box<Spelling>),
    Date(ValueColumn<i32>, Pattern),
    Time(ValueColumn<i64>, Pattern),
    Timestamp(ValueColumn<i64>, Pattern),
}

/// Bytes to begin with for each text.
const USUAL_TEXT: usize = 16;

impl Builder {
    /// A column with room for so many rows.
    pub fn new(of: &Type, rows: usize, spelling: &Spelling) -> Self {
        let own = || Box::new(spelling.clone());
        // A pattern was parsed before it became part of a type; an empty one fits nothing.
        let pattern = |text: &str| {
            Pattern::parse(text).unwrap_or_default().with_two_digit_years_from(spelling.two_digit_years_from)
        };
        match of {
            Type::Text => Self::Text(BytesColumn::with_capacity(rows, rows * USUAL_TEXT)),
            Type::Integer => Self::Integer(ValueColumn::with_capacity(rows), own()),
            Type::Decimal(precision, scale) => {
                Self::Decimal(ValueColumn::with_capacity(rows), *precision, *scale, own())
            }
            Type::Number => Self::Number(ValueColumn::with_capacity(rows), own()),
            Type::Boolean => Self::Boolean(ValueColumn::with_capacity(rows), own()),
            Type::Date(text) => Self::Date(ValueColumn::with_capacity(rows), pattern(text)),
            Type::Time(text) => Self::Time(ValueColumn::with_capacity(rows), pattern(text)),
            Type::Timestamp(text) => Self::Timestamp(ValueColumn::with_capacity(rows), pattern(text)),
        }
    }

    /// Adds a value in UTF-8; false when the text does not have the column's type.
    #[inline]
    pub fn push(&mut self, text: &[u8]) -> bool {
        let mut fits = true;
        self.extend(std::iter::once(Some(text)), |_| fits = false);
        fits
    }

    pub fn push_null(&mut self) {
        self.extend(std::iter::once(None), |_| {});
    }

    /// Adds many values, none being null; whoever gives them is told the index of each that does not have the column's type, and that
    /// row is null then.
    pub fn extend<'a>(
        &mut self,
        values: impl Iterator<Item = Option<&'a [u8]>>,
        mut misfit: impl FnMut(usize),
    ) {
        match self {
            Self::Text(column) => {
                for value in values {
                    match value {
                        Some(text) => column.push(text),
                        None => column.push_null(),
                    }
                }
            }
            Self::Integer(column, spelling) => {
                fill(column, values, &mut misfit, |text| integer(text, spelling));
            }
            Self::Decimal(column, precision, scale, spelling) => {
                let (precision, scale) = (*precision, *scale);
                fill(column, values, &mut misfit, |text| units(text, precision, scale, spelling));
            }
            Self::Number(column, spelling) => {
                fill(column, values, &mut misfit, |text| number(text, spelling));
            }
            Self::Boolean(column, spelling) => {
                let truth = |text: &[u8]| spelling.truth(std::str::from_utf8(text).ok()?.trim());
                fill(column, values, &mut misfit, truth);
            }
            Self::Date(column, pattern) => fill(column, values, &mut misfit, |text| pattern.date(text)),
            Self::Time(column, pattern) => fill(column, values, &mut misfit, |text| pattern.time(text)),
            Self::Timestamp(column, pattern) => {
                fill(column, values, &mut misfit, |text| pattern.timestamp(text));
            }
        }
    }

    /// Takes back all rows but the first ones.
    pub fn truncate(&mut self, rows: usize) {
        match self {
            Self::Text(column) => column.truncate(rows),
            Self::Decimal(column, ..) => column.truncate(rows),
            Self::Number(column, _) => column.truncate(rows),
            Self::Boolean(column, _) => column.truncate(rows),
            Self::Date(column, _) => column.truncate(rows),
            Self::Integer(column, _) | Self::Time(column, _) | Self::Timestamp(column, _) => {
                column.truncate(rows);
            }
        }
    }

    pub fn finish(self) -> ArrayRef {
        match self {
            Self::Text(column) => column.finish_text(),
            Self::Integer(column, _) => column.finish(),
            Self::Decimal(column, precision, scale, _) => column.finish_decimals(precision, scale),
            Self::Number(column, _) => column.finish(),
            Self::Boolean(column, _) => column.finish(),
            Self::Date(column, _) => column.finish_dates(),
            Self::Time(column, _) => column.finish_times(),
            Self::Timestamp(column, pattern) => column.finish_timestamps(pattern.has_zone()),
        }
    }
}

#[inline]
fn fill<'a, T: Copy + Default>(
    column: &mut ValueColumn<T>,
    values: impl Iterator<Item = Option<&'a [u8]>>,
    misfit: &mut impl FnMut(usize),
    parse: impl Fn(&[u8]) -> Option<T>,
) {
    for (index, text) in values.enumerate() {
        let value = text.and_then(&parse);
        if value.is_none() && text.is_some() {
            misfit(index);
        }
        column.push(value);
    }
}
