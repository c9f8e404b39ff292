//! Reading a generation.

use concordat_record::Problem;
use rusqlite::{Connection, OptionalExtension};

use crate::Store;

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
    pub fn document(&self, collection: &str, number: u64) -> Result<Option<Vec<u8>>, Problem> {
        let Some(generation) = self.generation(collection)? else { return Ok(None) };
        self.ask(|connection| {
            connection
                .prepare_cached(&format!("SELECT body FROM document_{generation} WHERE number = ?1"))?
                .query_row([number.cast_signed()], |row| row.get(0))
                .optional()
        })
    }

    /// The numbers of the documents that are found by a key, ascending.
    ///
    /// # Errors
    /// `store.damaged` and its like.
    pub fn find(&self, collection: &str, key: u64) -> Result<Vec<u64>, Problem> {
        let Some(generation) = self.generation(collection)? else { return Ok(Vec::new()) };
        self.ask(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT number FROM posting_{generation} WHERE key = ?1 ORDER BY number"
                ))?
                .query_map([key.cast_signed()], |row| Ok(row.get::<_, i64>(0)?.cast_unsigned()))?
                .collect()
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
