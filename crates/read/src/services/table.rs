//! Rows of texts on their way into typed columns: what a page of a service or a screen of a host gives.

use arrow::datatypes::{Field, SchemaRef};
use concordat_record::{Place, Problem};

use crate::names::unique_names;
use crate::reader::{ReadBatch, Reject, batch_with_origin, schema_with_origin};
use crate::section::Section;
use crate::services::parameters::texts;
use crate::types::{Builder, TYPE_FORMS, Type};

/// A column to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub name: String,
    pub of: Type,
}

/// The longest piece of a rejected record that is kept.
const MAX_RAW: usize = 64 << 10;

/// Reads the table `types`: the types of columns by name.
pub(crate) fn types(section: &mut Section<'_>, key: &str) -> Vec<(String, Type, Place)> {
    let mut types = Vec::new();
    for (name, written) in texts(section, key) {
        if let Some(of) = Type::parse(&written) {
            types.push((name.value, of, name.place));
            continue;
        }
        let problem = Problem::new("source.unknown-type", format!("`{written}` is no type of column"));
        let problem = problem.at(name.place).advise(format!("types are written {TYPE_FORMS}"));
        section.problems.push(problem);
    }
    types
}

/// Columns with names that are unique and read without quotation marks, from chains of names, outermost first.
pub(crate) fn columns(chains: &[Vec<&str>], types: Vec<Type>) -> Vec<Column> {
    unique_names(chains).into_iter().zip(types).map(|(name, of)| Column { name, of }).collect()
}

/// A table under construction.
#[derive(Debug)]
pub(crate) struct Table {
    shown: String,
    columns: Vec<Column>,
    schema: SchemaRef,
    builders: Vec<Builder>,
    numbers: Vec<u64>,
    rejects: Vec<Reject>,
    given: u64,
}

impl Table {
    /// `shown` is what problems call the source.
    pub fn new(shown: &str, columns: Vec<Column>) -> Self {
        let fields = columns.iter().map(|column| Field::new(&column.name, column.of.data_type(), true));
        let schema = schema_with_origin(fields);
        let mut table = Self {
            shown: shown.into(),
            columns,
            schema,
            builders: Vec::new(),
            numbers: Vec::new(),
            rejects: Vec::new(),
            given: 0,
        };
        table.builders = table.fresh();
        table
    }

    fn fresh(&self) -> Vec<Builder> {
        self.columns.iter().map(|column| column.of.builder(256)).collect()
    }

    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// Rows added since the last batch, the rejected ones included.
    pub fn waiting(&self) -> usize {
        self.numbers.len() + self.rejects.len()
    }

    /// Rows added in all.
    pub fn given(&self) -> u64 {
        self.given
    }

    /// Adds a row, a cell for each column. A cell that does not have its column's type rejects the row; an empty one in a column that is not
    /// text is null. `raw` is the row as it came.
    pub fn push(&mut self, cells: &[Option<impl AsRef<str>>], raw: impl FnOnce() -> Vec<u8>) {
        self.given += 1;
        let (kept, number) = (self.numbers.len(), self.given);
        for (index, (builder, column)) in self.builders.iter_mut().zip(&self.columns).enumerate() {
            let cell = cells.get(index).and_then(Option::as_ref).map(AsRef::as_ref);
            let good = match cell {
                None => {
                    builder.push_null();
                    true
                }
                Some(text) if text.trim().is_empty() && column.of != Type::Text => {
                    builder.push_null();
                    true
                }
                Some(text) => builder.push(text.as_bytes()),
            };
            if !good {
                let problem = self.wrong_type(column, number);
                self.builders.iter_mut().for_each(|builder| builder.truncate(kept));
                let mut raw = raw();
                raw.truncate(MAX_RAW);
                self.rejects.push(Reject { problem, record_number: number, byte_offset: None, raw });
                return;
            }
        }
        self.numbers.push(number);
    }

    fn wrong_type(&self, column: &Column, number: u64) -> Problem {
        let of = column.of.written();
        Problem::new("service.wrong-type", format!("the value is not of type {of}"))
            .at(Place::file(&self.shown).record(number).field(&column.name))
            .advise("give the column another type under `types`, such as text")
    }

    /// The rows added since the last batch.
    pub fn take(&mut self) -> Result<ReadBatch, Problem> {
        let fresh = self.fresh();
        let builders = std::mem::replace(&mut self.builders, fresh);
        let columns = builders.into_iter().map(Builder::finish).collect();
        let batch = batch_with_origin(&self.schema, columns, std::mem::take(&mut self.numbers), None)?;
        Ok(ReadBatch { batch, rejects: std::mem::take(&mut self.rejects) })
    }
}
