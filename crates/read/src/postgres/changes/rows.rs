//! Turns the messages of pgoutput into rows of one table.

use serde_json::{Map, Value as Json};

use super::pgoutput::{Lsn, Message, Old, Relation, Tuple, Value};
use crate::databases::feed::{Feed, Stop};
use crate::databases::text::{Infinity, push};
use crate::databases::values::{Column, ColumnType, Misfit, checked_moment};
use crate::postgres::binary::EPOCH_MICROSECONDS;
use crate::postgres::reader::Described;

/// The columns before those of the table.
pub(super) const ABOUT: [(&str, ColumnType); 6] = [
    // `insert`, `update`, `delete` or `truncate`.
    ("change_operation", ColumnType::Text),
    // Where the commit stands in the server's log: changes of one transaction have one position.
    ("change_lsn", ColumnType::Text),
    ("change_committed", ColumnType::Moment),
    ("change_transaction", ColumnType::Integer),
    // The row's key before the change, as JSON; none where the table has no replica identity.
    ("change_key", ColumnType::Text),
    // The names of columns whose values were not changed and are not in the log, as a JSON list; none when there are none.
    ("change_unchanged", ColumnType::Text),
];

/// A table by its full name.
pub(super) struct Named {
    pub schema: String,
    pub table: String,
}

/// Knows what earlier messages said about those that follow.
pub(super) struct Translator {
    named: Named,
    /// The columns of the table, and which of them are padded with spaces.
    columns: Vec<(String, bool)>,
    infinity: Infinity,
    /// Transactions that ended before this position were read earlier.
    after: Lsn,
    /// The table as the messages describe it, and for each of its columns the place in the description.
    relation: Option<(Relation, Vec<Option<usize>>)>,
    transaction: Transaction,
}

#[derive(Clone, Copy, Default)]
struct Transaction {
    commit: Lsn,
    committed: i64,
    id: u32,
}

/// One change of a row.
struct Change<'a> {
    operation: &'static str,
    /// What identifies the row.
    key: Option<&'a Tuple<'a>>,
    /// The values as they are now; of a deletion, as far as they are known from before.
    values: &'a Tuple<'a>,
    /// The values before, where the log has all of them.
    before: Option<&'a Tuple<'a>>,
}

impl Translator {
    pub fn new(named: Named, described: &Described, infinity: Infinity, after: Lsn) -> Self {
        let columns = described.columns.iter().map(|column| column.name.clone());
        let columns = columns.zip(described.padded.iter().copied()).collect();
        Self { named, columns, infinity, after, relation: None, transaction: Transaction::default() }
    }

    /// Feeds the rows of a message; at the end of a transaction, gives where the log goes on.
    pub fn translate(&mut self, message: Message<'_>, feed: &mut Feed) -> Result<Option<Lsn>, Stop> {
        match message {
            Message::Begin { commit, committed, transaction } => {
                self.transaction = Transaction { commit, committed, id: transaction };
            }
            Message::Commit { end } => return Ok(Some(end)),
            Message::Relation(relation) => self.describe(relation),
            Message::Insert { relation, new } => {
                let change = Change { operation: "insert", key: Some(&new), values: &new, before: None };
                self.feed(relation, &change, feed)?;
            }
            Message::Update { relation, old, new } => {
                let (key, before) = match &old {
                    Some(Old::Key(key)) => (key, None),
                    Some(Old::Row(row)) => (row, Some(row)),
                    None => (&new, None),
                };
                let change = Change { operation: "update", key: Some(key), values: &new, before };
                self.feed(relation, &change, feed)?;
            }
            Message::Delete { relation, old: Old::Key(old) | Old::Row(old) } => {
                let change = Change { operation: "delete", key: Some(&old), values: &old, before: None };
                self.feed(relation, &change, feed)?;
            }
            Message::Truncate { relations } => {
                for relation in relations {
                    let none = Tuple::new();
                    let change = Change { operation: "truncate", key: None, values: &none, before: None };
                    self.feed(relation, &change, feed)?;
                }
            }
            Message::Other => {}
        }
        Ok(None)
    }

    fn describe(&mut self, relation: Relation) {
        if relation.schema != self.named.schema || relation.name != self.named.table {
            return;
        }
        let place = |name: &str| relation.columns.iter().position(|column| column.name == name);
        let places = self.columns.iter().map(|(name, _)| place(name)).collect();
        self.relation = Some((relation, places));
    }

    fn feed(&self, relation: u32, change: &Change<'_>, feed: &mut Feed) -> Result<(), Stop> {
        let Some((described, places)) = self.relation.as_ref().filter(|(known, _)| known.id == relation)
        else {
            return Ok(());
        };
        // Transactions come in the order of their commits, and one ends behind where its commit stands.
        if self.transaction.commit < self.after {
            return Ok(());
        }
        feed.row(|columns| self.fill(described, places, change, columns), || raw(described, change))
    }

    fn fill(
        &self,
        described: &Relation,
        places: &[Option<usize>],
        change: &Change<'_>,
        columns: &mut [Column],
    ) -> Result<usize, (usize, Misfit)> {
        let (about, own) = columns.split_at_mut_checked(ABOUT.len()).ok_or((0, Misfit::Form))?;
        let mut unchanged = Vec::new();
        let mut bytes = 0;
        for (index, ((column, place), (name, padded))) in
            own.iter_mut().zip(places).zip(&self.columns).enumerate()
        {
            let value = match at(change.values, *place) {
                Some(Value::Unchanged) => {
                    change.before.and_then(|before| at(before, *place)).unwrap_or(Value::Unchanged)
                }
                value => value.unwrap_or(Value::Null),
            };
            match value {
                Value::Text(text) => {
                    let text = if *padded { text.trim_ascii_end() } else { text };
                    bytes += text.len();
                    push(column, text, self.infinity).map_err(|misfit| (ABOUT.len() + index, misfit))?;
                }
                Value::Null => column.push_null(),
                Value::Unchanged => {
                    unchanged.push(Json::from(name.as_str()));
                    column.push_null();
                }
            }
        }
        let key = change.key.map(|key| identity(described, key));
        let unchanged = (!unchanged.is_empty()).then(|| Json::from(unchanged));
        self.tell(about, change.operation, key.as_ref(), unchanged.as_ref())?;
        Ok(bytes)
    }

    /// Fills the columns about the change.
    fn tell(
        &self,
        about: &mut [Column],
        operation: &str,
        key: Option<&Json>,
        unchanged: Option<&Json>,
    ) -> Result<(), (usize, Misfit)> {
        let transaction = &self.transaction;
        let committed = transaction.committed.checked_add(EPOCH_MICROSECONDS).ok_or((2, Misfit::Year))?;
        let committed = checked_moment(committed).map_err(|misfit| (2, misfit))?;
        for (place, column) in about.iter_mut().enumerate() {
            match (place, column) {
                (0, Column::Text(values)) => values.push(operation.as_bytes()),
                (1, Column::Text(values)) => values.push(transaction.commit.to_string().as_bytes()),
                (2, Column::Moment(values)) => values.push(Some(committed)),
                (3, Column::Integer(values)) => values.push(Some(transaction.id.into())),
                (4, Column::Text(values)) => push_json(values, key),
                (5, Column::Text(values)) => push_json(values, unchanged),
                (place, _) => return Err((place, Misfit::Form)),
            }
        }
        Ok(())
    }
}

fn at<'a>(tuple: &Tuple<'a>, place: Option<usize>) -> Option<Value<'a>> {
    tuple.get(place?).copied()
}

fn push_json(values: &mut crate::columns::BytesColumn, json: Option<&Json>) {
    match json {
        Some(json) => values.push(json.to_string().as_bytes()),
        None => values.push_null(),
    }
}

/// The columns of the replica identity, as a JSON object of texts.
fn identity(described: &Relation, tuple: &Tuple<'_>) -> Json {
    let columns = described.columns.iter().zip(tuple).filter(|(column, _)| column.is_key);
    let entries = columns.map(|(column, value)| {
        let value = match value {
            Value::Text(text) => Json::from(String::from_utf8_lossy(text)),
            Value::Null | Value::Unchanged => Json::Null,
        };
        (column.name.clone(), value)
    });
    Json::from(entries.collect::<Map<_, _>>())
}

/// The change for quarantine: one line for each column.
fn raw(described: &Relation, change: &Change<'_>) -> Vec<u8> {
    let mut raw = format!("{}\n", change.operation).into_bytes();
    for (column, value) in described.columns.iter().zip(change.values) {
        raw.extend_from_slice(column.name.as_bytes());
        raw.extend_from_slice(b" = ");
        raw.extend_from_slice(match value {
            Value::Text(text) => text,
            Value::Null => b"NULL",
            Value::Unchanged => b"(unchanged)",
        });
        raw.push(b'\n');
    }
    raw
}
