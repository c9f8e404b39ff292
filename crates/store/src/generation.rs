//! Writing a generation.

use std::sync::MutexGuard;

use concordat_record::Problem;
use rusqlite::Connection;

use crate::Store;

/// Rows that are written before the next commit, so that neither the journal nor the lost work grows without bound.
const ROWS_PER_COMMIT: u32 = 100_000;

/// A generation that is being written. Holds the store's writer; drop it to give up.
///
/// Each generation has its own two tables, so that its index is built in one sort at the end and an old generation
/// goes away at once.
pub struct Draft<'store> {
    store: &'store Store,
    connection: MutexGuard<'store, Connection>,
    collection: String,
    generation: i64,
    pending: u32,
    published: bool,
}

impl std::fmt::Debug for Draft<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft")
            .field("collection", &self.collection)
            .field("generation", &self.generation)
            .finish()
    }
}

impl<'store> Draft<'store> {
    pub(crate) fn begin(store: &'store Store, collection: &str) -> Result<Self, Problem> {
        let connection = store.writer();
        let begin = || -> rusqlite::Result<i64> {
            connection.execute_batch("BEGIN IMMEDIATE")?;
            connection.execute("INSERT INTO generation (collection) VALUES (?1)", [collection])?;
            let generation = connection.last_insert_rowid();
            connection.execute_batch(&format!(
                "CREATE TABLE document_{generation} (number INTEGER PRIMARY KEY, body BLOB NOT NULL);
                 CREATE TABLE posting_{generation} (key INTEGER NOT NULL, number INTEGER NOT NULL);"
            ))?;
            Ok(generation)
        };
        match begin() {
            Ok(generation) => Ok(Self {
                store,
                collection: collection.to_owned(),
                generation,
                pending: 0,
                published: false,
                connection,
            }),
            Err(error) => {
                // A failed BEGIN leaves nothing to roll back, and saying so is all this can do.
                let _ = connection.execute_batch("ROLLBACK");
                Err(store.problem(&error))
            }
        }
    }

    /// Adds a document.
    ///
    /// # Errors
    /// `store.disk-full` and its like; the draft is then of no use. A number that is taken is `store.failed`.
    pub fn put(&mut self, number: u64, body: &[u8]) -> Result<(), Problem> {
        let insert = format!("INSERT INTO document_{} VALUES (?1, ?2)", self.generation);
        self.row(&insert, (number.cast_signed(), body))
    }

    /// Adds a posting: the document of this number is found by this key.
    ///
    /// # Errors
    /// As [`Draft::put`].
    pub fn post(&mut self, key: u64, number: u64) -> Result<(), Problem> {
        let insert = format!("INSERT INTO posting_{} VALUES (?1, ?2)", self.generation);
        self.row(&insert, (key.cast_signed(), number.cast_signed()))
    }

    fn row(&mut self, insert: &str, values: impl rusqlite::Params) -> Result<(), Problem> {
        self.connection
            .prepare_cached(insert)
            .and_then(|mut statement| statement.execute(values))
            .map_err(|error| self.store.problem(&error))?;
        self.pending += 1;
        if self.pending >= ROWS_PER_COMMIT {
            self.pending = 0;
            self.batch("COMMIT; BEGIN IMMEDIATE;")?;
        }
        Ok(())
    }

    /// Makes this generation the current one of its collection, with a text that describes it, and drops all others.
    ///
    /// # Errors
    /// `store.disk-full` and its like; the generation that was current then still is.
    pub fn publish(mut self, meta: &str) -> Result<(), Problem> {
        let generation = self.generation;
        self.batch(&format!("CREATE INDEX posting_{generation}_key ON posting_{generation} (key, number)"))?;
        let switch = || -> rusqlite::Result<()> {
            self.connection.execute("UPDATE generation SET meta = ?2 WHERE id = ?1", (generation, meta))?;
            self.connection.execute(
                "INSERT INTO current VALUES (?1, ?2) ON CONFLICT DO UPDATE SET generation = excluded.generation",
                (&self.collection, generation),
            )?;
            self.connection.execute_batch("COMMIT")
        };
        switch().map_err(|error| self.store.problem(&error))?;
        self.published = true;
        // What is published stands even when the old generations cannot be dropped now: the next publish tries again.
        let _ = drop_strays(&self.connection, &self.collection);
        Ok(())
    }

    fn batch(&self, sql: &str) -> Result<(), Problem> {
        self.connection.execute_batch(sql).map_err(|error| self.store.problem(&error))
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        if !self.published {
            // Nothing more can be done when even this fails; the strays go with the next publish.
            let _ = self.connection.execute_batch("ROLLBACK");
            let _ = drop_strays(&self.connection, &self.collection);
        }
        self.connection.flush_prepared_statement_cache();
    }
}

/// Drops every generation of a collection that is not current: older ones, and drafts that a kill left behind.
///
/// A reader that still sees one keeps seeing it: its view was taken before (WAL).
fn drop_strays(connection: &Connection, collection: &str) -> rusqlite::Result<()> {
    let strays: Vec<i64> = connection
        .prepare(
            "SELECT id FROM generation WHERE collection = ?1
             AND id NOT IN (SELECT generation FROM current WHERE collection = ?1)",
        )?
        .query_map([collection], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for stray in strays {
        connection.execute_batch(&format!(
            "BEGIN IMMEDIATE;
             DROP TABLE IF EXISTS document_{stray};
             DROP TABLE IF EXISTS posting_{stray};
             DELETE FROM generation WHERE id = {stray};
             COMMIT;"
        ))?;
    }
    Ok(())
}
