//! Streams rows out of a database from a thread of its own: one statement, one consistent view, a few batches ahead at most.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use arrow::datatypes::{Field, SchemaRef};
use concordat_record::{Place, Problem};
use rusqlite::Row;
use rusqlite::types::{Value, ValueRef};

use super::columns::{push, raw_row, types};
use super::database::{Database, Rows, failed};
use crate::file::SourceFile;
use crate::kinds::Location;
use crate::names::unique_names;
use crate::reader::{
    BATCH_RECORDS, ReadBatch, ReadProgress, Reader, Reject, batch_with_origin, schema_with_origin,
};
use crate::types::{Builder, Type};

/// Reads the rows of a table or query.
pub(crate) struct SqliteReader {
    schema: SchemaRef,
    batches: Receiver<Message>,
    location: Location,
    progress: ReadProgress,
    ended: bool,
}

enum Message {
    Batch(ReadBatch),
    Failed(Problem),
    End,
}

/// Batches that wait to be taken.
const AHEAD: usize = 2;
/// A batch ends at the first row after this many bytes of text and binary values.
const BATCH_BYTES: usize = 8 << 20;

impl SqliteReader {
    pub fn start(database: Database, rows: &Rows, at: &Location) -> Result<Self, Problem> {
        let sql = database.statement(rows)?;
        let columns = database.columns(rows, &sql)?;
        let types = types(&database, &sql, &columns)?;
        let total_records = database.count(rows);
        let names: Vec<String> = columns.into_iter().map(|column| column.name).collect();
        let chains: Vec<Vec<&str>> = names.iter().map(|name| vec![name.as_str()]).collect();
        let fields = unique_names(&chains).into_iter().zip(&types);
        let schema = schema_with_origin(fields.map(|(name, of)| Field::new(name, of.data_type(), true)));
        let (sender, batches) = sync_channel(AHEAD);
        let shown = database.shown.clone();
        let walk = Walk { database, sql, names, types, schema: schema.clone(), sender, next_number: 1 };
        thread::Builder::new()
            .name("read-sqlite".into())
            .spawn(move || walk.run())
            .map_err(|error| crate::file::cannot_read(&shown, &error))?;
        let progress = ReadProgress { total_records, ..ReadProgress::default() };
        Ok(Self { schema, batches, location: at.clone(), progress, ended: false })
    }
}

impl Reader for SqliteReader {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn next(&mut self) -> Result<Option<ReadBatch>, Problem> {
        if self.ended {
            return Ok(None);
        }
        match self.batches.recv() {
            Ok(Message::Batch(batch)) => {
                self.progress.records += (batch.batch.num_rows() + batch.rejects.len()) as u64;
                self.progress.rejected += batch.rejects.len() as u64;
                Ok(Some(batch))
            }
            Ok(Message::Failed(problem)) => {
                self.ended = true;
                Err(problem)
            }
            Ok(Message::End) => {
                self.ended = true;
                Ok(None)
            }
            Err(_) => {
                self.ended = true;
                Err(Problem::new("sqlite.cannot-read", "the reading of the database ended unexpectedly")
                    .at(Place::file(&self.location.path)))
            }
        }
    }

    fn progress(&self) -> ReadProgress {
        self.progress
    }

    fn digest(&mut self) -> Result<String, Problem> {
        SourceFile::open(&self.location)?.digest()
    }
}

/// What the thread works with.
struct Walk {
    database: Database,
    sql: String,
    names: Vec<String>,
    types: Vec<Type>,
    schema: SchemaRef,
    sender: SyncSender<Message>,
    next_number: u64,
}

/// A batch under construction.
struct Filling {
    builders: Vec<Builder>,
    numbers: Vec<u64>,
    rejects: Vec<Reject>,
    bytes: usize,
}

impl Filling {
    fn new(types: &[Type]) -> Self {
        let builders = types.iter().map(|of| of.builder(BATCH_RECORDS)).collect();
        Self { builders, numbers: Vec::with_capacity(BATCH_RECORDS), rejects: Vec::new(), bytes: 0 }
    }

    fn is_full(&self) -> bool {
        self.numbers.len() + self.rejects.len() >= BATCH_RECORDS || self.bytes >= BATCH_BYTES
    }
}

impl Walk {
    /// Sends batches until the rows or the listener end.
    fn run(mut self) {
        let last = match self.walk() {
            Ok(true) => Message::End,
            Ok(false) => return,
            Err(problem) => Message::Failed(problem),
        };
        // Nobody listens any more when this fails: then there is nobody to tell.
        let _ = self.sender.send(last);
    }

    /// False when nobody listens any more.
    fn walk(&mut self) -> Result<bool, Problem> {
        let shown = self.database.shown.clone();
        let failed = |error: rusqlite::Error| failed(&shown, &error);
        let mut statement = self.database.connection.prepare(&self.sql).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        let mut filling = Filling::new(&self.types);
        while let Some(row) = rows.next().map_err(failed)? {
            let number = self.next_number;
            self.next_number += 1;
            self.append(row, number, &mut filling).map_err(failed)?;
            if filling.is_full() {
                let full = std::mem::replace(&mut filling, Filling::new(&self.types));
                if self.sender.send(Message::Batch(self.finish(full)?)).is_err() {
                    return Ok(false);
                }
            }
        }
        if filling.numbers.is_empty() && filling.rejects.is_empty() {
            return Ok(true);
        }
        Ok(self.sender.send(Message::Batch(self.finish(filling)?)).is_ok())
    }

    fn append(&self, row: &Row<'_>, number: u64, filling: &mut Filling) -> Result<(), rusqlite::Error> {
        let kept = filling.numbers.len();
        for (index, builder) in filling.builders.iter_mut().enumerate() {
            let value = row.get_ref(index)?;
            if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = value {
                filling.bytes += bytes.len();
            }
            if !push(builder, value) {
                filling.builders.iter_mut().for_each(|builder| builder.truncate(kept));
                filling.rejects.push(self.reject(row, number, index)?);
                return Ok(());
            }
        }
        filling.numbers.push(number);
        Ok(())
    }

    fn reject(&self, row: &Row<'_>, number: u64, column: usize) -> Result<Reject, rusqlite::Error> {
        let values: Vec<Value> =
            (0..self.names.len()).map(|index| row.get_ref(index).map(lossy)).collect::<Result<_, _>>()?;
        let of = self.types.get(column).map(Type::written).unwrap_or_default();
        let place = Place::file(&self.database.shown).record(number);
        let place = place.field(self.names.get(column).map_or("", String::as_str));
        let sentence = format!("the value is not of type {of}, as those before it are");
        Ok(Reject {
            problem: Problem::new("sqlite.wrong-type", sentence)
                .at(place)
                .advise("read the column as text: `query = \"SELECT CAST(… AS TEXT) …\"`"),
            record_number: number,
            byte_offset: None,
            raw: raw_row(&self.names, &values),
        })
    }

    fn finish(&self, filling: Filling) -> Result<ReadBatch, Problem> {
        let columns = filling.builders.into_iter().map(Builder::finish).collect();
        let batch = batch_with_origin(&self.schema, columns, filling.numbers, None)?;
        Ok(ReadBatch { batch, rejects: filling.rejects })
    }
}

/// A value to show; text that is not UTF-8 becomes binary.
fn lossy(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Value::Text(text.into()),
            Err(_) => Value::Blob(bytes.into()),
        },
        ValueRef::Blob(bytes) => Value::Blob(bytes.into()),
    }
}
