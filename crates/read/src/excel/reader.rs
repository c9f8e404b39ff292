//! Reads the rows of a table in a sheet.

use arrow::datatypes::{Field, SchemaRef};
use concordat_record::{Place, Problem, nearest};

use super::book::{Book, Row};
use super::cell::{Area, Value, cell_name};
use super::layout::Layout;
use super::sieve::Sieve;
use super::table::{Column, Settings, Table};
use crate::ahead::Sink;
use crate::names::snake_case;
use crate::reader::{BATCH_RECORDS, ReadBatch, Reject, batch_with_origin, schema_with_origin};
use crate::section::Written;
use crate::types::{Builder, Type, days_from_civil};

/// What is done with `#N/A` and the like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errors {
    Reject,
    Null,
}

/// A table and how its values are read.
pub(super) struct Plan {
    pub table: Table,
    pub settings: Settings,
    pub errors: Errors,
    pub schema: SchemaRef,
    /// Which columns anybody wants; the others stay empty.
    pub needed: Vec<bool>,
    pub shown: String,
}

/// A batch ends at the first row after this many bytes of text.
const BATCH_BYTES: usize = 8 << 20;
/// How much of a rejected row is kept.
const RAW_BYTES: usize = 64 << 10;

/// Gives columns the types that were written for them.
pub(super) fn apply_types(columns: &mut [Column], types: &[(Written<String>, Type)]) -> Result<(), Problem> {
    for (column, of) in types {
        let wanted = snake_case(&column.value);
        if let Some(found) = columns.iter_mut().find(|found| found.name == wanted) {
            found.of = of.clone();
            continue;
        }
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let sentence = format!("the table has no column `{}` to give a type to", column.value);
        let problem = Problem::new("source.unknown-column", sentence).at(column.place.clone());
        return Err(match nearest(&wanted, names.iter().copied()) {
            Some(near) => problem.advise(format!("did you mean `{near}`?")),
            None => problem.advise(format!("its columns are {}", names.join(", "))),
        });
    }
    Ok(())
}

pub(super) fn schema(columns: &[Column]) -> SchemaRef {
    schema_with_origin(columns.iter().map(|column| Field::new(&column.name, column.of.data_type(), true)))
}

/// A batch under construction.
struct Filling {
    builders: Vec<Builder>,
    numbers: Vec<u64>,
    rejects: Vec<Reject>,
    bytes: usize,
}

impl Plan {
    /// Walks through the sheet and hands its records on.
    pub fn run(&self, book: &mut Book, sink: &Sink) -> Result<(), Problem> {
        let settings = &self.settings;
        let layout = if settings.fills_merged || settings.skips_hidden {
            book.layout(&self.table.sheet)?
        } else {
            Layout::default()
        };
        let mut sieve = Sieve::new(settings, layout);
        let mut filling = self.filling();
        let area = Area { rows: (settings.area.rows.0, self.table.rows.1), ..settings.area };
        let mut is_heard = true;
        book.rows(&self.table.sheet, area, |row| {
            let Some(row) = sieve.row(row)? else { return Ok(true) };
            if row.number < self.table.rows.0 || self.table.count == 0 {
                return Ok(true);
            }
            self.add(&row, &mut filling);
            if filling.numbers.len() + filling.rejects.len() >= BATCH_RECORDS || filling.bytes >= BATCH_BYTES
            {
                let full = std::mem::replace(&mut filling, self.filling());
                is_heard = sink.send(self.finish(full)?);
            }
            Ok(is_heard)
        })?;
        if is_heard && !(filling.numbers.is_empty() && filling.rejects.is_empty()) {
            sink.send(self.finish(filling)?);
        }
        Ok(())
    }

    fn filling(&self) -> Filling {
        let builders = self.table.columns.iter().map(|column| column.of.builder(BATCH_RECORDS)).collect();
        Filling { builders, numbers: Vec::new(), rejects: Vec::new(), bytes: 0 }
    }

    fn add(&self, row: &Row, filling: &mut Filling) {
        let kept = filling.numbers.len();
        let number = u64::from(row.number) + 1;
        let mut cells = row.cells.iter().peekable();
        for (index, (column, builder)) in self.table.columns.iter().zip(&mut filling.builders).enumerate() {
            while cells.next_if(|(place, _)| *place < column.place).is_some() {}
            let value = cells.next_if(|(place, _)| *place == column.place).map(|(_, value)| value);
            let value = value.filter(|_| self.needed.get(index).copied().unwrap_or(true));
            if let Some(Value::Text(text)) = value {
                filling.bytes += text.len();
            }
            if let Err(problem) = self.push(builder, value, column, row.number) {
                filling.builders.iter_mut().for_each(|builder| builder.truncate(kept));
                let place = Place::file(&self.shown).record(number).field(column.name.as_str());
                let raw = raw(row);
                filling.bytes += raw.len();
                filling.rejects.push(Reject {
                    problem: problem.at(place),
                    record_number: number,
                    byte_offset: None,
                    raw,
                });
                return;
            }
        }
        filling.numbers.push(number);
    }

    fn push(
        &self,
        builder: &mut Builder,
        value: Option<&Value>,
        column: &Column,
        row: u32,
    ) -> Result<(), Problem> {
        let cell = || format!("{}!{}", self.table.sheet, cell_name(row, column.place));
        let fits = match (value, &mut *builder) {
            (None, builder) => {
                builder.push_null();
                true
            }
            (Some(Value::Error(_)), builder) if self.errors == Errors::Null => {
                builder.push_null();
                true
            }
            (Some(Value::Error(error)), _) => {
                let sentence = format!("the cell `{}` holds the error {error}", cell());
                return Err(Problem::new("excel.error-value", sentence)
                    .advise("mend the formula, or set `errors = \"null\"`"));
            }
            (Some(Value::Date { year, month, day }), Builder::Date(days, _)) => {
                days.push(Some(days_from_civil(*year, *month as i32, *day as i32)));
                true
            }
            (Some(Value::Date { year, month, day }), Builder::Timestamp(column, _)) => {
                column.push(Some(micros_of(*year, *month, *day)));
                true
            }
            (Some(Value::Timestamp { year, month, day, micros }), Builder::Timestamp(column, _)) => {
                column.push(Some(micros_of(*year, *month, *day) + micros));
                true
            }
            (Some(Value::Time(micros)), Builder::Time(column, _)) => {
                column.push(Some(*micros));
                true
            }
            (Some(value), builder) => builder.push(value.written().as_bytes()),
        };
        if fits {
            return Ok(());
        }
        let sentence = format!("the cell `{}` holds no value of type {}", cell(), column.of.written());
        Err(Problem::new("excel.wrong-type", sentence)
            .advise("mend the cell, or read the column as `text` under `types`"))
    }

    fn finish(&self, filling: Filling) -> Result<ReadBatch, Problem> {
        let columns = filling.builders.into_iter().map(Builder::finish).collect();
        let batch = batch_with_origin(&self.schema, columns, filling.numbers, None)?;
        Ok(ReadBatch { batch, rejects: filling.rejects })
    }
}

fn micros_of(year: i32, month: u32, day: u32) -> i64 {
    i64::from(days_from_civil(year, month as i32, day as i32)) * 86_400_000_000
}

/// A row as text: one line for each cell.
fn raw(row: &Row) -> Vec<u8> {
    let mut raw = Vec::new();
    for (column, value) in &row.cells {
        raw.extend_from_slice(
            format!("{} = {}\n", cell_name(row.number, *column), value.written()).as_bytes(),
        );
        if raw.len() >= RAW_BYTES {
            raw.truncate(RAW_BYTES);
            break;
        }
    }
    raw
}
