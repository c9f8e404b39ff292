//! Connections that wait for the next request: a handshake costs some forty times as much as a request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use concordat_record::BodyId;

use super::connection::Connection;
use crate::tls::Credentials;

/// Connections kept for one body; more are closed after use.
const KEPT_FOR_EACH: usize = 16;

struct Kept {
    connection: Connection,
    credentials: Arc<Credentials>,
    since: Instant,
}

/// Idle connections by body, the last used on top.
pub(super) struct Pool {
    idle: Duration,
    kept: Mutex<HashMap<BodyId, Vec<Kept>>>,
}

impl Pool {
    pub(super) fn new(idle: Duration) -> Self {
        Self { idle, kept: Mutex::default() }
    }

    /// A connection to the body that was opened under the same credentials and has not waited too long.
    pub(super) fn take(&self, body: &BodyId, credentials: &Arc<Credentials>) -> Option<Connection> {
        let mut kept = self.lock();
        let connections = kept.get_mut(body)?;
        connections.retain(|one| self.is_fresh(one, credentials));
        connections.pop().map(|one| one.connection)
    }

    pub(super) fn keep(&self, body: &BodyId, credentials: &Arc<Credentials>, connection: Connection) {
        let one = Kept { connection, credentials: credentials.clone(), since: Instant::now() };
        let mut kept = self.lock();
        let connections = kept.entry(body.clone()).or_default();
        connections.retain(|one| self.is_fresh(one, credentials));
        if connections.len() < KEPT_FOR_EACH {
            connections.push(one);
        }
    }

    fn is_fresh(&self, one: &Kept, credentials: &Arc<Credentials>) -> bool {
        Arc::ptr_eq(&one.credentials, credentials)
            && one.since.elapsed() < self.idle
            && one.connection.is_open()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<BodyId, Vec<Kept>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
