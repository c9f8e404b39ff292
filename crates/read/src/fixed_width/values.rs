//! The cells of one column to values.

use arrow::array::ArrayRef;

use super::fault::Reason;
use super::layout::{Column, Sign, Trim};
use crate::columns::{BytesColumn, ValueColumn};
use crate::copybook::{CodePage, Family, Sign as CobolSign, Signs, Zoned};
use crate::trim::{trim, trim_end};
use crate::types::{Builder, Spelling, Type, decimal};

/// How cells of a column become values.
pub(crate) struct Coding {
    of: Type,
    rule: Rule,
    /// Words that mean null, as they stand in the file.
    nulls: Vec<Vec<u8>>,
    trim: Trim,
    space: u8,
}

enum Rule {
    Text,
    /// As the type says.
    Typed,
    /// Digits whose point is not written.
    Implied,
    /// Digits with the sign in one of them.
    Overpunched(Box<Zoned>),
}

/// Faulty cells: the index of the row, and why.
pub(crate) type Faults = Vec<(usize, Reason)>;

impl Coding {
    pub fn new(column: &Column, page: &CodePage, usual: Trim, nulls: &[String]) -> Self {
        let rule = match (&column.of, column.sign, column.implied_places) {
            (Type::Text, ..) => Rule::Text,
            (_, Sign::Written, None) => Rule::Typed,
            (_, Sign::Written, Some(_)) => Rule::Implied,
            (_, sign, _) => {
                let leading = sign == Sign::OverpunchedFirst;
                Rule::Overpunched(Box::new(Zoned::new(
                    page,
                    CobolSign::Overpunched { leading },
                    Signs::default(),
                )))
            }
        };
        let words = column.nulls.iter().chain(nulls);
        let nulls = words.filter_map(|word| page.encode(word.trim()).ok()).collect();
        Self { of: column.of.clone(), rule, nulls, trim: column.trim.unwrap_or(usual), space: page.space() }
    }

    /// A cell without its padding; none when it is blank or means null.
    #[inline]
    fn cell<'a>(&self, raw: &'a [u8]) -> Option<&'a [u8]> {
        let trimmed = match self.trim {
            Trim::Both => trim(raw, self.space),
            Trim::End => trim_end(raw, self.space),
            Trim::None => raw,
        };
        let is_blank = trimmed.is_empty() || self.trim == Trim::None && trim_end(raw, self.space).is_empty();
        let is_null =
            || !self.nulls.is_empty() && self.nulls.iter().any(|word| word == trim(trimmed, self.space));
        (!is_blank && !is_null()).then_some(trimmed)
    }

    /// Decodes a column; faulty cells are null and listed.
    pub fn decode<'a>(
        &self,
        cells: impl ExactSizeIterator<Item = &'a [u8]>,
        page: &CodePage,
        spelling: &Spelling,
        faults: &mut Faults,
    ) -> ArrayRef {
        let rows = cells.len();
        let cells = cells.map(|raw| self.cell(raw));
        match &self.rule {
            Rule::Text => texts(cells, rows, page, faults),
            Rule::Typed => self.typed(cells, rows, page, spelling, faults),
            Rule::Implied => {
                let mut text = Vec::new();
                self.numbers(cells, rows, faults, |raw| {
                    text.clear();
                    page.decode_into(raw, &mut text).then(|| self.implied(&text)).flatten()
                })
            }
            Rule::Overpunched(zoned) => {
                self.numbers(cells, rows, faults, |raw| zoned.long(trim(raw, self.space)).ok().flatten())
            }
        }
    }

    fn wrong(&self) -> Reason {
        Reason::WrongType(self.type_name())
    }

    /// The type, as a source file has it.
    pub fn type_name(&self) -> String {
        self.of.written()
    }

    /// Texts that are written as the type says. What is not ASCII in the file is translated first.
    fn typed<'a>(
        &self,
        cells: impl Iterator<Item = Option<&'a [u8]>>,
        rows: usize,
        page: &CodePage,
        spelling: &Spelling,
        faults: &mut Faults,
    ) -> ArrayRef {
        let mut builder = Builder::new(&self.of, rows, spelling);
        let misfit = |index| faults.push((index, self.wrong()));
        if page.family() == Family::Ascii {
            builder.extend(cells, misfit);
            return builder.finish();
        }
        let mut text = Vec::new();
        let mut ends = Vec::with_capacity(rows);
        for cell in cells {
            let is_value = cell.is_some_and(|raw| page.decode_into(raw, &mut text) || raw.is_empty());
            ends.push((text.len(), is_value));
        }
        let mut begin = 0;
        let translated = ends.iter().map(|(end, is_value)| {
            let cell = text.get(begin..*end).unwrap_or_default();
            begin = *end;
            is_value.then_some(cell)
        });
        builder.extend(translated, misfit);
        builder.finish()
    }

    /// Digits in units of the last place, unless a point is written.
    fn implied(&self, text: &[u8]) -> Option<i128> {
        let text = std::str::from_utf8(text).ok()?;
        let (precision, scale) = self.digits();
        if text.contains('.') { decimal(text, precision, scale) } else { decimal(text, precision, 0) }
    }

    fn digits(&self) -> (u8, i8) {
        match self.of {
            Type::Decimal(precision, scale) => (precision, scale),
            _ => (19, 0),
        }
    }

    fn numbers<'a>(
        &self,
        cells: impl Iterator<Item = Option<&'a [u8]>>,
        rows: usize,
        faults: &mut Faults,
        mut decode: impl FnMut(&'a [u8]) -> Option<i128>,
    ) -> ArrayRef {
        let (precision, scale) = self.digits();
        let limit = 10i128.checked_pow(precision.into()).unwrap_or(i128::MAX);
        let mut values = cells.enumerate().map(|(index, cell)| {
            let value = decode(cell?).filter(|value| value.unsigned_abs() < limit.unsigned_abs());
            if value.is_none() {
                faults.push((index, self.wrong()));
            }
            value
        });
        if self.of == Type::Integer {
            let mut out = ValueColumn::<i64>::with_capacity(rows);
            values.for_each(|value| out.push(value.and_then(|value| i64::try_from(value).ok())));
            return out.finish();
        }
        let mut out = ValueColumn::<i128>::with_capacity(rows);
        values.by_ref().for_each(|value| out.push(value));
        out.finish_decimals(precision, scale)
    }
}

fn texts<'a>(
    cells: impl Iterator<Item = Option<&'a [u8]>>,
    rows: usize,
    page: &CodePage,
    faults: &mut Faults,
) -> ArrayRef {
    let mut out = BytesColumn::with_capacity(rows, rows * 16);
    for (index, cell) in cells.enumerate() {
        let valid = cell.is_some_and(|raw| {
            let is_text = page.decode_into(raw, out.open());
            if !is_text {
                faults.push((index, Reason::NotInCodePage));
            }
            is_text
        });
        out.close(valid);
    }
    out.finish_text()
}
