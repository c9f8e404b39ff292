//! Entries: small values by space and key.

use concordat_record::{Problem, Timestamp};
use rusqlite::OptionalExtension;

use crate::Store;

/// One entry of a space: its key and its value.
type Entry = (Vec<u8>, Vec<u8>);

impl Store {
    /// Puts an entry in, replacing the one under its key.
    ///
    /// # Errors
    /// `store.disk-full` and its like.
    pub fn put_entry(&self, space: &str, key: &[u8], value: &[u8]) -> Result<(), Problem> {
        self.writer()
            .prepare_cached("INSERT OR REPLACE INTO entry VALUES (?1, ?2, ?3, NULL)")
            .and_then(|mut statement| statement.execute((space, key, value)))
            .map_err(|error| self.problem(&error))
            .map(|_| ())
    }

    /// Puts some entries in, each with space, key and value: all of them or, on an error or a power cut, none.
    ///
    /// # Errors
    /// `store.disk-full` and its like.
    pub fn put_entries(&self, entries: &[(&str, &[u8], &[u8])]) -> Result<(), Problem> {
        let mut writer = self.writer();
        let mut put = || -> rusqlite::Result<()> {
            let change = writer.transaction()?;
            for entry in entries {
                change
                    .prepare_cached("INSERT OR REPLACE INTO entry VALUES (?1, ?2, ?3, NULL)")?
                    .execute(*entry)?;
            }
            change.commit()
        };
        put().map_err(|error| self.problem(&error))
    }

    /// Puts an entry in unless its key is taken, and says whether it did: of any number of callers one is told `true`.
    /// It may be swept away after `expires`.
    ///
    /// # Errors
    /// `store.disk-full` and its like.
    pub fn claim_entry(&self, space: &str, key: &[u8], expires: Timestamp) -> Result<bool, Problem> {
        self.writer()
            .prepare_cached("INSERT INTO entry VALUES (?1, ?2, x'', ?3) ON CONFLICT DO NOTHING")
            .and_then(|mut statement| statement.execute((space, key, expires.seconds())))
            .map_err(|error| self.problem(&error))
            .map(|rows| rows == 1)
    }

    /// The entry under a key.
    ///
    /// # Errors
    /// `store.damaged` and its like.
    pub fn entry(&self, space: &str, key: &[u8]) -> Result<Option<Vec<u8>>, Problem> {
        self.writer()
            .prepare_cached("SELECT value FROM entry WHERE space = ?1 AND key = ?2")
            .and_then(|mut statement| statement.query_row((space, key), |row| row.get(0)).optional())
            .map_err(|error| self.problem(&error))
    }

    /// The last entries of a space before a key (all when none), from the greatest key down, at most `most`.
    ///
    /// # Errors
    /// `store.damaged` and its like.
    pub fn entries_before(
        &self,
        space: &str,
        before: Option<&[u8]>,
        most: usize,
    ) -> Result<Vec<Entry>, Problem> {
        let writer = self.writer();
        let read = || -> rusqlite::Result<Vec<Entry>> {
            writer
                .prepare_cached(
                    "SELECT key, value FROM entry WHERE space = ?1 AND (?2 IS NULL OR key < ?2)
                     ORDER BY key DESC LIMIT ?3",
                )?
                .query_map((space, before, most as i64), |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        };
        read().map_err(|error| self.problem(&error))
    }

    /// Adds to the counter under a key and gives its new value: of any number of callers no two are given the same.
    ///
    /// # Errors
    /// `store.disk-full` and its like.
    pub fn count_up(&self, space: &str, key: &[u8], expires: Timestamp) -> Result<u64, Problem> {
        self.writer()
            .prepare_cached(
                "INSERT INTO entry VALUES (?1, ?2, 1, ?3)
                 ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value",
            )
            .and_then(|mut statement| {
                statement.query_row((space, key, expires.seconds()), |row| row.get::<_, i64>(0))
            })
            .map_err(|error| self.problem(&error))
            .map(i64::cast_unsigned)
    }

    /// The counter under a key; zero when nothing was counted.
    ///
    /// # Errors
    /// `store.damaged` and its like.
    pub fn counter(&self, space: &str, key: &[u8]) -> Result<u64, Problem> {
        self.writer()
            .prepare_cached("SELECT value FROM entry WHERE space = ?1 AND key = ?2")
            .and_then(|mut statement| {
                statement.query_row((space, key), |row| row.get::<_, i64>(0)).optional()
            })
            .map_err(|error| self.problem(&error))
            .map(|count| count.unwrap_or_default().cast_unsigned())
    }

    /// Removes entries that expired before a moment.
    ///
    /// # Errors
    /// `store.disk-full` and its like.
    pub fn sweep(&self, now: Timestamp) -> Result<(), Problem> {
        self.writer()
            .execute("DELETE FROM entry WHERE expires < ?1", [now.seconds()])
            .map_err(|error| self.problem(&error))
            .map(|_| ())
    }
}
