//! Reading a generation.

use concordat_record::Problem;
use rusqlite::{Connection, OptionalExtension};

use crate::Store;
use crate::posting::key_number;

/// A document of a generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its number in the generation.
    pub number: u64,
    /// What was put in.
    pub body: Vec<u8>,
}

/// A view of the store at one moment, held open by a read transaction.
pub struct Reading<'store> {
    store: &'store Store,
    connection: Option<Connection>,
}

impl std::fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").field("store", self.store).finish_non_exhaustive()
    }
}

impl<'store> Reading<'store> {
    pub(crate) fn begin(store: &'store Store, connection: Connection) -> Result<Self, Problem> {
        connection.execute_batch("BEGIN DEFERRED").map_err(|error| store.problem(&error))?;
        Ok(Self { store, connection: Some(connection) })
    }

    /// The text that was published with the current generation of a collection; none when there is no generation yet.
    ///
    /// # Errors
    /// `store.damaged` and its like.
    pub fn meta(&self, collection: &str) -> Result<Option<String>, Problem> {
        self.ask(|connection| {
            connection
                .prepare_cached(
                    "SELECT meta FROM generation JOIN current ON current.generation = generation.id
                     WHERE current.collection = ?1",
                )?
                .query_row([collection], |row| row.get(0))
                .optional()
        })
    }

    /// The names of all collections that have a current generation.
    ///
    /// # Errors
    /// `store.damaged` and its like.
    pub fn collections(&self) -> Result<Vec<String>, Problem> {
        self.ask(|connection| {
            connection
                .prepare_cached("SELECT collection FROM current ORDER BY collection")?
                .query_map([], |row| row.get(0))?
                .collect()
        })
    }

    /// A document by its number.
    ///
    /// # Errors
    /// `store.damaged` and its like.
    pub fn document(&self, collection: &str, number: u64) -> Result<Option<Document>, Problem> {
        let Some(generation) = self.generation(collection)? else { return Ok(None) };
        self.ask(|connection| {
            connection
                .prepare_cached(&format!("SELECT body FROM document_{generation} WHERE number = ?1"))?
                .query_row([number.cast_signed()], |row| Ok(Document { number, body: row.get(0)? }))
                .optional()
        })
    }

    /// The documents that are found by a key, at most `most` of them, by number.
    ///
    /// # Errors
    /// `store.damaged` and its like.
    pub fn find(&self, collection: &str, key: &[u8], most: usize) -> Result<Vec<Document>, Problem> {
        let Some(generation) = self.generation(collection)? else { return Ok(Vec::new()) };
        self.ask(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT number, body FROM posting_{generation} JOIN document_{generation} USING (number)
                     WHERE key = ?1 ORDER BY number LIMIT ?2"
                ))?
                .query_map((key_number(key), most as i64), |row| {
                    Ok(Document { number: row.get::<_, i64>(0)?.cast_unsigned(), body: row.get(1)? })
                })?
                .collect()
        })
    }

    /// How many documents a key leads to, counting at most `most`.
    ///
    /// # Errors
    /// `store.damaged` and its like.
    pub fn count(&self, collection: &str, key: &[u8], most: usize) -> Result<usize, Problem> {
        let Some(generation) = self.generation(collection)? else { return Ok(0) };
        self.ask(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT count(*) FROM (SELECT 1 FROM posting_{generation} WHERE key = ?1 LIMIT ?2)"
                ))?
                .query_row((key_number(key), most as i64), |row| row.get::<_, i64>(0))
                .map(|count| count as usize)
        })
    }

    fn generation(&self, collection: &str) -> Result<Option<i64>, Problem> {
        self.ask(|connection| {
            connection
                .prepare_cached("SELECT generation FROM current WHERE collection = ?1")?
                .query_row([collection], |row| row.get(0))
                .optional()
        })
    }

    fn ask<T>(&self, question: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Problem> {
        match &self.connection {
            Some(connection) => question(connection).map_err(|error| self.store.problem(&error)),
            // INVARIANT: the connection is taken only in `drop`.
            None => Err(Problem::new("store.failed", "this view of the answer store was closed")),
        }
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && connection.execute_batch("COMMIT").is_ok()
        {
            self.store.give_back(connection);
        }
    }
}
