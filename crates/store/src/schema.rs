//! The tables, and the steps from one version of them to the next.

use rusqlite::Connection;

/// One entry per version, in order; a file at version n has had the first n of them. Never edit an entry that was released.
const STEPS: &[&str] = &["
    CREATE TABLE generation (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        collection TEXT NOT NULL,
        meta TEXT NOT NULL DEFAULT ''
    );
    CREATE TABLE current (
        collection TEXT PRIMARY KEY,
        generation INTEGER NOT NULL REFERENCES generation (id)
    );
    CREATE TABLE entry (
        space TEXT NOT NULL,
        key BLOB NOT NULL,
        value BLOB NOT NULL,
        expires INTEGER,
        PRIMARY KEY (space, key)
    ) WITHOUT ROWID;
    CREATE INDEX entry_expires ON entry (expires) WHERE expires IS NOT NULL;
"];

/// Brings a file to the newest version, in one transaction.
pub(crate) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: u32 = change.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for step in STEPS.iter().skip(version as usize) {
        change.execute_batch(step)?;
    }
    change.pragma_update(None, "user_version", STEPS.len() as u32)?;
    change.commit()
}
