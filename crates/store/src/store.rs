//! Opening the file, and handing out connections.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use concordat_record::Problem;
use rusqlite::{Connection, OpenFlags};

use crate::{Draft, Reading, failure, schema};

/// How long a writer waits for another process before it gives up.
const PATIENCE: Duration = Duration::from_secs(10);

/// Idle read connections that are kept for the next reader.
const IDLE_READERS: usize = 16;

/// One answer store file. Any number of readers, one writer at a time; all methods block for the time of a disk access.
pub struct Store {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the file, making it if it is missing, and brings its tables up to date.
    ///
    /// The file is in WAL mode with full sync: what a method has returned `Ok` for survives a power cut.
    ///
    /// # Errors
    /// `store.cannot-open`, `store.damaged`, `store.busy`, `store.disk-full`.
    pub fn open(path: &Path) -> Result<Self, Problem> {
        let open = || -> rusqlite::Result<Connection> {
            let mut connection = Connection::open(path)?;
            connection.busy_timeout(PATIENCE)?;
            connection.pragma_update(None, "journal_mode", "wal")?;
            connection.pragma_update(None, "synchronous", "full")?;
            connection.pragma_update(None, "cache_size", -64_000)?;
            schema::migrate(&mut connection)?;
            Ok(connection)
        };
        let writer = open().map_err(|error| failure::problem(path, &error))?;
        Ok(Self { path: path.to_owned(), writer: Mutex::new(writer), readers: Mutex::default() })
    }

    /// Begins a new generation of a collection. Nobody sees it until it is published; dropped before, it is gone.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn draft(&self, collection: &str) -> Result<Draft<'_>, Problem> {
        Draft::begin(self, collection)
    }

    /// A view of the store at this moment: what is published later is not seen through it.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn reading(&self) -> Result<Reading<'_>, Problem> {
        let idle = lock(&self.readers).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.open_reader().map_err(|error| self.problem(&error))?,
        };
        Reading::begin(self, connection)
    }

    fn open_reader(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "mmap_size", 1_i64 << 30)?;
        Ok(connection)
    }

    pub(crate) fn give_back(&self, connection: Connection) {
        let mut readers = lock(&self.readers);
        if readers.len() < IDLE_READERS {
            readers.push(connection);
        }
    }

    pub(crate) fn writer(&self) -> MutexGuard<'_, Connection> {
        lock(&self.writer)
    }

    pub(crate) fn problem(&self, error: &rusqlite::Error) -> Problem {
        failure::problem(&self.path, error)
    }
}

/// A connection stays sound when a thread panics while it holds it: SQLite rolls the open transaction back.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
