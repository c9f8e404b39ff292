//! Many records as dictionary-encoded columns: each distinct value once, each record a number.

use std::borrow::Cow;
use std::collections::BTreeSet;

use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use concordat_record::Problem;

use crate::hash::{HashedMap, hash};
use crate::known::{Known, VALUE_SEPARATOR};

/// The code of a missing value.
pub(crate) const MISSING: u32 = u32::MAX;

/// The records of one side, with the properties that the link rules use and no others.
#[derive(Debug, Default)]
pub struct Records {
    length: usize,
    columns: Vec<Column>,
}

/// One property of all records.
#[derive(Debug)]
pub(crate) struct Column {
    property: String,
    values: Vec<Box<str>>,
    codes: Vec<u32>,
    seen: HashedMap<u32>,
}

impl Records {
    /// No record yet, of things with these properties (`Rules::properties`).
    pub fn new(properties: &BTreeSet<String>) -> Self {
        let columns = properties.iter().map(|property| Column {
            property: property.clone(),
            values: Vec::new(),
            codes: Vec::new(),
            seen: HashedMap::default(),
        });
        Self { length: 0, columns: columns.collect() }
    }

    /// How many records.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// One record, counted from zero.
    pub fn get(&self, row: usize) -> Option<Row<'_>> {
        (row < self.length).then_some(Row { records: self, row })
    }

    /// Adds one record.
    pub fn push(&mut self, record: &dyn Known) {
        for column in &mut self.columns {
            let value = record.value(&column.property);
            column.push(value.as_deref());
        }
        self.length += 1;
    }

    /// Adds the rows of a batch whose columns are named by property path. A property that the batch lacks is missing; a list
    /// has several values; numbers and dates are compared as text.
    ///
    /// # Errors
    /// `link.column-type` if a column cannot be read as text. Nothing is added then.
    pub fn push_batch(&mut self, batch: &RecordBatch) -> Result<(), Problem> {
        let mut texts = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            let found = batch.column_by_name(&column.property);
            texts.push(found.map(|array| as_text(array, &column.property)).transpose()?);
        }
        for (column, text) in self.columns.iter_mut().zip(texts) {
            match text {
                Some(text) => text.iter().for_each(|value| column.push(value)),
                None => (0..batch.num_rows()).for_each(|_| column.push(None)),
            }
        }
        self.length += batch.num_rows();
        Ok(())
    }

    pub(crate) fn column(&self, property: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.property == property)
    }
}

impl Column {
    fn push(&mut self, value: Option<&str>) {
        let code = match value.map(str::trim).filter(|value| !value.is_empty()) {
            Some(value) => self.code(value),
            None => MISSING,
        };
        self.codes.push(code);
    }

    /// The number of a value; two values whose hashes collide are simply both kept.
    fn code(&mut self, value: &str) -> u32 {
        let hash = hash(value.as_bytes());
        if let Some(code) = self.seen.get(&hash)
            && self.values.get(*code as usize).is_some_and(|known| **known == *value)
        {
            return *code;
        }
        let code = u32::try_from(self.values.len()).unwrap_or(MISSING);
        self.values.push(value.into());
        self.seen.insert(hash, code);
        code
    }

    pub(crate) fn values(&self) -> &[Box<str>] {
        &self.values
    }

    pub(crate) fn codes(&self) -> &[u32] {
        &self.codes
    }
}

fn as_text(array: &dyn Array, property: &str) -> Result<StringArray, Problem> {
    let unreadable = |error: arrow::error::ArrowError| {
        Problem::new("link.column-type", format!("`{property}` cannot be read as text: {error}"))
            .advise("map it to text, a number, a date or a list of texts")
    };
    if let DataType::List(_) = array.data_type() {
        let rows = array.as_list::<i32>().iter().map(|values| {
            let Some(values) = values else { return Ok(None) };
            let texts = cast(&values, &DataType::Utf8).map_err(unreadable)?;
            let joined: Vec<&str> = texts.as_string::<i32>().iter().flatten().collect();
            Ok(Some(joined.join(&VALUE_SEPARATOR.to_string())))
        });
        return rows.collect();
    }
    let texts = cast(array, &DataType::Utf8).map_err(unreadable)?;
    Ok(texts.as_string::<i32>().clone())
}

/// One record of [`Records`].
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    records: &'a Records,
    row: usize,
}

impl Known for Row<'_> {
    fn value(&self, property: &str) -> Option<Cow<'_, str>> {
        let column = self.records.column(property)?;
        let code = column.codes.get(self.row)?;
        column.values.get(*code as usize).map(|value| Cow::Borrowed(&**value))
    }
}
