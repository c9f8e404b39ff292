//! Reads the rows of a table or query: in blocks where all columns are short, else value by value.

use std::path::PathBuf;

use concordat_record::Problem;
use odbc_api::buffers::{BinColumnSlice, BufferDesc, ColumnarDynBuffer, TextColumnSlice};
use odbc_api::parameter::VarWCharBox;
use odbc_api::{Cursor, Error, Nullable, ResultSetMetadata};

use super::cells::{Cell, fill, raw};
use super::kind::OdbcOptions;
use super::session::Session;
use super::types::{Fetched, Mapped, map};
use crate::databases::feed::{FedReader, Feed, Layout, Opened, Stop, field_names};
use crate::databases::rows::From;
use crate::databases::select::{Candidate, Cursor as Position, Select, select};
use crate::databases::{no_such_cursor, no_such_table, nothing_to_read};
use crate::wanted::Wanted;

/// How much a block of rows may take.
const BLOCK_BYTES: usize = 16 << 20;
/// The longest texts and bytes that are fetched in blocks.
const LONGEST: usize = 8000;

/// Rows before it is known which of them are wanted.
pub(super) struct Described {
    /// What stands behind FROM.
    pub source: String,
    pub columns: Vec<Candidate>,
    pub mapped: Vec<Mapped>,
}

/// Opens the rows; they are read on a thread of their own.
pub(crate) fn open(options: OdbcOptions, base: PathBuf, wanted: &Wanted) -> Result<FedReader, Problem> {
    let wanted = wanted.clone();
    FedReader::start(&options.place(), move || {
        let session = Session::open(&options, &base)?;
        let described = describe(&session)?;
        let select = statement(&session, &described, &wanted)?;
        let columns = select.columns.iter().filter_map(|place| described.columns.get(*place));
        let columns = columns.map(|column| (column.name.clone(), column.of)).collect();
        let mapped: Vec<Mapped> =
            select.columns.iter().filter_map(|place| described.mapped.get(*place)).copied().collect();
        let layout = Layout::new(options.place(), columns, select.cursor);
        let names = layout.names.clone();
        let work =
            move |feed: &mut Feed| Walk { session: &session, mapped, names }.run(&select.sql, &[], feed);
        Ok(Opened { layout, total_records: None, work: Box::new(work) })
    })
}

pub(super) fn describe(session: &Session) -> Result<Described, Problem> {
    let place = session.options.place();
    let (source, sql) = match &session.options.rows.from {
        From::Table { schema, name } => {
            let names: Vec<&str> = schema.iter().map(String::as_str).chain([name.as_str()]).collect();
            let missing = || missing(session, schema.as_deref(), name);
            let table = session.dialect.path(&names).ok_or_else(missing)?;
            (table.clone(), format!("SELECT * FROM {table}"))
        }
        From::Query(query) => (format!("(\n{query}\n) q"), query.clone()),
        From::Unsaid => return Err(nothing_to_read(&place, &session.catalogue()?.tables)),
    };
    let (columns, mapped) = match columns(session, &sql) {
        Ok(columns) => columns,
        Err(error) => {
            // Drivers have many states for a table that is not there.
            if let From::Table { schema, name } = &session.options.rows.from
                && session
                    .catalogue()
                    .is_ok_and(|known| !known.tables.iter().any(|table| table.name == *name))
            {
                return Err(missing(session, schema.as_deref(), name));
            }
            return Err(session.failed(&error));
        }
    };
    if columns.is_empty() {
        return Err(Problem::new("database.not-a-query", "the query gives no rows")
            .at(place.field("query"))
            .advise("write a single SELECT statement"));
    }
    Ok(Described { source, columns, mapped })
}

fn missing(session: &Session, schema: Option<&str>, name: &str) -> Problem {
    let tables = session.catalogue().map(|catalogue| catalogue.tables).unwrap_or_default();
    no_such_table(&session.options.place(), &tables, schema, name)
}

/// What a statement would give.
fn columns(session: &Session, sql: &str) -> Result<(Vec<Candidate>, Vec<Mapped>), Error> {
    let mut prepared = session.connection.prepare(sql)?;
    let (mut names, mut mapped) = (Vec::new(), Vec::new());
    for number in 1..=u16::try_from(prepared.num_result_cols()?).unwrap_or_default() {
        names.push(prepared.col_name(number)?);
        mapped.push(map(prepared.col_data_type(number)?, prepared.column_is_unsigned(number)?));
    }
    let fields = field_names(&names);
    let columns = names.into_iter().zip(fields).zip(&mapped).map(|((name, field), mapped)| {
        let raw = session.dialect.name(&name).unwrap_or_default();
        Candidate { name, field, of: mapped.of, fetched: raw.clone(), raw, makes_nulls: false }
    });
    Ok((columns.collect(), mapped))
}

fn statement(session: &Session, described: &Described, wanted: &Wanted) -> Result<Select, Problem> {
    let rows = &session.options.rows;
    let cursor = match &rows.cursor {
        Some(name) => {
            let names: Vec<String> = described.columns.iter().map(|column| column.name.clone()).collect();
            let column = names.iter().position(|known| known == name);
            let column = column.ok_or_else(|| no_such_cursor(&session.options.place(), name, &names))?;
            Some(Position { column, from: wanted.after.as_deref().or(rows.after.as_deref()) })
        }
        None => None,
    };
    if let (From::Query(query), None, true) = (&rows.from, cursor, wanted.conditions.is_empty()) {
        // As it is: a query within another one loses its order, and must not have two columns of one name.
        let columns = (0..described.columns.len()).collect();
        return Ok(Select { sql: query.clone(), columns, cursor: None });
    }
    select(&session.dialect, &described.source, &described.columns, wanted, cursor)
        .map_err(|problem| problem.at(session.options.place().field("after")))
}

/// What the thread works with.
pub(super) struct Walk<'a> {
    pub session: &'a Session,
    pub mapped: Vec<Mapped>,
    pub names: Vec<String>,
}

impl Walk<'_> {
    /// Feeds the rows of a statement with some values.
    pub fn run(&self, sql: &str, values: &[VarWCharBox], feed: &mut Feed) -> Result<(), Stop> {
        let executed = self.session.connection.execute(sql, values, self.session.timeout());
        let cursor = executed.map_err(|error| self.stop(&error))?;
        let Some(cursor) = cursor else { return Ok(()) };
        match self.block() {
            Some((rows, descriptions)) => self.in_blocks(cursor, rows, descriptions, feed),
            None => self.one_by_one(cursor, feed),
        }
    }

    fn stop(&self, error: &Error) -> Stop {
        Stop::Failed(self.session.failed(error))
    }

    /// How many rows fit into a block, and what they need; none when a column is too long for it.
    fn block(&self) -> Option<(usize, Vec<BufferDesc>)> {
        let most = self.session.options.rows_at_once;
        if self.session.is_untyped || most < 2 {
            return None;
        }
        let mut bytes = 0;
        let mut descriptions = Vec::new();
        for mapped in &self.mapped {
            let (description, size) = match mapped.fetched {
                Fetched::Text(units) => {
                    let max_str_len = units.filter(|units| *units <= LONGEST)?;
                    (BufferDesc::WText { max_str_len }, max_str_len * 2 + 10)
                }
                Fetched::Bytes(length) => {
                    let max_bytes = length.filter(|length| *length <= LONGEST)?;
                    (BufferDesc::Binary { max_bytes }, max_bytes + 8)
                }
                Fetched::Double => (BufferDesc::F64 { nullable: true }, 16),
            };
            bytes += size;
            descriptions.push(description);
        }
        Some(((BLOCK_BYTES / bytes.max(1)).clamp(1, most), descriptions))
    }

    fn in_blocks(
        &self,
        cursor: impl Cursor,
        rows: usize,
        descriptions: Vec<BufferDesc>,
        feed: &mut Feed,
    ) -> Result<(), Stop> {
        let buffer =
            ColumnarDynBuffer::try_from_descs(rows, descriptions).map_err(|error| self.stop(&error))?;
        let mut cursor = cursor.bind_buffer(buffer).map_err(|error| self.stop(&error))?;
        let mut scratch = String::new();
        while let Some(block) = cursor.fetch_with_truncation_check(true).map_err(|error| self.stop(&error))? {
            let slices: Option<Vec<Slice<'_>>> = (0..block.num_cols())
                .map(|place| {
                    let column = block.column(place);
                    Some(match self.mapped.get(place)?.fetched {
                        Fetched::Text(_) => Slice::Text(column.as_wide_text()?),
                        Fetched::Bytes(_) => Slice::Bytes(column.as_binary()?),
                        Fetched::Double => Slice::Doubles(column.as_nullable_slice::<f64>()?.collect()),
                    })
                })
                .collect();
            let Some(slices) = slices else { return Ok(()) };
            let mut cells = Vec::with_capacity(slices.len());
            for row in 0..block.num_rows() {
                cells.clear();
                cells.extend(slices.iter().map(|slice| slice.cell(row)));
                self.take(&cells, &mut scratch, feed)?;
            }
        }
        Ok(())
    }

    fn one_by_one(&self, mut cursor: impl Cursor, feed: &mut Feed) -> Result<(), Stop> {
        let mut values: Vec<Value> = self.mapped.iter().map(|_| Value::default()).collect();
        let mut scratch = String::new();
        loop {
            let row = cursor.next_row().map_err(|error| self.stop(&error))?;
            let Some(mut row) = row else { return Ok(()) };
            for ((value, mapped), number) in values.iter_mut().zip(&self.mapped).zip(1..) {
                let got = match mapped.fetched {
                    Fetched::Text(_) => row.get_wide_text(number, &mut value.text),
                    Fetched::Bytes(_) => row.get_binary(number, &mut value.bytes),
                    Fetched::Double => {
                        let mut double = Nullable::<f64>::null();
                        row.get_data(number, &mut double).map(|()| {
                            value.double = double.into_opt();
                            value.double.is_some()
                        })
                    }
                };
                value.is_there = got.map_err(|error| self.stop(&error))?;
            }
            let cells: Vec<Cell<'_>> =
                values.iter().zip(&self.mapped).map(|(value, mapped)| value.cell(mapped.fetched)).collect();
            self.take(&cells, &mut scratch, feed)?;
        }
    }

    fn take(&self, cells: &[Cell<'_>], scratch: &mut String, feed: &mut Feed) -> Result<(), Stop> {
        feed.row(|columns| fill(columns, &self.mapped, cells, scratch), || raw(&self.names, cells))
    }
}

/// A column of a block.
enum Slice<'a> {
    Text(TextColumnSlice<'a, u16>),
    Bytes(BinColumnSlice<'a>),
    Doubles(Vec<Option<&'a f64>>),
}

impl<'a> Slice<'a> {
    fn cell(&self, row: usize) -> Cell<'a> {
        let cell = match self {
            Self::Text(texts) => texts.get(row).map(Cell::Text),
            Self::Bytes(bytes) => bytes.get(row).map(Cell::Bytes),
            Self::Doubles(numbers) => numbers.get(row).copied().flatten().map(|number| Cell::Double(*number)),
        };
        cell.unwrap_or(Cell::Null)
    }
}

/// A value that was fetched by itself.
#[derive(Default)]
struct Value {
    text: Vec<u16>,
    bytes: Vec<u8>,
    double: Option<f64>,
    is_there: bool,
}

impl Value {
    fn cell(&self, fetched: Fetched) -> Cell<'_> {
        match fetched {
            _ if !self.is_there => Cell::Null,
            Fetched::Text(_) => Cell::Text(&self.text),
            Fetched::Bytes(_) => Cell::Bytes(&self.bytes),
            Fetched::Double => self.double.map_or(Cell::Null, Cell::Double),
        }
    }
}
